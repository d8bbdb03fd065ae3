"""Files of notes: kept once, shown to who may see the record, and never run by a browser."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import func, select, update

from gausdo.app import Gausdo
from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id
from gausdo.modules.activities.file_tables import ContentRow, FileRow, PortionRow
from gausdo.modules.activities.files import forget_loose
from gausdo.modules.customers.contract import Customers
from tests.conftest import As, People, Settled

pytestmark = pytest.mark.asyncio(loop_scope="session")

Told = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MIB = 1024 * 1024


async def company_of(api: As, who: Actor) -> str:
    reply = await api(who).post("/companies", json={"name": f"Files {new_id()}"})
    return str(reply.json()["id"])


async def sent(
    api: As, who: Actor | None, company: str, content: bytes, name: str = "offer.pdf"
) -> Any:
    query = {"about_kind": "company", "about_id": company, "name": name}
    headers = {"content-type": "application/octet-stream"}
    return await api(who).post("/files", params=query, content=content, headers=headers)


async def noted(api: As, who: Actor, company: str, *files: Told, text: str = "") -> Any:
    about = {"kind": "company", "id": company}
    ids = [one["id"] for one in files]
    return await api(who).post("/notes", json={"about": about, "text": text, "file_ids": ids})


async def kept(gausdo: Gausdo) -> tuple[int, int]:
    """Contents, and portions of them."""
    async with gausdo.databases["activities"].begin() as tx:
        contents = await tx.session.scalar(select(func.count()).select_from(ContentRow))
        portions = await tx.session.scalar(select(func.count()).select_from(PortionRow))
        return contents or 0, portions or 0


async def test_a_file_of_several_portions_comes_back_as_it_was(
    gausdo: Gausdo, api: As, people: People
) -> None:
    company = await company_of(api, people.ann)
    before = await kept(gausdo)
    content = b"%PDF-1.7\n" + bytes(range(256)) * 10_000
    first = (await sent(api, people.ann, company, content, "Договор №1.pdf")).json()
    assert first == {
        "id": first["id"],
        "name": "Договор №1.pdf",
        "media": "application/pdf",
        "size": len(content),
    }
    note = (await noted(api, people.ann, company, first, text="См. договор")).json()
    assert note["files"] == [first]
    got = await api(people.bob).get(f"/files/{first['id']}")
    assert hashlib.sha256(got.content).digest() == hashlib.sha256(content).digest()
    assert got.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%E2%84%961.pdf"
    )
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    again = (await sent(api, people.ann, company, content, "copy.pdf")).json()
    assert again["id"] != first["id"]
    contents, portions = await kept(gausdo)
    assert (contents - before[0], portions - before[1]) == (1, 3)


@pytest.mark.parametrize(
    ("name", "content", "told", "media"),
    [
        ("../../etc/passwd", b"root", "passwd", "application/octet-stream"),
        ("C:\\temp\\evil.exe", b"MZ", "evil.exe", "application/octet-stream"),
        ("page.html", b"<script>alert(1)</script>", "page.html", "application/octet-stream"),
        ("image.png", b"<svg onload=alert(1)>", "image.png", "application/octet-stream"),
        ("photo.html", PNG, "photo.html", "image/png"),
        ("invoice\u202efdp.exe", b"MZ", "invoicefdp.exe", "application/octet-stream"),
        ('a"\r\nset-cookie: x=1.txt', b"", 'a"set-cookie: x=1.txt', "application/octet-stream"),
        ("x" * 300 + ".pdf", b"%PDF-", "x" * 196 + ".pdf", "application/pdf"),
    ],
)
async def test_a_hostile_file_is_only_bytes_to_be_kept(
    api: As, people: People, name: str, content: bytes, told: str, media: str
) -> None:
    company = await company_of(api, people.ann)
    file = (await sent(api, people.ann, company, content, name)).json()
    assert (file["name"], file["media"]) == (told, media)
    got = await api(people.ann).get(f"/files/{file['id']}")
    assert got.content == content
    assert got.headers["content-type"] == media
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert "set-cookie" not in got.headers


async def test_a_file_that_is_too_large_or_has_no_name_is_refused(
    gausdo: Gausdo, api: As, people: People
) -> None:
    company = await company_of(api, people.ann)
    large = gausdo.settings.largest_file * 1_000_000
    whole = await sent(api, people.ann, company, bytes(large))
    assert whole.status_code == 201
    declared = await sent(api, people.ann, company, bytes(large + 1))
    assert (declared.status_code, declared.json()["code"]) == (413, "too-large")

    async def in_chunks() -> Any:
        for _ in range(large // MIB + 1):
            yield bytes(MIB)

    query = {"about_kind": "company", "about_id": company, "name": "x"}
    undeclared = await api(people.ann).post("/files", params=query, content=in_chunks())
    assert (undeclared.status_code, undeclared.json()["code"]) == (413, "too-large")
    nameless = await sent(api, people.ann, company, b"x", "a/..")
    assert [one["field"] for one in nameless.json()["errors"]] == ["name"]
    stranger = await sent(api, None, company, b"x")
    assert stranger.status_code == 401
    other = await sent(api, people.eve, company, b"x")
    assert other.status_code == 404


async def test_a_file_is_seen_with_its_note_and_gone_with_it(api: As, people: People) -> None:
    company, elsewhere = await company_of(api, people.ann), await company_of(api, people.ann)
    file = (await sent(api, people.ann, company, PNG)).json()
    path = f"/files/{file['id']}"
    assert (await api(people.ann).get(path)).status_code == 200
    assert (await api(people.bob).get(path)).status_code == 404
    foreign = await noted(api, people.bob, company, file)
    assert [one["field"] for one in foreign.json()["errors"]] == ["file_ids"]
    wrong = await noted(api, people.ann, elsewhere, file)
    assert [one["field"] for one in wrong.json()["errors"]] == ["file_ids"]
    note = (await noted(api, people.ann, company, file)).json()
    assert (await api(people.bob).get(path)).status_code == 200
    assert (await api(people.eve).get(path)).status_code == 404
    twice = await noted(api, people.ann, company, file)
    assert twice.status_code == 422
    gone = (await api(people.ann).post(f"/notes/{note['id']}/remove", json={"version": 1})).json()
    assert (await api(people.bob).get(path)).status_code == 404
    back = {"version": gone["version"]}
    again = (await api(people.ann).post(f"/notes/{note['id']}/restore", json=back)).json()
    assert (await api(people.bob).get(path)).status_code == 200
    change = {"version": again["version"], "file_ids": []}
    nothing = await api(people.ann).patch(f"/notes/{note['id']}", json=change)
    assert [one["field"] for one in nothing.json()["errors"]] == ["text"]
    told = await api(people.ann).patch(f"/notes/{note['id']}", json={**change, "text": "Без файла"})
    assert (told.status_code, told.json()["files"]) == (200, [])
    assert (await api(people.bob).get(path)).status_code == 404


async def test_what_no_note_took_is_forgotten_and_what_two_have_stays(
    gausdo: Gausdo, api: As, people: People
) -> None:
    company = await company_of(api, people.ann)
    content = b"twice" + str(new_id()).encode()
    loose = (await sent(api, people.ann, company, content)).json()
    file = (await sent(api, people.ann, company, content)).json()
    await noted(api, people.ann, company, file)
    db = gausdo.databases["activities"]
    async with db.begin() as tx:
        old = update(FileRow).where(FileRow.id == loose["id"])
        await tx.session.execute(old.values(created_at=func.now() - func.make_interval(0, 0, 0, 2)))
    await forget_loose(db)
    assert (await api(people.ann).get(f"/files/{loose['id']}")).status_code == 404
    assert (await api(people.ann).get(f"/files/{file['id']}")).content == content


async def test_files_of_a_person_who_is_erased_are_gone(
    gausdo: Gausdo, api: As, people: People, settled: Settled
) -> None:
    reply = await api(people.ann).post("/people", json={"name": f"Olga {new_id()}"})
    person = reply.json()
    query = {"about_kind": "person", "about_id": person["id"], "name": "passport.png"}
    before = await kept(gausdo)
    content = PNG + str(new_id()).encode()
    file = (await api(people.ann).post("/files", params=query, content=content)).json()
    about = {"kind": "person", "id": person["id"]}
    told = {"about": about, "text": "", "file_ids": [file["id"]]}
    assert (await api(people.ann).post("/notes", json=told)).status_code == 201
    assert (await kept(gausdo))[0] == before[0] + 1
    await gausdo.get(Customers).erase_person(people.admin, person["id"])
    await settled()
    assert await kept(gausdo) == before
