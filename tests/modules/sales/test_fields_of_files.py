"""Fields that hold files: sent, shown to who may see the record and the field, and never lost or
left lying.
"""

import json
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import INTERVAL

from gausdo.app import Gausdo
from gausdo.gateway.exports.cells import reader
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.errors import NotFound
from gausdo.kernel.imports import Became, Bringing
from gausdo.kernel.imports import FileRow as ImportedRow
from gausdo.kernel.values import new_id
from gausdo.modules.customers.contract import Customers
from gausdo.modules.customers.file_tables import FileRow as CustomerFile
from gausdo.modules.sales.contract import PipelineDraft, Sales
from gausdo.modules.sales.file_tables import FileRow, PortionRow
from gausdo.platform.custom_files import forget_files
from tests.conftest import ADMIN, As, People, Settled

pytestmark = pytest.mark.asyncio(loop_scope="session")

Told = dict[str, Any]
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 5000  # two portions


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fields(gausdo: Gausdo, api: As, people: People) -> dict[str, str]:
    """Kind of record → the id of its field “Contract”."""
    stages = [
        {"name": "New", "probability": 10},
        {"name": "Won", "kind": "won", "probability": 100},
        {"name": "Lost", "kind": "lost", "probability": 0},
    ]
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    made = {}
    for kind in ("deal", "company", "person"):
        field = {"name": "Contract", "key": "contract", "type": "file"}
        reply = await api(people.admin).post(f"/{kind}-fields", json=field)
        assert reply.status_code == 201, reply.text
        assert reply.json()["type"] == "file"
        made[kind] = reply.json()["id"]
    return made


async def send(
    client: httpx2.AsyncClient,
    field_id: str,
    name: str = "offer.pdf",
    content: bytes = PDF,
    kind: str = "deal",
) -> httpx2.Response:
    query = {"field_id": field_id, "name": name}
    headers = {"content-type": "application/octet-stream"}
    return await client.post(f"/{kind}-files", params=query, content=content, headers=headers)


async def sent(client: httpx2.AsyncClient, *told: Any, **more: Any) -> Told:
    reply = await send(client, *told, **more)
    assert reply.status_code == 201, reply.text
    file: Told = reply.json()
    return file


async def opened(client: httpx2.AsyncClient, *files: Told) -> Told:
    custom = {"contract": [one["id"] for one in files]}
    reply = await client.post("/deals", json={"title": f"Deal {new_id()}", "custom": custom})
    assert reply.status_code == 201, reply.text
    deal: Told = reply.json()
    return deal


async def changed(client: httpx2.AsyncClient, record: Told, value: Any, path: str = "deals") -> Any:
    told = {"version": record["version"], "custom": {"contract": value}}
    return await client.patch(f"/{path}/{record['id']}", json=told)


async def test_a_deal_has_files_that_come_back_as_they_were(
    gausdo: Gausdo, api: As, people: People, fields: dict[str, str]
) -> None:
    ann = api(people.ann)
    first = await sent(ann, fields["deal"], "C:\\Договор №1.pdf")
    assert (first["name"], first["media"]) == ("Договор №1.pdf", "application/pdf")
    deal = await opened(ann, first)
    assert deal["custom"]["contract"] == [first]
    got = await ann.get(f"/deal-files/{first['id']}")
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    page = await sent(ann, fields["deal"], "page.html", b"<script>")
    both = (await changed(ann, deal, [first, page["id"]])).json()
    assert both["custom"]["contract"] == [first, page]
    shown = await ann.get(f"/deal-files/{page['id']}")
    assert shown.headers["content-type"] == "application/octet-stream"
    history = (await ann.get(f"/deals/{deal['id']}/history")).json()
    assert history[0]["changes"]["custom.contract"] == [[first], [first, page]]
    [column] = [
        one
        for one in await gausdo.get(Sales).export_columns(people.admin, "deals", "en")
        if one.name == "custom.contract"
    ]
    assert reader(column)({"custom": [both["custom"]]}) == [[first["name"], "page.html"]]
    for op, value, found in (
        ("contains", "договор", True),
        ("contains", "act", False),
        ("is_empty", None, False),
        ("is_not_empty", None, True),
    ):
        asked = {"field": "custom.contract", "op": op, **({"value": value} if value else {})}
        reply = await ann.get("/deals", params={"filter": json.dumps(asked), "limit": 200})
        assert reply.status_code == 200, reply.text
        assert (deal["id"] in {one["id"] for one in reply.json()["items"]}) is found


async def test_who_may_not_see_the_record_or_the_field_finds_no_file(
    gausdo: Gausdo, api: As, people: People, fields: dict[str, str]
) -> None:
    ann = api(people.ann)
    file = await sent(ann, fields["deal"])
    path = f"/deal-files/{file['id']}"
    assert (await ann.get(path)).status_code == 200
    assert (await api(people.bob).get(path)).status_code == 404  # it is nobody's yet
    stolen = await api(people.bob).post(
        "/deals", json={"title": "Bob's", "custom": {"contract": [file["id"]]}}
    )
    assert stolen.json()["errors"][0]["code"] == "file-gone"
    deal = await opened(ann, file)
    assert (await api(people.bob).get(path)).status_code == 200
    assert (await api(people.eve).get(path)).status_code == 404
    assert (await ann.get(f"/company-files/{file['id']}")).status_code == 404
    hiding = Grant(
        object="sales.deal",
        operation="read",
        reach=Reach.ALL,
        without=frozenset({"custom.contract"}),
    )
    blind = people.head.model_copy(update={"grants": (hiding,)})
    sales = gausdo.get(Sales)
    assert (await sales.deal(blind, UUID(deal["id"]))).custom == {}
    with pytest.raises(NotFound):
        await sales.field_file(blind, "deal", UUID(file["id"]))
    other = await opened(ann)
    twice = await changed(ann, other, [file])
    assert twice.json()["errors"][0]["code"] == "file-gone"
    gone = (await changed(ann, deal, None)).json()
    assert gone["custom"] == {}
    assert (await ann.get(path)).status_code == 404
    [entry, *_] = (await ann.get(f"/deals/{deal['id']}/history")).json()
    restored = {"entry_id": entry["id"], "field": "custom.contract", "version": gone["version"]}
    back = await ann.post(f"/deals/{deal['id']}/history/restore", json=restored)
    assert back.json()["custom"]["contract"] == [file], back.text
    assert (await ann.get(path)).status_code == 200


async def test_what_a_field_of_files_does_not_take_is_said(
    gausdo: Gausdo, api: As, people: People, fields: dict[str, str]
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    large = bytes(gausdo.settings.largest_file * 1_000_000 + 1)
    most = {"megabytes": gausdo.settings.largest_file}
    assert (await send(ann, fields["deal"], content=large)).json()["data"] == most
    assert (await send(ann, fields["company"])).json()["errors"][0]["field"] == "field_id"
    assert (await send(ann, fields["deal"], name="/")).json()["errors"][0]["field"] == "name"
    files = [await sent(ann, fields["deal"], f"{n}.pdf", b"%PDF-1") for n in range(11)]
    deal = await opened(ann)
    many = await changed(ann, deal, files)
    assert many.json()["errors"][0]["code"] == "too-many-files"
    for told in ("Contract.pdf", [1], {"name": "x"}, [{"id": str(new_id()), "name": "x"}]):
        refused = await changed(ann, deal, told)
        assert refused.status_code == 422, told
        assert refused.json()["errors"][0]["field"] == "custom.contract"
    assert (await ann.get(f"/deals/{deal['id']}")).json()["version"] == deal["version"]
    edit = {"of": {"ids": [deal["id"]]}, "change": {"custom": {"contract": None}}}
    mass = await ann.post("/deals/mass-edits/preview", json=edit)
    assert mass.json()["errors"][0]["code"] == "file"
    how = Bringing.model_validate({"by": "title", "policy": "create"})
    row = ImportedRow(line=1, fields={"title": "Row", "custom": {"contract": files[:1]}})
    [landed] = await gausdo.get(Sales).bring(people.admin, "deals", [row], how, "files")
    assert landed.why is not None
    assert (landed.became, landed.why.field) == (Became.REFUSED, "custom.contract")
    field = {"name": "Scans", "type": "file"}
    for wrong in ({"unique": True}, {"default": files[:1]}, {"indexed": True}):
        refused = await admin.post("/deal-fields", json={**field, **wrong})
        assert [one["field"] for one in refused.json()["errors"]] == [*wrong], refused.text
    formula = {"name": "Made", "formula": "custom.contract"}
    refused = await admin.post("/deal-fields", json=formula)
    assert refused.json()["errors"][0]["code"] == "formula-files"
    became = {"version": 1, "type": "text"}
    path = f"/deal-fields/{fields['deal']}/becoming"
    assert (await admin.post(path, json=became)).status_code == 422
    text = (await admin.post("/deal-fields", json={"name": "Words", "type": "text"})).json()
    became = {"version": 1, "type": "file"}
    refused = await admin.post(f"/deal-fields/{text['id']}/becoming", json=became)
    assert refused.json()["errors"][0]["field"] == "type"
    by = {"sort": "custom.contract"}
    assert (await ann.get("/deals", params=by)).status_code == 422


async def test_no_file_is_left_lying_and_none_is_lost(
    gausdo: Gausdo, api: As, people: People, fields: dict[str, str]
) -> None:
    ann, admin, db = api(people.ann), api(people.admin), gausdo.databases["sales"]
    here = gausdo.get(Sales).fields  # type: ignore[attr-defined]
    content = b"%PDF-" + str(new_id()).encode()
    files = [await sent(ann, fields["deal"], f"{n}.pdf", content) for n in range(4)]
    _, taken_off, held, deleted = files
    deal = await opened(ann, taken_off, held)
    assert (await changed(ann, deal, [held])).status_code == 200
    other = await opened(ann, deleted)
    gone = await admin.delete(f"/deals/{other['id']}", params={"version": 1})
    assert gone.status_code == 200, gone.text

    async def there(*, later: str) -> set[str]:
        """Those that are kept after somebody has looked, and once more so long afterwards."""
        await forget_files(here)
        async with db.begin() as tx:
            for column in ("created_at", "left_at"):
                before = getattr(FileRow, column) - cast(literal(later), INTERVAL)
                await tx.session.execute(update(FileRow).values(**{column: before}))
        await forget_files(here)
        async with db.begin() as tx:
            found = await tx.session.scalars(select(FileRow.id))
            return {str(id) for id in found} & {one["id"] for one in files}

    ids = [one["id"] for one in files]
    assert await there(later="23 hours") == {*ids}
    assert await there(later="2 hours") == {*ids[1:]}
    assert await there(later="31 days") == {held["id"], deleted["id"]}
    assert (await ann.get(f"/deal-files/{deleted['id']}")).status_code == 404
    back = await admin.post(f"/deals/{other['id']}/restore")
    assert back.status_code == 200, back.text
    assert (await ann.get(f"/deal-files/{deleted['id']}")).content == content
    now = (await ann.get(f"/deals/{other['id']}")).json()
    path, seen = f"/deals/{other['id']}", {"version": now["version"]}
    assert (await admin.delete(path, params=seen)).is_success
    async with db.begin() as tx:
        await tx.session.execute(text("delete from sales.removed"))
    assert await there(later="0 days") == {held["id"]}
    assert (await ann.get(f"/deal-files/{held['id']}")).content == content
    assert (await changed(ann, (await ann.get(f"/deals/{deal['id']}")).json(), [])).is_success
    assert await there(later="31 days") == set()
    async with db.begin() as tx:
        left = select(func.count()).where(PortionRow.content == content)
        assert await tx.session.scalar(left.select_from(PortionRow)) == 0


async def test_files_go_where_companies_go(
    gausdo: Gausdo, api: As, people: People, fields: dict[str, str]
) -> None:
    ann = api(people.ann)
    made = []
    for name in ("one", "other"):
        file = await sent(ann, fields["company"], f"{name}.pdf", PDF, kind="company")
        told = {"name": f"{name} {new_id()}", "custom": {"contract": [file["id"]]}}
        made.append(((await ann.post("/companies", json=told)).json(), file))
    (one, mine), (other, theirs) = made
    draft: Told = {"other_id": other["id"], "version": 1, "other_version": 1, "take": []}
    done = (await ann.post(f"/companies/{one['id']}/merge", json=draft)).json()
    now = (await ann.get(f"/companies/{one['id']}")).json()
    assert now["custom"]["contract"] == [mine, theirs]
    paths = [f"/company-files/{file['id']}" for file in (mine, theirs)]
    assert [(await ann.get(path)).status_code for path in paths] == [200, 200]
    late = await sent(ann, fields["company"], "late.pdf", PDF, kind="company")
    assert (await changed(ann, now, [mine, late], "companies")).status_code == 200
    await forget_files(gausdo.get(Customers).fields)  # type: ignore[attr-defined]
    async with gausdo.databases["customers"].begin() as tx:
        query = select(func.count()).where(CustomerFile.left_at.is_not(None))
        assert await tx.session.scalar(query) == 0  # what was taken off may come back
    parted = await ann.post(f"/companies/merges/{done['id']}/part")
    assert parted.status_code == 200, parted.text
    both = [(await ann.get(f"/companies/{each['id']}")).json() for each in (one, other)]
    assert [each["custom"]["contract"] for each in both] == [[mine, late], [theirs]]
    assert [(await ann.get(path)).status_code for path in paths] == [200, 200]


async def test_files_of_a_person_are_told_and_gone_with_them(
    gausdo: Gausdo, api: As, people: People, fields: dict[str, str], settled: Settled
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    name = f"Polina Sokolova{str(new_id())[-8:]}"
    content = b"%PDF-" + name.encode()
    file = await sent(ann, fields["person"], f"{name}.pdf", content, kind="person")
    told = {"name": name, "custom": {"contract": [file["id"]]}}
    person = (await ann.post("/people", json=told)).json()
    of_deal = await sent(ann, fields["deal"], f"Contract with {name}.pdf")
    custom = {"contract": [of_deal["id"]]}
    draft = {"title": "Deal", "contact_id": person["id"], "custom": custom}
    deal = (await ann.post("/deals", json=draft)).json()
    held = (await admin.get(f"/people/{person['id']}/export")).json()
    told_of = {
        part["place"]: [one["name"] for one in part["records"] if "name" in one] for part in held
    }
    assert told_of["customers.file"] == [file["name"]]
    assert told_of["sales.file"] == [of_deal["name"]]
    assert (await admin.post(f"/people/{person['id']}/erasure")).is_success
    await settled()
    assert (await ann.get(f"/person-files/{file['id']}")).status_code == 404
    async with gausdo.databases["customers"].begin() as tx:
        left = text("select count(*) from customers.file_portion where content = :content")
        assert await tx.session.scalar(left, {"content": content}) == 0
    for path in (f"/people/{person['id']}/history", f"/deals/{deal['id']}"):
        assert name not in (await ann.get(path)).text
    got = await ann.get(f"/deal-files/{of_deal['id']}")
    assert got.content == PDF  # the deal's own
    assert "Sokolova" not in got.headers["content-disposition"]
