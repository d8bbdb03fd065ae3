"""One record shared with a colleague or a team, beyond what their roles reach."""

from enum import StrEnum
from uuid import UUID

from gausdo.kernel.values import Draft, Time, Value


class ShareLevel(StrEnum):
    READ = "read"
    EDIT = "edit"  # read as well


class ShareDraft(Draft):
    """With a person or a team. It widens the reach of what they may do with such records at all;
    what their roles hide stays hidden.
    """

    with_id: UUID
    level: ShareLevel = ShareLevel.READ


class Share(Value):
    with_id: UUID
    with_team: bool
    level: ShareLevel
    by_id: UUID
    at: Time
