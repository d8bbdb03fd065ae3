"""Who works here is let in by an administrator, with a role, a team and a zone that exist."""

from typing import Any

import pytest

from gausdo.kernel.values import new_id
from tests.conftest import PASSWORD, As, People

pytestmark = pytest.mark.asyncio(loop_scope="session")
DRAFT = {"name": "Ida", "email": "ida@example.org", "password": PASSWORD, "role": "manager"}


async def test_an_administrator_lets_somebody_in_once(api: As, people: People) -> None:
    admin, stranger = api(people.admin), {**DRAFT, "email": "IDA@example.org"}
    draft = {**DRAFT, "team_id": str(people.ann.team_id), "time_zone": "Asia/Almaty"}
    told = await admin.post("/users", json=draft, headers={"idempotency-key": "let-ida-in"})
    again = await admin.post("/users", json=draft, headers={"idempotency-key": "let-ida-in"})
    assert (told.status_code, again.json()) == (201, told.json())
    assert told.json()["role_name"] == "Manager"
    taken = await admin.post("/users", json=stranger)
    assert (taken.status_code, taken.json()["code"]) == (409, "identity.email-taken")
    everybody = (await api(people.ann).get("/users")).json()
    assert [one["name"] for one in everybody if one["email"] == "ida@example.org"] == ["Ida"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "queen"),
        ("team_id", "0192cfc7-5480-770f-8ff3-fae5cb72ca30"),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", "../../etc/passwd"),
        ("locale", "tlh"),
        ("email", "nobody"),
        ("password", "short"),
    ],
)
async def test_what_does_not_exist_is_refused(
    api: As, people: People, field: str, value: Any
) -> None:
    draft = {**DRAFT, "email": "new@example.org", field: value}
    told = await api(people.admin).post("/users", json=draft)
    assert told.status_code == 422
    assert [error["field"] for error in told.json()["errors"]] == [field]


async def test_who_may_not_lets_nobody_in(api: As, people: People) -> None:
    for actor in (people.ann, people.head):
        for path, draft in (("/users", DRAFT), ("/teams", {"name": "West"})):
            told = await api(actor).post(path, json=draft)
            assert (told.status_code, told.json()["code"]) == (403, "forbidden")


async def test_a_zone_one_prefers_exists(api: As, people: People) -> None:
    bob = api(people.bob)
    told = await bob.patch("/me", json={"time_zone": "Europe/Atlantis"})
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "time_zone")
    told = await bob.patch("/me", json={"time_zone": "Asia/Almaty", "locale": "ru"})
    assert (told.json()["time_zone"], told.json()["locale"]) == ("Asia/Almaty", "ru")


async def test_one_says_what_one_is_called(api: As, people: People) -> None:
    bob = api(people.bob)
    assert (await bob.patch("/me", json={"name": " Bobby "})).json()["user"]["name"] == "Bobby"
    for name, status in ((None, 200), ("", 422), ("n" * 201, 422)):
        assert (await bob.patch("/me", json={"name": name})).status_code == status
    assert (await bob.get("/me")).json()["user"]["name"] == "Bobby"


async def test_a_team_stands_under_one_that_exists(api: As, people: People) -> None:
    admin = api(people.admin)
    told = await admin.post("/teams", json={"name": "West", "parent_id": str(new_id())})
    assert (told.status_code, told.json()["errors"][0]["field"]) == (422, "parent_id")
    draft = {"name": "West", "parent_id": str(people.head.team_id)}
    told = await admin.post("/teams", json=draft)
    assert told.status_code == 201
    assert told.json() in (await admin.get("/teams")).json()
