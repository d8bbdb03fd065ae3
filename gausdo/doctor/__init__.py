"""What runs, what is wrong, and what to do about it, in words."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gausdo.app import Gausdo, opened
from gausdo.brought import Language
from gausdo.doctor import backlog, machine, seals, servers
from gausdo.doctor.finding import Finding
from gausdo.doctor.words import verbatim
from gausdo.settings import Settings

__all__ = ["Finding", "examine", "examine_running"]


async def examine_running(gausdo: Gausdo, language: Language) -> AsyncIterator[Finding]:
    """The servers behind a process at work, what waits, and the seals; no secret is told."""
    met = await asyncio.gather(*(server(gausdo.settings) for server in servers.SERVERS))
    nats = all(finding.well for finding in met[servers.NAMES.index("NATS")])
    for found in met:
        for finding in found:
            yield _discreet(finding.in_language(language), gausdo.settings)
    for looking in (backlog.look(gausdo, nats=nats), seals.look(gausdo, nats=nats)):
        async for finding in looking:
            yield _discreet(finding.in_language(language), gausdo.settings)


def _discreet(finding: Finding, settings: Settings) -> Finding:
    """Without the passwords of servers, whatever a driver may say."""
    told: str = finding.told
    for name in ("postgres_url", "valkey_url", "nats_url", "clickhouse_url", "smtp_url"):
        password = urlsplit(getattr(settings, name).get_secret_value()).password
        for secret in {password, unquote(password or "")}:
            told = told.replace(secret, "…") if secret else told
    return replace(finding, told=verbatim(told))


async def examine(data: Path, settings: Settings) -> AsyncIterator[Finding]:
    """Findings in the order in which to mend them; `data` is an absolute path."""
    for finding in machine.look(data, settings):
        yield finding
    met = await asyncio.gather(*(server(settings) for server in servers.SERVERS))
    for found in met:
        for finding in found:
            yield finding
    answer = {name: all(finding.well for finding in found)
              for name, found in zip(servers.NAMES, met, strict=True)}  # fmt: skip
    if not answer["PostgreSQL"]:
        return
    async with opened(settings) as gausdo:
        async for finding in backlog.look(gausdo, nats=answer["NATS"]):
            yield finding
        async for finding in seals.look(gausdo, nats=answer["NATS"]):
            yield finding
