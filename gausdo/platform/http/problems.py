"""Refusals as `application/problem+json` (RFC 9457)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import Field
from starlette.responses import Response
from starlette.types import Scope

from gausdo.kernel.errors import FieldError, Invalid, Problem
from gausdo.kernel.values import Value
from gausdo.platform.telemetry import traces


class ProblemDetails(Value):
    """The one shape of every refusal. The interface translates by `code`."""

    type: str = Field(examples=["/problems/not-found"])
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError]
    data: dict[str, Any]
    trace_id: str | None


def problem_details(problem: Problem) -> ProblemDetails:
    return ProblemDetails(
        type=f"/problems/{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        errors=list(problem.errors),
        data=problem.data,
        trace_id=traces.trace_id(),
    )


def refused(scope: Scope, problem: Problem) -> Response:
    """The answer to a request that is refused; whoever is around it finds out why in its scope."""
    scope["gausdo.refusal"] = problem
    return problem_response(problem)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    body = problem_details(problem)
    told = dict(headers or {})
    if "retry_after" in problem.data:
        told["retry-after"] = str(problem.data["retry_after"])
    return Response(
        body.model_dump_json(), problem.status, told, media_type="application/problem+json"
    )


_MESSAGES = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field.",
    "string_pattern_mismatch": "This is not written as it should be.",
    "string_type": "Expected a text.",
    "uuid_parsing": "Expected an id (UUID).",
    "json_invalid": "This is not valid JSON.",
}


TOLD = 50
"""Errors one refusal names at most: it is not to be larger than what it refuses."""
LONGEST_NAME = 200


def from_validation(errors: Sequence[Any]) -> Invalid:
    """Pydantic's list of errors as one refusal that names the fields."""
    told = [
        FieldError(
            field=_field(error)[:LONGEST_NAME],
            code=error["type"],
            message=_MESSAGES.get(error["type"], error["msg"].removeprefix("Value error, ")),
        )
        for error in errors[:TOLD]
    ]
    names = ", ".join(dict.fromkeys(error.field for error in told))
    return Invalid(f"Check these fields: {names}.", errors=told)


def _field(error: Any) -> str:
    """The path of a field; of broken JSON the whole body, its place being no field."""
    if error["type"] == "json_invalid":
        return "body"
    return ".".join(str(part) for part in error["loc"] if part not in _PLACES) or "body"


_PLACES = frozenset({"body", "query", "path", "header"})
