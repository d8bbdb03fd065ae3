"""Refusals a caller can act on (RFC 9457). Anything else is a bug and becomes a 500."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field, ValidationError

from gausdo.kernel.values import Value


class FieldError(Value):
    """What is wrong with one field; `field` is its path, for instance `contacts.0.phone`."""

    field: str
    code: str
    message: str


class Problem(Exception):
    """A refusal with a code the interface translates and a sentence a person can act on."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "problem"
    catalogue: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls, *, code: str, status: int | None = None) -> None:
        cls.code = code
        cls.status = status or cls.status
        Problem.catalogue[code] = cls

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.data = dict(data or {})


class Malformed(Problem, code="malformed", status=400): ...


class Unknown(Problem, code="signed-out", status=401): ...


class Forbidden(Problem, code="forbidden", status=403): ...


class AddressRefused(Forbidden, code="address-refused", status=403):
    """Nobody, or nobody with this role or key, comes from this address. `data`: `address`."""


class FactorNeeded(Problem, code="authentication.factor-needed", status=403):
    """The session lacks a second factor: it is signed in by a password alone.

    `data`: `need`, which is `factor` (prove the one you have) or `enrolment` (add one first).
    """


class StepUpNeeded(Problem, code="authentication.step-up-needed", status=403):
    """What is asked for needs a proof of who one is that is a few minutes old at most."""


class NotFound(Problem, code="not-found", status=404): ...


class Conflict(Problem, code="conflict", status=409): ...


class Stale(Conflict, code="stale", status=409):
    """The record has moved on.

    `data`: `current`, the `changes` since the version sent, and whose the last of them is (`by`).
    """


class KeyReused(Conflict, code="idempotency-key-reused", status=409): ...


class TooLarge(Problem, code="too-large", status=413): ...


class Invalid(Problem, code="invalid", status=422): ...


class TooMany(Problem, code="too-many-requests", status=429):
    """`data`: `retry_after` in seconds."""


class Late(Problem, code="late", status=408):
    """The request came too slowly to be waited for."""


class Unavailable(Problem, code="unavailable", status=503):
    """A server behind us does not answer; the same may work in a moment."""

    def __init__(self, detail: str, **told: Any) -> None:
        super().__init__(detail, **{"data": {"retry_after": 1}, **told})


class Busy(Unavailable, code="busy", status=503):
    """There is more to do than can be done at once."""


class TooSlow(Problem, code="too-slow", status=503):
    """It takes longer than anybody waits, and would the next time, too."""


class Reason(Value):
    """Why one of many is refused: by code, with what the code's words need, and in a sentence."""

    field: str | None = None
    code: str
    message: str
    data: dict[str, Any] = Field(default_factory=dict)


def reason(problem: Problem) -> Reason:
    """The first reason a refusal gives."""
    for wrong in problem.errors:
        return Reason(field=wrong.field, code=wrong.code, message=wrong.message, data=problem.data)
    return Reason(
        field=problem.data.get("field"),
        code=problem.code,
        message=problem.detail,
        data=problem.data,
    )


def why_invalid(error: ValidationError) -> Reason:
    """The first thing that is wrong with a value, by the path of its field."""
    first = error.errors()[0]
    limits = {name: told for name, told in first.get("ctx", {}).items() if isinstance(told, int)}
    return Reason(
        field=str(first["loc"][0]) if first["loc"] else None,
        code=first["type"],
        message=first["msg"],
        data=limits,
    )


def invalid(field: str, code: str, message: str) -> Invalid:
    """A refusal that names one field."""
    return Invalid(
        f"{field}: {message}", errors=[FieldError(field=field, code=code, message=message)]
    )
