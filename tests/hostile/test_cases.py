"""Known attacks (`cases.json`, with what of OWASP ASVS 5 each tries) on a real server.

A case has attacks, which are sent as they stand there, or names the tests that make it elsewhere.
"""

import ast
import asyncio
import json
import time
import unicodedata
from pathlib import Path
from string import Template
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from starlette.datastructures import Headers

from gausdo.app import Gausdo
from gausdo.gateway.gate import place_of
from gausdo.gateway.identify import COOKIE
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id
from gausdo.modules.customers.ways import email, phone
from gausdo.modules.identity import passwords
from gausdo.modules.identity.contract import Credentials, Identity, UserDraft, WrongCredentials
from gausdo.modules.sales.contract import PipelineDraft, Sales
from gausdo.platform.sessions import Sessions
from tests.browsers import Browser
from tests.conftest import ADMIN, PASSWORD, People
from tests.hostile.conftest import Site
from tests.hostile.forged import forged
from tests.hostile.wire import Reply, sent
from tests.rights.asking import required_fields

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = Path(__file__).parents[2]
CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text())
MADE_HERE = [case for case in CASES if "attacks" in case]
STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
FEW = asyncio.Semaphore(3)
OUR_PAGE = ("sec-fetch-site: same-origin", "content-type: application/json")


class Field(NamedTuple):
    """Where the attacks are made: `told` is what `$name` in a case stands for."""

    site: Site
    people: People
    told: dict[str, str]

    def bearer(self, actor: Actor) -> str:
        return f"authorization: Bearer {self.site.token(actor)}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def field(site: Site, gausdo: Gausdo, people: People) -> Field:
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    pipeline = await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    told = {
        "absent": str(new_id()),
        "admin": str(people.admin.id),
        "stage": str(pipeline.stages[0].id),
    }
    return Field(site, people, told)


async def made(field: Field, attack: dict[str, Any]) -> Reply:
    """What is answered to an attack; a few at a time, as imports are taken."""
    async with FEW:
        return await _sent(field, attack)


async def _sent(field: Field, attack: dict[str, Any]) -> Reply:
    whole = json.dumps({name: attack.get(name) for name in ("token", "headers", "json")})
    told = json.loads(Template(whole).safe_substitute(field.told))
    headers = {**(told["headers"] or {})}
    match attack["by"]:
        case "token":
            token = forged(field.site.gausdo.tokens, str(field.people.ann.id), told["token"])
            headers["authorization"] = f"Bearer {token}"
        case "page":
            sessions = Sessions(field.site.gausdo.cache)
            token = await sessions.open(field.people.ann.id)
            headers["cookie"] = f"{COOKIE}={token}"
        case "stranger":
            pass
        case name:
            headers["authorization"] = field.bearer(getattr(field.people, name))[15:]
    body = b""
    if told["json"] is not None:
        headers.setdefault("content-type", "application/json")
        body = json.dumps(told["json"]).encode()
    elif "text" in attack:
        piece, times = attack.get("repeat", ("", 0))
        headers.setdefault("content-type", "application/json")
        body = attack["text"].replace("$repeat", piece * times).encode()
    head = attack["ask"] + (f"?{urlencode(attack['params'])}" if "params" in attack else "")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return await sent(field.site.port, head, *lines, body=body)


@pytest.mark.parametrize("case", MADE_HERE, ids=[f"{one['id']} {one['area']}" for one in MADE_HERE])
async def test_an_attack_is_answered_as_it_should_be(field: Field, case: dict[str, Any]) -> None:
    replies = await asyncio.gather(*(made(field, attack) for attack in case["attacks"]))
    wrong = {
        attack["name"]: (reply.status, reply.body[:300])
        for attack, reply in zip(case["attacks"], replies, strict=True)
        if not _as_expected(attack, reply)
    }
    assert not wrong


def _as_expected(attack: dict[str, Any], reply: Reply) -> bool:
    holds = reply.status in attack["answer"]
    if reply.status >= 400:
        holds &= b"Traceback" not in reply.body and b"gausdo/" not in reply.body
        if reply.headers.get("content-type") == "application/problem+json":
            holds &= json.loads(reply.body)["status"] == reply.status
        if "code" in attack:
            holds &= reply.code == attack["code"]
    for place, expected in attack.get("tells", {}).items() if holds else ():
        found = json.loads(reply.body)
        for step in place.split("."):
            found = found[step]
        holds &= found == expected
    return holds


async def test_every_forged_token_is_refused_in_the_same_words(field: Field) -> None:
    attacks = [one for one in _attacks("H01", "H02") if one["answer"] == [401]]
    replies = await asyncio.gather(*(made(field, attack) for attack in attacks))
    bodies = [{**json.loads(reply.body), "trace_id": None} for reply in replies]
    assert len(bodies) > 20
    assert all(body == bodies[0] for body in bodies)


async def test_nothing_was_forged(field: Field) -> None:
    """After all that foreign pages have sent."""
    await asyncio.gather(*(made(field, attack) for attack in _attacks("H08")))
    async with field.site.client(field.people.admin) as admin:
        assert (await admin.get("/deals", params={"q": "Forged"})).json()["items"] == []
    async with field.site.client(field.people.ann) as ann:
        assert (await ann.get("/me")).json()["locale"] == "en"


def _attacks(*ids: str) -> list[dict[str, Any]]:
    return [attack for case in MADE_HERE if case["id"] in ids for attack in case["attacks"]]


async def test_every_case_is_made_here_or_in_a_test_that_exists() -> None:
    for case in CASES:
        assert case["asvs"], case["id"]
        assert case.get("attacks") or case["tests"], case["id"]
        for named in case["tests"]:
            file, _, test = named.partition("::")
            found = ast.walk(ast.parse((ROOT / file).read_text()))
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            assert test in {one.name for one in found if isinstance(one, kinds)}, named


async def test_who_signs_in_again_leaves_the_old_session_dead(field: Field) -> None:
    async with Browser(field.site.url) as browser:
        await browser.sign_in("ann@example.org")
        old = browser.token
        await browser.sign_in("ann@example.org")
        assert (await browser.ask("GET", "/me")).status_code == 200
        browser.cookies[COOKIE] = old
        assert (await browser.ask("GET", "/me")).status_code == 401


async def test_nobody_is_refused_as_slowly_as_somebody() -> None:
    """The work of the hash, not the time of a busy machine."""
    known = await passwords.hashed(PASSWORD)

    def work(password_hash: str) -> float:
        took = []
        for _ in range(7):
            began = time.thread_time()
            passwords._verify(password_hash, "wrong")
            took.append(time.thread_time() - began)
        return min(took)

    somebody, nobody = work(known), work(passwords._NOBODY)
    assert abs(somebody - nobody) < max(somebody, nobody) / 2
    assert not await passwords.fits(PASSWORD, None)


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
async def test_a_whole_network_of_ipv6_counts_as_one_address(told: str, counted: str) -> None:
    assert place_of({"client": (told, 1)}, Headers(), []).counted == counted


async def test_a_long_passphrase_is_taken_whole_in_either_form_of_its_letters(
    gausdo: Gausdo, people: People
) -> None:
    whole = ("й и ё, and so on " * 8)[:127] + "й"
    draft = UserDraft(name="Long", email="long@example.org", password=whole, role="manager")
    identity = gausdo.get(Identity)
    joined = await identity.join(ADMIN, draft)

    async def entered(password: str) -> UUID:
        credentials = Credentials(email="long@example.org", password=password)
        return await identity.sign_in(credentials, "10.9.9.9")

    assert await entered(whole) == joined.id
    assert await passwords.fits("Пароль: ёй", await passwords.hashed(decomposed("Пароль: ёй")))
    assert await passwords.fits(decomposed("Пароль: ёй"), await passwords.hashed("Пароль: ёй"))
    with pytest.raises(WrongCredentials):
        await entered(whole[:-1] + "x")


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("piece", ["a@", "a.", "+1 ", "7-", "(", "a" * 63 + "."])
async def test_long_text_is_read_in_no_time(piece: str) -> None:
    """A hundred thousand characters, through expressions that look for ways to reach somebody."""
    long = piece * (100_000 // len(piece)) + "!"
    began = time.thread_time()
    for read in (phone, email):
        with pytest.raises(ValueError, match=r"phone number|email address"):
            read(long)
    assert time.thread_time() - began < 0.5


async def files_of_fields(field: Field, sender: httpx2.AsyncClient) -> dict[str, str]:
    """One for each kind of record that has such a field, by the word its routes begin with."""
    found = {}
    async with field.site.client(field.people.admin) as admin:
        for kind in ("deal", "company", "person"):
            made = await admin.post(f"/{kind}-fields", json={"name": "Scan", "type": "file"})
            query = {"field_id": made.json()["id"], "name": "eve.txt"}
            file = await sender.post(f"/{kind}-files", params=query, content=b"Eve's")
            found[f"{kind}-files"] = file.json()["id"]
    return found


async def test_what_is_another_teams_is_answered_as_what_is_not_there(field: Field) -> None:
    """Each route of the document that names a record; a new kind of record must be added here."""
    async with (
        field.site.client(field.people.eve) as eve,
        field.site.client(field.people.ann) as ann,
    ):
        drafts = {
            "companies": {"name": "Eve's"},
            "people": {"name": "Eve's own"},
            "deals": {"title": "Eve's"},
            "tasks": {"title": "Eve's"},
            "meetings": {
                "title": "Eve's",
                "begins_at": "2031-01-01T09:00:00Z",
                "ends_at": "2031-01-01T10:00:00Z",
            },
            "views": {"name": "Eve's", "kind": "deal"},
        }
        theirs = {}
        for kind, draft in drafts.items():
            reply = await eve.post(f"/{kind}", json=draft)
            assert reply.status_code == 201, reply.text
            theirs[kind] = reply.json()["id"]
        one = {"name": "X", "quantity": "1", "price": "1.00"}
        lines = {"version": 1, "currency": "RUB", "lines": [one]}
        assert (await eve.put(f"/deals/{theirs['deals']}/lines", json=lines)).status_code == 200
        reply = await eve.post(f"/deals/{theirs['deals']}/quotes", json={"version": 2})
        assert reply.status_code == 201, reply.text
        theirs["quotes"] = reply.json()["id"]
        absent = field.told["absent"]
        bodies = {"version": 1, "stage_id": field.told["stage"], "with_id": absent}
        bodies |= {"entry_id": absent, "field": "about"}
        bodies |= {"other_id": absent, "other_version": 1}
        bodies |= {"currency": "RUB", "lines": [], "contacts": [], "competitors": []}
        bodies |= {"purpose_id": absent, "source": "form"}
        bodies |= {"to": "a@example.org", "subject": "Quote", "body": "Here"}
        me = (await ann.get("/me")).json()["user"]["id"]
        about = {"kind": "company", "id": theirs["companies"]}
        note = await eve.post("/notes", json={"about": about, "text": "Eve's"})
        query = {"about_kind": "company", "about_id": theirs["companies"], "name": "eve.txt"}
        file = await eve.post("/files", params=query, content=b"Eve's")
        theirs |= {"notes": note.json()["id"], "files": file.json()["id"]}
        theirs |= await files_of_fields(field, eve)
        document = (await ann.get("/openapi.json")).json()
        tried = 0
        for path, methods in document["paths"].items():
            kind = path.removeprefix("/api/v1/").partition("/")[0]
            if "{id}" not in path or kind in SHARED:
                continue
            for method in {"get", "post", "patch", "put", "delete"} & methods.keys():
                ask = path.removeprefix("/api/v1")
                taken = required_fields(document, methods[method])
                body = {name: one for name, one in bodies.items() if name in taken}
                told = {"json": body} if taken else {}
                told |= {"params": {"user_id": me}} if path.endswith("/why") else {}
                told |= {"params": {"version": 1}} if (method, ask) in DELETED else {}
                told |= {"params": {"other_id": me}} if path.endswith("/merge-preview") else {}
                ask = ask.replace("{with_id}", absent).replace("{entry_id}", absent)
                ask = ask.replace("{field}", "sealed_word")
                answers = []
                for id in (theirs[kind], field.told["absent"]):
                    reply = await ann.request(method.upper(), ask.replace("{id}", id), **told)
                    assert reply.status_code == 404, (method, path, reply.text)
                    body = json.loads(reply.text.replace(id, "…"))
                    answers.append({**body, "trace_id": None})
                assert answers[0] == answers[1], path
                tried += 1
        assert tried >= 12


REMOVABLE = ("companies", "people", "deals", "tasks", "meetings")
DELETED = {("delete", f"/{kind}/{{id}}") for kind in REMOVABLE}
"""As the one who deletes has seen it."""
SHARED = {
    *("pipelines", "templates", "rules", "effects", "deliveries", "letters", "demo", "jobs"),
    *("products", "price-lists", "competitors", "segments", "consent-purposes"),
    *("rates", "deal-fields", "company-fields", "person-fields", "imports"),
    *(
        "me",
        "users",
        "teams",
        "roles",
        "federation",
        "identity-providers",
        "providers",
        "scim-tokens",
        "api-keys",
        "ip-rules",
    ),
}
"""Seen by all whose role reaches them, or one's own; letters are tried where they are made."""


async def test_the_log_stays_lines_of_json_without_secrets(field: Field) -> None:
    for attack in _attacks("H50"):
        await made(field, attack)
    lines = [line for line in field.site.log.read_text().splitlines() if line]
    assert lines
    told = [json.loads(line) for line in lines]
    assert not any(line.get("event") == "forged" for line in told)
    assert "topsecret-9f3a" not in "".join(lines)
    assert "\x1b" not in "".join(lines)
