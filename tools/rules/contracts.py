"""What a contract promises to its callers, and in which form."""

import ast
import re
from collections.abc import Iterator

from tools.rules.rule import Source, keyword, last_name, parameters, rule

CONTRACT = ("gausdo/modules/*/contract.py", "gausdo/modules/*/events.py")
AT = "gausdo/modules/sales/contract.py"

NO_ACTOR = {
    "Identity.sign_in",  # nobody is known yet
    "Identity.actor",  # this is where actors come from
    "Authentication.enter",  # nobody is known yet
    "Authentication.ask_any_passkey",
    "Authentication.enter_by_passkey",
    "Authentication.ask_for_reset",
    "Authentication.link",  # what stands in it says who asks
    "Authentication.set_password",
    "Federation.offered",
    "Federation.begin",
    "Federation.arrive",
    "Federation.scim",  # the token of the call says who asks
    "Federation.our_metadata",  # says nothing that is not public
    "Federation.farewell",  # the address of a place at the provider
    "Federation.depart",  # the provider's signature says who asks
    "Federation.single_logout",  # likewise
}
NO_KEY = {
    "Communications.try_mail_server",  # changes no record: asked again, it is another letter
    "Federation.add_scim_token",  # a secret is kept nowhere, not as an answer either
    "Integrations.make_api_key",  # the same
    "Identity.change_preferences",  # setting the same twice changes nothing
    "Identity.sign_in",  # changes no record
    "Authentication.confirm_totp",  # tells secrets, of which no answer is kept
    "Authentication.add_passkey",
    "Authentication.enter_by_passkey",
    "Authentication.link",
    "Authentication.set_password",
    "Authentication.change_password",  # the old one fits once
    "Communications.post",  # its id is the key
    "Authentication.rename_factor",  # setting the same twice changes nothing
    "Authentication.prove",  # what proves once is nothing the second time
}
TOLD_IN_PART = {"Row", "ImportedDeal"}
"""A row of an import has an id, or a field and an error."""

EVENT = re.compile(r"(?P<module>[a-z]+)\.[a-z]+(-[a-z]+)*\.v[1-9]\d*")


def methods(source: Source) -> Iterator[tuple[str, ast.AsyncFunctionDef | ast.FunctionDef]]:
    """`Sales.open_deal` and its definition, for every method of every Protocol."""
    for kind in source.nodes(ast.ClassDef):
        if any(last_name(base) == "Protocol" for base in kind.bases):
            for method in kind.body:
                if isinstance(method, ast.AsyncFunctionDef | ast.FunctionDef):
                    yield f"{kind.name}.{method.name}", method


def lineage(source: Source) -> dict[str, set[str]]:
    """Class → the names of everything it inherits, as far as this file tells."""
    bases = {
        kind.name: {last_name(base) for base in kind.bases} for kind in source.nodes(ast.ClassDef)
    }
    for above in bases.values():  # a class stands after those it inherits
        above |= {far for near in above for far in bases.get(near, ())}
    return bases


@rule(
    "Whoever reads or changes a record is told who asks: take `actor: Actor` first.",
    where=CONTRACT,
    at=AT,
    good=("class Sales(Protocol):\n    async def deal(self, actor: Actor, id: UUID) -> Deal: ...",),
    bad=(
        "class Sales(Protocol):\n    async def deal(self, id: UUID) -> Deal: ...",
        "class Sales(Protocol):\n    async def deal(self, id: UUID, actor: Actor) -> Deal: ...",
    ),
)
def take_the_actor_first(source: Source) -> Iterator[int]:
    for name, method in methods(source):
        told = parameters(method)
        if name not in NO_ACTOR and not (told and told[0].arg == "actor"):
            yield method.lineno


@rule(
    "A change can arrive twice: take `key: str | None = None` last (see Database.begin), "
    "or orders, which bring theirs.",
    where=CONTRACT,
    at=AT,
    good=(
        (
            "class DealDraft(Draft): ...\n"
            "class Sales(Protocol):\n"
            "    async def open(self, actor: Actor, draft: DealDraft, key: str | None = None): ..."
        ),
        (
            "class DealQuery(ListQuery): ...\n"
            "class Sales(Protocol):\n"
            "    async def list_deals(self, actor: Actor, query: DealQuery) -> Json: ..."
        ),
        (
            "class DealDraft(Draft): ...\n"
            "class Sales(Protocol):\n"
            "    async def open_all(self, actor: Actor, orders: list[Order[DealDraft]]): ..."
        ),
    ),
    bad=(
        (
            "class DealDraft(Draft): ...\n"
            "class Sales(Protocol):\n"
            "    async def open(self, actor: Actor, draft: DealDraft) -> Deal: ..."
        ),
        (
            "class DealChange(Change): ...\n"
            "class Sales(Protocol):\n"
            "    async def change(self, actor: Actor, id: UUID, change: DealChange) -> Deal: ..."
        ),
    ),
)
def take_the_key_last(source: Source) -> Iterator[int]:
    bases = lineage(source)
    drafts = {
        name
        for name, above in bases.items()
        if above & {"Draft", "Change"} and not name.endswith("Query")
    }
    for name, method in methods(source):
        told = parameters(method)
        asked = {
            last_name(part) for one in told if one.annotation for part in ast.walk(one.annotation)
        }
        if asked & drafts and "Order" not in asked and told[-1].arg != "key" and name not in NO_KEY:
            yield method.lineno


@rule(
    "What is told is told whole: no default, which would hide that somebody forgot the field.",
    where=CONTRACT,
    at=AT,
    good=(
        "class Deal(Value):\n    title: str\n    worth: Money | None",
        "class DealDraft(Draft):\n    title: Line\n    worth: Money | None = None",
    ),
    bad=(
        "class Deal(Value):\n    worth: Money | None = None",
        "class Deal(Value):\n    tags: list[str] = Field(default_factory=list)",
    ),
)
def tell_values_whole(source: Source) -> Iterator[int]:
    bases = lineage(source)
    asked = {"Draft", "Change", "ListQuery", "Event"}
    for kind in source.nodes(ast.ClassDef):
        if "Value" in bases[kind.name] and not bases[kind.name] & asked:
            for field in kind.body:
                if (
                    isinstance(field, ast.AnnAssign)
                    and field.value is not None
                    and kind.name not in TOLD_IN_PART
                ):
                    yield field.lineno


@rule(
    "An event is named `<module>.<what-happened>.v1`; a changed one is a `.v2` beside it. What "
    "several events share is a class whose name begins with an underscore.",
    where=CONTRACT,
    at=AT,
    good=(
        'class DealWon(Event, name="sales.deal-won.v1"): ...',
        'class _DealEvent(Event, name="sales.deal-event"): ...',
    ),
    bad=(
        'class DealWon(Event, name="sales.deal-won"): ...',
        'class DealWon(Event, name="sales.DealWon.v1"): ...',
        'class DealWon(Event, name="customers.deal-won.v1"): ...',
    ),
)
def name_events_with_a_version(source: Source) -> Iterator[int]:
    for kind in source.nodes(ast.ClassDef):
        told = keyword(kind, "name")
        if isinstance(told, ast.Constant) and not kind.name.startswith("_"):
            found = EVENT.fullmatch(str(told.value))
            if found is None or found["module"] != source.module:
                yield kind.lineno


@rule(
    "A refusal's code begins with its module, as in `sales.unknown-stage`, and has a status.",
    where=CONTRACT,
    at=AT,
    good=('class UnknownStage(Conflict, code="sales.unknown-stage", status=422): ...',),
    bad=(
        'class UnknownStage(Conflict, code="unknown-stage", status=422): ...',
        'class UnknownStage(Conflict, code="sales.unknown-stage"): ...',
    ),
)
def name_refusals_after_the_module(source: Source) -> Iterator[int]:
    for kind in source.nodes(ast.ClassDef):
        code = keyword(kind, "code")
        if isinstance(code, ast.Constant) and (
            not str(code.value).startswith(f"{source.module}.") or keyword(kind, "status") is None
        ):
            yield kind.lineno
