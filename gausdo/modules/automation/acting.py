"""Carrying out one step of a rule, in its author's name and with that person's live rights.

What is needed of the deal, its contact and its owner is read as it is now; every call carries the
effect's key, so a step that is tried again after it has succeeded changes nothing.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, assert_never, cast
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.errors import KeyReused, NotFound, Problem
from gausdo.kernel.orders import Order
from gausdo.modules.activities.contract import About, Activities, TaskDraft
from gausdo.modules.automation.contract import (
    AddTask,
    Assign,
    CallWebhook,
    Doing,
    SendLetter,
    SetFields,
    SetTags,
)
from gausdo.modules.automation.customer_acting import OnCustomers, RuleName
from gausdo.modules.automation.fields import names_of
from gausdo.modules.automation.held import HeldDeal
from gausdo.modules.automation.tables import AUTHOR_GONE, STEP, EffectRow
from gausdo.modules.automation.turns import Turns
from gausdo.modules.communications.contract import Communications, LetterDraft
from gausdo.modules.customers.contract import Customers, Person
from gausdo.modules.identity.contract import Identity, User
from gausdo.modules.integrations.contract import HookDraft, Integrations
from gausdo.modules.sales.contract import Deal, Sales
from gausdo.platform.actors import Actors
from gausdo.platform.drain import Hopeless
from gausdo.platform.epochs import Epochs

ENTERED = "deal.entered-stage"


class AuthorGone(Hopeless):
    """The rule has to be paused."""


class Piece(NamedTuple):
    """A step to be carried out, with its deal as it is now."""

    effect: EffectRow
    step: Doing
    deal: Deal


@dataclass(frozen=True)
class Hands:
    """The neighbours that carry steps out."""

    sales: Sales
    customers: Customers
    activities: Activities
    communications: Communications
    integrations: Integrations
    identity: Identity
    actors: Actors
    epochs: Epochs
    base_url: str
    turns: Turns
    on_customers: OnCustomers

    async def act(self, effect: EffectRow, rule: RuleName) -> UUID | None:
        """The id of what was made, None when it had been made before and changed since.

        Raises AuthorGone, Hopeless with a sentence for people, and any Problem of a neighbour.
        """
        try:
            (made,) = await self._make([effect], rule)
        except KeyReused:
            return None  # done by an earlier try; what it was made from has changed since
        return made

    async def act_together(
        self, effects: Sequence[EffectRow], rule: RuleName
    ) -> dict[UUID, UUID | None]:
        """What was made by the effects that could be carried out with others, by effect.

        Those of one author and kind, about records of one kind, are carried out at once or not at
        all.
        """
        found: dict[UUID, UUID | None] = {}
        groups: dict[tuple[UUID, str, str | None], list[EffectRow]] = {}
        for effect in effects:
            alike = (effect.author_id, effect.type, effect.deal.get("about"))
            groups.setdefault(alike, []).append(effect)
        for group in groups.values():
            with suppress(Hopeless, Problem):
                made = await self._make(group, rule)
                found |= zip((effect.id for effect in group), made, strict=True)
        return found

    async def _make(self, effects: Sequence[EffectRow], rule: RuleName) -> list[UUID]:
        """What effects of one author and kind make, in their order: all of it or nothing."""
        author_id = effects[0].author_id
        try:
            author = await self.actors.of(author_id, await self.epochs.of(author_id))
        except NotFound as error:
            told = "The author of the rule can no longer act here."
            advice = "Switch the rule on again to take over."
            raise AuthorGone(f"{told} {advice}", error_code=AUTHOR_GONE) from error
        if "about" in effects[0].deal:
            return await self.on_customers.make(author, effects, rule)
        ids = {UUID(effect.deal["deal_id"]) for effect in effects}
        deals = {deal.id: deal for deal in await self.sales.find_deals(author, list(ids))}
        if len(deals) < len(ids):
            told = "The rule's author may not see this deal."
            raise Hopeless(told, error_code="automation.deal-unseen")
        pieces = [
            Piece(effect, STEP.validate_python(effect.params), deals[UUID(effect.deal["deal_id"])])
            for effect in effects
        ]
        match pieces[0].step:
            case SendLetter():
                letters = await self._letters(author, pieces)
                return await self.communications.send_all(author, letters)
            case AddTask():
                return await self.activities.add_tasks(author, list(map(_task, pieces)))
            case Assign():
                return [
                    await self.turns.assign(
                        author, effect, cast(Assign, step), HeldDeal(self.sales, deal)
                    )
                    for effect, step, deal in pieces
                ]
            case SetFields():
                return [await self._set(author, piece) for piece in pieces]
            case SetTags():
                raise Hopeless("Deals have no tags.")
            case CallWebhook():
                names = {id: await rule(id) for id in {effect.rule_id for effect in effects}}
                hooks = [self._hook(piece, names[piece.effect.rule_id]) for piece in pieces]
                return await self.integrations.call_all(author, hooks)
            case other:
                assert_never(other)

    async def _set(self, author: Actor, piece: Piece) -> UUID:
        told = {"custom": cast(SetFields, piece.step).custom}
        held = HeldDeal(self.sales, piece.deal)
        return await self.turns.change(author, piece.effect, held, lambda _: told)

    async def _letters(self, author: Actor, pieces: Sequence[Piece]) -> list[Order[LetterDraft]]:
        """Raises Hopeless where there is nobody to write to."""
        deals = [piece.deal for piece in pieces]
        contacts = {deal.contact.id for deal in deals if deal.contact}
        people = {
            person.id: person for person in await self.customers.find_people(author, list(contacts))
        }
        owners = {
            user.id: user
            for user in await self.identity.find_users(
                author, list({deal.owner.id for deal in deals})
            )
        }
        stages = {
            stage.id: (pipeline.name, stage.name)
            for pipeline in await self.sales.pipelines(author)
            for stage in pipeline.stages
        }
        orders = []
        for piece in pieces:
            deal, step = piece.deal, cast(SendLetter, piece.step)
            contact = people.get(deal.contact.id) if deal.contact else None
            if (owner := owners.get(deal.owner.id)) is None:
                told = "The deal's owner is not known here any more."
                raise Hopeless(told, error_code="automation.owner-gone")
            stage = stages.get(UUID(piece.effect.deal["stage_id"]), ("", ""))
            draft = LetterDraft(
                template_id=step.template_id,
                to=owner.email if step.to == "owner" else _address_of(contact),
                to_name=owner.name if step.to == "owner" else contact and contact.name,
                values=self._values(deal, contact, owner, *stage),
                about_kind="deal",
                about_id=deal.id,
            )
            orders.append(piece.effect.order(draft))
        return orders

    def _hook(self, piece: Piece, rule_name: str) -> Order[HookDraft]:
        effect, deal, step = piece.effect, piece.deal, cast(CallWebhook, piece.step)
        shown = _TOLD - names_of(deal.hidden)
        told = {name: value for name, value in effect.deal.items() if name in shown}
        happened = effect.deal.get("happened", ENTERED)
        body = {
            "type": happened,
            "at": effect.at.isoformat(),
            "deal": {
                "id": effect.deal["deal_id"],
                "title": deal.title,
                "url": self._url(deal),
                **told,
            },
            "rule": {"id": str(effect.rule_id), "name": rule_name},
        }
        return piece.effect.order(HookDraft(url=step.url, event=happened, body=body))

    def _values(
        self, deal: Deal, contact: Person | None, owner: User, pipeline: str, stage: str
    ) -> Mapping[str, Any]:
        """What a template may name; the stage is the one the rule fired for."""
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


def _task(piece: Piece) -> Order[TaskDraft]:
    deal, step = piece.deal, cast(AddTask, piece.step)
    draft = TaskDraft(
        title=step.title,
        about=About(kind="deal", id=deal.id),
        due_in_working_hours=float(step.due_in_working_hours),
        owner_id=deal.owner.id,
        description=step.description,
    )
    return piece.effect.order(draft)


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
        *("expected_on", "created_at", "quote_id"),
    }
)
"""What a webhook is told of the deal, beside its id, title and address: ids, numbers, dates."""
