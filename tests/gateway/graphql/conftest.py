"""Somebody's questions in GraphQL, and a small world to ask about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.modules.activities.contract import About, Activities, NoteDraft, TaskDraft
from gausdo.modules.customers.contract import (
    Company,
    CompanyDraft,
    Customers,
    Person,
    PersonDraft,
)
from gausdo.modules.sales.contract import (
    Deal,
    DealChange,
    DealDraft,
    Pipeline,
    PipelineDraft,
    Sales,
)
from tests.conftest import ADMIN, As, People

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Talks", "probability": 50},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


def untraced(told: Any) -> Any:
    """An answer without what differs each time: trace ids, and where in the text an error is."""
    if isinstance(told, dict):
        changing = {"trace_id", "locations"}
        return {name: untraced(one) for name, one in told.items() if name not in changing}
    return [untraced(one) for one in told] if isinstance(told, list) else told


def code_of(told: dict[str, Any]) -> str:
    """The code of the one error of an answer."""
    (error,) = told["errors"]
    found: str = error["extensions"]["code"]
    return found


class Ask(Protocol):
    """`await ask(actor, query, name=value)`: the answer as it came, `data` and `errors`."""

    def __call__(
        self, actor: Actor | None, query: str, **variables: Any
    ) -> Awaitable[dict[str, Any]]: ...


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(api: As) -> Ask:
    async def asked(actor: Actor | None, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        reply = await api(actor).post("http://localhost/graphql", json=body)
        told: dict[str, Any] = reply.json()
        return told

    return asked


@dataclass(frozen=True)
class World:
    """Six companies of three owners, each with a person, two deals, and tasks on all of them."""

    pipeline: Pipeline
    companies: list[Company]
    people: list[Person]
    deals: list[Deal]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(gausdo: Gausdo, people: People, settled: Callable[[], Awaitable[None]]) -> World:
    sales, customers = gausdo.get(Sales), gausdo.get(Customers)
    activities = gausdo.get(Activities)
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    made = World(await sales.add_pipeline(ADMIN, draft), [], [], [])
    owners = [people.ann, people.bob, people.eve] * 2
    for number, owner in enumerate(owners):
        company = await customers.add_company(owner, CompanyDraft(name=f"Company {number}"))
        person = await customers.add_person(
            owner, PersonDraft(name=f"Person {number}", company_id=company.id)
        )
        made.companies.append(company)
        made.people.append(person)
        for title in ("Boat", "Raft"):
            deal = await sales.open_deal(
                owner,
                DealDraft(title=f"{title} {number}", company_id=company.id, contact_id=person.id),
            )
            made.deals.append(deal)
            about = About(kind="deal", id=deal.id)
            await activities.add_task(owner, TaskDraft(title=f"Call {number}", about=about))
            await activities.add_note(owner, NoteDraft(text="Spoke", about=about))
        about = About(kind="company", id=company.id)
        await activities.add_task(owner, TaskDraft(title=f"Visit {number}", about=about))
    # A deal that a colleague of another team has of a company of ann's.
    given = await sales.open_deal(
        people.ann, DealDraft(title="Given", company_id=made.companies[0].id)
    )
    change = {"version": given.version, "owner_id": people.eve.id}
    made.deals.append(
        await sales.change_deal(people.head, given.id, DealChange.model_validate(change))
    )
    await settled()
    return made
