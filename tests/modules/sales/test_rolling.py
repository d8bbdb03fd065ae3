"""Fields that are rolled up over linked records: right after every change, however it comes."""

import asyncio
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from gausdo.app import Gausdo
from gausdo.kernel.actor import Grant, Reach
from gausdo.modules.customers.contract import Customers
from gausdo.modules.sales.contract import PipelineDraft, Sales
from gausdo.modules.sales.tables import schema
from gausdo.platform.custom_indexes import build_asked
from tests.conftest import ADMIN, As, People, Settled, superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]
RUB = {"currency": "RUB"}
WEIGHT = {"name": "Weight", "key": "weight", "type": "number"}


def up(key: str, over: str, measure: str, **more: str) -> dict[str, Any]:
    told = {"over": over, "measure": measure, **more}
    return {"name": key.title(), "key": key, "roll_up": told, "indexed": True}


OF_COMPANIES = [
    up("deals", "deal", "count"),
    up("won", "deal", "count", only="won"),
    up("sold", "deal", "sum", of="worth", only="won", **RUB),
    up("greatest", "deal", "greatest", of="worth", **RUB),
    up("newest", "deal", "newest", of="worth"),
    up("due", "deal", "greatest", of="expected_on"),
    up("weights", "deal", "sum", of="custom.weight"),
    up("staff", "person", "count"),
    up("todo", "task", "count", only="open"),
    {"name": "Mean", "key": "mean", "formula": "custom.weights / custom.deals"},
]
OF_PEOPLE = [up("deals", "deal", "count"), up("open", "deal", "count", only="open")]
OF_DEALS = [up("todo", "task", "count", only="open"), up("next", "task", "least", of="due_at")]


async def made(client: httpx2.AsyncClient, path: str, **told: Any) -> dict[str, Any]:
    reply = await client.post(path, json=told)
    assert reply.status_code == 201, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def got(client: httpx2.AsyncClient, path: str) -> dict[str, Any]:
    reply = await client.get(path)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def rub(amount: str) -> dict[str, str]:
    return {"amount": amount, **RUB}


def worth(amount: str) -> dict[str, Any]:
    return {"worth": rub(amount)}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def stages(gausdo: Gausdo, api: As, people: People, settled: Settled) -> dict[str, str]:
    """The fields, made when there are records already: those are filled by a job."""
    draft = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    pipeline = await gausdo.get(Sales).add_pipeline(ADMIN, draft)
    ann, admin = api(people.ann), api(people.admin)
    await made(admin, "/deal-fields", **WEIGHT)
    old = await made(ann, "/companies", name="Old")
    for amount in ("100.00", "50.50"):
        await made(ann, "/deals", title="Before", company_id=old["id"], **worth(amount))
    for field in OF_COMPANIES:
        await made(admin, "/company-fields", **field)
    for field in OF_PEOPLE:
        await made(admin, "/person-fields", **field)
    for field in OF_DEALS:
        await made(admin, "/deal-fields", **field)
    await settled()
    return {stage.name: str(stage.id) for stage in pipeline.stages}


async def moved(
    client: httpx2.AsyncClient, deal: dict[str, Any], stage: str, **more: Any
) -> dict[str, Any]:
    told = {"version": deal["version"], "stage_id": stage, **more}
    reply = await client.post(f"/deals/{deal['id']}/move", json=told)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def changed(client: httpx2.AsyncClient, path: str, **told: Any) -> dict[str, Any]:
    reply = await client.patch(path, json=told)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_what_was_there_before_the_field_is_counted(api: As, people: People) -> None:
    ann = api(people.ann)
    [old] = (await got(ann, "/companies?q=Old"))["items"]
    assert old["version"] == 1
    assert old["custom"] == {
        "deals": "2", "won": "0", "sold": rub("0.00"), "greatest": rub("100.00"),
        "newest": rub("50.50"), "weights": "0", "staff": "0", "todo": "0", "mean": "0",
    }  # fmt: skip
    fields = await got(api(people.admin), "/company-fields")
    assert [one["computing"] for one in fields] == [None] * len(OF_COMPANIES)


async def test_every_change_of_what_is_linked_is_counted(
    api: As, people: People, settled: Settled, stages: dict[str, str]
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    one, two = [await made(ann, "/companies", name=f"Firm {name}") for name in ("one", "two")]
    assert one["custom"]["deals"] == "0"
    person = await made(ann, "/people", name="Anna", company_id=one["id"])
    told = {"contact_id": person["id"], "custom": {"weight": "3"}, "expected_on": "2026-12-01"}
    deal = await made(ann, "/deals", title="A", company_id=one["id"], **told, **worth("10.00"))
    other = await made(ann, "/deals", title="B", company_id=one["id"], **worth("20.00"))
    task = await made(
        ann, "/tasks", title="Call", about={"kind": "deal", "id": deal["id"]},
        due_at="2026-12-24T12:00:00Z",
    )  # fmt: skip
    await made(ann, "/tasks", title="Write", about={"kind": "company", "id": one["id"]})
    won = await moved(ann, deal, stages["Won"])
    await settled()

    async def has(record: dict[str, Any], path: str = "companies") -> dict[str, Any]:
        found = await got(ann, f"/{path}/{record['id']}")
        custom: dict[str, Any] = found["custom"]
        return custom

    assert await has(one) == {
        "deals": "2", "won": "1", "sold": rub("10.00"), "greatest": rub("20.00"),
        "newest": rub("20.00"), "weights": "3", "staff": "1", "todo": "1", "mean": "1.5",
        "due": "2026-12-01",
    }  # fmt: skip
    assert await has(person, "people") == {"deals": "1", "open": "0"}
    assert await has(deal, "deals") == {
        "weight": "3", "todo": "1", "next": "2026-12-24T12:00:00Z",
    }  # fmt: skip

    task_path = f"/tasks/{task['id']}"
    await changed(ann, task_path, version=task["version"], state="done")
    path = f"/deals/{deal['id']}"
    await changed(ann, path, version=won["version"], company_id=two["id"], contact_id=None)
    await changed(ann, f"/people/{person['id']}", version=person["version"], company_id=two["id"])
    await settled()
    assert (await has(deal, "deals"))["todo"] == "0"
    assert await has(person, "people") == {"deals": "0", "open": "0"}
    left, came = await has(one), await has(two)
    assert (left["deals"], left["won"], left["sold"], left["staff"]) == ("1", "0", rub("0.00"), "0")
    assert (came["deals"], came["won"], came["sold"], came["staff"]) == (
        "1",
        "1",
        rub("10.00"),
        "1",
    )
    assert "due" not in left

    gone = f"/deals/{other['id']}"
    assert (await admin.delete(f"{gone}?version={other['version']}")).status_code == 200
    await settled()
    assert (await has(one))["deals"] == "0"
    assert (await admin.post(f"{gone}/restore")).status_code == 200
    await settled()
    assert (await has(one))["greatest"] == rub("20.00")

    merge = {"version": one["version"], "other_id": two["id"], "other_version": two["version"]}
    merged = await admin.post(f"/companies/{one['id']}/merge", json=merge)
    assert merged.status_code < 300, merged.text
    await settled()
    both = await has(one)
    assert (both["deals"], both["sold"], both["staff"]) == ("2", rub("10.00"), "1")
    assert "due" in both
    parted = await admin.post(f"/companies/merges/{merged.json()['id']}/part")
    assert parted.status_code < 300, parted.text
    assert parted.json()["changed"] == []
    await settled()
    assert (await has(one), await has(two)) == (
        left | {"todo": "1"}, came,
    )  # fmt: skip


async def test_fifty_changes_at_once_are_all_counted(
    api: As, people: People, settled: Settled, stages: dict[str, str]
) -> None:
    ann = api(people.ann)
    firm = await made(ann, "/companies", name="Busy")
    admin = api(people.admin)
    deals = await asyncio.gather(
        *(
            made(ann, "/deals", title=f"No {number}", company_id=firm["id"], **worth("1.10"))
            for number in range(50)
        )
    )
    await asyncio.gather(
        *(moved(ann, deal, stages["Won"]) for deal in deals[:30]),
        *(admin.delete(f"/deals/{deal['id']}?version=1") for deal in deals[40:]),
    )
    await settled()
    custom = (await got(ann, f"/companies/{firm['id']}"))["custom"]
    assert (custom["deals"], custom["won"], custom["sold"]) == ("40", "30", rub("33.00"))


async def test_many_edited_at_once_are_counted(api: As, people: People, settled: Settled) -> None:
    ann = api(people.ann)
    firm = await made(ann, "/companies", name="Given")
    ids = [(await made(ann, "/deals", title="Many", **worth("5.00")))["id"] for _ in range(3)]
    edit = {"of": {"ids": ids}, "change": {"company_id": firm["id"]}}
    begun = await made(ann, "/deals/mass-edits", **edit)
    await settled()
    custom = (await got(ann, f"/companies/{firm['id']}"))["custom"]
    assert (custom["deals"], custom["greatest"]) == ("3", rub("5.00"))
    await made(ann, f"/deals/mass-edits/{begun['id']}/undo")
    await settled()
    assert (await got(ann, f"/companies/{firm['id']}"))["custom"]["deals"] == "0"


async def test_lists_are_sorted_and_filtered_by_what_is_rolled_up(
    gausdo: Gausdo, api: As, people: People
) -> None:
    ann = api(people.ann)
    page = await got(ann, "/companies?sort=-custom.deals&limit=1")
    assert page["items"][0]["name"] == "Busy"
    asked = '{"field": "custom.sold", "op": "gt", "value": "30"}'
    reply = await ann.get("/companies", params={"filter": asked})
    assert [one["name"] for one in reply.json()["items"]] == ["Busy"]
    assert build_asked(superuser_dsn(gausdo.settings), schema)


async def test_nobody_fills_it_in_and_it_stays_of_its_type(
    api: As, people: People, settled: Settled
) -> None:
    ann, admin = api(people.ann), api(people.admin)
    refused = await ann.post("/companies", json={"name": "No", "custom": {"deals": "7"}})
    assert refused.json()["errors"][0]["code"] == "computed"
    known = {one["key"]: one for one in await got(admin, "/company-fields")}
    path, version = f"/company-fields/{known['won']['id']}", known["won"]["version"]
    other = {"over": "deal", "measure": "greatest", "of": "expected_on"}
    for wrong in (
        {"required": True},
        {"roll_up": other},
        {"roll_up": {"over": "task", "measure": "sum", "of": "due_at"}},
        {"roll_up": {"over": "deal", "measure": "sum", "of": "worth"}},
        {"roll_up": {"over": "deal", "measure": "sum", "of": "custom.nothing"}},
        {"roll_up": {"over": "person", "measure": "count", "only": "won"}},
    ):
        reply = await admin.patch(path, json={"version": version, **wrong})
        assert reply.status_code == 422, (wrong, reply.text)
    lost = {"over": "deal", "measure": "count", "only": "lost"}
    await changed(admin, path, version=version, roll_up=lost)
    await settled()
    assert (await got(ann, "/companies?q=Busy"))["items"][0]["custom"]["won"] == "0"


async def test_a_role_may_leave_it_out(gausdo: Gausdo, api: As, people: People) -> None:
    [busy] = (await got(api(people.ann), "/companies?q=Busy"))["items"]
    grant = Grant(
        object="customers.company", operation="read", reach=Reach.OWN,
        without=frozenset({"custom.sold"}),
    )  # fmt: skip
    reader = people.ann.model_copy(update={"grants": (grant,)})
    told = await gausdo.get(Customers).company(reader, busy["id"])
    assert "sold" not in told.custom
    assert told.custom["deals"] == "40"
    assert "custom.sold" in told.hidden
