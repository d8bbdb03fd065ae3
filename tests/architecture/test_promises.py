"""Contracts grow by addition: what was promised stays as it was."""

from collections.abc import Iterator

import pytest

from gausdo.app import MODULES
from gausdo.kernel.events import Event
from tools.promises import Promises, broken, kept, promised

EVENT: Promises = {"events": {"sales.deal-won.v1": {"deal_id": "UUID", "sum": "optional Amount"}}}
DRAFT: Promises = {"drafts": {"sales.DealDraft": {"title": "str"}}}
SHAPE: Promises = {"shapes": {"sales.StageKind": {"open": "choice", "won": "choice"}}}


def test_what_was_promised_is_kept() -> None:
    assert list(broken(kept(), promised())) == []
    assert kept() == promised(), "Something is new: run `python -m tools.promises` and commit it."


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (EVENT, {"events": {}}, "sales.deal-won.v1 is gone"),
        (
            EVENT,
            {"events": {"sales.deal-won.v1": {"deal_id": "UUID"}}},
            "sum is gone",
        ),
        (
            EVENT,
            {"events": {"sales.deal-won.v1": {"deal_id": "str", "sum": "optional Amount"}}},
            "was “UUID” and is “str”",
        ),
        (
            EVENT,
            {"events": {"sales.deal-won.v1": {"deal_id": "UUID", "sum": "Amount"}}},
            "is needed now",
        ),
        (
            DRAFT,
            {"drafts": {"sales.DealDraft": {"title": "str", "colour": "str"}}},
            "colour is new",
        ),
        (DRAFT, {"drafts": {"sales.DealDraft": {"title": "list[str]"}}}, "is “list[str]”"),
        (SHAPE, {"shapes": {"sales.StageKind": {"open": "choice"}}}, "won is gone"),
    ],
)
def test_a_broken_promise_is_named(was: Promises, now: Promises, told: str) -> None:
    (refusal,) = broken(was, now)
    assert told in refusal


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (EVENT, {"events": {**EVENT["events"], "sales.deal-won.v2": {"deal_id": "str"}}}),
        (DRAFT, {"drafts": {"sales.DealDraft": {"title": "str", "colour": "optional str"}}}),
        (DRAFT, {"drafts": {"sales.DealDraft": {"title": "optional str"}}}),
        (
            {"drafts": {"automation.RuleDraft": {"steps": "list[A | B]", "on": "Literal['a']"}}},
            {
                "drafts": {
                    "automation.RuleDraft": {"steps": "list[A | B | C]", "on": "Literal['a', 'b']"}
                }
            },
        ),
        (SHAPE, {"shapes": {"sales.StageKind": {**SHAPE["shapes"]["sales.StageKind"], "x": "y"}}}),
    ],
)
def test_growing_breaks_nothing(was: Promises, now: Promises) -> None:
    assert list(broken(was, now)) == []


def test_no_two_events_have_one_name() -> None:
    def below(kind: type[Event]) -> Iterator[type[Event]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    assert MODULES
    ours = [one.name for one in below(Event) if one.__module__.startswith("gausdo.modules.")]
    assert ours
    assert len(ours) == len(set(ours))
