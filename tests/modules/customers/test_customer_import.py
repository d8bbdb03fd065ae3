"""Many customers at once: what can be added is, and every other row says why not."""

import pytest

from gausdo.kernel.errors import Forbidden, Invalid, KeyReused
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.values import new_id
from gausdo.modules.customers.contract import (
    CompanyDraft,
    Customers,
    PeopleQuery,
    PersonDraft,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_each_row_is_added_or_says_why_not(gausdo, people):
    customers = gausdo.get(Customers)
    taken = await customers.add_company(
        people.ann, CompanyDraft(name="Есть уже", inn="7707083893", emails=["is@there.example"])
    )
    rows = [
        (2, CompanyDraft(name="Первая", emails=["first@new.example"], phones=["8 495 100-20-30"])),
        (3, CompanyDraft(name="ИНН занят", inn="7707083893")),
        (4, CompanyDraft(name="Почта занята", emails=["ok@new.example", "IS@there.example"])),
        (5, CompanyDraft(name="Опечатка", inn="7707083894")),
        (6, CompanyDraft(name="Не телефон", phones=["8 495 100-20-31", "abc"])),
        (7, CompanyDraft(name="Как вторая строка", emails=["first@new.example"])),
        (8, CompanyDraft(name="ООО Первая", phones=["+7 495 100-20-30"])),
        (9, CompanyDraft(name="Тот же телефон", phones=["+7 495 100-20-30"])),
        (10, CompanyDraft(name="Чей-то", owner_id=new_id())),
        (11, CompanyDraft(name="Евы", owner_id=people.eve.id)),
    ]
    told = await customers.import_companies(people.head, rows, key="import-companies-1")
    assert [row.line for row in told] == list(range(2, 12))
    assert {row.line: row.field for row in told if row.id is None} == {
        3: "inn",
        4: "emails.1",
        5: "inn",
        6: "phones.1",
        7: "emails.0",
        8: "phones.0",
        10: "owner_id",
    }
    assert all(row.error for row in told if row.id is None)
    assert "Ann" in told[1].error
    eves = await customers.company(people.eve, told[9].id)
    assert (eves.name, eves.owner_id, eves.team_id) == ("Евы", people.eve.id, people.eve.team_id)
    again = await customers.import_companies(people.head, rows, key="import-companies-1")
    assert again == told
    with pytest.raises(KeyReused):
        await customers.import_companies(people.head, rows[:1], key="import-companies-1")
    assert (await customers.company(people.head, taken.id)).version == 1


async def test_imported_people_are_found_work_somewhere_and_have_a_history(gausdo, people):
    customers = gausdo.get(Customers)
    norths = await customers.add_company(people.ann, CompanyDraft(name="Север"))
    hidden = await customers.add_company(people.admin, CompanyDraft(name="Вне команд"))
    rows = [
        (1, PersonDraft(name="Импорт Импортов", company_id=norths.id, phones=["89161110099"])),
        (2, PersonDraft(name="Никто", company_id=new_id())),
        (3, PersonDraft(name="Не видно", company_id=hidden.id)),
    ]
    told = await customers.import_people(people.head, rows)
    assert [row.field for row in told] == [None, "company_id", "company_id"]
    listed = await customers.list_people(people.head, PeopleQuery(q="89161110099"))
    assert f'"{told[0].id}"'.encode() in listed
    person = await customers.person(people.head, told[0].id)
    assert person.company.name == "Север"
    history = await customers.person_history(people.head, person.id)
    assert b"customers.person-added.v1" in history
    assert b"89161110099" in history


async def test_a_thousand_rows_are_one_transaction(gausdo, people):
    customers = gausdo.get(Customers)
    rows = [
        (
            line,
            PersonDraft(
                name=f"Человек {line}", phones=[f"+7917{line:07}"], emails=[f"p{line}@many.example"]
            ),
        )
        for line in range(1000)
    ]
    told = await customers.import_people(people.admin, rows)
    assert sum(row.id is not None for row in told) == 1000
    db = gausdo.databases["customers"]
    async with db.connection() as connection:
        query = "select count(distinct xmin::text) from customers.person where name ~ 'Человек'"
        assert await (await connection.execute(query)).fetchone() == (1,)
    again = await customers.import_people(people.admin, rows)
    assert {row.field for row in again} == {"emails.0"}
    with pytest.raises(Invalid):
        await customers.import_people(people.admin, [*rows, *rows])


async def test_who_may_not_import_imports_nothing(gausdo, people):
    customers = gausdo.get(Customers)
    with pytest.raises(Forbidden) as refused:
        await customers.import_companies(people.ann, [(1, CompanyDraft(name="Контрабанда"))])
    assert refused.value.data == {"right": "customers.company.import"}
    listed = await customers.list_companies(people.admin, ListQuery(q="контрабанда"))
    assert b'"items" : []' in listed


async def test_whatever_a_row_has_comes_in_as_it_is_written(gausdo, people):
    customers = gausdo.get(Customers)
    written = {
        "name": 'О’Нил "Рыжий" \\N {,} \\',
        "position": "Отдел\u00a0№ 1\tсклад",
        "tags": ['с "кавычкой"', "c:\\path", "a,b", "{}", "null"],
        "about": "Первая\r\nвторая\\nтретья\n\\.\n",
        "links": ['https://site.example/?a="b"&c=\\d'],
    }
    [row] = await customers.import_people(people.head, [(2, PersonDraft(**written))])
    one = await customers.add_person(people.head, PersonDraft(**written))
    [came, made] = [await customers.person(people.head, id) for id in (row.id, one.id)]
    apart = {"id", "created_at", "changed_at"}
    assert came.model_dump(exclude=apart) == made.model_dump(exclude=apart)
    assert came.name == written["name"]
