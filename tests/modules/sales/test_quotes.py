"""Quotes: numbered, unchangeable, sent as PDF, and answered by customers who do not sign in."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.modules.customers.contract import CompanyDraft, Customers, PersonDraft
from gausdo.modules.sales import quote_pdf
from gausdo.modules.sales.contract import Deal, Pipeline, PipelineDraft, Sales
from gausdo.modules.sales.quote_tables import QuoteFileRow, QuoteRow
from gausdo.modules.sales.quotes_contract import QuoteTold
from tests.conftest import ADMIN, As, People, Settled
from tests.modules.sales.test_deals import STAGES, opened
from tests.modules.sales.test_lines import line, put

pytestmark = pytest.mark.asyncio(loop_scope="session")
SITE = "https://crm.example.org/q/"
HOSTILE = '#panic("x") #read("/etc/passwd") $x$ *b* @ref <a> \\ ` ]] }} // "'


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def pipeline(gausdo: Gausdo) -> Pipeline:
    draft = PipelineDraft.model_validate({"name": "Quotes", "stages": STAGES})
    return await gausdo.get(Sales).add_pipeline(ADMIN, draft)


async def a_deal(client: httpx2.AsyncClient, **told: Any) -> Deal:
    deal = await opened(client, **told)
    first = {"name": "Oar", "quantity": "3", "price": "33.33", "vat_rate": "22"}
    reply = await put(client, deal.id, 1, line(**first), line(name="Work", discount_percent="10"))
    assert reply.status_code == 200, reply.text
    return deal.model_copy(update={"version": reply.json()["version"]})


async def made(client: httpx2.AsyncClient, deal: Deal, **told: Any) -> dict[str, Any]:
    version = (await client.get(f"/deals/{deal.id}")).json()["version"]
    reply = await client.post(f"/deals/{deal.id}/quotes", json={"version": version, **told})
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


async def shared(client: httpx2.AsyncClient, quote: dict[str, Any]) -> str:
    reply = await client.post(f"/quotes/{quote['id']}/link")
    assert reply.status_code == 200, reply.text
    assert reply.json()["url"].startswith(SITE)
    return str(reply.json()["url"].removeprefix(SITE))


async def test_a_quote_says_for_ever_what_the_lines_said(
    api: As, people: People, gausdo: Gausdo
) -> None:
    ann, customers = api(people.ann), gausdo.get(Customers)
    company = await customers.add_company(
        people.ann, CompanyDraft(name="Rose", legal_name="Rose Ltd", inn="7707083893")
    )
    deal = await a_deal(ann, company_id=str(company.id))
    quote = await made(ann, deal, locale="en", introduction="Hello", valid_days=5)
    assert (quote["status"], quote["payable"]) == ("draft", "279.99")
    told = (await ann.get(f"/quotes/{quote['id']}/file")).content
    assert told.startswith(b"%PDF")
    token = await shared(ann, quote)
    offer = (await api(None).get(f"/offers/{token}")).json()
    assert offer["told"]["customer"]["name"] == "Rose Ltd"
    assert offer["told"]["customer"]["inn"] == "7707083893"
    assert [one["payable"] for one in offer["told"]["lines"]] == ["99.99", "180.00"]

    now = (await ann.get(f"/deals/{deal.id}")).json()["version"]
    assert (await put(ann, deal.id, now, line(price="1.00"))).status_code == 200
    assert (await api(None).get(f"/offers/{token}")).json() == offer
    assert (await ann.get(f"/quotes/{quote['id']}/file")).content == told
    for method in ("PUT", "PATCH", "DELETE"):
        refused = await ann.request(method, f"/quotes/{quote['id']}", json={})
        assert refused.status_code == 405
    history = (await ann.get(f"/deals/{deal.id}/history")).json()
    changed = [name for entry in history for name in entry["changes"]]
    assert {"quote_made", "quote_sent"} <= {*changed}


async def test_numbers_have_no_gap_however_many_are_made_at_once(api: As, people: People) -> None:
    ann = api(people.ann)
    deals = [await a_deal(ann) for _ in range(6)]
    empty = await opened(ann)
    tried = await ann.post(f"/deals/{empty.id}/quotes", json={"version": 1})
    assert (tried.status_code, tried.json()["code"]) == (409, "sales.nothing-to-quote")
    stale = await ann.post(f"/deals/{deals[0].id}/quotes", json={"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    quotes = await asyncio.gather(*(made(ann, deal) for deal in deals))
    numbers = sorted(int(one["number"].partition("-")[2]) for one in quotes)
    assert numbers == [*range(numbers[0], numbers[0] + len(deals))]
    key = {"idempotency-key": "one-quote-of-this-test"}
    version = (await ann.get(f"/deals/{deals[0].id}")).json()["version"]
    body = {"version": version}
    twice = [
        (await ann.post(f"/deals/{deals[0].id}/quotes", json=body, headers=key)).json()
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len((await ann.get(f"/deals/{deals[0].id}/quotes")).json()) == 2


async def test_a_letter_has_the_pdf_and_the_link_with_it(
    api: As, people: People, gausdo: Gausdo, sink: Sink, settled: Settled
) -> None:
    ann = api(people.ann)
    nina = await gausdo.get(Customers).add_person(
        people.ann, PersonDraft(name="Nina", emails=["nina@client.example"])
    )
    deal = await a_deal(ann, contact_id=str(nina.id))
    older, quote = await made(ann, deal), await made(ann, deal)
    letter = (await ann.get(f"/quotes/{quote['id']}/letter")).json()
    assert (letter["to"], letter["to_name"]) == ("nina@client.example", "Nina")
    assert "{link}" in letter["body"]
    sending = {**letter, "version": 1, "subject": "Our quote"}
    key = {"idempotency-key": "one-letter-of-this-test"}
    for _ in range(2):
        sent = await ann.post(f"/quotes/{quote['id']}/send", json=sending, headers=key)
        assert (sent.status_code, sent.json()["status"]) == (200, "sent"), sent.text
    await settled()
    arrived = [one for one in sink.letters.listed() if one["subject"] == "Our quote"]
    assert len(arrived) == 1
    message = sink.letters.message(arrived[0]["id"])
    (file,) = message.iter_attachments()
    assert file.get_content_type() == "application/pdf"
    assert file.get_content() == (await ann.get(f"/quotes/{quote['id']}/file")).content
    token = message.get_body(("plain",)).get_content().partition(SITE)[2].split()[0]
    assert (await api(None).get(f"/offers/{token}")).status_code == 200
    told = {one["id"]: one for one in (await ann.get(f"/deals/{deal.id}/quotes")).json()}
    assert told[older["id"]]["status"] == "superseded"
    again = await ann.post(f"/quotes/{older['id']}/send", json=sending)
    assert again.status_code == 409


async def test_a_customer_opens_and_accepts_once(api: As, people: People, settled: Settled) -> None:
    ann, guest = api(people.ann), api(None)
    deal = await a_deal(ann)
    quote = await made(ann, deal)
    token = await shared(ann, quote)
    for path in ("", "/file"):  # what programs that follow links do
        assert (await guest.get(f"/offers/{token}{path}")).status_code == 200
    assert (await ann.get(f"/quotes/{quote['id']}")).json()["opened_at"] is None
    for _ in range(2):
        assert (await guest.post(f"/offers/{token}/opened")).status_code == 204
    seen = (await ann.get(f"/quotes/{quote['id']}")).json()
    assert (seen["status"], seen["opened"]) == ("opened", 1)
    careless = await guest.post(f"/offers/{token}/accept", json={"name": "N", "agreed": False})
    assert careless.status_code == 422
    answers = await asyncio.gather(
        *(
            guest.post(f"/offers/{token}/accept", json={"name": name, "agreed": True})
            for name in ("Nina", "Nora", "Nina")
        )
    )
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    refused = await guest.post(f"/offers/{token}/decline", json={"reason": "Dear"})
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.quote-over")
    told = (await ann.get(f"/quotes/{quote['id']}")).json()
    assert told["status"] == "accepted"
    assert told["answered_by"] in {"Nina", "Nora"}
    assert told["answered_from"]
    await settled()
    notices = (await ann.get("/notices")).json()["items"]
    of_deal = {one["kind"] for one in notices if one["record"]["id"] == str(deal.id)}
    assert of_deal == {"quote-opened", "quote-accepted"}


async def test_a_customer_declines_with_a_reason(api: As, people: People) -> None:
    ann, guest = api(people.ann), api(None)
    quote = await made(ann, await a_deal(ann))
    token = await shared(ann, quote)
    assert (await guest.post(f"/offers/{token}/decline", json={"reason": " "})).status_code == 422
    for reason in ("Too dear", "Another"):
        told = await guest.post(f"/offers/{token}/decline", json={"reason": reason})
        assert (told.status_code, told.json()["status"]) == (200, "declined")
    assert (await ann.get(f"/quotes/{quote['id']}")).json()["reason"] == "Too dear"


async def test_what_has_run_out_is_not_accepted(api: As, people: People, gausdo: Gausdo) -> None:
    ann, guest = api(people.ann), api(None)
    quote = await made(ann, await a_deal(ann))
    token = await shared(ann, quote)
    async with gausdo.databases["sales"].begin() as tx:
        past = QuoteRow.valid_until - timedelta(days=60)
        await tx.session.execute(
            update(QuoteRow).where(QuoteRow.link.is_not(None), QuoteRow.id == quote["id"])
            .values(valid_until=past)
        )  # fmt: skip
    assert (await guest.get(f"/offers/{token}")).json()["status"] == "expired"
    late = await guest.post(f"/offers/{token}/accept", json={"name": "Nina", "agreed": True})
    assert (late.status_code, late.json()["data"]) == (409, {"status": "expired"})
    assert (await ann.post(f"/quotes/{quote['id']}/link")).status_code == 409


async def test_a_strange_link_shows_nothing(api: As, people: People) -> None:
    ann, guest = api(people.ann), api(None)
    draft = await made(ann, await a_deal(ann))
    sent = await made(ann, await a_deal(ann))
    token = await shared(ann, sent)
    turned = token[:-1] + ("A" if token[-1] != "A" else "B")
    for strange in (turned, token[:-1], token.lower() + "aaa", draft["id"]):
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/file", None),
            ("POST", "/opened", None),
            ("POST", "/accept", {"name": "Nina", "agreed": True}),
            ("POST", "/decline", {"reason": "No"}),
        ):
            told = await guest.request(method, f"/offers/{strange}{path}", json=body)
            assert told.status_code == 404, (strange, path)
            assert told.json()["code"] == "sales.no-offer"


async def test_quotes_are_seen_and_made_as_their_deal_is(api: As, people: People) -> None:
    ann, eve = api(people.ann), api(people.eve)
    deal = await a_deal(ann)
    quote = await made(ann, deal)
    for path in (f"/deals/{deal.id}/quotes", f"/quotes/{quote['id']}"):
        assert (await eve.get(path)).status_code == 404
    assert (await eve.get(f"/quotes/{quote['id']}/file")).status_code == 404
    assert (await eve.post(f"/quotes/{quote['id']}/link")).status_code == 404
    version = {"version": deal.version}
    assert (await eve.post(f"/deals/{deal.id}/quotes", json=version)).status_code == 404
    level = {"with_id": str(people.eve.id), "level": "read"}
    assert (await ann.post(f"/deals/{deal.id}/shares", json=level)).status_code == 200
    assert (await eve.get(f"/quotes/{quote['id']}")).json()["number"] == quote["number"]
    assert (await eve.post(f"/quotes/{quote['id']}/link")).status_code == 403


async def test_what_people_write_is_never_code(api: As, people: People, gausdo: Gausdo) -> None:
    ann, head = api(people.ann), api(people.head)
    seller = (await head.get("/seller")).json()
    words = {"name": HOSTILE, "terms": HOSTILE, "signer": HOSTILE, "version": seller["version"]}
    assert (await head.put("/seller", json={**seller, **words})).status_code == 200
    deal = await opened(ann)
    assert (await put(ann, deal.id, 1, line(name=HOSTILE))).status_code == 200
    quote = await made(ann, deal, introduction=HOSTILE)
    async with gausdo.databases["sales"].begin() as tx:
        row = await tx.session.get_one(QuoteRow, quote["id"])
        told: QuoteTold = row.as_told()
    shown = quote_pdf.rendered(told, "html").decode()
    for sign in ("#panic(", "#read(", "/etc/passwd", "$x$", "*b*", "@ref", "]] }}"):
        assert shown.count(sign) >= 4, sign
    assert "root:" not in shown


async def test_a_forgotten_person_is_in_no_quote(
    api: As, people: People, gausdo: Gausdo, settled: Settled
) -> None:
    ann, guest, admin = api(people.ann), api(None), api(people.admin)
    who = "Zinaida Quoteless"
    person = await gausdo.get(Customers).add_person(people.ann, PersonDraft(name=who))
    deal = await a_deal(ann, contact_id=str(person.id))
    quote = await made(ann, deal)
    token = await shared(ann, quote)
    accepted = await guest.post(f"/offers/{token}/accept", json={"name": who, "agreed": True})
    assert accepted.json()["told"]["customer"]["name"] == who
    asked = await admin.post(f"/people/{person.id}/erasure")
    assert asked.status_code < 300, asked.text
    await settled()
    told = (await guest.get(f"/offers/{token}")).json()
    assert who not in str(told)
    assert (await ann.get(f"/quotes/{quote['id']}")).json()["answered_from"] is None
    async with gausdo.databases["sales"].begin() as tx:
        files = select(func.count()).where(QuoteFileRow.quote_id == quote["id"])
        assert await tx.session.scalar(files.select_from(QuoteFileRow)) == 0
    assert (await ann.get(f"/quotes/{quote['id']}/file")).content.startswith(b"%PDF")
