"""Logs of real processes, and `gausdo logs` that shows them."""

import asyncio
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import superuser_dsn
from tests.waiting import until
from tests.watching.collector import Collector
from tests.watching.conftest import Shop, lines_of

pytestmark = pytest.mark.asyncio


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "gausdo.cli", "logs", "--data", str(folder), *words]


def logs(folder: Path, *words: str) -> str:
    told = subprocess.run(command(folder, *words), capture_output=True, text=True, check=False)
    return told.stdout


@pytest.fixture
def folder(shop: Shop, tmp_path: Path) -> Path:
    """As `gausdo up` keeps them, with a server that writes plain text."""
    (tmp_path / "logs").symlink_to(shop.processes.folder)
    shop.processes.log("postgres").write_text("LOG:  database system is ready\n")
    return tmp_path


async def broken(shop: Shop, trace: str) -> str:
    """A request that fails, because a table is gone for a moment; answers the request's id."""
    settings = shop.processes.settings
    dsn = superuser_dsn(settings)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as db:
        await db.execute("alter table sales.pipeline rename to pipeline_gone")
        try:
            answer = await shop.client.get(
                "/pipelines", headers={"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
            )
        finally:
            await db.execute("alter table sales.pipeline_gone rename to pipeline")
    assert answer.status_code == 500
    assert answer.json()["trace_id"] == trace
    return str(answer.headers["x-request-id"])


async def test_what_failed_is_found_by_the_trace_that_the_person_was_told(
    shop: Shop, collector: Collector, folder: Path
) -> None:
    trace = secrets.token_hex(16)
    request_id = await broken(shop, trace)

    def mine(event: str) -> list[dict[str, Any]]:
        lines = lines_of(shop.processes.log("web"))
        return [line for line in lines if line.get("trace_id") == trace and event in line["event"]]

    (said,) = until(lambda: mine("answered with an error"), 30)
    assert {line["request_id"] for line in mine("")} == {request_id}
    assert (said["route"], said["status"]) == ("/api/v1/pipelines", 500)
    assert any("UndefinedTable" in line.get("exception", "") for line in mine(""))
    shown = logs(folder, "--trace", trace[:12])
    assert "answered with an error" in shown
    assert "UndefinedTable" in shown
    assert "database system" not in shown
    until(lambda: [line for line in collector.lines if line.trace == trace], 30)
    sent = [line for line in collector.lines if line.trace == trace]
    assert {line.service for line in sent} == {"gausdo-web"}
    assert said["event"] in {line.text for line in sent}


async def test_every_line_of_our_processes_is_json_with_its_service(shop: Shop) -> None:
    await broken(shop, secrets.token_hex(16))
    shop.processes.stop("worker")
    shop.processes.start("worker", "work")
    for name in ("web", "worker"):
        for line in lines_of(shop.processes.log(name)):
            assert {"event", "level", "timestamp"} <= line.keys(), line
            assert line["service"] == name, line


async def test_logs_are_narrowed_by_part_and_level_and_a_typing_error_is_told(
    shop: Shop, folder: Path
) -> None:
    await broken(shop, secrets.token_hex(16))
    assert "database system is ready" in logs(folder)
    assert "database system is ready" not in logs(folder, "--part", "web")
    assert "database system is ready" not in logs(folder, "--level", "debug")
    only = logs(folder, "--part", "web", "--level", "error")
    assert "ERROR" in only
    assert "WARNING" not in only
    assert "There is no part “wep”" in logs(folder, "--part", "wep")
    assert "There is no level “loud”" in logs(folder, "--level", "loud")
    assert "There are no logs" in logs(folder / "nowhere")


async def test_logs_are_followed_through_a_turn_over(shop: Shop, folder: Path) -> None:
    log = shop.processes.log("postgres")
    with (folder / "followed").open("w+") as told:
        following = await asyncio.create_subprocess_exec(
            *command(folder, "-f", "--part", "postgres"), stdout=told
        )
        try:
            until(lambda: "is ready" in (folder / "followed").read_text())
            with log.open("a") as file:
                file.write("LOG:  a second line, longer than what comes after the turn\n")
            until(lambda: "a second line" in (folder / "followed").read_text())
            log.write_text("LOG:  anew\n")  # emptied, as a log that has grown too long is
            until(lambda: "anew" in (folder / "followed").read_text())
        finally:
            following.kill()
            await following.wait()
