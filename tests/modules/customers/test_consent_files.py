"""Consents and files: rows that bring them, lists that take them out, files that prove them."""

import csv
import io
import json
import re
from contextlib import closing
from uuid import UUID, uuid4

import pytest

from gausdo.app import Gausdo
from gausdo.platform.custom_files import forget_files
from tests.conftest import superuser
from tests.modules.customers.test_consents import (
    ADVERTISING,
    BY_MAIL,
    PERSONAL_DATA,
    said,
    somebody,
    standing,
)
from tests.modules.customers.test_merging import got, merged, sent
from tests.modules.customers.test_segments import dynamic, leaf, members
from tests.modules.identity.test_roles import given, role, user_of
from tests.modules.integrations.test_file_imports import counts, done, uploaded

pytestmark = pytest.mark.asyncio(loop_scope="session")

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 5000  # two portions


async def proof(client, content=PDF, name="consent.pdf"):
    headers = {"content-type": "application/octet-stream"}
    query = {"name": name}
    return await client.post("/consent-files", params=query, content=content, headers=headers)


async def entries(client, person):
    return (await got(client, f"/people/{person['id']}/consents/history"))["items"]


async def read(client, person, entry):
    return await client.get(f"/people/{person['id']}/consents/{entry['id']}/file")


async def withdrawn(client, *keys, q):
    asked = {"all": [leaf("consents_withdrawn", "in", [*keys]), leaf("name", "starts_with", q)]}
    page = await got(client, f"/people?limit=200&filter={json.dumps(asked)}")
    return {one["name"] for one in page["items"]}


async def test_a_list_and_a_segment_find_who_has_withdrawn(api, people, settled):
    ann, mark = api(people.ann), f"Gone {uuid4()}"
    yes, no, again = [await sent(ann, "/people", name=f"{mark} {n}") for n in range(3)]
    filter = leaf("consents_withdrawn", "in", [BY_MAIL])
    segment = await dynamic(ann, filter, leaf("name", "starts_with", mark), kind="person")
    for one, what in ((yes, "give"), (no, "withdraw"), (again, "withdraw"), (again, "give")):
        assert (await said(ann, one, what)).is_success
    assert await withdrawn(ann, BY_MAIL, q=mark) == {no["name"]}
    assert await withdrawn(ann, f"{ADVERTISING}:sms", q=mark) == set()
    await settled()
    assert await members(ann, segment, "/people") == {no["name"]}
    assert (await said(ann, no)).is_success
    assert await withdrawn(ann, BY_MAIL, q=mark) == set()


async def test_withdrawals_from_before_they_were_kept_are_found(api, people, gausdo: Gausdo):
    ann, mark = api(people.ann), f"Before {uuid4()}"
    one = await sent(ann, "/people", name=mark)
    assert (await said(ann, one, "withdraw")).is_success
    with closing(superuser(gausdo)) as db:
        empty = "update customers.person set consents_withdrawn = null where id = %s"
        db.execute(empty, [one["id"]])
    assert await withdrawn(ann, BY_MAIL, q=mark) == set()
    await gausdo.services["customers"].settle_withdrawn()
    assert await withdrawn(ann, BY_MAIL, q=mark) == {mark}


async def test_who_may_not_see_consents_asks_for_no_withdrawn_ones(api, people):
    had = [each["id"] for each in (await user_of(api, people, "Eve"))["roles"]]
    person = {"object": "customers.person", "reach": "all", "without": ["consents"]}
    grants = [{**person, "operation": each} for each in ("read", "edit", "export")]
    made = await role(api, people.admin, name=f"Blind {uuid4()}", grants=grants)
    one = await somebody(api(people.admin))
    file = (await proof(api(people.admin))).json()
    assert (await said(api(people.admin), one, proof_file_id=file["id"])).is_success
    [entry] = await entries(api(people.admin), one)
    await given(api, people, "Eve", made.json()["id"])
    try:
        eve = api(people.eve)
        filter = json.dumps(leaf("consents_withdrawn", "in", [BY_MAIL]))
        refused = await eve.get("/people", params={"filter": filter})
        assert refused.status_code == 403
        assert (await read(eve, one, entry)).status_code == 403
        assert (await proof(eve)).status_code == 403
        out = await eve.get("/people/export", params={"format": "csv", "language": "en"})
        assert out.status_code == 200
        assert "Consents" not in out.text.splitlines()[0]
    finally:
        await given(api, people, "Eve", *had)


async def test_a_file_brings_what_people_agreed_to_and_takes_it_out_again(api, people, settled):
    head, mark = api(people.head), uuid4().hex
    cells = (
        "Advertising · E-mail: given 2026-03-01 (paper) until 2031-12-31; реклама · SMS: отказ",
        "Обработка персональных данных: дано 01.02.2026 (лично)",
        "Advertising: given",
        "Horoscopes: given",
        "Advertising · E-mail: given 2099-01-01",
    )
    rows = "\n".join(f'{mark} {n},p{n}@{mark}.example,"{cell}"' for n, cell in enumerate(cells))
    text = f"Name,E-mail,Consents\n{rows}\n"
    told = await uploaded(head, "people", text)
    assert [column["field"] for column in told["columns"]] == ["name", "emails", "consents"]
    checked = await done(head, settled, told, "check")
    assert counts(checked) == ("checked", 2, 0, 0, 3)
    ran = await done(head, settled, told, "run")
    assert counts(ran) == ("done", 2, 0, 0, 3)
    why = (await got(head, f"/imports/{told['id']}/refused"))["items"]
    assert {(row["why"]["field"], row["why"]["code"]) for row in why} == {
        ("consents", "consent-unread")
    }
    found = (await got(head, f"/people?q={mark}&sort=name"))["items"]
    first, second = found
    assert await standing(head, first) == {
        (ADVERTISING, "email"): "given", (ADVERTISING, "sms"): "withdrawn",
    }  # fmt: skip
    assert await standing(head, second) == {(PERSONAL_DATA, "any"): "given"}
    states = (await got(head, f"/people/{first['id']}/consents"))["states"]
    email = next(one for one in states if one["channel"] == "email")
    assert (email["source"], email["until"], email["since"][:10]) == (
        "paper", "2031-12-31", "2026-02-28",  # of Moscow
    )  # fmt: skip

    # what a list gives out is taken back in, and says nothing new
    query = {"format": "csv", "q": mark, "columns": "name,emails,consents", "language": "ru"}
    out = await api(people.admin).get("/people/export", params={**query, "separator": "comma"})
    assert out.status_code == 200, out.text
    lines = [*csv.reader(io.StringIO(out.text.lstrip("\ufeff")))]
    assert lines[0] == ["ФИО", "Эл. почта", "Согласия"]
    told_of_first, told_of_second = (line[2] for line in lines[1:])
    mail = "Реклама · Эл. почта: дано 2026-03-01 (на бумаге) до 2031-12-31"
    assert re.fullmatch(
        rf"{re.escape(mail)}, Реклама · СМС: отозвано [-\d]+ \(импорт\)", told_of_first
    )
    assert told_of_second == "Обработка персональных данных: дано 2026-02-01 (при встрече)"
    again = await uploaded(head, "people", out.text)
    change = {"version": again["version"], "policy": "update", "by": "emails"}
    assert (await head.patch(f"/imports/{again['id']}", json=change)).is_success
    assert counts(await done(head, settled, again, "run")) == ("done", 0, 0, 2, 0)
    assert len(await entries(head, first)) == 2

    # a change of those who are there; taken back, what was said stays
    more = f"E-mail,Consents,City\np1@{mark}.example,Сервисные сообщения · Звонок: нет,Omsk\n"
    more = "Name," + more.replace(f"\np1@{mark}", f"\n{mark} 1,p1@{mark}")
    third = await uploaded(head, "people", more)
    change = {"version": third["version"], "policy": "update", "by": "emails"}
    assert (await head.patch(f"/imports/{third['id']}", json=change)).is_success
    assert counts(await done(head, settled, third, "run")) == ("done", 0, 1, 0, 0)
    assert len(await standing(head, second)) == 2
    assert (await head.post(f"/imports/{third['id']}/undo")).is_success
    await settled()
    assert (await got(head, f"/people/{second['id']}"))["city"] is None
    assert len(await standing(head, second)) == 2


async def test_a_file_proves_what_somebody_has_said(api, people):
    ann, one = api(people.ann), await somebody(api(people.ann))
    file = await proof(ann)
    assert file.status_code == 201, file.text
    told = file.json()
    assert (told["name"], told["media"], told["size"]) == (
        "consent.pdf", "application/pdf", len(PDF)
    )  # fmt: skip
    theirs = await said(api(people.bob), await somebody(api(people.bob)), proof_file_id=told["id"])
    assert (theirs.status_code, theirs.json()["errors"][0]["code"]) == (422, "file-gone")
    assert (await said(ann, one, source="paper", proof_file_id=told["id"])).is_success
    twice = await said(ann, await somebody(ann), proof_file_id=told["id"])
    assert twice.json()["errors"][0]["code"] == "file-gone"
    [entry] = await entries(ann, one)
    assert entry["proof_file"] == told
    reply = await read(ann, one, entry)
    assert (reply.status_code, reply.content) == (200, PDF)
    assert reply.headers["content-disposition"].startswith("attachment")
    assert (await read(api(people.eve), one, entry)).status_code == 404
    other = await somebody(ann)
    assert (await read(ann, other, entry)).status_code == 404
    assert (await said(ann, other)).is_success
    [bare] = await entries(ann, other)
    assert (await read(ann, other, bare)).status_code == 404


async def test_proofs_follow_merging_parting_deleting_and_erasure(
    api, people, settled, gausdo: Gausdo
):
    admin, mark = api(people.admin), f"Proven {uuid4()}"
    one, other = [await sent(admin, "/people", name=f"{mark} {n}") for n in range(2)]
    files = []
    for person, content in ((one, b"first"), (other, b"second")):
        file = (await proof(admin, content)).json()
        assert (await said(admin, person, proof_file_id=file["id"])).is_success
        files.append(file["id"])

    async def kept():
        await forget_files(gausdo.services["customers"].fields)
        with closing(superuser(gausdo)) as db:
            query = "select id, left_at from customers.file where id = any(%s) order by id"
            return db.execute(query, [[UUID(id) for id in files]]).fetchall()

    done_ = await merged(admin, "/people", one, other)
    contents = [(await read(admin, one, entry)).content for entry in await entries(admin, one)]
    assert contents == [b"second", b"first"]
    assert [left for _, left in await kept()] == [None, None]
    assert (await admin.post(f"/people/merges/{done_['id']}/part")).is_success
    [theirs] = await entries(admin, other)
    assert (await read(admin, other, theirs)).content == b"second"

    now = await got(admin, f"/people/{other['id']}")
    gone = await admin.delete(f"/people/{other['id']}", params={"version": now["version"]})
    assert gone.is_success, gone.text
    assert [left for _, left in await kept()] == [None, None]
    assert (await admin.post(f"/people/{other['id']}/restore")).is_success
    assert (await read(admin, other, theirs)).content == b"second"

    assert (await admin.post(f"/people/{one['id']}/erasure")).is_success
    await settled()
    assert [str(id) for id, _ in await kept()] == [files[1]]
    assert (await read(admin, other, theirs)).content == b"second"
