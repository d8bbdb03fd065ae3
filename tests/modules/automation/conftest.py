"""A real mail server, a real receiver of webhooks, and a pipeline to move deals through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.modules.communications.contract import Communications, Template, TemplateDraft
from gausdo.modules.customers.contract import Customers, Person, PersonDraft
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import Pipeline, PipelineDraft, Sales, StageDraft, StageKind
from tests.conftest import People
from tests.post_office import settings, sink

__all__ = ["settings", "sink"]


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
