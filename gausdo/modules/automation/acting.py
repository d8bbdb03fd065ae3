"""Carrying out one step of a rule, in its author's name and with that person's live rights.

What is needed of the deal, its contact and its owner is read as it is now; every call carries the
effect's key, so a step that is tried again after it has succeeded changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import KeyReused, NotFound
from gausdo.modules.activities.contract import About, Activities, TaskDraft
from gausdo.modules.automation.contract import AddTask, CallWebhook, SendLetter
from gausdo.modules.automation.tables import STEP, EffectRow
from gausdo.modules.communications.contract import Communications, LetterDraft
from gausdo.modules.customers.contract import Customers, Person
from gausdo.modules.identity.contract import Identity, User
from gausdo.modules.integrations.contract import HookDraft, Integrations
from gausdo.modules.sales.contract import Deal, Sales
from gausdo.platform.drain import Hopeless

AUTHOR_GONE = (
    "The author of the rule can no longer act here. Switch the rule on again to take over."
)
ENTERED = "deal.entered-stage"


class AuthorGone(Hopeless):
    """The rule has to be paused."""


@dataclass(frozen=True)
class Hands:
    """The neighbours that carry steps out."""

    sales: Sales
    customers: Customers
    activities: Activities
    communications: Communications
    integrations: Integrations
    identity: Identity
    base_url: str

    async def act(self, effect: EffectRow, rule_name: str) -> UUID | None:
        """The id of what was made, None when it had been made before and changed since.

        Raises AuthorGone, Hopeless with a sentence for people, and any Problem of a neighbour.
        """
        try:
            author = await self.identity.actor(effect.author_id, effect.why)
        except NotFound as error:
            raise AuthorGone(AUTHOR_GONE, error_code="automation.author-gone") from error
        actor = author.because(effect.why)
        try:
            deal = await self.sales.deal(actor, UUID(effect.deal["deal_id"]))
        except NotFound as error:
            told = "The rule's author may not see this deal."
            raise Hopeless(told, error_code="automation.deal-unseen") from error
        step = STEP.validate_python(effect.params)
        try:
            match step:
                case SendLetter():
                    return await self._send(actor, step, deal, effect)
                case AddTask():
                    return await self._remind(actor, step, deal, effect.key)
                case CallWebhook():
                    return await self._call(actor, step, deal, effect, rule_name)
                case _:
                    assert_never(step)
        except KeyReused:
            return None  # done by an earlier try; what it was made from has changed since

    async def _send(self, actor: Actor, step: SendLetter, deal: Deal, effect: EffectRow) -> UUID:
        contact = await self._contact(actor, deal)
        owner = await self._owner(actor, deal)
        to = owner.email if step.to == "owner" else _address_of(contact)
        name = owner.name if step.to == "owner" else contact and contact.name
        letter = await self.communications.send(
            actor,
            LetterDraft(
                template_id=step.template_id,
                to=to,
                to_name=name,
                values=await self._values(actor, deal, contact, owner, effect),
                about_kind="deal",
                about_id=deal.id,
            ),
            effect.key,
        )
        return letter.id

    async def _remind(self, actor: Actor, step: AddTask, deal: Deal, key: str) -> UUID:
        task = await self.activities.add_task(
            actor,
            TaskDraft(
                title=step.title,
                about=About(kind="deal", id=deal.id),
                due_in_working_hours=float(step.due_in_working_hours),
                owner_id=deal.owner.id,
                description=step.description,
            ),
            key,
        )
        return task.id

    async def _call(
        self, actor: Actor, step: CallWebhook, deal: Deal, effect: EffectRow, rule_name: str
    ) -> UUID:
        told = {name: value for name, value in effect.deal.items() if name in _TOLD}
        body = {
            "type": ENTERED,
            "at": effect.at.isoformat(),
            "deal": {
                "id": effect.deal["deal_id"],
                "title": deal.title,
                "url": self._url(deal),
                **told,
            },
            "rule": {"id": str(effect.rule_id), "name": rule_name},
        }
        delivery = await self.integrations.call(
            actor, HookDraft(url=step.url, event=ENTERED, body=body), effect.key
        )
        return delivery.id

    async def _contact(self, actor: Actor, deal: Deal) -> Person | None:
        """The deal's contact, where the author may see them."""
        if deal.contact is None:
            return None
        found = await self.customers.find_people(actor, [deal.contact.id])
        return found[0] if found else None

    async def _owner(self, actor: Actor, deal: Deal) -> User:
        for user in await self.identity.users(actor):
            if user.id == deal.owner.id:
                return user
        told = "The deal's owner is not known here any more."
        raise Hopeless(told, error_code="automation.owner-gone")

    async def _values(
        self, actor: Actor, deal: Deal, contact: Person | None, owner: User, effect: EffectRow
    ) -> Mapping[str, Any]:
        """What a template may name; the stage is the one the rule fired for."""
        stage_id = UUID(effect.deal["stage_id"])
        stages = {
            stage.id: (pipeline.name, stage.name)
            for pipeline in await self.sales.pipelines(actor)
            for stage in pipeline.stages
        }
        pipeline, stage = stages.get(stage_id, ("", ""))
        return {
            "deal": {
                "title": deal.title,
                "amount": str(deal.worth.amount) if deal.worth else None,
                "currency": deal.worth.currency if deal.worth else None,
                "pipeline": pipeline,
                "stage": stage,
                "expected_on": deal.expected_on.isoformat() if deal.expected_on else None,
                "url": self._url(deal),
            },
            "company": {"name": deal.company.name if deal.company else None},
            "contact": {
                "name": contact.name if contact else None,
                "position": contact.position if contact else None,
            },
            "owner": {"name": owner.name, "email": owner.email},
        }

    def _url(self, deal: Deal) -> str:
        return f"{self.base_url.rstrip('/')}/deals/{deal.id}"


def _address_of(contact: Person | None) -> str:
    if contact is None:
        told = "The deal has no contact to write to. Add one and run this again."
        raise Hopeless(told, error_code="automation.no-contact")
    if not contact.emails:
        told = "The deal's contact has no e-mail. Add one and run this again."
        raise Hopeless(told, error_code="automation.no-address")
    return contact.emails[0].normal


_TOLD = frozenset(
    {
        *("version", "pipeline_id", "stage_id", "stage_since", "kind", "probability"),
        *("amount", "currency", "owner_id", "team_id", "company_id", "contact_id"),
        *("expected_on", "created_at"),
    }
)
"""What a webhook is told of the deal, beside its id, title and address: ids, numbers, dates."""
