"""Every door to the outside says who may come in, and takes a change once."""

import ast
from collections.abc import Iterator

from tools.rules.rule import Source, keyword, last_name, parameters, rule

ROUTES = ("gausdo/*routes.py",)
AT = "gausdo/modules/sales/routes.py"
VERBS = {"get", "hot", "post", "put", "patch", "delete"}

NO_KEY = {
    "try_mail_server",  # changes no record: asked again, it is another letter
    "add_scim_token",
    "change_preferences",  # setting the same twice changes nothing
    "make_api_key",  # a secret is kept nowhere, not as an answer either
    "preview_companies_edit",  # changes nothing: it names too many records for an address
    "preview_people_edit",
    "preview_deals_edit",
    "try_deal_formula",
    "see_deal_field_become",  # changes nothing: it tells what would be lost
    "see_company_field_become",
    "see_person_field_become",
    "suspect_companies",  # changes nothing: a question too personal for an address
    "suspect_people",
    "offer_opened",  # counted once a minute
    "accept_offer",  # once more is answered as the first time
    "decline_offer",
}


def endpoints(source: Source) -> Iterator[tuple[str, ast.Call, ast.AsyncFunctionDef]]:
    """The verb, its declaration and the endpoint."""
    for endpoint in source.nodes(ast.AsyncFunctionDef):
        for told in endpoint.decorator_list:
            if (
                isinstance(told, ast.Call)
                and isinstance(told.func, ast.Attribute)
                and last_name(told.func.value) == "api"
                and told.func.attr in VERBS
            ):
                yield told.func.attr, told, endpoint


def takes(endpoint: ast.AsyncFunctionDef, kind: str) -> bool:
    return any(last_name(one.annotation) == kind for one in parameters(endpoint))


@rule(
    "Say who may call: take `actor: CurrentActor` and declare the `right` that it needs, or `OWN`; "
    "or declare `authority=Authority.PUBLIC`.",
    where=ROUTES,
    unless=("gausdo/platform/http/routes.py",),
    at=AT,
    good=(
        "@api.get('/deals', right='sales.deal.read')\nasync def deals(actor: CurrentActor): ...",
        "@api.post('/session', authority=Authority.PUBLIC)\nasync def sign_in() -> Me: ...",
    ),
    bad=(
        "@api.get('/deals', right='sales.deal.read')\nasync def deals() -> Json: ...",
        "@api.get('/deals')\nasync def deals(actor: CurrentActor) -> Json: ...",
        "@api.hot('/deals', answer=Deal)\nasync def deals(query: DealQuery) -> Json: ...",
    ),
)
def declare_the_authority(source: Source) -> Iterator[int]:
    for _, told, endpoint in endpoints(source):
        known = takes(endpoint, "CurrentActor") and keyword(told, "right") is not None
        if not known and keyword(told, "authority") is None:
            yield endpoint.lineno


@rule(
    "A change can arrive twice: take `key: IdempotencyKey = None` and hand it to the contract.",
    where=("gausdo/modules/*/routes.py",),
    at=AT,
    good=(
        (
            "@api.post('/deals')\n"
            "async def open_deal(actor: CurrentActor, key: IdempotencyKey = None) -> Deal: ..."
        ),
        "@api.get('/deals')\nasync def deals(actor: CurrentActor): ...",
    ),
    bad=("@api.post('/deals')\nasync def open_deal(draft: DealDraft, actor: CurrentActor): ...",),
)
def take_an_idempotency_key(source: Source) -> Iterator[int]:
    for verb, _, endpoint in endpoints(source):
        changing = verb not in {"get", "hot"} and endpoint.name not in NO_KEY
        if changing and not takes(endpoint, "IdempotencyKey"):
            yield endpoint.lineno
