"""The OpenAPI document against the running server: every answer is a declared one.

`schemathesis` makes requests of the document, right and wrong ones, chains of them too, and holds
each answer to it: status, content type, headers, shape, no 5xx; what the document forbids must be
refused. `make soak` asks for longer, and every corner of every field.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from gausdo.kernel.actor import Actor
from tests.conftest import People
from tests.hostile.conftest import Site

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SOAK = "GAUSDO_SOAK" in os.environ
BOUNDS = (
    ("--phases", "coverage,fuzzing,stateful", "--max-examples", "100")
    if SOAK
    else ("--phases", "fuzzing,stateful", "--max-examples", "4", "--max-time", "15")
)


async def found_wrong(site: Site, actor: Actor, folder: Path) -> str:
    """The report of schemathesis, when it has one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
        *("run", f"{site.url}/api/v1/openapi.json", *BOUNDS),
        *("--header", f"authorization:Bearer {site.token(actor, 7200)}"),
        # what is no ZIP, or a hostile one, is tried in `test_configuration.py`
        *("--exclude-path-regex", "/configuration/(import|preview)$"),
        *("--seed", "1", "--workers", "2", "--continue-on-failure", "--no-color"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return "" if process.returncode == 0 else told.decode()


@pytest.mark.asyncio(loop_scope="session")
async def test_others_are_answered_while_the_document_is_made(site: Site, people: People) -> None:
    async with site.client(people.admin) as client:
        document = asyncio.create_task(client.get("/openapi.json"))
        await asyncio.sleep(0.1)
        assert (await client.get("/me")).is_success
        assert not document.done()
        assert (await document).is_success


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize("who", ["admin", "ann"])
@pytest.mark.asyncio(loop_scope="session")
async def test_every_answer_is_as_the_document_says(
    site: Site, people: People, tmp_path: Path, who: str
) -> None:
    async with site.client(None) as stranger:
        await stranger.get("/openapi.json")  # for which schemathesis waits ten seconds alone
    report = await found_wrong(site, getattr(people, who), tmp_path)
    assert not report, report
    assert "request failed" not in site.log.read_text()
