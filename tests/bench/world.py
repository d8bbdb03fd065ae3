"""The data set: who works here, and companies, people, deals, tasks and notes by number.

Everything is told by arithmetic from the number of a record, so the order of making does not
matter. A company and all that hangs on it belong to one manager.
"""

from dataclasses import dataclass, field
from functools import cached_property

from gausdo.demo.names import FATHERS, MEN, POSITIONS, SURNAMES, WOMEN, latin, patronymic, surname
from gausdo.demo.names_companies import CITIES, FIELDS, WORDS
from gausdo.demo.names_deals import AIMS, GOODS
from tests.bench.chance import DAY, id_at, mix
from tests.bench.size import MONTHS, TEAM, Size

STAGES = (
    ("Заявка", "open", 10, "neutral"), ("Предложение", "open", 30, "blue"),
    ("Переговоры", "open", 60, "violet"), ("Договор", "open", 80, "amber"),
    ("Оплата", "open", 90, "teal"), ("Выиграна", "won", 100, "teal"),
    ("Проиграна", "lost", 0, "red"),
)  # fmt: skip
WON, LOST = 5, 6
_CROWD = (0,) * 40 + (1,) * 26 + (2,) * 16 + (3,) * 11 + (4,) * 7
"""Where a hundred open deals stand."""
PIPELINE, STAGE, TEAM_ID, USER, COMPANY, PERSON, DEAL, TASK, NOTE, EVENT = range(1, 11)
_PLACES = tuple(city for city in CITIES for _ in range(city.weight))


@dataclass(frozen=True)
class Customer:
    id: str
    name: str
    city: str
    manager: int
    born: int
    """Milliseconds."""
    versions: int


@dataclass(frozen=True)
class Company(Customer):
    inn: str
    domain: str
    industry: str
    phone: str


@dataclass(frozen=True)
class Person(Customer):
    company: int
    position: str
    phone: str
    email: str


@dataclass(frozen=True)
class World:
    """`until`: the moment it ends, in milliseconds."""

    size: Size
    until: int
    _ids: dict[tuple[int, int], str] = field(default_factory=dict, repr=False)

    @cached_property
    def since(self) -> int:
        return self.until - MONTHS * 30 * DAY

    def fixed(self, kind: int, number: int) -> str:
        """The id of one of the few: pipeline, stage, team, user."""
        if (kind, number) not in self._ids:
            self._ids[kind, number] = id_at(self.since - DAY, number, kind)
        return self._ids[kind, number]

    def user(self, manager: int) -> str:
        return self.fixed(USER, manager)

    def team(self, manager: int) -> str:
        return self.fixed(TEAM_ID, manager // TEAM)

    def user_name(self, manager: int) -> str:
        h = mix(manager, USER)
        return f"{MEN[h % len(MEN)]} {SURNAMES[(h >> 16) % len(SURNAMES)]}"

    def begins(self, kind: int, i: int, count: int) -> int:
        """When the record `i` of `count` was made: ids grow with time."""
        step = (self.until - self.since - DAY) // count
        return self.since + i * step + mix(i, 90 + kind) % max(step, 1)

    def company(self, i: int) -> Company:
        h = mix(i, COMPANY)
        word = WORDS[h % len(WORDS)]
        part, industry = FIELDS[(h >> 10) % len(FIELDS)]
        other = WORDS[(h >> 20) % len(WORDS)]
        city = _PLACES[(h >> 30) % len(_PLACES)]
        born = self.begins(COMPANY, i, self.size.companies)
        return Company(
            id=id_at(born, i, COMPANY),
            name=f"ООО «{word}{part} {other}»",
            city=city.name,
            manager=i % self.size.managers,
            born=born,
            versions=4 + (h >> 40) % 9,
            inn=f"{7_700_000_000 + i}",
            domain=f"{latin(word)}{i}.example",
            industry=industry,
            phone=f"+7{city.code}{2_000_000 + i * 7 % 7_999_999:07}",
        )

    def person(self, i: int) -> Person:
        h = mix(i, PERSON)
        woman = bool(h & 1)
        given = (WOMEN if woman else MEN)[(h >> 1) % (len(WOMEN) if woman else len(MEN))]
        family = surname(SURNAMES[(h >> 12) % len(SURNAMES)], woman=woman)
        father = patronymic(FATHERS[(h >> 24) % len(FATHERS)], woman=woman)
        company = i // 4
        of = self.begins(COMPANY, company, self.size.companies)
        born = of + 60_000 * (1 + i % 4)
        return Person(
            id=id_at(born, i, PERSON),
            name=f"{family} {given} {father}",
            city=_PLACES[(mix(company, COMPANY) >> 30) % len(_PLACES)].name,
            manager=company % self.size.managers,
            born=born,
            versions=3 + (h >> 34) % 9,
            company=company,
            position=POSITIONS[(h >> 40) % len(POSITIONS)],
            phone=f"+79{100_000_000 + i * 13 % 899_999_999:09}",
            email=f"{latin(family)}.{i}@mail.example",
        )

    def deal(self, i: int) -> "Deal":
        return Deal(self, i)


class Deal:
    """One deal and where it stands; `moves` are its stages in order."""

    def __init__(self, world: World, i: int) -> None:
        size, h = world.size, mix(i, DEAL)
        company = (h >> 1) % size.companies
        self.i, self.h, self.company = i, h, company
        self.born = world.begins(DEAL, i, size.deals)
        self.id = id_at(self.born, i, DEAL)
        self.manager = company % size.managers
        self.contact = 4 * company + (h >> 24) % 4
        self.title = f"{AIMS[(h >> 30) % len(AIMS)]}: {GOODS[(h >> 36) % len(GOODS)]}, № {i}"
        self.open = i * 10 >= size.deals * 7 and i % 3 != 0
        self.moves = self._moves()
        # One in five thousand has been going for ever.
        self.versions = 1000 if i % 5000 == 77 else max(6 + (h >> 44) % 21, len(self.moves))
        span = min(world.until - self.born, (30 + (h >> 50) % 150) * DAY)
        self.step = max(span // self.versions - 1, 1)

    def _moves(self) -> list[int]:
        if self.open:
            return list(range(_CROWD[(self.h >> 40) % 100] + 1))
        last = WON if (self.h >> 41) % 3 == 0 else LOST
        return [*range(1 + (self.h >> 42) % 5), last]

    @property
    def amount(self) -> str:
        return f"{10_000 + (self.h >> 20) % 900 * 1000}.00"
