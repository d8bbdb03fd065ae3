"""What a list of deals is asked for, and the groups it comes in; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.grouping import Grouping, Groups, GroupWithSums, Windowed
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.sales.funnel import StageKind


class DealQuery(ListQuery):
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    owner_id: UUID | None = None
    company_id: UUID | None = None
    contact_id: UUID | None = None
    person_id: UUID | None = None  # the main contact, or another one
    competitor_id: UUID | None = None
    segment_id: UUID | None = None  # the company or a contact is in it
    kind: StageKind | None = None
    without_next_step: bool = False
    late: bool = False  # longer in its stage than the stage lets it stay
    rotting: bool = False  # without a change for longer than its stage lets it, and no step ahead


class DealGroupsQuery(DealQuery, Grouping):
    """The groups of the list that is asked for the rest."""


class DealDaysQuery(DealQuery, Windowed):
    """Day by day, the deals of the list that is asked for the rest."""


class GroupsDeals(Protocol):
    async def deal_days(self, actor: Actor, query: DealDaysQuery) -> Json:
        """`list[Day[Deal]]` by `expected_on`, `created_at`, or days and times that were added and
        are indexed. Raises Forbidden, Invalid.
        """
        ...

    async def deal_groups(self, actor: Actor, query: DealGroupsQuery) -> Groups[GroupWithSums]:
        """By `owner_id`, `team_id`, `pipeline_id`, `stage_id` or `kind`, by the month of
        `expected_on` or `created_at`, and by fields that were added and are indexed. Raises
        Forbidden, Invalid.
        """
        ...
