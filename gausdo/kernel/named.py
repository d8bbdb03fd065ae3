"""A record as others show and guard it: by its name."""

from uuid import UUID

from gausdo.kernel.values import Value


class NamedRecord(Value):
    """`editable`: whether the one who asked may change it."""

    id: UUID
    name: str
    owner_id: UUID
    team_id: UUID | None
    version: int
    editable: bool
