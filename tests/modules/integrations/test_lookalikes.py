"""Rows of files that look like a record that is there, and records that are known again by a field
people have added.
"""

from typing import Any

import httpx2
import pytest

from tests.conftest import As, People
from tests.modules.integrations.test_file_imports import (
    Settled,
    changed,
    counts,
    done,
    found,
    head,
    pipeline,
    uploaded,
)

__all__ = ["head", "pipeline"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


SURNAMES = {"Пропускинск": "Сомова", "Изменск": "Щукина", "Спроск": "Карпова"}


def file(city: str) -> str:
    """A namesake with another spelling of the name, somebody new, and the same a second time."""
    return (
        "ФИО;Телефон;Город;Должность\n"
        f"{SURNAMES[city]} Наталия Игоревна;+7 916 555-01-{len(city):02};{city};Технолог\n"
        f"Иван Новый-{city};+7 916 777-88-{len(city):02};{city};Слесарь\n"
        f"Новый-{city} Иванн;8 (916) 777-88-{len(city):02};{city};Слесарь\n"
    )


async def known(head: httpx2.AsyncClient, city: str) -> dict[str, Any]:
    name = f"Наталья Игоревна {SURNAMES[city]}"
    draft = {"name": name, "city": city, "phones": [f"+7 916 555-02-{len(city):02}"]}
    reply = await head.post("/people", json=draft)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def skipped(told: dict[str, Any]) -> int:
    count: int = told["counts"]["skipped"]
    return count


async def test_a_row_that_looks_like_a_record_is_skipped(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    await known(head, "Пропускинск")
    told = await uploaded(head, "people", file("Пропускинск"))
    assert told["lookalikes"] == "create"
    told = await changed(head, told, lookalikes="skip")
    for what, state in (("check", "checked"), ("run", "done")):
        seen = await done(head, settled, told, what)
        assert (counts(seen), skipped(seen)) == ((state, 1, 0, 0, 0), 2)
    assert len(await found(head, "/people", "Пропускинск")) == 2
    again = await uploaded(head, "people", file("Пропускинск"))
    assert again["lookalikes"] == "skip", "it is remembered with the header"
    assert skipped(await done(head, settled, again, "run")) == 3


async def test_a_row_that_looks_like_a_record_changes_it(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    person = await known(head, "Изменск")
    told = await changed(head, await uploaded(head, "people", file("Изменск")), lookalikes="update")
    seen = await done(head, settled, told, "check")
    assert counts(seen) == ("checked", 1, 1, 0, 1)
    seen = await done(head, settled, told, "run")
    assert counts(seen) == ("done", 1, 1, 0, 1), "a twin in the file is for somebody to look at"
    now = (await head.get(f"/people/{person['id']}")).json()
    assert (now["position"], len(now["phones"])) == ("Технолог", 2)
    preview = (await head.get(f"/imports/{told['id']}/undo")).json()
    assert (preview["removed"], preview["given_back"]) == (1, 1)


async def test_a_row_that_looks_like_a_record_is_put_aside_until_somebody_says(
    head: httpx2.AsyncClient, settled: Settled
) -> None:
    person = await known(head, "Спроск")
    told = await changed(head, await uploaded(head, "people", file("Спроск")), lookalikes="ask")
    seen = await done(head, settled, told, "run")
    assert counts(seen) == ("done", 1, 0, 0, 2)
    rows = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
    assert [row["why"]["code"] for row in rows] == ["imports.looks-like"] * 2
    first, twin = (row["why"]["data"] for row in rows)
    assert (first["told"], first["id"]) == (person["name"], person["id"])
    assert twin["told"] == "Иван Новый-Спроск"
    for row, said, now in ((rows[0], "update", (1, 1, 1)), (rows[1], "ask", (1, 1, 1))):
        path = f"/imports/{told['id']}/refused/{row['id']}"
        body = {"cells": row["cells"], "lookalikes": said}
        reply = await head.post(path, json=body)
        assert reply.status_code == 200, reply.text
        left = reply.json()["counts"]
        assert (left["created"], left["updated"], left["refused"]) == now
    [row] = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
    assert row["why"]["data"]["id"], "by now it is a record, and not a row"


async def test_records_are_known_again_by_a_unique_field_that_was_added(
    head: httpx2.AsyncClient, api: As, people: People, settled: Settled
) -> None:
    admin = api(people.admin)
    for kind in ("person", "deal"):
        for key, unique in (("code", True), ("shelf", False)):
            field = {"name": f"Поле {key}", "key": key, "type": "text", "unique": unique}
            assert (await admin.post(f"/{kind}-fields", json=field)).status_code == 201
    for kind, name, place in (("people", "ФИО", "people"), ("deals", "Название", "deals")):
        first = await uploaded(head, kind, f"{name};Поле code\nПервое Кодово;К-1\n")
        assert (await done(head, settled, first, "run"))["counts"]["created"] == 1
        text = (
            f"{name};поле CODE: ;Комментарий\n"
            "Новое Кодово;к-1;иначе\nВторое Кодово;К-2;\nБез Кодово;;\n"
        )
        told = await uploaded(head, kind, text)
        assert [one["field"] for one in told["columns"]][1] == "custom.code"
        for by in ("custom.shelf", "custom.none"):
            body = {"version": told["version"], "by": by}
            assert (await head.patch(f"/imports/{told['id']}", json=body)).status_code == 422
        told = await changed(head, told, policy="both", by="custom.code")
        assert counts(await done(head, settled, told, "check")) == ("checked", 2, 1, 0, 0)
        assert counts(await done(head, settled, told, "run")) == ("done", 2, 1, 0, 0)
        [one] = [one for one in await found(head, f"/{place}", "Кодово") if one["about"]]
        assert (one["about"], one["custom"]["code"]) == ("иначе", "к-1")
        told = await uploaded(head, kind, text)
        told = await changed(head, told, policy="update", by="custom.code")
        assert counts(await done(head, settled, told, "run")) == ("done", 0, 0, 2, 1)
        [row] = (await head.get(f"/imports/{told['id']}/refused")).json()["items"]
        assert row["why"]["code"] == "imports.no-key"
