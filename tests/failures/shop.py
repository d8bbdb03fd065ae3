"""People, a pipeline and a rule to work with."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from gausdo.app import opened
from gausdo.demo.sink import trust
from gausdo.gateway.identify import API
from gausdo.kernel.conditions import Leaf, Op
from gausdo.modules.automation.contract import (
    AddTask,
    Automation,
    CallWebhook,
    DealEntersStage,
    RuleDraft,
    SendLetter,
)
from gausdo.modules.communications.contract import Communications, TemplateDraft
from gausdo.modules.customers.contract import Customers, PersonDraft
from gausdo.modules.identity.contract import Identity, UserDraft
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import PipelineDraft, Sales, StageDraft, StageKind
from gausdo.platform.tokens import Tokens
from tests.conftest import ADMIN, PASSWORD
from tests.failures.trial import Trial

LARGE = Decimal(500_000)


@dataclass(frozen=True)
class Shop:
    """Who works here and with what: a token each."""

    people: list[UUID]
    tokens: list[str]
    stages: list[UUID]
    talks: UUID
    contact: UUID


async def open_shop(trial: Trial, writers: int) -> Shop:
    """People with tokens, a pipeline, and a rule: a large deal that enters *Talks* sets off a
    letter, a task and a webhook.
    """
    settings = trial.settings
    tokens = Tokens(settings.derived("tokens"))
    async with opened(settings) as gausdo:
        identity = gausdo.get(Identity)
        users = [
            await identity.join(
                ADMIN,
                UserDraft(
                    name=f"Writer {number}",
                    email=f"writer{number}@example.org",
                    password=PASSWORD,
                    role="administrator",
                    locale="en",
                ),
            )
            for number in range(writers)
        ]
        admin = await identity.actor(users[0].id)
        stages = [
            *(StageDraft(name=name, probability=20) for name in ("New", "Offer", "Talks")),
            StageDraft(name="Won", kind=StageKind.WON, probability=100),
            StageDraft(name="Lost", kind=StageKind.LOST, probability=0),
        ]
        pipeline = await gausdo.get(Sales).add_pipeline(
            admin, PipelineDraft(name="Sales", stages=stages)
        )
        template = await gausdo.get(Communications).add_template(
            admin, TemplateDraft(name="Talks", subject="{{ deal.title }}", body="{{ deal.stage }}")
        )
        contact = await gausdo.get(Customers).add_person(
            admin, PersonDraft(name="Nina", emails=["nina@client.example"])
        )
        trust(trial.folder / "sink", await gausdo.get(Integrations).signing_secret(admin))
        talks = pipeline.stages[2].id
        await gausdo.get(Automation).add_rule(
            admin,
            RuleDraft(
                name="Talks",
                trigger=DealEntersStage(stage_id=talks),
                condition=Leaf(field="amount", op=Op.GT, value=str(LARGE)),
                steps=[
                    SendLetter(template_id=template.id, to="contact"),
                    AddTask(title="Call", due_in_working_hours=Decimal(4)),
                    CallWebhook(url=f"{settings.demo_url}/webhooks"),
                ],
            ),
        )
    return Shop(
        people=[user.id for user in users],
        tokens=[tokens.issue(str(user.id), API, "at+jwt", 3600) for user in users],
        stages=[stage.id for stage in pipeline.stages[:4]],
        talks=talks,
        contact=contact.id,
    )
