"""Who works in the demo, and the pipelines they work with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gausdo.demo.world_dice import Dice
from gausdo.demo.world_records import Colleague, Pipeline, Stage, Team
from gausdo.modules.sales.contract import StageKind

DOMAIN = "demo.gausdo.example"

_MANAGERS = (
    # name, e-mail, team, locale, luck, pace
    ("Ольга Лебедева", "olga", 0, "ru", 1.25, 0.85),
    ("Дмитрий Ковалёв", "dmitry", 0, "ru", 1.0, 1.0),
    ("Тимур Сафин", "timur", 0, "ru", 0.75, 1.2),
    ("Елена Мороз", "elena", 1, "ru", 1.1, 0.9),
    ("Emma Clarke", "emma", 1, "en", 1.0, 1.05),
    ("Daniel Hughes", "daniel", 1, "en", 0.85, 1.15),
)
_STAGES = {
    "Продажи": (
        ("Заявка", 10, "neutral", 10), ("Предложение", 30, "blue", 20),
        ("Переговоры", 60, "violet", 27), ("Договор", 80, "amber", 15),
        ("Выиграна", 100, "teal", 0), ("Проиграна", 0, "red", 0),
    ),
    "Продление": (
        ("Скоро окончание", 50, "neutral", 30), ("Предложение отправлено", 65, "blue", 20),
        ("Согласование", 85, "violet", 14), ("Продлено", 100, "teal", 0),
        ("Не продлено", 0, "red", 0),
    ),
    "Partners": (
        ("Introduced", 15, "neutral", 18), ("Terms", 40, "blue", 32),
        ("Contract review", 75, "amber", 26), ("Signed", 100, "teal", 0),
        ("Declined", 0, "red", 0),
    ),
}  # fmt: skip
"""Names, probabilities, tones and usual days; the last but one stage is won, the last lost."""


@dataclass(frozen=True)
class Staff:
    """`teams`: the parent first. `managers[0]` are those of the first team, `[1]` of the second."""

    teams: tuple[Team, ...]
    administrator: Colleague
    head: Colleague
    managers: tuple[tuple[Colleague, ...], tuple[Colleague, ...]]

    @property
    def everybody(self) -> tuple[Colleague, ...]:
        return (self.administrator, self.head, *self.managers[0], *self.managers[1])

    def teammates(self, one: Colleague) -> list[Colleague]:
        of = next(team for team in self.managers if one in team)
        return [other for other in of if other is not one]


def staff(since: datetime, dice: Dice) -> Staff:
    sales = Team(dice.id_at(since), "Продажи", None)
    teams = tuple(Team(dice.id_at(since), name, sales.id) for name in ("Москва", "Партнёры"))

    def joins(
        name: str,
        email: str,
        role: str,
        team: Team | None,
        locale: str = "ru",
        luck: float = 1,
        pace: float = 1,
    ) -> Colleague:
        at = since + timedelta(minutes=dice.randrange(600))
        return Colleague(
            dice.id_at(at), name, f"{email}@{DOMAIN}", role, team.id if team else None, locale, at,
            luck, pace,
        )  # fmt: skip

    managers = [
        joins(name, email, "manager", teams[place], locale, luck, pace)
        for name, email, place, locale, luck, pace in _MANAGERS
    ]
    return Staff(
        (sales, *teams),
        joins("Вера Соколова", "admin", "administrator", None),
        joins("Михаил Громов", "head", "head", sales),
        (tuple(managers[:3]), tuple(managers[3:])),
    )


def pipelines(since: datetime, dice: Dice) -> tuple[Pipeline, Pipeline, Pipeline]:
    """Sales, renewals, partners."""
    made = []
    for name, stages in _STAGES.items():
        kinds = [StageKind.OPEN] * (len(stages) - 2) + [StageKind.WON, StageKind.LOST]
        rows = tuple(
            Stage(dice.id_at(since), called, kind, probability, tone, days)
            for (called, probability, tone, days), kind in zip(stages, kinds, strict=True)
        )
        made.append(Pipeline(dice.id_at(since), name, since, rows))
    sales, renewals, partners = made
    return sales, renewals, partners
