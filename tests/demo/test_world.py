"""The demo's world is the same each time, hangs together and looks like two years of business."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import islice, pairwise

import pytest

from gausdo.demo.names import surname
from gausdo.demo.world import Scale, World
from gausdo.demo.world_records import Account, Deal, Move
from gausdo.demo.world_time import holidays, works
from gausdo.modules.customers import ways
from gausdo.modules.sales.contract import StageKind

TODAY = dt.date(2026, 3, 18)


@pytest.fixture(scope="module")
def world() -> World:
    return World(TODAY)


@pytest.fixture(scope="module")
def accounts(world: World) -> list[Account]:
    return list(world.accounts())


def deals_of(accounts: Iterable[Account]) -> list[Deal]:
    return [deal for account in accounts for deal in account.deals]


def test_the_same_seed_and_day_make_the_same_world(accounts: list[Account]) -> None:
    again = World(TODAY)
    assert again.staff == World(TODAY).staff
    assert list(again.accounts()) == accounts
    assert list(again.accounts()) == accounts, "it can be asked for again"
    assert deals_of(World(TODAY, seed=1).accounts()) != deals_of(accounts)


def test_it_is_made_as_it_is_asked_for() -> None:
    huge = World(TODAY, scale=Scale(250_000, 1_000_000, 500_000, 500_000, 200_000))
    some = list(islice(huge.accounts(), 50))
    assert len(some) == 50
    assert sum(len(account.people) for account in some) > 50


@pytest.mark.parametrize(
    "scale", [Scale(), Scale(50, 80, 40, 30, 5), Scale(0, 20, 10, 0, 0), Scale(3, 0, 0, 0, 0)]
)
def test_there_is_as_much_as_was_asked_for(scale: Scale) -> None:
    accounts = list(World(TODAY, scale=scale).accounts())
    assert sum(account.company is not None for account in accounts) == scale.companies
    assert sum(len(account.people) for account in accounts) == scale.people
    assert len(deals_of(accounts)) == scale.deals
    assert sum(len(a.tasks) for a in accounts) == pytest.approx(scale.tasks, rel=0.15, abs=30)
    assert sum(len(a.notes) for a in accounts) == pytest.approx(scale.notes, rel=0.15, abs=10)


def test_everything_named_exists(world: World, accounts: list[Account]) -> None:
    staff = set(world.staff.everybody)
    teams = {team.id for team in world.staff.teams}
    assert {one.team_id for one in staff} <= teams | {None}
    assert {team.parent_id for team in world.staff.teams} <= teams | {None}
    for account in accounts:
        company = account.company.id if account.company else None
        people = {person.id: person for person in account.people}
        deals = {deal.id for deal in account.deals}
        assert {person.company_id for person in account.people} <= {company}
        for deal in account.deals:
            assert deal.company_id == company
            assert deal.contact_id is None or people[deal.contact_id].created_at <= deal.created_at
            assert account.company is None or account.company.created_at <= deal.created_at
            assert deal.pipeline in world.pipelines
            assert deal.stage in deal.pipeline.stages
            assert deal.owner in staff
        told = [task.about for task in account.tasks] + [note.about for note in account.notes]
        known = {"company": {company}, "person": people.keys(), "deal": deals}
        assert all(about is None or about.id in known[about.kind] for about in told)
    ids = [
        record.id
        for account in accounts
        for kind in (account.people, account.deals, account.tasks, account.notes)
        for record in kind
    ]
    ids += [account.company.id for account in accounts if account.company]
    assert len(set(ids)) == len(ids)
    assert all(id.version == 7 for id in ids)


def test_numbers_and_addresses_are_as_customers_would_keep_them(accounts: list[Account]) -> None:
    companies = [account.company for account in accounts if account.company]
    records = [*companies, *(person for account in accounts for person in account.people)]
    for company in companies:
        assert company.inn is None or ways.inn(company.inn)
        assert company.kpp is None or ways.kpp(company.kpp) == company.kpp
        assert company.ogrn is None or ways.ogrn(company.ogrn) == company.ogrn
        assert company.domain is not None
        assert ways.domain(company.domain) == company.domain
    for record in records:
        assert all(ways.phone(one.typed) == one.normal for one in record.phones)
        assert all(ways.email(one.typed) == one.normal for one in record.emails)
    assert any(company.parent_id for company in companies)
    assert {company.parent_id for company in companies} <= {None, *(one.id for one in companies)}
    for values in (
        [company.name for company in companies],
        [company.ogrn for company in companies if company.ogrn],
        [company.inn for company in companies if company.inn],
        [company.domain for company in companies],
        [phone.normal for record in records for phone in record.phones],
        [email.normal for record in records for email in record.emails],
    ):
        assert len(set(values)) == len(values), "a duplicate could not have been added"


def test_names_and_addresses_are_nobodys(accounts: list[Account]) -> None:
    for account in accounts:
        for record in (*account.people, *([account.company] if account.company else [])):
            assert all(email.normal.endswith(".example") for email in record.emails)
        if account.company and account.company.inn:
            assert account.company.inn.startswith("00"), "a region that does not exist"


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("Зимин", "Зимина"),
        ("Горский", "Горская"),
        ("Толстой", "Толстая"),
        ("Соловьёв", "Соловьёва"),
        ("Петренко", "Петренко"),
        ("Шевчук", "Шевчук"),
    ],
)
def test_a_womans_surname_agrees(man: str, woman: str) -> None:
    assert surname(man, woman=True) == woman
    assert surname(man, woman=False) == man


def test_patronymics_agree_with_surnames(accounts: list[Account]) -> None:
    with_fathers = [p.name.split() for a in accounts for p in a.people if p.name.count(" ") == 2]
    assert len(with_fathers) > 100
    for last, _, father in with_fathers:
        assert father.endswith(("ич", "на"))
        if last.endswith(("ова", "ева", "ина", "ая")):
            assert father.endswith("на")
        if last.endswith(("ов", "ев", "ский", "ой")):
            assert father.endswith("ич")


def test_a_deals_life_goes_forward(world: World, accounts: list[Account]) -> None:
    for deal in deals_of(accounts):
        times = [deal.created_at, *(step.at for step in deal.steps)]
        assert all(earlier < later for earlier, later in pairwise(times)), deal
        assert world.since <= times[0]
        assert times[-1] < world.until
        stages = [deal.stage] + [step.stage for step in deal.steps if isinstance(step, Move)]
        places = [deal.pipeline.stages.index(stage) for stage in stages]
        assert places == sorted(set(places)), "no stage twice, none backwards"
        assert all(stage.kind is StageKind.OPEN for stage in stages[:-1])
        closed = isinstance(deal.steps[-1], Move) if deal.steps else False
        assert deal.now_in.kind is StageKind.OPEN or closed, "nothing happens to a closed deal"
        for step in deal.steps:
            lost = isinstance(step, Move) and step.stage.kind is StageKind.LOST
            assert bool(getattr(step, "lost_reason", None)) == lost


def test_business_goes_as_it_does(world: World, accounts: list[Account]) -> None:
    deals = deals_of(accounts)
    kinds = Counter(deal.now_in.kind for deal in deals)
    assert 190 < kinds[StageKind.OPEN] < 330
    sales, renewals, partners = world.pipelines

    def rate(some: Iterable[Deal]) -> float:
        closed = Counter(deal.now_in.kind for deal in some)
        return closed[StageKind.WON] / (closed[StageKind.WON] + closed[StageKind.LOST])

    assert rate(d for d in deals if d.pipeline is sales) < 0.45
    assert rate(d for d in deals if d.pipeline is renewals) > 0.6
    lucky = {one for team in world.staff.managers for one in team if one.luck > 1}
    assert rate(d for d in deals if d.owner in lucky) > rate(
        d for d in deals if d.owner not in lucky
    )
    currencies = {d.worth.currency for d in deals if d.worth and d.pipeline is partners}
    assert {"RUB", "EUR", "USD", "CNY"} == currencies
    assert {d.worth.currency for d in deals if d.worth and d.pipeline is not partners} == {"RUB"}
    sums = sorted(d.worth.amount for d in deals if d.worth and d.pipeline is sales)
    assert Decimal(200_000) < sums[len(sums) // 2] < Decimal(500_000)
    assert sums[-1] > 5 * sums[len(sums) // 2]
    won = Counter(f"{d.stage_since:%Y-%m}" for d in deals if d.now_in.kind is StageKind.WON)
    assert len(won) >= 20, "almost every month has a win"
    assert all(works(d.created_at.astimezone(dt.timezone(dt.timedelta(hours=3))).date())
               for d in deals)  # fmt: skip


def test_there_is_something_to_do_today(world: World, accounts: list[Account]) -> None:
    tasks = [task for account in accounts for task in account.tasks]
    tomorrow = world.until + dt.timedelta(days=1)
    assert all(task.created_at < (task.done_at or world.until) <= world.until for task in tasks)
    going = [task for task in tasks if task.done_at is None]
    dues = [task.due_at for task in going if task.due_at]
    assert sum(due < world.until for due in dues) > 15
    assert sum(world.until <= due < tomorrow for due in dues) > 15
    assert sum(due >= tomorrow for due in dues) > 60
    closed = {d.id for d in deals_of(accounts) if d.now_in.kind is not StageKind.OPEN}
    about = {task.about.id for task in going if task.about}
    assert not about & closed, "nothing is left to do for a closed deal"
    without = [d for d in deals_of(accounts) if d.id not in about | closed]
    assert len(without) > 20


def test_holidays_at_a_weekend_are_kept_on_the_next_working_day() -> None:
    assert dt.date(2026, 3, 9) in holidays(2026)  # 8 March 2026 is a Sunday
    assert dt.date(2026, 5, 11) in holidays(2026)  # 9 May 2026 is a Saturday
    assert dt.date(2027, 2, 23) in holidays(2027)
    assert not works(dt.date(2027, 1, 8))
    assert works(dt.date(2026, 3, 10))
