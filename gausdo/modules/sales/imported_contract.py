"""What comes of deals that are brought many at once; `contract` hands it on."""

from typing import Any
from uuid import UUID

from pydantic import Field

from gausdo.kernel.values import Value


class ImportedDeal(Value):
    """One row of an import and what became of it."""

    line: int
    id: UUID | None = None
    field: str | None = None
    error: str | None = None
    code: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)  # what the words of the code need
