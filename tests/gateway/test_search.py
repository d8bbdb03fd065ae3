"""Search over everything: what is typed, whose records it finds, and what they show of it."""

import asyncio
from collections.abc import Mapping

import pytest
import pytest_asyncio
from sqlalchemy import text

from gausdo.gateway import search_routes
from gausdo.kernel.actor import Grant, Reach
from gausdo.kernel.errors import Unavailable
from gausdo.kernel.finding import SearchQuery
from gausdo.kernel.rights import everything
from gausdo.modules.activities.contract import Activities, TaskDraft
from gausdo.modules.customers.contract import (
    CompanyChange,
    CompanyDraft,
    Customers,
    PersonDraft,
)
from gausdo.modules.sales.contract import DealDraft, PipelineDraft, Sales
from gausdo.modules.sales.finding import _DEALS as DEALS
from gausdo.platform.db import Database
from gausdo.platform.words import learn_words
from tests.conftest import ADMIN, superuser

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def desk(gausdo, people, settled):
    """Records of Ann's, and two of Eve's, who is of another team."""
    customers = gausdo.get(Customers)
    camomile = await customers.add_company(
        people.ann,
        CompanyDraft(
            name="Агроромашка", city="Тверь", industry="Удобрения", phones=["8 4822 55-66-77"]
        ),
    )
    for name, phone, email in (
        ("Пётр Привет", "8 916 123-45-67", "petr@mail.example"),
        ("Анна Ким", "8 495 200-10-20", "kim@mail.example"),
        ("Иван Акимов", None, None),
        ("Олег Кимов", None, None),
    ):
        await customers.add_person(
            people.ann,
            PersonDraft(
                name=name,
                company_id=camomile.id,
                phones=[phone] if phone else [],
                emails=[email] if email else [],
            ),
        )
    stages = [
        {"name": name, "kind": name.lower(), "probability": 10} for name in ("Open", "Won", "Lost")
    ]
    made = PipelineDraft.model_validate({"name": "Main", "stages": stages})
    await gausdo.get(Sales).add_pipeline(ADMIN, made)
    await gausdo.get(Sales).open_deal(people.ann, DealDraft(title="Поставка минеральных удобрений"))
    await gausdo.get(Activities).add_task(
        people.ann, TaskDraft(title="Позвонить в Тверь", description="Спросить про удобрения")
    )
    await customers.add_person(people.eve, PersonDraft(name="Чужой Привет"))
    await customers.add_company(people.eve, CompanyDraft(name="Ромашка Юг"))
    await settled()
    return camomile


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A machine that is busy with other tests is no module that is down."""
    monkeypatch.setattr(search_routes, "PATIENCE", 30.0)


async def asked(api, actor, q, **query) -> dict[str, list[Mapping]]:
    reply = await api(actor).get("/search", params={"q": q, **query})
    assert reply.status_code == 200, reply.text
    assert reply.json()["missing"] == []
    return {one["kind"]: one["hits"] for one in reply.json()["found"]}


async def named(api, actor, q, **query):
    found = await asked(api, actor, q, **query)
    return {kind: [hit["name"] for hit in hits] for kind, hits in found.items()}


PETR = {"person": ["Пётр Привет"]}
COMPANY = {"company": ["Агроромашка"]}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("привет", PETR),
        ("пётр при", PETR),
        ("ривет", PETR),  # within a word
        ("ghbdtn", PETR),  # the same keys in the other layout
        ("hbdtn", PETR),
        ("привте", PETR),  # letters changed over
        ("приивет", PETR),
        ("привт", PETR),
        ("прибет", PETR),
        ("23-45", PETR),  # a part of a phone
        ("916 123", PETR),
        ("89161234567", PETR),
        ("petr@", PETR),
        ("ромашк", COMPANY),
        ("hjvfirf", COMPANY),
        ("тверью", {**COMPANY, "task": ["Позвонить в Тверь"]}),
        ("удобрение", {**COMPANY, "deal": ["Поставка минеральных удобрений"],
                       "task": ["Позвонить в Тверь"]}),
        ("минеральн постав", {"deal": ["Поставка минеральных удобрений"]}),
        ("щзщкт", {}),
        ("!!!", {}),
        ("чужой", {}),
    ],
)  # fmt: skip
async def test_a_record_is_found_by_what_one_may_have_meant(api, people, q, found):
    assert await named(api, people.ann, q) == found


async def test_own_records_come_first_then_whole_words_then_words_that_begin_so(
    gausdo, api, people
):
    assert await named(api, people.ann, "ким") == {
        "person": ["Анна Ким", "Олег Кимов", "Иван Акимов"]
    }
    sees_all = everything()
    for actor, first in ((people.ann, "Пётр Привет"), (people.eve, "Чужой Привет")):
        search = gausdo.get(Customers).search
        wide = actor.model_copy(update={"grants": sees_all})
        [hits] = await search(wide, SearchQuery(q="привет"))
        assert [hit.mine for hit in hits.hits] == [True, False]
        assert hits.hits[0].name == first


async def test_a_slip_means_words_that_stand_in_some_record_and_no_others(gausdo, api, people):
    customers = gausdo.get(Customers)
    made = await customers.add_company(people.ann, CompanyDraft(name="Кукушкинский завод"))
    other = await customers.add_company(people.eve, CompanyDraft(name="Завод Кукуевского"))

    def known(*words: str) -> set[str]:
        with superuser(gausdo) as db:
            asked = "select word from customers.word where word = any(%s)"
            return {word for (word,) in db.execute(asked, [list(words)])}

    words = "завод", "кукушкинский", "кукуевского", "первый"
    assert known(*words) == {*words} - {"первый"}
    assert await named(api, people.ann, "кукушкинскмй") == {"company": ["Кукушкинский завод"]}
    changed = CompanyChange(name="Первый завод", version=made.version)
    await customers.change_company(people.ann, made.id, changed)
    assert known(*words) == {*words} - {"кукушкинский"}
    assert await named(api, people.ann, "кукушкинскмй") == {}
    found = await named(api, people.ann, "первйы заовд")
    assert found == {"company": ["Первый завод"]}
    assert await named(api, people.ann, "кукуевскго") == {}, "a word of somebody else's record"
    await customers.delete_company(people.head, other.id, other.version)
    assert known(*words) == {"завод", "первый"}
    with superuser(gausdo) as db:
        db.execute("delete from customers.word")  # as before there were triggers
    assert await named(api, people.ann, "первйы") == {}
    await learn_words(gausdo.databases["customers"], ("company", "person"))
    assert known(*words) == {"завод", "первый"}


async def test_where_something_is_found_as_it_was_typed_no_slip_is_offered(gausdo, api, people):
    await gausdo.get(Sales).open_deal(people.ann, DealDraft(title="Приват для Юга"))
    assert await named(api, people.ann, "приват") == {"deal": ["Приват для Юга"]}


async def test_of_many_a_handful_is_shown_and_that_there_are_more(api, people):
    reply = await api(people.ann).get("/search", params={"q": "ким", "limit": 2})
    [hits] = reply.json()["found"]
    assert (len(hits["hits"]), hits["more"]) == (2, True)


async def test_a_record_shows_what_of_it_matched(api, people):
    [hit] = (await asked(api, people.ann, "123 45 67"))["person"]
    [match] = hit["matches"]
    assert match["field"] == "phones"
    assert [match["text"][mark["start"] : mark["end"]] for mark in match["marks"]] == ["123-45-67"]
    [hit] = (await asked(api, people.ann, "hjvfi"))["company"]
    assert hit["matches"] == [
        {"field": "name", "text": "Агроромашка", "marks": [{"start": 4, "end": 9}]}
    ]
    [hit] = (await asked(api, people.ann, "привте"))["person"]
    assert hit["matches"][0]["marks"] == [{"start": 5, "end": 11}]


async def test_lists_find_by_the_same_words(api, people):
    for path, q, field, names in (
        ("/people", "ghbdtn", "name", ["Пётр Привет"]),
        ("/people", "3-45-6", "name", ["Пётр Привет"]),
        ("/people", "прибет", "name", ["Пётр Привет"]),
        ("/companies", "омашк", "name", ["Агроромашка"]),
        ("/deals", "неральн", "title", ["Поставка минеральных удобрений"]),
        ("/tasks", "gjpdjybnm", "title", ["Позвонить в Тверь"]),
        ("/tasks", "звонит", "title", ["Позвонить в Тверь"]),
    ):
        reply = await api(people.ann).get(path, params={"q": q})
        assert [one[field] for one in reply.json()["items"]] == names, (path, q)


async def test_what_only_a_hidden_field_has_is_not_found(gausdo, people):
    hidden = people.ann.model_copy(
        update={
            "grants": (
                Grant(
                    object="customers.person",
                    operation="read",
                    reach=Reach.ALL,
                    without=("phones", "emails"),
                ),
            )
        }
    )
    search = gausdo.get(Customers).search
    assert await search(hidden, SearchQuery(q="9161234567")) == []
    assert await search(hidden, SearchQuery(q="1234")) == []
    [hits] = await search(hidden, SearchQuery(q="привет"))
    assert {hit.name for hit in hits.hits} == {"Пётр Привет", "Чужой Привет"}


async def test_of_no_right_to_read_nothing_is_found(gausdo, people):
    grants = tuple(grant for grant in everything() if grant.object == "sales.deal")
    only_deals = people.ann.model_copy(update={"grants": grants})
    assert await gausdo.get(Customers).search(only_deals, SearchQuery(q="привет")) == []
    assert await gausdo.get(Sales).search(only_deals, SearchQuery(q="поставка"))


@pytest.mark.parametrize(
    "query", [{"q": ""}, {"q": " "}, {"q": "а" * 201}, {"q": "а", "limit": 0}, {}]
)
async def test_a_question_that_is_none_is_refused(api, people, query):
    assert (await api(people.ann).get("/search", params=query)).status_code == 422


async def test_a_module_that_is_late_or_down_is_told_and_the_others_answer(
    gausdo, people, monkeypatch
):
    class Late:
        async def search(self, *_):
            await asyncio.sleep(60)

    class Down:
        async def search(self, *_):
            raise Unavailable("It does not answer.")

    monkeypatch.setattr(search_routes, "PATIENCE", 1.5)
    finding = {"customers": gausdo.get(Customers), "sales": Late(), "activities": Down()}
    for q, slip in (("привет", False), ("привте", True)):
        found = await search_routes.asked_of_all(finding, people.ann, SearchQuery(q=q))
        assert [(hits.kind, hits.slip) for hits in found.found] == [("person", slip)]
        assert found.missing == ["sales", "activities"]


async def test_a_connection_plans_what_is_typed_once_and_all_else_as_ever(gausdo, people):
    of_all = gausdo.databases["sales"]
    query = SearchQuery(q="удобрения")
    async with Database(of_all.dsn, of_all.schema, size=1) as db:
        for _ in range(3):
            await DEALS.find(db, people.ann, query, slips=False)
        told = "select generic_plans, custom_plans from pg_prepared_statements"
        async with db.connection(once=True) as connection:
            plans = await (await connection.execute(told)).fetchall()
        assert plans
        assert {custom for _, custom in plans} == {0}
        async with db.begin() as tx:
            assert await tx.session.scalar(text("show plan_cache_mode")) == "auto"
        async with db.connection(once=True) as connection:
            mode = await (await connection.execute("show plan_cache_mode")).fetchone()
        assert mode == ("force_generic_plan",)
