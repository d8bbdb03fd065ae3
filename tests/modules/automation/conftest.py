"""A real mail server, a real receiver of webhooks, and a pipeline to move deals through."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.modules.communications.contract import Communications, Template, TemplateDraft
from gausdo.modules.customers.contract import Customers, Person, PersonDraft
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import (
    Deal,
    Pipeline,
    PipelineDraft,
    Sales,
    StageDraft,
    StageKind,
)
from tests.conftest import As, People
from tests.post_office import settings, sink

__all__ = ["settings", "sink"]
Make = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Shop:
    """What rules are tried on."""

    gausdo: Gausdo
    people: People
    sink: Sink
    settled: Callable[[], Awaitable[None]]
    pipeline: Pipeline
    template: Template
    contact: Person

    @property
    def hook(self) -> str:
        return f"http://127.0.0.1:{self.sink.http}/hooks/deals"

    def stage(self, name: str) -> Any:
        return next(stage for stage in self.pipeline.stages if stage.name == name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(
    gausdo: Gausdo, people: People, sink: Sink, settled: Callable[[], Awaitable[None]]
) -> Shop:
    pipeline = await gausdo.get(Sales).add_pipeline(
        people.admin,
        PipelineDraft(
            name="Sales",
            stages=[
                StageDraft(name="New", probability=10),
                StageDraft(name="Offer", probability=50),
                StageDraft(name="Talks", probability=70),
                StageDraft(name="Won", kind=StageKind.WON, probability=100),
                StageDraft(name="Lost", kind=StageKind.LOST, probability=0),
            ],
        ),
    )
    template = await gausdo.get(Communications).add_template(
        people.head,
        TemplateDraft(
            name="Offer",
            subject="Предложение: {{ deal.title }}",
            body="Здравствуйте, {{ contact.name }}! "
            "{{ deal.amount | money: deal.currency }}, {{ deal.stage }}. {{ owner.name }}",
        ),
    )
    contact = await gausdo.get(Customers).add_person(
        people.ann, PersonDraft(name="Nina Petrova", emails=["nina@client.example"])
    )
    secret = await gausdo.get(Integrations).signing_secret(people.admin)
    sink.trust(secret)
    await settled()
    return Shop(gausdo, people, sink, settled, pipeline, template, contact)


@pytest_asyncio.fixture(loop_scope="session")
async def made(api: As, shop: Shop) -> AsyncIterator[Make]:
    """Makes rules that call a receiver, unless told otherwise; they are off after the test."""
    admin, rules = api(shop.people.admin), []

    async def make(happens: str, **told: Any) -> dict[str, Any]:
        hook = {"type": "call-webhook", "url": shop.hook}
        draft = {"name": happens, "happens": happens, "steps": [hook], **told}
        added = await admin.post("/rules", json=draft)
        assert added.status_code == 201, added.text
        rules.append(f"/rules/{added.json()['id']}")
        return dict(added.json())

    yield make
    for rule in rules:
        version = (await admin.get(rule)).json()["version"]
        off = {"version": version, "enabled": False}
        assert (await admin.patch(rule, json=off)).status_code == 200


class Ear:
    """What receivers are told of a deal, or of another record by its id."""

    def __init__(self, shop: Shop, of: Deal | str, about: str = "deal") -> None:
        self._shop, self._about, self._before = shop, about, Counter[str]()
        self._id = of if isinstance(of, str) else str(of.id)

    def told(self) -> list[dict[str, Any]]:
        told = [one["body"] for one in self._shop.sink.calls.listed()]
        return [one for one in told if one.get(self._about, {}).get("id") == self._id]

    async def heard(self) -> list[str]:
        """Since it was asked last, in any order."""
        await self._shop.settled()
        told = Counter(one["type"] for one in self.told())
        new, self._before = told - self._before, told
        return sorted(new.elements())
