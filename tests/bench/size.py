"""How much there is: the reference data set, a tenth of it, and a pinch for the suite."""

from dataclasses import dataclass

TEAM = 10
"""Managers of one team: what one of them sees."""
MONTHS = 36
"""How far back the histories go."""


@dataclass(frozen=True)
class Size:
    """A manager looks after as much at every size; a larger one has more managers."""

    name: str
    companies: int

    @property
    def people(self) -> int:
        return 4 * self.companies

    @property
    def deals(self) -> int:
        return 2 * self.companies

    @property
    def open_deals(self) -> int:
        return self.deals // 5

    @property
    def tasks(self) -> int:
        return self.deals + self.deals // 5

    @property
    def notes(self) -> int:
        return 2 * self.deals

    @property
    def managers(self) -> int:
        return max(TEAM, self.companies // 625)

    @property
    def teams(self) -> int:
        return self.managers // TEAM


SIZES = {
    size.name: size for size in (Size("full", 250_000), Size("tenth", 25_000), Size("pinch", 100))
}
