"""How a malformed condition is refused: with the path of each error, before it can cost much."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from gausdo.kernel.conditions import (
    MAX_LEAVES,
    MAX_TEXT,
    MAX_VALUES,
    AllOf,
    AnyOf,
    Condition,
    Field,
    Fields,
    FieldType,
    Leaf,
    Not,
    Op,
    check,
    parse,
    predicate,
)
from gausdo.kernel.errors import Invalid
from tests.kernel.test_conditions import DEAL, IVAN

ANY = TypeAdapter[Condition](Condition)


def refused(text: str | bytes, at: str = "filter") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse(text, DEAL, at=at)
    problem = refusal.value
    assert problem.status == 422
    assert problem.detail.startswith(problem.errors[0].field)
    assert all(error.message for error in problem.errors)
    return [(error.field, error.code) for error in problem.errors]


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ("", "filter", "json-invalid"),
        ("{", "filter", "json-invalid"),
        ("[" * 100_000, "filter", "json-invalid"),
        ('{"field":"title","op":"eq","value":"\\ud800"}', "filter", "json-invalid"),
        ("null", "filter", "condition"),
        ("[]", "filter", "condition"),
        ("{}", "filter", "condition"),
        ('{"all": {}}', "filter", "condition"),
        ('{"all": [], "any": []}', "filter.any", "extra-forbidden"),
        ('{"not": [{"field": "title", "op": "is_empty"}]}', "filter.not", "condition"),
        ('{"op": "is_empty"}', "filter.field", "missing"),
        ('{"field": "title"}', "filter.op", "missing"),
        ('{"field": 1, "op": "is_empty"}', "filter.field", "string-type"),
        ('{"field": "title", "op": "like", "value": "%"}', "filter.op", "enum"),
        ('{"field": "title", "op": "is_empty", "sql": "1=1"}', "filter.sql", "extra-forbidden"),
        ('{"field": "title", "op": "eq", "value": {"a": 1}}', "filter.value", "value"),
        ('{"field": "title", "op": "in", "value": [["a"]]}', "filter.value", "value"),
        ('{"field": "title", "op": "in", "value": [null]}', "filter.value", "value"),
        ('{"field": "title", "op": "eq", "value": "a\\u0000"}', "filter.value", "value-error"),
        ('{"field": "nosuch", "op": "is_empty"}', "filter.field", "unknown-field"),
        ('{"field": "title; --", "op": "is_empty"}', "filter.field", "unknown-field"),
        ('{"field": "title", "op": "gt", "value": "a"}', "filter.op", "wrong-op"),
        ('{"field": "urgent", "op": "contains", "value": "a"}', "filter.op", "wrong-op"),
        ('{"field": "stage_id", "op": "is_me"}', "filter.op", "wrong-op"),
    ],
)
def test_a_malformed_condition_is_refused(text: str, path: str, code: str) -> None:
    assert refused(text) == [(path, code)]


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("title", "eq", ""),
        ("title", "eq", None),
        ("title", "eq", 5),
        ("title", "eq", ["a"]),
        ("title", "in", "a"),
        ("title", "in", []),
        ("title", "in", ["a", 1]),
        ("title", "is_empty", ""),
        ("title", "is_empty", False),
        ("probability", "eq", "1e3"),
        ("probability", "eq", "NaN"),
        ("probability", "eq", "Infinity"),
        ("probability", "eq", float("inf")),
        ("probability", "eq", 1e300),
        pytest.param("probability", "eq", 10**5000, id="huge"),
        ("probability", "eq", "٣"),
        ("probability", "eq", " 1"),
        ("probability", "eq", "1\n"),
        ("probability", "eq", "1_000"),
        ("probability", "eq", True),
        ("probability", "eq", "0.0000001"),
        ("amount", "eq", "0.001"),
        ("amount", "eq", "10000000000000000"),
        ("amount", "between", ["1"]),
        ("amount", "between", ["1", "2", "3"]),
        ("amount", "between", ["2", "1"]),
        ("amount", "between", "1"),
        ("urgent", "eq", "true"),
        ("urgent", "eq", 1),
        ("expected_on", "eq", "2026-02-30"),
        ("expected_on", "eq", "20260301"),
        ("expected_on", "eq", "2026-W01-1"),
        ("expected_on", "eq", "1900-12-31"),
        ("expected_on", "eq", "2200-01-01"),
        ("expected_on", "eq", 1_700_000_000),
        ("expected_on", "eq", "2026-03-13T00:00:00Z"),
        ("expected_on", "today", "2026-03-13"),
        ("expected_on", "last_n_days", None),
        ("expected_on", "last_n_days", 0),
        ("expected_on", "last_n_days", True),
        ("expected_on", "last_n_days", "7"),
        ("expected_on", "next_n_days", 10**9),
        ("closed_at", "eq", "2026-03-13T10:00:00"),
        ("closed_at", "eq", "0001-01-01T00:00:00+23:59"),
        ("closed_at", "eq", "9999-12-31T23:59:59-23:59"),
        ("closed_at", "eq", "now()"),
        ("kind", "eq", "unheard-of"),
        ("kind", "in", ["won", "unheard-of"]),
        ("stage_id", "eq", "1"),
        ("stage_id", "eq", "0197c0de_0000_7000_8000_000000000001"),
        ("stage_id", "eq", "{0197c0de-0000-7000-8000-000000000001}"),
        ("owner_id", "in", [str(IVAN), "me"]),
        ("owner_id", "is_me", str(IVAN)),
    ],
)
def test_a_wrong_value_is_refused(field: str, op: str, value: Any) -> None:
    asked = Leaf(field=field, op=Op(op), value=value)
    with pytest.raises(Invalid) as refusal:
        check(asked, DEAL)
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("condition.value", "wrong-value")
    ]


def test_every_error_is_named_by_its_path() -> None:
    text = """{"all": [
        {"field": "amount", "op": "gt", "value": "1"},
        {"any": [{"field": "amount", "op": "gt", "value": "much"}, {"field": "no", "op": "eq"}]},
        {"not": {"field": "urgent", "op": "today"}}
    ]}"""
    assert refused(text, at="rules.0.condition") == [
        ("rules.0.condition.all.1.any.0.value", "wrong-value"),
        ("rules.0.condition.all.1.any.1.field", "unknown-field"),
        ("rules.0.condition.all.2.not.op", "wrong-op"),
    ]
    assert refused('{"all": [{"not": {"field": "urgent", "op": "eq", "value": {}}}]}') == [
        ("filter.all.0.not.value", "value")
    ]


def nested(levels: int) -> dict[str, object]:
    condition: dict[str, object] = {"field": "title", "op": "is_empty"}
    for _ in range(levels - 1):
        condition = {"not": condition}
    return condition


def test_depth_is_limited() -> None:
    deepest = ANY.validate_python(nested(8))
    check(deepest, DEAL)
    for levels in (9, 5000):
        with pytest.raises(ValidationError, match="8 levels"):
            ANY.validate_python(nested(levels))
    with pytest.raises(Invalid, match="8 levels"):
        check(Not(not_=deepest), DEAL)


def test_size_is_limited() -> None:
    leaf = {"field": "title", "op": "is_empty"}
    check(ANY.validate_python({"any": [leaf] * MAX_LEAVES}), DEAL)
    with pytest.raises(ValidationError, match="100 questions"):
        ANY.validate_python({"any": [leaf] * (MAX_LEAVES + 1)})
    with pytest.raises(ValidationError, match="100 questions"):
        ANY.validate_python({"any": [{"all": []}] * (MAX_LEAVES + 1)})
    half = AnyOf(any=[Leaf.model_validate(leaf)] * MAX_LEAVES)
    with pytest.raises(Invalid, match="100 questions"):
        check(AllOf(all=[half, half]), DEAL)


def test_values_are_limited() -> None:
    check(Leaf(field="title", op=Op.EQ, value="й" * MAX_TEXT), DEAL)
    check(Leaf(field="title", op=Op.IN, value=["a"] * MAX_VALUES), DEAL)
    with pytest.raises(ValidationError, match="1000 characters"):
        Leaf(field="title", op=Op.EQ, value="й" * (MAX_TEXT + 1))
    with pytest.raises(ValidationError, match="1000 values"):
        Leaf(field="title", op=Op.IN, value=["a"] * (MAX_VALUES + 1))


def test_a_predicate_refuses_at_once() -> None:
    with pytest.raises(Invalid, match="nosuch"):
        predicate(Leaf(field="nosuch", op=Op.IS_EMPTY), DEAL)


def test_a_field_has_a_name_of_its_own() -> None:
    with pytest.raises(ValueError, match="same name"):
        Fields("deal", *DEAL, Field(name="title", type=FieldType.NUMBER))
    with pytest.raises(ValidationError):
        Field(name='title"', type=FieldType.TEXT)
