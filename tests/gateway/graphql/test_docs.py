"""The examples of docs/api.md are answered."""

import json
import re
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from tests.conftest import People
from tests.gateway.graphql.conftest import Ask, World
from tools.graphql_doc import KEPT
from tools.rules.rule import ROOT

SECTION = (ROOT / "docs" / "api.md").read_text().partition("\n## GraphQL\n")[2]
EXAMPLES = re.findall(r"```graphql\n(.*?)```(?:\n\n```json\n(.*?)```)?", SECTION, re.DOTALL)


def test_there_are_examples_of_everything() -> None:
    told = " ".join(query.split()[0] for query, _ in EXAMPLES)
    assert {"query", "mutation", "subscription"} == set(told.split())


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("query", "variables"), EXAMPLES)
async def test_an_example_of_the_documentation_works(
    ask: Ask, people: People, world: World, query: str, variables: str
) -> None:
    if query.startswith("subscription"):
        assert validate(build_schema(KEPT.read_text()), parse(query)) == []
        return
    given: dict[str, Any] = json.loads(variables) if variables else {}
    records = {"company": world.companies[0].id, "deal": world.deals[0].id}
    given |= {name: str(id) for name, id in records.items() if f"${name}:" in query}
    told = await ask(people.ann, query, **given)
    assert "errors" not in told
    assert all(told["data"].values())


@pytest.mark.asyncio(loop_scope="session")
async def test_the_refusal_is_as_it_is_told(ask: Ask, people: People, world: World) -> None:
    (change,) = (query for query, _ in EXAMPLES if "change_deal" in query)
    await ask(people.ann, change, deal=str(world.deals[1].id))
    (error,) = (await ask(people.ann, change, deal=str(world.deals[1].id)))["errors"]
    assert error["extensions"]["code"] == "stale"
    for part in (
        error["message"],
        json.dumps(error["path"]),
        '"status": 409',
        '"data": {"current"',
    ):
        assert part in SECTION
