"""What the demo sets up as a person would, through the contracts: templates, a rule,
rates, goals.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from gausdo.app import Gausdo
from gausdo.demo.sink import SECRET
from gausdo.demo.world_deals import RATES
from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import AllOf, Leaf, Op
from gausdo.kernel.rates import RateDraft
from gausdo.kernel.values import Money
from gausdo.modules.automation.contract import (
    AddTask,
    Automation,
    CallWebhook,
    DealEntersStage,
    RuleDraft,
    SendLetter,
    Step,
)
from gausdo.modules.communications.contract import Communications, TemplateDraft
from gausdo.modules.identity.contract import Identity
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import Pipeline, Sales, StageKind
from gausdo.modules.sales.goals import later
from gausdo.modules.sales.goals_contract import GoalDraft
from gausdo.platform.embedded.server import write_private

LETTER = TemplateDraft(
    name="Переговоры: следующий шаг",
    subject="{{ deal.title }}: продолжим?",
    body="""Здравствуйте, {{ contact.name | default: "коллеги" }}!

Спасибо, что рассматриваете наше предложение «{{ deal.title }}»{% if company.name %}
для {{ company.name }}{% endif %}.
{% if deal.amount %}Сумма: {{ deal.amount | money: deal.currency }}.
{% endif %}{% if deal.expected_on %}Хотим уложиться до {{ deal.expected_on | date }}.
{% endif %}
Я позвоню вам сегодня или завтра, чтобы обсудить условия. Можно ответить и на это письмо.

{{ owner.name }}
{{ owner.email }}
""",
    locale="ru",
)
ENGLISH_LETTER = TemplateDraft(
    name="Partners: next step",
    subject="{{ deal.title }}: the next step",
    body="""Hello {{ contact.name | default: "there" }},

Thank you for considering “{{ deal.title }}”{% if company.name %}
with {{ company.name }}{% endif %}.
{% if deal.amount %}We have noted {{ deal.amount | money: deal.currency }}.
{% endif %}{% if deal.expected_on %}We hope to close it by {{ deal.expected_on | date }}.
{% endif %}
I will call you within two working days. You can also reply to this letter.

{{ owner.name }}
{{ owner.email }}
""",
    locale="en",
)
LARGE = Decimal(500_000)
GOAL = 3_000_000
RATES_SINCE = date(2020, 1, 1)
"""Before the first deal."""


async def set_up(gausdo: Gausdo, admin: Actor) -> None:
    """Templates, a rule that a large deal in talks sets off, rates, goals; twice is as if once."""
    communications = gausdo.get(Communications)
    known = {template.name: template for template in await communications.templates(admin)}
    for draft in (LETTER, ENGLISH_LETTER):
        if draft.name not in known:
            key = f"demo template {draft.locale}"
            known[draft.name] = await communications.add_template(admin, draft, key)
    sales = (await gausdo.get(Sales).pipelines(admin))[0]
    steps: list[Step] = [
        SendLetter(template_id=known[LETTER.name].id, to="contact"),
        AddTask(title="Позвонить и обсудить условия", due_in_working_hours=Decimal(4)),
    ]
    if sink := gausdo.settings.demo_url:
        steps.append(CallWebhook(url=f"{sink}/webhooks"))
        secret = await gausdo.get(Integrations).signing_secret(admin)
        write_private(gausdo.settings.data / "sink" / SECRET, secret)
    rule, automation = _rule(sales, steps), gausdo.get(Automation)
    if all(one.name != rule.name for one in await automation.rules(admin)):
        await automation.add_rule(admin, rule, "demo rule")
    if (base := gausdo.settings.base_currency) == "RUB":
        for currency in sorted(RATES.keys() - {base}):
            value = Decimal(RATES[currency])
            rate = RateDraft(currency=currency, day=RATES_SINCE, value=value)
            await gausdo.get(Sales).set_rate(admin, rate, f"demo rate {currency}")
    await _aim(gausdo, admin)
    await gausdo.get(Sales).keep_chances()


async def _aim(gausdo: Gausdo, admin: Actor) -> None:
    """Goals of everybody who sells, of the month before this one, of this one and two more."""
    currency, sales = gausdo.settings.base_currency, gausdo.get(Sales)
    first = datetime.now(ZoneInfo(gausdo.settings.time_zone)).date().replace(day=1)
    months = [(first - timedelta(days=1)).replace(day=1), *(later(first, n) for n in range(3))]
    identity = gausdo.get(Identity)
    sellers = [one for one in await identity.users(admin) if one.role == "manager" and one.team_id]
    sold: Counter[UUID] = Counter(one.team_id for one in sellers if one.team_id)
    for month in months:
        for one in sellers:
            goal = GoalDraft(month=month, user_id=one.id, worth=_sum(GOAL, currency), deals=8)
            await sales.set_goal(admin, goal, f"demo goal {month} {one.id}")
        for team_id, people in sold.items():
            whole = _sum(GOAL * people, currency)
            team = GoalDraft(month=month, team_id=team_id, worth=whole, deals=8 * people)
            await sales.set_goal(admin, team, f"demo goal {month} {team_id}")


def _sum(amount: int, currency: str) -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def _rule(pipeline: Pipeline, steps: list[Step]) -> RuleDraft:
    talks = [stage for stage in pipeline.stages if stage.kind is StageKind.OPEN][-2]
    return RuleDraft(
        name=f"Крупная сделка: {talks.name}",
        trigger=DealEntersStage(stage_id=talks.id),
        condition=AllOf(
            all=(
                Leaf(field="amount", op=Op.GT, value=str(LARGE)),
                Leaf(field="currency", op=Op.EQ, value="RUB"),
            )
        ),
        steps=steps,
    )
