"""Write migrations from what tables.py says now: python -m tools.revision sales "Add colours".

The schema is migrated to its latest revision in an embedded PostgreSQL of its own, compared with
tables.py, and the difference is written down: what is added, indexes of tables in use, and what is
taken away, each in a migration of its own. Read them: a rename looks like a loss.
"""

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from gausdo.platform.db.migrate import dsn_of, migrate, prepare
from gausdo.platform.db.revise import revise
from gausdo.platform.embedded.postgres import EmbeddedPostgres


def write(module: str, title: str) -> list[Path]:
    """The new files. Raises LookupError when there is no such module."""
    # whatever makes the module up, and with it every file of its tables
    schema = import_module(f"gausdo.modules.{module}.wiring").module.schema
    with tempfile.TemporaryDirectory(prefix="gausdo-revision-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            prepare(server.url, "gausdo", dict.fromkeys((module, "jobs"), "of no use elsewhere"))
            dsn = dsn_of(server.url, database="gausdo")
            migrate(dsn, schema)
            written: list[Path] = []
            more = True
            while more:
                revision = revise(dsn, schema, title)
                written, more = [*written, revision.path], revision.more
                ruff("check --fix --select I,F401", revision.path)
                ruff("format", revision.path)
                migrate(dsn, schema)
        finally:
            server.stop()
    return written


def ruff(what: str, *paths: Path | str) -> None:
    subprocess.run([sys.executable, "-m", "ruff", *what.split(), "-q", *paths], check=True)


def main() -> int:
    if len(sys.argv) != len(("program", "module", "title")):
        print(__doc__)
        return 2
    print(*write(*sys.argv[1:]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
