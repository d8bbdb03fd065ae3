"""The web framework lives here, in the gateway and in each module's routes."""

from gausdo.platform.http.problems import ProblemDetails, problem_response
from gausdo.platform.http.routes import (
    OWN,
    Authority,
    CurrentActor,
    IdempotencyKey,
    Routes,
    demand_proof,
    factor_needed,
)

__all__ = [
    "OWN",
    "Authority",
    "CurrentActor",
    "IdempotencyKey",
    "ProblemDetails",
    "Routes",
    "demand_proof",
    "factor_needed",
    "problem_response",
]
