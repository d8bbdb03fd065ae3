"""Tags and sources that are in use, to be offered where others are typed.

They are counted over the page of records changed last: of these the reader sees what they may see,
and what nobody has used for long is not offered.
"""

from collections import Counter

from pydantic_core import from_json

from gausdo.kernel.pages import MAX_PAGE, ListQuery
from gausdo.kernel.values import Json
from gausdo.modules.customers.contract import Labels, PeopleQuery

LATEST = ListQuery(sort="-changed_at", limit=MAX_PAGE)
LATEST_PEOPLE = PeopleQuery(sort="-changed_at", limit=MAX_PAGE)
MANY = 50
"""Offered at most."""


def labels(page: Json) -> Labels:
    """Of a page of companies or people."""
    records = from_json(page)["items"]
    tags = Counter(tag for record in records for tag in record["tags"])
    sources = Counter(record["source"] for record in records if record["source"])
    return Labels(tags=_most(tags), sources=_most(sources))


def _most(told: Counter[str]) -> list[str]:
    return [text for text, _ in told.most_common(MANY)]
