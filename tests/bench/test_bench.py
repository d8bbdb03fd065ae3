"""The bench on a pinch of its data: that it can be trusted, not how fast anything is."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from rich.console import Console

from gausdo.app import opened
from gausdo.kernel.custom import CustomField, checked
from gausdo.kernel.events import Event
from gausdo.modules.activities import filling
from gausdo.modules.activities.contract import Activities
from gausdo.modules.customers.contract import Reachable
from gausdo.modules.customers.search import words
from gausdo.modules.customers.tables import CompanyRow, PersonRow
from tests.bench import (
    bulk,
    changes,
    flood,
    least,
    machine,
    queries,
    reference,
    rights,
    run,
    settled,
)
from tests.bench.api import Api, query
from tests.bench.load import HEAD, data_set
from tests.bench.reads import READS
from tests.bench.size import SIZES
from tests.bench.stack import Stack, running
from tests.bench.world import PIPELINE, STAGES, World
from tests.processes import passable

PINCH = SIZES["pinch"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where the account of PostgreSQL may pass; pytest closes its own folders to others."""
    with passable("bench") as folder:
        yield folder


@pytest.fixture(scope="module")
def world(folder: Path) -> World:
    return data_set(folder / PINCH.name, PINCH, print).world


@pytest.fixture(scope="module")
def stack(folder: Path, world: World) -> Iterator[Stack]:
    """Patient: how long anything takes on a machine full of tests is not what is tried here."""
    with running(folder / PINCH.name, 1, **run.UNLIMITED, patience="60") as stack:
        yield stack


@pytest.fixture(scope="module")
def db(stack: Stack) -> Iterator[psycopg.Connection]:
    with changes.looking(stack) as db:
        yield db


def test_a_data_set_that_is_there_is_used_again(folder: Path, world: World) -> None:
    again = data_set(folder / PINCH.name, PINCH, pytest.fail)
    assert again.world.until == world.until


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("mine")
    with pytest.raises(SystemExit, match="is not empty"):
        data_set(tmp_path, PINCH, print)


def test_every_event_is_one_the_product_could_have_written(db: psycopg.Connection) -> None:
    for module in ("customers", "sales", "activities"):
        for name, subject, version, body, seen in db.execute(
            f"select name, subject_id, version, body, seen from {module}.history"
        ):
            event = Event.catalogue[name].model_validate(body)
            assert event.subject().id == subject
            assert event.subject_version() == version
            assert event.seen_by().model_dump(mode="json") == seen
            assert event.model_fields_set == {*type(event).model_fields} or name.endswith(
                ("company-added.v1", "person-added.v1")
            )


def test_the_last_event_of_a_deal_says_how_it_is_now(db: psycopg.Connection) -> None:
    """Each field of the event that is a column of the deal."""
    told = db.execute(
        "select count(*), count(*) filter (where to_jsonb(d) @> "
        "(h.body - 'deal_id' - 'changes' - 'amount' - 'created_at' - 'stage_since' - 'closed_at') "
        "- array['from_stage_id', 'from_kind', 'from_probability', 'seconds', "
        "'previous_owner_id', 'previous_team_id', 'custom'] "
        "and d.stage_since = (h.body ->> 'stage_since')::timestamptz "
        "and d.changed_at = h.at) "
        "from sales.deal d join sales.history h on h.subject_id = d.id and h.version = d.version"
    ).fetchone()
    assert told == (PINCH.deals, PINCH.deals)


def test_timelines_are_filled_as_the_product_fills_them(
    stack: Stack, db: psycopg.Connection
) -> None:
    def kept() -> list[list[tuple]]:
        return [db.execute(f"select * from {table} order by 1, 2, 3").fetchall()
                for table in settled.TIMELINES]  # fmt: skip

    async def again() -> None:
        async with opened(stack.settings) as gausdo:
            activities = gausdo.get(Activities)
            await filling.refill(activities.db)
            await filling.fill(activities)

    before = kept()
    assert all(before)
    asyncio.run(again())
    assert kept() == before


def test_nothing_of_the_data_set_waits_to_be_sealed(db: psycopg.Connection) -> None:
    for module in ("customers", "sales", "activities"):
        began = db.execute(f"select kind, older from {module}.seal where n = 0").fetchone()
        assert began == ("begun", None)


def test_what_was_added_to_deals_is_as_the_product_keeps_it(db: psycopg.Connection) -> None:
    with db.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("select * from sales.custom_field").fetchall()
    fields = [CustomField.model_validate(row) for row in rows]
    kept = db.execute("select custom from sales.deal").fetchall()
    assert {key for (values,) in kept for key in values} == {field.key for field in fields}
    for (values,) in kept:
        assert checked(fields, values) == values
    indexes = db.execute("select count(*) from pg_indexes where indexname like 'cf\\_%'").fetchone()
    assert indexes == (4,)


def test_customers_are_found_by_the_words_the_product_would_keep(db: psycopg.Connection) -> None:
    for of in (CompanyRow, PersonRow):
        seen = [name for name in of.plain if name not in {"about", "company_id"}]
        rows = db.execute(
            f"select id, words, {', '.join(seen)} from customers.{of.kind} limit 200"
        ).fetchall()
        for id, kept, *texts in rows:
            ways = db.execute(
                "select kind, typed, normal from customers.reach where record_id = %s", [id]
            ).fetchall()
            phones, emails = (
                [
                    Reachable(typed=typed, normal=normal)
                    for way, typed, normal in ways
                    if way == kind
                ]
                for kind in ("phones", "emails")
            )
            assert sorted(kept) == words(texts, phones, emails)


def test_a_manager_sees_the_team_and_the_head_everybody(stack: Stack, world: World) -> None:
    board = query(f"/pipelines/{world.fixed(PIPELINE, 0)}/board", limit="1")
    for number in (0, HEAD):
        told = Api(stack.settings.port, number).get(board)
        counts = [column["count"] for column in told["columns"][:-2]]
        assert len(told["columns"]) == len(STAGES)
        assert sum(counts) == PINCH.open_deals
        assert counts == sorted(counts, reverse=True)


@pytest.fixture(scope="module")
def bench(folder: Path, stack: Stack) -> run.Bench:
    plan = run.Plan(PINCH, folder, seconds=0.4, clients=2, workers=1, rows=20)
    managers = [Api(stack.settings.port, number) for number in (0, 5)]
    return run.Bench(plan, data_set(folder / PINCH.name, PINCH, print), stack, managers)


def test_every_load_runs(bench: run.Bench, world: World) -> None:
    for read in READS:
        told = bench.load([read.steps(api, world) for api in bench.managers])
        assert told.requests > 0
        assert told.p95 >= told.median > 0
        assert told.cpu > 0


def test_the_reference_answers_the_same_to_the_same_person_only(stack: Stack, world: World) -> None:
    api, other = Api(stack.settings.port, 0), Api(stack.settings.port, 5)
    path = READS[0].steps(api, world)[0][0].path
    asked = asyncio.run(queries.asked(stack.settings, [(api.cookie, path)]))
    with reference.serving(stack, asked, 1) as served:
        api.port = other.port = served.port
        answered = api.get(path)
        with pytest.raises(RuntimeError, match="404"):
            other.get(path)
    api.port = stack.settings.port
    assert answered == api.get(path)
    assert len(answered["items"]) > 1


def test_a_page_is_asked_for_with_rights_and_without(stack: Stack, world: World) -> None:
    lines = asyncio.run(rights.cost(stack, world, 1, 0, 1))
    assert [line.name.partition(",")[0] for line in lines] == [
        f"rights: {roles}" for roles in ("all", "own", "team", "tree", "own and some of all")
    ]
    assert all(line.reference for line in lines)


def test_what_a_change_sets_off_is_followed_to_its_end(stack: Stack, world: World) -> None:
    assert asyncio.run(flood.rebuilt(stack)).detail["deal_state"] == PINCH.deals
    for line in (
        changes.seen_by_others(stack, world, 2),
        changes.answered_by_rule(stack, world, 1),
        asyncio.run(flood.counted_in_reports(stack, world, 2)),
    ):
        assert line.value > 0
    lines = {line.name: line for line in asyncio.run(flood.flooded(stack, world, 30))}
    assert lines["events/s into reports"].detail["events"] > 0
    assert lines["events lost or doubled"].value == 0


def test_people_save_while_files_are_brought_in(bench: run.Bench, db: psycopg.Connection) -> None:
    people = "select count(*) from customers.person"
    before = db.execute(people).fetchone()
    alone, part, busy, rest = run.beside_import(bench)
    assert part.value > 0
    assert alone.detail["rows"] == 20
    assert busy.detail["rows"] > 0
    assert busy.reference is not None
    assert db.execute("select count(*) from customers.unlooked").fetchone() == (0,)
    assert rest.detail["rows"] >= 40
    after = db.execute(people).fetchone()
    assert before is not None
    assert after is not None
    assert after[0] - before[0] >= 40


def test_what_is_copied_to_compare_is_taken_back(stack: Stack, db: psycopg.Connection) -> None:
    every = sql.SQL(" union all ").join(
        sql.SQL("select count(*) from customers.{}").format(sql.Identifier(table))
        for table in least.WRITTEN
    )
    before = db.execute(every).fetchall()
    assert least.rows_written(stack, 20) > 0
    assert db.execute(every).fetchall() == before


def test_everybody_leaves_as_a_file(stack: Stack, db: psycopg.Connection) -> None:
    line, part = asyncio.run(bulk.taken_out(stack))
    assert part.value > 0
    assert db.execute("select count(*) from customers.person").fetchone() == (line.detail["rows"],)


def test_the_machine_is_measured_and_left_as_it_was(stack: Stack, db: psycopg.Connection) -> None:
    assert [line.value > 0 for line in machine.pgbench(stack, 2, 1, scale=1)] == [True, True]
    left = db.execute("select datname from pg_database where datname = 'pgbench'").fetchall()
    assert left == []


def test_the_report_tells_what_was_missed(tmp_path: Path) -> None:
    report = run.Report("pinch")
    report.add(run.Line("slow", 70.0, 50, "ms p95"), run.Line("fast", 7.0, 50, "ms p95"))
    report.add(run.Line("beside", 7.0, 50, "ms p95", reference=1234.0))
    report.add(run.Line("heavy", 70.0, 50, "ms p95", reference=60.0, beyond=True))
    report.add(run.Line("many", 7.0, 50, "rows/s", at_least=True), run.Line("seen", 1.0, None, ""))
    report.failed["stuck"] = "nobody has answered"
    console = Console(record=True, width=150)
    report.show(console)
    shown = console.export_text()
    assert "Budgets not met: slow, heavy, many\n" in shown
    assert "Of these the reference misses on this machine as well: heavy\n" in shown
    assert "1,234.00" in shown
    assert "Not measured: stuck: nobody has answered\n" in shown
    told = json.loads(report.keep(tmp_path).read_text())
    assert [line["met"] for line in told["lines"]] == [False, True, True, False, False, None]
