"""What a manager looks at: lists, the board, a record, what is typed into the search."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import added
from tests.bench.api import Api, query
from tests.bench.chance import DAY, day
from tests.bench.client import Ask
from tests.bench.measure import Steps
from tests.bench.world import PIPELINE, STAGE, World

LARGE = {"field": "amount", "op": "gt", "value": "100000"}
OPEN_LARGE = {"all": [{"field": "kind", "op": "eq", "value": "open"}, LARGE]}
DEAL_SORTS = ("-created_at", "-changed_at", "title", "-amount", "expected_on", "-stage_since")
CUSTOMER_SORTS = ("name", "-created_at", "-changed_at", "city")
DEEP = 5000
"""So many rows lie before a deep page, or half of what there is."""
TYPED = ("ив", "ко", "ал", "по", "ива", "смир", "вектор", "пост", "7916", "насос", "петров анд")
"""Two letters and more, as people type."""
FOUND = 5
COMMON = {"/deals": ("по", "насос"), "/companies": ("ооо", "ко"), "/people": ("ив", "анд")}
"""What much is found by."""


@dataclass(frozen=True)
class Read:
    """`budget`: p95 in milliseconds."""

    name: str
    budget: float
    steps: Callable[[Api, World], Steps]


def _first_pages(api: Api, world: World) -> Steps:
    """Filtered by a condition, by a stage, not at all; in every order there is."""
    stage = world.fixed(STAGE, 1)
    return [
        [Ask(query("/deals", sort=sort, limit="50", **narrow))]
        for sort in DEAL_SORTS
        for narrow in ({"filter": OPEN_LARGE}, {"stage_id": stage}, {"filter": LARGE}, {})
    ]


def _deep_pages(api: Api, world: World) -> Steps:
    steps = []
    for sort in DEAL_SORTS:
        for narrow in ({"filter": OPEN_LARGE}, {"filter": LARGE}):
            after = _deep(api, "/deals", {"sort": sort, **narrow})
            steps.append([Ask(query("/deals", sort=sort, limit="50", after=after, **narrow))])
    return steps


def _by_added_fields(api: Api, world: World) -> Steps:
    """In the order of a field that was added, and where one says enough."""
    late = {"field": f"custom.{added.INDEXED[1]}", "op": "gt", "value": day(world.until - 90 * DAY)}
    much = {"field": f"custom.{added.INDEXED[0]}", "op": "gt", "value": "90000"}
    steps: Steps = []
    for sort in (f"{sign}custom.{key}" for key in added.INDEXED for sign in ("", "-")):
        after = _deep(api, "/deals", {"sort": sort})
        narrow: tuple[dict[str, object], ...] = ({}, {"filter": late}, {"filter": much})
        steps += [
            [Ask(query("/deals", sort=sort, limit="50", **told))]
            for told in (*narrow, {"after": after})
        ]
    return steps


def _deep(api: Api, path: str, told: dict[str, object]) -> str | None:
    """The cursor at `DEEP` rows, or half-way where there are fewer."""
    cursors: list[str] = []
    after = None
    while len(cursors) * 200 < DEEP:
        after = api.get(query(path, limit="200", after=after, **told))["next"]
        if after is None:
            return cursors[len(cursors) // 2] if cursors else None
        cursors.append(after)
    return after


def _customers(path: str) -> Callable[[Api, World], Steps]:
    city = {"field": "city", "op": "eq", "value": "Казань"}

    def steps(api: Api, world: World) -> Steps:
        narrow: tuple[dict[str, object], ...] = ({}, {"filter": city})
        first = [
            [Ask(query(path, sort=sort, limit="50", **told))]
            for sort in CUSTOMER_SORTS
            for told in narrow
        ]
        deep = [
            [Ask(query(path, sort=sort, limit="50", after=_deep(api, path, {"sort": sort})))]
            for sort in CUSTOMER_SORTS
        ]
        return first + deep

    return steps


def _board(api: Api, world: World) -> Steps:
    return [[Ask(query(f"/pipelines/{world.fixed(PIPELINE, 0)}/board", limit="20"))]]


def _records(api: Api, world: World) -> Steps:
    """What the page of a deal shows when it is opened; among others one that has gone on for ever.

    Its history is read by who comes near to it.
    """
    ids = [deal["id"] for deal in api.get(query("/deals", sort="-amount", limit="100"))["items"]]
    ids += [
        deal.id
        for deal in map(world.deal, range(77, world.size.deals, 5000))
        if deal.manager == api.number
    ][:5]
    return [[Ask(query(f"/deals/{id}/page"))] for id in ids]


def _searches(api: Api, world: World) -> Steps:
    return [
        [
            Ask(query(path, q=typed, limit=str(FOUND)))
            for path in ("/deals", "/companies", "/people")
        ]
        for typed in TYPED
    ]


def _searches_everywhere(api: Api, world: World) -> Steps:
    """As the palette asks."""
    return [[Ask(query("/search", q=typed, limit=str(FOUND)))] for typed in TYPED]


def _deep_searches(api: Api, world: World) -> Steps:
    """The later pages of a list that is narrowed by what was typed."""
    return [
        [Ask(query(path, q=typed, limit="50", after=_deep(api, path, {"q": typed})))]
        for path, common in COMMON.items()
        for typed in common
    ]


READS = (
    Read("deals, first page", 50, _first_pages),
    Read("deals, deep page", 50, _deep_pages),
    Read("deals, by a field that was added", 100, _by_added_fields),
    Read("people, first and deep", 50, _customers("/people")),
    Read("companies, first and deep", 50, _customers("/companies")),
    Read("board", 100, _board),
    Read("open a deal", 60, _records),
    Read("search as you type", 100, _searches),
    Read("search, deep page", 100, _deep_searches),
    Read("search everywhere", 100, _searches_everywhere),
)
