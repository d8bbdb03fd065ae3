"""Lists of companies and people, and the groups they come in; `contract` hands it on."""

from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.grouping import Group, Grouping, Groups, GroupsQuery
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import Json


class PeopleQuery(ListQuery):
    company_id: UUID | None = None


class PeopleGroupsQuery(PeopleQuery, Grouping):
    """The groups of the list that is asked for the rest."""


class GroupsCustomers(Protocol):
    async def list_companies(self, actor: Actor, query: ListQuery) -> Json:
        """`Listed[Company]`; sorts: name, created_at, changed_at, city."""
        ...

    async def list_people(self, actor: Actor, query: PeopleQuery) -> Json:
        """`Listed[Person]`; sorts: name, created_at, changed_at, city."""
        ...

    async def company_groups(self, actor: Actor, query: GroupsQuery) -> Groups[Group]:
        """By `owner_id`, `team_id`, `source`, `tags` or `industry`, by the month of `created_at`,
        and by fields that were added and are indexed. Raises Forbidden, Invalid.
        """
        ...

    async def person_groups(self, actor: Actor, query: PeopleGroupsQuery) -> Groups[Group]:
        """The same, by `position` and not by `industry`."""
        ...
