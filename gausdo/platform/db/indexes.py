"""Indexes of tables that are in use: built and dropped while everybody reads and writes.

A migration that calls these does nothing else: they cannot be in one transaction with anything, and
when the migrator is killed the whole migration runs again. What it left half-built is dropped
before (`migrate`), what it finished stays. https://www.postgresql.org/docs/18/sql-createindex.html
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from alembic import op
from alembic.operations.ops import CreateIndexOp
from sqlalchemy import ColumnElement, Connection, TextClause, text
from sqlalchemy.schema import CreateIndex

LOCK_TIMEOUT = "3s"
"""How long a migration stands in a table's queue, and so holds up those behind it."""

HALF_BUILT = """
    select format('%I.%I', n.nspname, c.relname) from pg_index i
    join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = :schema and c.relkind = 'i' and not i.indisvalid
"""
PARTITIONS = """
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = cast(:table as regclass) order by c.relname
"""
PARTITIONED = "select relkind in ('p', 'I') from pg_class where oid = to_regclass(:name)"


def build_index(
    name: str,
    table: str,
    columns: Sequence[str | TextClause | ColumnElement[Any]],
    *,
    schema: str,
    **options: Any,
) -> None:
    """`op.create_index` for a table that has rows; takes the same.

    An index of a partitioned table is built partition by partition; those made meanwhile have it.
    Of a table that is empty, as in a new installation, nothing has to be read: it is made at once.
    """
    with _beside_others() as db:
        there = {"it": f"{schema}.{name}"}
        is_new = db.execute(text("select to_regclass(:it)"), there).scalar() is None
        if is_new and _is_empty(db, f"{schema}.{table}"):
            op.create_index(name, table, columns, schema=schema, **options)
            return
        if not _is_partitioned(db, f"{schema}.{table}"):
            _build(db, name, table, columns, schema, options)
            return
        if is_new:
            _declare(db, name, table, columns, schema, options)
        found = db.execute(text(PARTITIONS), {"table": f"{schema}.{table}"})
        for partition in found.scalars().all():
            own = f"{partition}_{name}"
            if not _is_attached(db, schema, partition, name):
                _build(db, own, partition, columns, schema, options)
                db.execute(text(f"alter index {schema}.{name} attach partition {schema}.{own}"))


def drop_index(name: str, *, schema: str) -> None:
    """Drop an index that no query needs any more."""
    with _beside_others() as db:
        if _is_partitioned(db, f"{schema}.{name}"):  # which PostgreSQL drops at once only
            db.execute(text(f"drop index if exists {schema}.{name}"))
            return
        with _unhurried(db):
            db.execute(text(f"drop index concurrently if exists {schema}.{name}"))


def drop_half_built(db: Connection, schema: str) -> None:
    """Drop what a killed `build_index` left: an index that costs writes and helps no read.

    `db` commits by itself.
    """
    for name in db.execute(text(HALF_BUILT), {"schema": schema}).scalars().all():
        db.execute(text(f"drop index concurrently if exists {name}"))


@contextmanager
def _beside_others() -> Iterator[Connection]:
    """Outside of a transaction."""
    with op.get_context().autocommit_block():
        yield op.get_bind()


@contextmanager
def _unhurried(db: Connection) -> Iterator[None]:
    """What is done `concurrently` waits for others' transactions, and holds nobody up meanwhile."""
    db.execute(text("set lock_timeout = 0"))
    yield
    db.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))


def _build(
    db: Connection, name: str, table: str, columns: Sequence[Any], schema: str, options: Any
) -> None:
    with _unhurried(db):
        op.create_index(
            name,
            table,
            columns,
            schema=schema,
            postgresql_concurrently=True,
            if_not_exists=True,
            **options,
        )


def _declare(
    db: Connection, name: str, table: str, columns: Sequence[Any], schema: str, options: Any
) -> None:
    """The index of the whole, without those of the parts."""
    index = CreateIndexOp(name, table, columns, schema=schema, **options).to_index(op.get_context())
    statement = str(CreateIndex(index).compile(dialect=db.dialect))
    db.execute(text(statement.replace(" ON ", " ON ONLY ", 1).replace(":", r"\:")))


def _is_partitioned(db: Connection, name: str) -> bool:
    return bool(db.execute(text(PARTITIONED), {"name": name}).scalar())


def _is_empty(db: Connection, table: str) -> bool:
    asked = f"select exists (select from {table})"  # noqa: S608 - a migration's own table
    return not db.execute(text(asked)).scalar()


def _is_attached(db: Connection, schema: str, partition: str, index: str) -> bool:
    asked = (
        "select exists (select from pg_inherits h join pg_index i on i.indexrelid = h.inhrelid "
        "where h.inhparent = cast(:index as regclass) and i.indrelid = cast(:part as regclass))"
    )
    names = {"index": f"{schema}.{index}", "part": f"{schema}.{partition}"}
    return bool(db.execute(text(asked), names).scalar())
