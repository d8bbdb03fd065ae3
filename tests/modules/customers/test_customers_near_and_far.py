"""The contract answers the same in this process and from another one."""

from typing import Any

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from gausdo.app import rebuild
from gausdo.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gausdo.kernel.pages import Listed, ListQuery
from gausdo.modules.customers.contract import (
    Company,
    CompanyChange,
    CompanyDraft,
    Customers,
    Duplicate,
    PeopleQuery,
    Person,
    PersonChange,
    PersonDraft,
)
from gausdo.platform import rpc

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", params=["near", "far"])
async def customers(request, gausdo):
    near = gausdo.get(Customers)
    if request.param == "near":
        yield near
        return
    app = Starlette(routes=rpc.expose(Customers, near, gausdo.tokens, rebuild(gausdo)))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://customers") as http:
        yield rpc.connect(Customers, http, gausdo.tokens)


def seen_only(record: Any) -> Any:
    """As a colleague of the owner sees it, who may not change it."""
    return record.model_copy(update={"editable": False})


async def test_a_company_lives(customers, people, request):
    where = request.node.callspec.params["customers"]
    draft = CompanyDraft(name=f"Ёлки {where}", emails=[f"info@{where}.example"])
    company = await customers.add_company(people.ann, draft, key=f"add-company-{where}")
    assert await customers.add_company(people.ann, draft, key=f"add-company-{where}") == company
    assert await customers.company(people.bob, company.id) == seen_only(company)
    with pytest.raises(NotFound):
        await customers.company(people.eve, company.id)
    with pytest.raises(Forbidden):
        await customers.change_company(
            people.bob, company.id, CompanyChange(version=1, city="Омск")
        )
    with pytest.raises(Duplicate) as refused:
        await customers.add_company(people.eve, draft)
    assert refused.value.data == {"field": "emails.0", "owner_name": "Ann"}
    with pytest.raises(Invalid) as refused:
        await customers.add_company(people.eve, CompanyDraft(name="x", phones=["abc"]))
    assert refused.value.errors[0].field == "phones.0"
    changed = await customers.change_company(
        people.ann, company.id, CompanyChange(version=1, city="Омск", emails=[])
    )
    assert (changed.city, changed.emails, changed.name) == ("Омск", [], company.name)
    with pytest.raises(Stale) as refused:
        await customers.change_company(people.ann, company.id, CompanyChange(version=1, about="x"))
    assert refused.value.data["changes"]["city"] == [None, "Омск"]
    listed = await customers.list_companies(people.bob, ListQuery(q=where))
    assert Listed[Company].model_validate_json(listed).items == [seen_only(changed)]
    history = await customers.company_history(people.bob, company.id)
    assert history.count(b'"version" : ') == 2
    assert await customers.find_companies(people.ann, [company.id]) == [changed]
    named = await customers.companies_by_name(people.ann, [f"ёлки {where}"])
    assert named == {f"ёлки {where}": company.id}


async def test_a_person_lives(customers, people, request):
    where = request.node.callspec.params["customers"]
    draft = PersonDraft(name=f"Анна {where}", phones=["8 916 123-45-67"])
    person = await customers.add_person(people.ann, draft)
    change = PersonChange(version=1, position="Директор", phones=[])
    changed = await customers.change_person(people.ann, person.id, change)
    assert await customers.person(people.bob, person.id) == seen_only(changed)
    assert await customers.find_people(people.eve, [person.id]) == []
    listed = await customers.list_people(people.bob, PeopleQuery(q=where))
    assert Listed[Person].model_validate_json(listed).items == [seen_only(changed)]
    history = await customers.person_history(people.ann, person.id)
    assert b"customers.person-changed.v1" in history


async def test_a_batch_is_imported(customers, people, request):
    where = request.node.callspec.params["customers"]
    rows = [
        (1, CompanyDraft(name="Первая", emails=[f"one@import-{where}.example"])),
        (2, CompanyDraft(name="Вторая", emails=[f"one@import-{where}.example"])),
    ]
    told = await customers.import_companies(people.head, rows)
    assert [row.field for row in told] == [None, "emails.0"]
    works = [(7, PersonDraft(name="Кто-то", company_id=told[0].id))]
    [person] = await customers.import_people(people.head, works, key=f"import-people-{where}")
    assert (await customers.person(people.head, person.id)).company.name == "Первая"
