"""What may be known where, beyond what import-linter can say."""

import ast
import sys
from collections.abc import Iterator

from tools.rules.rule import Source, last_name, rule

PURE = {"gausdo", "pydantic", "pydantic_core", "uuid_utils"}
WORLDLY = {"asyncio", "http", "os", "pathlib", "shutil", "smtplib", "socket", "subprocess"}


@rule(
    "The kernel and the contracts are pure: pydantic and the parts of the standard library that "
    "touch nothing outside. Move this to the platform or the module's own files.",
    where=("gausdo/kernel/*.py", "gausdo/modules/*/contract.py", "gausdo/modules/*/events.py"),
    at="gausdo/kernel/pages.py",
    good=(
        "from datetime import date",
        "from pydantic import Field",
        "from pydantic_core import to_json",
    ),
    bad=("import sqlalchemy", "from httpx2 import get", "import os", "from asyncio import sleep"),
)
def keep_the_kernel_pure(source: Source) -> Iterator[int]:
    for line, imported in source.imports():
        name = imported.partition(".")[0]
        if name in WORLDLY or (name not in PURE and name not in sys.stdlib_module_names):
            yield line


@rule(
    "Only gausdo.settings reads the environment: add a setting, and take it from there.",
    where=("gausdo/*.py",),
    unless=(
        "gausdo/settings.py",
        "gausdo/cli.py",
        "gausdo/keeping.py",
        "gausdo/terminal.py",
        "gausdo/up.py",
        "gausdo/platform/embedded/*",  # hands it on to the servers it starts
        "gausdo/serve.py",  # PROMETHEUS_MULTIPROC_DIR belongs to prometheus_client
    ),
    good=("url = settings.smtp_url",),
    bad=("url = os.environ['SMTP_URL']", "url = os.getenv('SMTP_URL')", "from os import environ"),
)
def leave_the_environment(source: Source) -> Iterator[int]:
    for node in source.nodes(ast.Attribute, ast.Name):
        if last_name(node) in {"environ", "environb", "getenv"}:
            yield node.lineno
    for imported in source.nodes(ast.ImportFrom):
        names = {one.name for one in imported.names}
        if imported.module == "os" and names & {"environ", "getenv"}:
            yield imported.lineno


@rule(
    "Facts leave by tx.publish(…), with the change they tell of, or not at all.",
    unless=("gausdo/modules/reports/loader.py",),  # asks a stream to repeat itself; no fact
    good=("tx.publish(row.opened())",),
    bad=("await self.nats.publish('events.sales', body)", "await jetstream.publish(subject)"),
)
def publish_with_the_change(source: Source) -> Iterator[int]:
    for call in source.calls("publish"):
        if isinstance(call.func, ast.Attribute) and last_name(call.func.value) != "tx":
            yield call.lineno


@rule(
    "A letter or a call is a row that a job carries out: see gausdo.platform.drain.",
    unless=("gausdo/modules/*/jobs.py", "gausdo/modules/communications/post.py"),
    good=("await tx.enqueue('communications.deliver', once=True)",),
    bad=("import smtplib", "from urllib.request import urlopen", "import http.client"),
)
def send_by_jobs(source: Source) -> Iterator[int]:
    letters = {"smtplib", "urllib.request", "http.client"}
    return (line for line, imported in source.imports() if imported in letters)
