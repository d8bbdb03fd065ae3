"""Rows as CSV has them, and pages of a list on their way into a file."""

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gausdo.gateway.exports.csv_file import CsvFile
from gausdo.gateway.exports.taking import HEAD, parts
from gausdo.kernel.exporting import CellType, ExportColumn
from gausdo.kernel.values import Json

NAMES = ("first", "second", "third")


def file_of(*types: CellType, zone: str = "UTC", separator: str = ",") -> CsvFile:
    columns = [
        ExportColumn(name=name, title=name, path=(name,), type=type)
        for name, type in zip(NAMES, types, strict=False)
    ]
    return CsvFile(columns, ZoneInfo(zone), "en", separator, marked=False)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("wide", [1, 3])
def test_rows_are_quoted_as_csv_has_it(separator: str, wide: int) -> None:
    chance = random.Random(wide)
    letters = ["a", "ж", " ", ",", ";", "\t", '"', "\n", "\r", "\r\n", "'", "\\", "\0x"]
    page = {
        name: ["b" + "".join(chance.choices(letters, k=chance.randrange(4))) for _ in range(400)]
        for name in NAMES[:wide]
    }
    page[NAMES[0]][:2] = ["", "plain"]
    told = file_of(*[CellType.TEXT] * wide, separator=separator).rows(page).decode()
    want = io.StringIO()
    csv.writer(want, delimiter=separator).writerows(zip(*page.values(), strict=True))
    assert told == want.getvalue()


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kolkata",
             "Australia/Lord_Howe", "Pacific/Kiritimati"],
)  # fmt: skip
def test_times_are_those_of_the_clock_there(zone: str) -> None:
    began = datetime(2010, 1, 1, tzinfo=UTC)  # Moscow has moved its clock in three ways since
    times = [began + timedelta(minutes=37 * n) for n in range(40_000)]
    page = {"first": [time.isoformat(timespec="milliseconds") for time in times]}
    told = file_of(CellType.TIME, zone=zone).rows(page).decode().split("\r\n")[:-1]
    assert told == [f"{time.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" for time in times]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("places", [["a", "b"], ["a" * HEAD, "ж" * HEAD]])
@pytest.mark.parametrize("first", [True, False])
async def test_pages_follow_each_other_wherever_it_is_told(places: list[str], first: bool) -> None:
    nexts = [*places, None]
    pages: dict[str | None, Json] = {}
    for number, (place, after) in enumerate(zip([None, *places], nexts, strict=True)):
        columns = {"columns": {"first": [f"row {number}", "ж" * HEAD]}}
        page = {"next": after, **columns} if first else {**columns, "next": after}
        pages[place] = Json(json.dumps({"found": 2, **page}, ensure_ascii=False).encode())
    asked = list[str | None]()

    async def read(after: str | None) -> Json:
        asked.append(after)
        return pages[after]

    table = file_of(CellType.TEXT)
    told = b"".join([part async for part in parts(read, table, pages[None])]).decode()
    assert [line for line in told.split("\r\n") if "row" in line] == ["row 0", "row 1", "row 2"]
    assert asked == places
