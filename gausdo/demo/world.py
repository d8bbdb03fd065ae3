"""The demo's world: a seeded stream of accounts, the same for the same seed, day and scale.

Nothing is kept: a million people are made with as little memory as a hundred. All that has
happened happened before midnight of `today`; what is planned is due that day, before or after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gausdo.demo import names_deals as says
from gausdo.demo.names_companies import Country
from gausdo.demo.world_customers import Customers
from gausdo.demo.world_deals import Deals
from gausdo.demo.world_dice import Dice, Share
from gausdo.demo.world_records import About, Account, Colleague, Company, Deal, Person, Task
from gausdo.demo.world_staff import Staff, pipelines, staff
from gausdo.demo.world_time import Season, at_work, midnight
from gausdo.modules.sales.contract import StageKind

SEED = 2026
DAYS = 730
RENEWED = timedelta(days=150)


@dataclass(frozen=True)
class Scale:
    """How much there is: companies, people and deals exactly, tasks and notes about."""

    companies: int = 300
    people: int = 700
    deals: int = 1500
    tasks: int = 1500
    notes: int = 600


class World:
    """`staff` and `pipelines` at once; `accounts()` anew, and alike, each time it is asked."""

    def __init__(self, today: date, seed: int = SEED, scale: Scale | None = None) -> None:
        self.today, self.seed, self.scale = today, seed, scale or Scale()
        self.until = midnight(today)
        self.since = midnight(today - timedelta(days=DAYS))
        began = self.since - timedelta(days=30)
        self.staff: Staff = staff(began, Dice(f"{seed} staff"))
        self.pipelines = pipelines(began + timedelta(days=1), Dice(f"{seed} pipelines"))

    def accounts(self) -> Iterator[Account]:
        return _Accounts(self).made()


class _Accounts:
    def __init__(self, world: World) -> None:
        dice = Dice(f"{world.seed} {world.today}")
        self._world, self._dice, scale = world, dice, world.scale
        self._single = scale.people // 16 if scale.companies else scale.people
        self._customers = Customers(dice, world.until)
        self._deals = Deals(dice, world.staff, world.today, world.until)
        self._season = Season(world.since, world.until, dice)
        count = scale.companies + self._single
        self._people = Share(scale.people - self._single, max(1, scale.companies), dice)
        self._share = Share(scale.deals, max(1, count), dice)
        per = max(1, scale.deals)
        self._tasks = max(0.0, scale.tasks / per - 0.12)
        self._notes = scale.notes / per

    def made(self) -> Iterator[Account]:
        companies, single = self._world.scale.companies, self._single
        for left in range(companies + single, 0, -1):
            alone = self._dice.chance(single / left)
            single -= alone
            yield self._account(alone=alone)
        yield Account(tasks=[task for own in self._world.staff.managers for one in own
                             for task in self._own_tasks(one)])  # fmt: skip

    def _account(self, *, alone: bool) -> Account:
        dice, world = self._dice, self._world
        abroad = not alone and dice.chance(0.2)
        first, second = world.staff.managers
        owner = dice.choice(second if abroad or dice.chance(0.4) else first)
        moments = sorted(self._season.moment() for _ in range(self._share.next()))
        begins = self._begins(moments)
        company: Company | None = None
        country: Country | None = None
        if abroad:
            company, country = self._customers.foreign(owner, begins)
        elif not alone:
            company = self._customers.company(owner, begins)
        people = self._known(owner, begins, company, country)
        account = Account(company, people)
        for at in moments:
            self._deal(account, at, owner, country)
        if company and dice.chance(0.05):
            account.tasks.append(self._about_company(company))
        return account

    def _begins(self, moments: list[datetime]) -> datetime:
        """Shortly before the first deal, or long before it."""
        dice = self._dice
        first = moments[0] if moments else self._season.moment()
        if dice.chance(0.5):
            return first - timedelta(minutes=dice.randint(3, 40))
        earlier = at_work(first - timedelta(days=dice.uniform(1, 25)), dice)
        return min(earlier, first - timedelta(minutes=3))

    def _known(
        self, owner: Colleague, begins: datetime, company: Company | None, country: Country | None
    ) -> list[Person]:
        """The first of its people is known with the company, the others later."""
        dice, until = self._dice, self._world.until
        count = 1 if company is None else self._people.next()
        moments = [begins + timedelta(minutes=1)][:count]
        for _ in range(count - 1):
            later = at_work(begins + (until - begins) * dice.random() ** 2, dice)
            moments.append(min(max(later, moments[0]), until - timedelta(minutes=1)))
        return [self._customers.person(owner, at, company, country) for at in sorted(moments)]

    def _deal(
        self, account: Account, at: datetime, owner: Colleague, country: Country | None
    ) -> None:
        dice, staff = self._dice, self._world.staff
        sales, renewals, partners = self._world.pipelines
        pipeline, currency = sales, "RUB"
        if country is not None:
            pipeline, currency = partners, dice.choice(country.currencies)
        elif _served(account.deals, at) and dice.chance(0.7):
            pipeline = renewals
        elif dice.chance(0.06):
            pipeline = partners
        if dice.chance(0.08):
            owner = dice.choice(staff.teammates(owner))
        known = [person for person in account.people if person.created_at <= at]
        contact = dice.choice(known) if known and dice.chance(0.95) else None
        deal = self._deals.deal(pipeline, at, owner, account.company, contact, currency)
        account.deals.append(deal)
        account.tasks.extend(self._deals.tasks(deal, self._tasks))
        account.notes.extend(self._deals.notes(deal, self._notes))

    def _about_company(self, company: Company) -> Task:
        since = max(company.created_at, self._world.until - timedelta(days=5))
        at = since + (self._world.until - since) * self._dice.random()
        return Task(
            self._dice.id_at(at),
            self._dice.choice(says.COMPANY_TASKS),
            About("company", company.id),
            company.owner,
            self._deals.due(at),
            at,
            None,
        )

    def _own_tasks(self, one: Colleague) -> Iterator[Task]:
        """Of somebody's own, about no record; the last without a due time."""
        titles = says.OWN_TASKS if one.locale == "ru" else says.ENGLISH_OWN_TASKS
        for place, title in enumerate(titles):
            at = self._world.until - timedelta(hours=self._dice.uniform(7, 15))
            due = None if place == len(titles) - 1 else self._deals.due(at)
            yield Task(self._dice.id_at(at), title, None, one, due, at, None)


def _served(deals: list[Deal], at: datetime) -> bool:
    """Whether something was won long enough ago to be renewed."""
    return any(
        deal.now_in.kind is StageKind.WON and deal.stage_since < at - RENEWED for deal in deals
    )
