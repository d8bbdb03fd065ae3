"""What the OpenAPI document says beside each route: who may call it, and every way it can refuse.

The refusals have one shape, so each status is told once, under `components.responses`, and named by
the routes that can answer with it.
"""

import inspect
from typing import Any

from gausdo.platform.http.problems import ProblemDetails

_SCHEMA = "#/components/schemas/{model}"
_PROBLEM = {
    "application/problem+json": {"schema": {"$ref": _SCHEMA.format(model="ProblemDetails")}}
}
_WAIT = {
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
REFUSALS: dict[int, tuple[str, str]] = {
    400: (
        "Malformed",
        "Not HTTP as it should be: an address with NUL, a coded body, a body that is not UTF-8.",
    ),
    401: ("SignedOut", "Nobody is signed in, or the token is over."),
    403: ("Forbidden", "The right is missing, or the request came from another site."),
    404: ("NotFound", "It does not exist, or is not yours to see."),
    408: ("Late", "The body did not arrive in time."),
    409: (
        "Conflict",
        "It has changed meanwhile, exists already, or the Idempotency-Key was used before.",
    ),
    413: ("TooLarge", "More than is taken at once."),
    414: (
        "TooLongAddress",
        "The address is longer than is taken, a filter mostly; without a body.",
    ),
    422: ("Invalid", "Fields are missing, unknown or wrong; `errors` names them."),
    429: ("TooMany", "Too many requests."),
    503: ("Unavailable", "A server behind us does not answer, or there is too much to do."),
}
"""Status → name and when. A 500 is a bug of ours and promised nowhere."""
_ALWAYS = (400, 401, 403, 414, 429, 503)
_WAITING = (429, 503)
_BARE = (414,)
"""What the web server says before we are asked, in HTTP alone."""


def refusals(method: str, path: str, endpoint: Any, *, takes_body: bool) -> dict[int | str, Any]:
    """The refusals of one route, as FastAPI's `responses` takes them."""
    named = inspect.signature(endpoint).parameters
    can = set(_ALWAYS)
    if "{" in path:
        can |= {404, 422}
    if "key" in named:
        can |= {404, 409}  # what it names may be gone, and it may come twice
    if "query" in named or method == "POST":
        can.add(404)  # it may name a record
    if method != "GET":
        can |= {408, 409, 413}
    if takes_body or "query" in named or "key" in named:
        can.add(422)
    return {
        status: {
            "$ref": f"#/components/responses/{REFUSALS[status][0]}",
            "description": REFUSALS[status][0],
        }
        for status in sorted(can)
    }


def completed(document: dict[str, Any], *, cookie: str) -> dict[str, Any]:
    """The framework's document with the refusals and the ways to sign in; `cookie` is a name."""
    components = document.setdefault("components", {})
    schema = ProblemDetails.model_json_schema(mode="serialization", ref_template=_SCHEMA)
    inner = schema.pop("$defs", {})
    schemas = {**components.get("schemas", {}), **inner, "ProblemDetails": schema}
    components["schemas"] = dict(sorted(schemas.items()))
    components["responses"] = {
        name: {
            "description": when,
            "content": _PROBLEM,
            **({"headers": _WAIT} if status in _WAITING else {}),
        }
        for status, (name, when) in REFUSALS.items()
    }
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }
    return document


SIGNED_IN: list[dict[str, list[str]]] = [{"session": []}, {"token": []}]
"""`security` of a route for those who are signed in, either way."""
