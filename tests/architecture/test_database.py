"""Each module has its corner of the database, and its migrations make what its tables.py says."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Table, create_engine
from sqlalchemy.pool import NullPool

from gausdo.app import MODULES
from gausdo.platform.db.revise import ours
from gausdo.platform.module import Module
from gausdo.settings import MODULES as NAMES
from gausdo.settings import Settings
from tests.conftest import superuser_dsn

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def admin_dsn(settings: Settings) -> str:
    return superuser_dsn(settings)


@pytest.fixture(scope="module")
def admin(admin_dsn: str) -> Iterator[Admin]:
    with psycopg.connect(admin_dsn, autocommit=True) as db:
        yield db


every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def test_the_settings_name_every_module() -> None:
    assert tuple(module.name for module in MODULES) == NAMES
    assert all(module.schema.name == module.name for module in MODULES)


@every_module
def test_a_role_keeps_to_its_schema(module: Module, settings: Settings) -> None:
    others = [one for one in MODULES if one is not module]
    statements = [
        *(f'select 1 from {one.name}."{table.name}"' for one in others for table in tables(one)),
        *(f"create table {one.name}.mine (id int)" for one in MODULES),
        "create table public.mine (id int)",
        "create schema mine",
        "select 1 from jobs.procrastinate_jobs",
        f"alter table {module.name}.outbox add column mine int",
        f"drop table {module.name}.answer",
        f"truncate {module.name}.history",
        f"set role gausdo_{module.name}_owner",
        "create role mine",
    ]
    with psycopg.connect(settings.module_dsn(module.name), autocommit=True) as db:
        for statement in statements:
            with pytest.raises(InsufficientPrivilege):
                db.execute(statement)
        for table in tables(module):
            db.execute(f'select 1 from {module.name}."{table.name}" limit 1')


def tables(module: Module) -> list[Table]:
    return list(module.schema.metadata.tables.values())


def test_login_roles_own_nothing(admin: Admin) -> None:
    owned = admin.execute(
        "select n.nspname || '.' || c.relname from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner "
        "where r.rolname = any(%(roles)s) "
        "union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner "
        "where r.rolname = any(%(roles)s) "
        "union all select n.nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner "
        "where r.rolname = any(%(roles)s)",
        {"roles": [f"gausdo_{name}" for name in (*NAMES, "jobs")]},
    ).fetchall()
    assert owned == []


def test_no_role_has_another_ones_powers(admin: Admin) -> None:
    roles = [f"gausdo_{name}" for name in (*NAMES, "jobs")]
    powers = admin.execute(
        "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolcreatedb "
        "or rolcreaterole or rolreplication or rolbypassrls)",
        [roles],
    ).fetchall()
    members = admin.execute(
        "select member::regrole from pg_auth_members where member = any(%s::regrole[])", [roles]
    ).fetchall()
    assert (powers, members) == ([], [])


CROSSING = """
    select c.conname from pg_constraint c
    join pg_class here on here.oid = c.conrelid join pg_class there on there.oid = c.confrelid
    where c.contype = 'f' and here.relnamespace <> there.relnamespace
"""


def test_no_foreign_key_crosses_schemas(admin: Admin) -> None:
    assert admin.execute(CROSSING).fetchall() == []
    with admin.transaction(force_rollback=True):
        admin.execute("create table sales.crossing (id uuid references customers.company)")
        assert admin.execute(CROSSING).fetchall() == [("crossing_id_fkey",)]


@every_module
def test_migrations_make_what_the_tables_say(module: Module, admin_dsn: str) -> None:
    assert differences(module, admin_dsn) == []


def test_a_forgotten_migration_is_found(admin: Admin, admin_dsn: str) -> None:
    (sales,) = (module for module in MODULES if module.name == "sales")
    admin.execute("alter table sales.deal drop column lost_reason")
    try:
        assert [kind for kind, *_ in differences(sales, admin_dsn)] == ["add_column"]
    finally:
        admin.execute("alter table sales.deal add column lost_reason text")


def differences(module: Module, admin_dsn: str) -> list[tuple[object, ...]]:
    """What Alembic would write into a new revision."""
    name = module.schema.name
    engine = create_engine(
        admin_dsn.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool
    )

    with engine.connect() as connection:
        options = {
            "include_schemas": True,
            "include_name": lambda found, kind, parents: ours(
                found, kind, parents.get("schema_name"), name
            ),
            "version_table_schema": name,
            "compare_server_default": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, module.schema.metadata)
    engine.dispose()
    return found


@every_module
def test_partitions_are_made_ahead(module: Module, settings: Settings, admin: Admin) -> None:
    with psycopg.connect(settings.module_dsn(module.name), autocommit=True) as db:
        db.execute(f"select {module.name}.make_partitions('2031-01-15', '2031-02-01')")
    found = {
        str(name)
        for (name,) in admin.execute(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
            "where i.inhparent = any(%s::regclass[])",
            [[f"{module.name}.outbox", f"{module.name}.history"]],
        )
    }
    assert {"history_203101", "history_203102", "history_203103"} <= found
    assert "history_203104" not in found
    days = sorted(name for name in found if name.startswith("outbox_2"))
    today = admin.execute("select to_char(current_date, 'YYYYMMDD')").fetchone()
    assert today is not None
    assert days[0] == f"outbox_{today[0]}"
    assert len(days) == 8
