"""Tasks are listed through indexes, however many there are."""

import json

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncRawCursor

from gausdo.kernel.pages import place
from gausdo.kernel.values import new_id
from gausdo.modules.activities import queries
from gausdo.modules.activities.contract import TaskQuery
from tests.conftest import superuser_dsn

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROWS = 20_000
TASKS = """
insert into activities.task (id, title, state, due_at, about_kind, about_id, via, done_at,
    owner_id, team_id, created_at, changed_at, version)
select uuidv7(), 'Дело ' || n, case when mod(n, 4) > 0 then 'done' else 'open' end,
    case when mod(n, 5) > 0 then now() + (n - 12000) * interval '1 minute' end,
    'company', md5((mod(n, 3000))::text)::uuid, 'person',
    case when mod(n, 4) > 0 then now() - n * interval '1 minute' end,
    case when mod(n, 10) = 0 then %(bob)s else %(ann)s end, %(team)s, now(), now(), 1
from generate_series(1, %(rows)s) n
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def many(gausdo, people, settings):
    """Put there past the application, by the administrator, who may also analyse."""
    admin = superuser_dsn(settings)
    told = {
        "ann": people.ann.id,
        "bob": people.bob.id,
        "team": people.ann.team_id,
        "rows": ROWS,
    }
    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute(TASKS, told)
        await connection.execute("vacuum analyze activities.task")


def _asks(field, op, value=None):
    told = {} if value is None else {"value": value}
    return json.dumps({"field": field, "op": op, **told})


LATE = _asks("overdue", "eq", value=True)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "ix_task_due_asc"),
        ({"after": place("2026-01-01T00:00:00+00:00", new_id())}, "ix_task_due_asc"),
        ({"sort": "-due_at"}, "ix_task_due_desc"),
        ({"sort": "created_at"}, "ix_task_created_at_id"),
        ({"sort": "-changed_at"}, "ix_task_changed_at_id"),
        ({"sort": "done_at"}, "ix_task_done_asc"),
        ({"sort": "-done_at"}, "ix_task_done_desc"),
        ({"filter": LATE}, "ix_task_state"),
        ({"filter": LATE, "mine": True}, "ix_task_owner"),
        ({"filter": _asks("due_at", "before_today")}, "ix_task_due_asc"),
        ({"filter": _asks("state", "eq", "open")}, "ix_task_state"),
        ({"filter": _asks("owner_id", "is_me"), "state": "open"}, "ix_task_owner"),
        ({"mine": True, "state": "open"}, "ix_task_owner"),
        ({"about_kind": "company", "about_id": new_id()}, "ix_task_about"),
        ({"q": "19999"}, "ix_task_search"),
        ({"ids": str(new_id())}, "pk_task"),
    ],
)
async def test_a_list_goes_through_its_index(gausdo, people, query, index):
    db = gausdo.databases["activities"]
    sql, params = db.prepared(queries.tasks(people.bob, TaskQuery(**query)))
    async with db.connection() as connection:
        found = await AsyncRawCursor(connection).execute(f"explain (format json) {sql}", params)
        plan = json.dumps(json.loads((await found.fetchone())[0]))
    assert f'"Index Name": "{index}"' in plan
    assert '"Relation Name": "task"' in plan
    assert "Seq Scan" not in plan.partition('"Relation Name": "task"')[0].rpartition("{")[2]
