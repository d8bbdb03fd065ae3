"""Configuration that is not as it should be is refused, and told where it is wrong."""

import io
import json
import zipfile
from uuid import UUID

import pytest

from tests.conftest import As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")


def zipped(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"gausdo.json": b'{"format": 1}', **entries}.items():
            archive.writestr(name, content)
    return made.getvalue()


TEAM = {"id": str(UUID("01900000-0000-7000-8000-0000000000ff")), "name": "T"}


def teams(*told: object) -> bytes:
    return zipped(**{"teams.json": json.dumps(told).encode()})


BAD = {
    "no zip": (b"nothing", "archive", "not-zip"),
    "a broken zip": (teams(TEAM)[:-30], "archive", "not-zip"),
    "another format": (zipped(**{"gausdo.json": b'{"format": 2}'}), "gausdo.json", "format"),
    "a way out": (zipped(**{"../teams.json": b"[]"}), "../teams.json", "unknown-file"),
    "a way to the root": (zipped(**{"/teams.json": b"[]"}), "/teams.json", "unknown-file"),
    "another kind": (zipped(**{"passwords.json": b"[]"}), "passwords.json", "unknown-file"),
    "another file": (zipped(**{"run.sh": b"[]"}), "run.sh", "unknown-file"),
    "no list": (zipped(**{"teams.json": b"{}"}), "teams.json", "list"),
    "no thing": (teams(7), "teams.json#/0", "thing"),
    "no JSON": (zipped(**{"teams.json": b"[{]"}), "teams.json:1:3", "json"),
    "a field twice": (zipped(**{"teams.json": b'[{"id":1,"id":2}]'}), "teams.json", "json"),
    "no number": (zipped(**{"teams.json": b"[NaN]"}), "teams.json", "json"),
    "a long number": (zipped(**{"teams.json": b"[%s]" % (b"9" * 5000)}), "teams.json", "json"),
    "a deep hole": (zipped(**{"teams.json": b"[" * 100_000}), "teams.json", "json"),
    "no UTF-8": (zipped(**{"teams.json": b"\xff"}), "teams.json", "utf-8"),
    "a NUL": (teams({**TEAM, "name": "a\0"}), "teams.json", "text"),
    "half a pair": (zipped(**{"teams.json": b'["\\ud800"]'}), "teams.json", "text"),
    "an unknown field": (teams({**TEAM, "x": 1}), "teams.json#/0/x", "extra_forbidden"),
    "a wrong type": (teams({**TEAM, "name": 7}), "teams.json#/0/name", "string_type"),
    "an id of another make": (
        teams({**TEAM, "id": "9b2cfa8e-8a3f-4a1e-b111-2f1c3a4b5c6d"}), "teams.json#/0/id",
        "value_error",
    ),
    "one id twice": (teams(TEAM, TEAM), "teams.json#/1/id", "twice"),
    "a team above that is none": (
        teams({**TEAM, "parent_id": "01900000-0000-7000-8000-0000000000fe"}),
        "teams.json#/0/parent_id", "unknown",
    ),
    "a circle": (teams({**TEAM, "parent_id": TEAM["id"]}), "teams.json#/0/parent_id", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_what_is_wrong_is_named_with_its_place(api: As, people: People, name: str) -> None:
    content, field, code = BAD[name]
    for path in ("preview", "import"):
        params = {"fingerprint": "0" * 64} if path == "import" else {}
        reply = await api(people.admin).post(
            f"/configuration/{path}", content=content, params=params
        )
        assert (reply.status_code, reply.json()["code"]) == (422, "configuration.bad"), reply.text
        assert [(one["field"], one["code"]) for one in reply.json()["errors"]] == [(field, code)]


async def test_what_is_too_large_is_refused(api: As, people: People) -> None:
    client = api(people.admin)
    bomb = zipped(**{"teams.json": b" " * 6_000_000})
    many = zipped(**{f"{number}.json": b"[]" for number in range(101)})
    flood = zipped(**{f"{number}.json": b" " * 4_900_000 for number in range(6)})
    for content in (bomb, many, flood, b"x" * 5_100_000):
        reply = await client.post("/configuration/preview", content=content)
        assert (reply.status_code, reply.json()["code"]) == (413, "too-large")
