"""Writes migrations from the difference between tables.py and the migrated database.

What differs becomes up to three migrations: what is added in one transaction, indexes of tables
that are in use, and what is taken away.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.autogenerate import RevisionContext, render, renderers
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.runtime.environment import EnvironmentContext

from gausdo.platform.db.migrate import as_owner, script_of
from gausdo.platform.db.schema import Schema

_REMARK = re.compile(r"^ *# ### .*\n", re.MULTILINE)  # Alembic's own, around what it has written
TAKING = (ops.DropTableOp, ops.DropColumnOp, ops.DropConstraintOp)


class BuildIndexOp(ops.CreateIndexOp):
    """An index of a table that is in use."""


@renderers.dispatch_for(BuildIndexOp)
def _build_index(context: AutogenContext, op: ops.CreateIndexOp) -> str:
    context.imports.add("from gausdo.platform.db.indexes import build_index")
    written = str(render.render_op(context, ops.CreateIndexOp.from_index(op.to_index()))[0])
    return written.replace("op.create_index(", "build_index(", 1)


@renderers.dispatch_for(ops.DropIndexOp, replace=True)
def _drop_index(context: AutogenContext, op: ops.DropIndexOp) -> str:
    context.imports.add("from gausdo.platform.db.indexes import drop_index")
    return f"drop_index({op.index_name!r}, schema={op.schema!r})"


@dataclass(frozen=True)
class Revision:
    """The file that was written; `more` when the database and tables.py differ still."""

    path: Path
    more: bool


def revise(admin_dsn: str, schema: Schema, message: str) -> Revision:
    """Write one migration of what differs between `schema` and the migrated database."""
    script = script_of(schema.name)
    with as_owner(admin_dsn, schema) as connection:
        config = Config()
        number = len(list(script.walk_revisions())) + 1
        context = RevisionContext(
            config,
            script,
            {
                "message": message,
                "autogenerate": True,
                "sql": False,
                "head": "head",
                "splice": False,
                "branch_label": None,
                "version_path": None,
                "rev_id": f"{number:04}",
                "depends_on": None,
            },
        )
        arguments: dict[str, Any] = context.template_args
        arguments |= {"module": schema.name, "kind": "start" if number == 1 else "expand"}
        more = False

        def choose(_: MigrationContext, __: Any, scripts: list[ops.MigrationScript]) -> None:
            nonlocal more
            (upgrade,) = scripts[0].upgrade_ops_list
            groups = [group for group in _groups(upgrade) if group]
            upgrade.ops = groups[0] if groups else []
            more = len(groups) > 1
            scripts[0].downgrade_ops.ops = []  # type: ignore[union-attr]
            if upgrade.ops and isinstance(upgrade.ops[0], TAKING):
                arguments["kind"] = "contract"

        def compare(revision: Any, migration: MigrationContext) -> list[Any]:
            context.run_autogenerate(revision, migration)
            return []

        environment = EnvironmentContext(config, script, fn=compare)
        environment.configure(
            connection=connection,
            target_metadata=schema.metadata,
            version_table_schema=schema.name,
            include_schemas=True,
            include_name=lambda name, kind, parents: ours(
                name, kind, parents.get("schema_name"), schema.name
            ),
            process_revision_directives=choose,
        )
        with environment.begin_transaction():
            environment.run_migrations()
        path = Path(next(iter(context.generate_scripts())).path)  # type: ignore[union-attr]
        path.write_text(_REMARK.sub("", path.read_text()))
        return Revision(path, more)


def _groups(upgrade: ops.UpgradeOps) -> tuple[list[ops.MigrateOperation], ...]:
    """What is added, indexes of tables that are in use, what is taken away."""
    found = list(_flat(upgrade.ops))
    made = {op.table_name for op in found if isinstance(op, ops.CreateTableOp)}
    gone = {op.table_name for op in found if isinstance(op, ops.DropTableOp)}
    adding: list[ops.MigrateOperation] = []
    indexing: list[ops.MigrateOperation] = []
    taking: list[ops.MigrateOperation] = []
    for op in found:
        if isinstance(op, TAKING):
            taking.append(op)
        elif isinstance(op, ops.CreateIndexOp) and op.table_name not in made:
            indexing.append(BuildIndexOp.from_index(op.to_index()))
        elif isinstance(op, ops.DropIndexOp):
            indexing += [] if op.table_name in gone else [op]
        else:
            adding.append(op)
    return adding, indexing, taking


def _flat(found: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    for op in found:
        if isinstance(op, ops.ModifyTableOps):
            yield from op.ops
        else:
            yield op


def ours(name: str | None, kind: str, parent: str | None, schema: str) -> bool:
    """Leave other schemas, partitions and Alembic's own table out of the comparison."""
    if kind == "schema":
        return name == schema
    if kind == "table":
        partition = name is not None and name.startswith(("outbox_", "history_"))
        return parent == schema and not partition and name != "alembic_version"
    return True
