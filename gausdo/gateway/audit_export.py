"""The audit as a file: lines that a spreadsheet cannot take for formulas, or lines of JSON."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from gausdo.gateway.exports.csv_file import harmless
from gausdo.platform.audit.reading import AuditEntry

MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
COLUMNS = (
    "at", "module", "event", "kind", "record_id", "record", "actor_id", "actor", "via", "session",
    "address", "cause_event", "cause_rule", "field", "before", "after",
)  # fmt: skip


async def lines(pages: AsyncIterator[list[AuditEntry]], format: str) -> AsyncIterator[bytes]:
    if format == "csv":
        yield "\ufeff".encode() + _written([COLUMNS])  # by which spreadsheets know UTF-8
    async for page in pages:
        if format == "csv":
            yield _written(row for entry in page for row in _rows(entry))
        else:
            yield b"".join(entry.model_dump_json().encode() + b"\n" for entry in page)


def _rows(entry: AuditEntry) -> Iterator[tuple[str, ...]]:
    """One for each field that changed; one without, when none did."""
    cause = entry.cause
    beginning = [
        entry.at.isoformat(), entry.module, entry.name, entry.kind, entry.record_id,
        entry.record_name, entry.actor_id, entry.actor_name, entry.via, entry.session,
        entry.address, cause and cause.event_id, cause and cause.rule_id,
    ]  # fmt: skip
    for field, (before, after) in (entry.changes or {"": (None, None)}).items():
        yield tuple(map(_cell, (*beginning, field, before, after)))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    told = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return harmless(told)


def _written(rows: Any) -> bytes:
    told = io.StringIO()
    csv.writer(told).writerows(rows)
    return told.getvalue().encode()
