"""Steps of rules about companies and people, carried out as those of deals are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, assert_never, cast
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.orders import Order
from gausdo.modules.activities.contract import About, Activities, TaskDraft
from gausdo.modules.automation.contract import (
    AddTask,
    Assign,
    CallWebhook,
    Doing,
    RuleAbout,
    SendLetter,
    SetFields,
    SetTags,
)
from gausdo.modules.automation.held import UNSEEN, HeldCustomer
from gausdo.modules.automation.tables import STEP, EffectRow
from gausdo.modules.automation.turns import Turns
from gausdo.modules.communications.contract import Communications, LetterDraft
from gausdo.modules.customers.contract import Company, Customers, Person
from gausdo.modules.identity.contract import Identity, User
from gausdo.modules.integrations.contract import HookDraft, Integrations
from gausdo.platform.drain import Hopeless

RuleName: TypeAlias = Callable[[UUID], Awaitable[str]]
_PAGES = {RuleAbout.COMPANY: "companies", RuleAbout.PERSON: "people"}
_BESIDE = frozenset({"about", "record_id", "happened"})
"""What an effect knows, and a webhook is not told once more."""


class Piece(NamedTuple):
    """A step to be carried out, with its record as it is now."""

    effect: EffectRow
    step: Doing
    about: RuleAbout
    record: Company | Person


@dataclass(frozen=True)
class OnCustomers:
    """The neighbours that carry steps out."""

    customers: Customers
    activities: Activities
    communications: Communications
    integrations: Integrations
    identity: Identity
    base_url: str
    turns: Turns

    async def make(self, author: Actor, effects: Sequence[EffectRow], rule: RuleName) -> list[UUID]:
        """What effects of one kind make, in their order: all of it or nothing."""
        pieces = await self._pieces(author, effects)
        match pieces[0].step:
            case SendLetter():
                letters = await self._letters(author, pieces)
                return await self.communications.send_all(author, letters)
            case AddTask():
                return await self.activities.add_tasks(author, list(map(_task, pieces)))
            case Assign():
                return [
                    await self.turns.assign(
                        author, one.effect, cast(Assign, one.step), self._held(one)
                    )
                    for one in pieces
                ]
            case SetFields():
                return [await self._set(author, one, cast(SetFields, one.step)) for one in pieces]
            case SetTags():
                return [await self._tag(author, one, cast(SetTags, one.step)) for one in pieces]
            case CallWebhook():
                names = {id: await rule(id) for id in {effect.rule_id for effect in effects}}
                hooks = [self._hook(piece, names[piece.effect.rule_id]) for piece in pieces]
                return await self.integrations.call_all(author, hooks)
            case other:
                assert_never(other)

    async def _pieces(self, author: Actor, effects: Sequence[EffectRow]) -> list[Piece]:
        """Raises Hopeless where the author may not see one of the records."""
        about = RuleAbout(effects[0].deal["about"])
        ids = [*dict.fromkeys(UUID(effect.deal["record_id"]) for effect in effects)]
        found: Sequence[Company | Person]
        if about is RuleAbout.PERSON:
            found = await self.customers.find_people(author, ids)
        else:
            found = await self.customers.find_companies(author, ids)
        records = {one.id: one for one in found}
        if len(records) < len(ids):
            told = "The rule's author may not see it, or it is there no more."
            raise Hopeless(told, error_code=UNSEEN)
        return [
            Piece(
                effect,
                STEP.validate_python(effect.params),
                about,
                records[UUID(effect.deal["record_id"])],
            )
            for effect in effects
        ]

    async def _set(self, author: Actor, piece: Piece, step: SetFields) -> UUID:
        told = {"custom": step.custom}
        return await self.turns.change(author, piece.effect, self._held(piece), lambda _: told)

    async def _tag(self, author: Actor, piece: Piece, step: SetTags) -> UUID:
        held = self._held(piece)
        return await self.turns.change(author, piece.effect, held, lambda it: it.tagged(step))

    def _held(self, piece: Piece) -> HeldCustomer:
        return HeldCustomer(self.customers, piece.record)

    async def _letters(self, author: Actor, pieces: Sequence[Piece]) -> list[Order[LetterDraft]]:
        """Raises Hopeless where there is nobody to write to."""
        ids = list({piece.record.owner_id for piece in pieces})
        owners = {user.id: user for user in await self.identity.find_users(author, ids)}
        orders = []
        for piece in pieces:
            record, step = piece.record, cast(SendLetter, piece.step)
            if (owner := owners.get(record.owner_id)) is None:
                told = "The owner is not known here any more."
                raise Hopeless(told, error_code="automation.owner-unknown")
            to_owner = step.to == "owner"
            draft = LetterDraft(
                template_id=step.template_id,
                to=owner.email if to_owner else _address_of(record),
                to_name=owner.name if to_owner else record.name,
                values=self._values(record, owner),
                about_kind=piece.about,
                about_id=record.id,
            )
            orders.append(piece.effect.order(draft))
        return orders

    def _hook(self, piece: Piece, rule_name: str) -> Order[HookDraft]:
        """Ids, numbers and dates: whom they name is asked for by whoever may know."""
        effect, step = piece.effect, cast(CallWebhook, piece.step)
        hidden = {*piece.record.hidden}
        told = {
            name: value
            for name, value in effect.deal.items()
            if name not in _BESIDE and name not in hidden
        }
        happened = effect.deal["happened"]
        body = {
            "type": happened,
            "at": effect.at.isoformat(),
            piece.about: {
                "id": effect.deal["record_id"],
                "url": self._url(piece.about, piece.record.id),
                **told,
            },
            "rule": {"id": str(effect.rule_id), "name": rule_name},
        }
        return effect.order(HookDraft(url=step.url, event=happened, body=body))

    def _values(self, record: Company | Person, owner: User) -> Mapping[str, Any]:
        """What a template may name: a person is the contact, and works for the company."""
        person = record if isinstance(record, Person) else None
        company = person.company if person else record
        about = RuleAbout.PERSON if person else RuleAbout.COMPANY
        return {
            "company": {"name": company.name if company else None},
            "contact": {
                "name": person and person.name,
                "position": person and person.position,
            },
            "record": {"name": record.name, "url": self._url(about, record.id)},
            "owner": {"name": owner.name, "email": owner.email},
        }

    def _url(self, about: RuleAbout, id: UUID) -> str:
        return f"{self.base_url.rstrip('/')}/{_PAGES[about]}/{id}"


def _task(piece: Piece) -> Order[TaskDraft]:
    step = cast(AddTask, piece.step)
    draft = TaskDraft(
        title=step.title,
        about=About(kind=piece.about.value, id=piece.record.id),
        due_in_working_hours=float(step.due_in_working_hours),
        owner_id=piece.record.owner_id,
        description=step.description,
    )
    return piece.effect.order(draft)


def _address_of(record: Company | Person) -> str:
    if not record.emails:
        told = "There is no e-mail to write to. Add one and run this again."
        raise Hopeless(told, error_code="automation.record-no-address")
    return record.emails[0].normal
