"""Records as the modules keep them: lines for COPY, by table.

The demo makes its rows with the modules' own classes; twenty million of them are written out here.
`tests/bench/test_bench.py` reads them back through the modules and the events' own classes.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic_core import to_json

from gausdo.modules.customers.contract import Reachable
from gausdo.modules.customers.search import words
from tests.bench import added
from tests.bench.chance import DAY, day, id_at, id_of, mix, month, told
from tests.bench.world import (
    COMPANY,
    DEAL,
    EVENT,
    NOTE,
    PERSON,
    PIPELINE,
    STAGE,
    STAGES,
    TASK,
    Company,
    Customer,
    Person,
    World,
)

Json = Mapping[str, object]
N = r"\N"
_EVENT = "event_id,name,kind,subject_id,version,at,actor_id,via,seen,body,changes"
_KNOWN = "kind,id,label,owner_id,team_id,version"
_CUSTOMER = "id,name,city,about,words,owner_id,team_id,created_at,changed_at,version"
COLUMNS = {
    "customers.company": f"{_CUSTOMER},inn,domain,industry",
    "customers.person": f"{_CUSTOMER},position,company_id",
    "customers.reach": "record_id,kind,place,record_kind,typed,normal",
    "sales.deal": "id,title,pipeline_id,stage_id,kind,probability,amount,currency,company_id,"
    "contact_id,expected_on,lost_reason,about,stage_since,closed_at,owner_id,team_id,created_at,"
    "changed_at,version,custom",
    "sales.next_task": "task_id,deal_id,due_at,version,open",
    "activities.task": "id,title,description,state,due_at,about_kind,about_id,via,done_at,"
    "owner_id,team_id,created_at,changed_at,version",
    "activities.note": "id,about_kind,about_id,text,author_id,team_id,created_at",
    **{f"{module}.history": _EVENT for module in ("customers", "sales", "activities")},
    **{
        f"{module}.personal": "event_id,subject_id,changes"
        for module in ("customers", "sales", "activities")
    },
    **{f"{module}.known": _KNOWN for module in ("customers", "sales", "activities")},
}
_TITLES = ("Позвонить и уточнить сроки", "Отправить предложение", "Подготовить договор",
           "Согласовать спецификацию", "Выставить счёт", "Назначить встречу")  # fmt: skip
_SAID = ("Созвонились: ждут расчёт до конца недели.", "Просят скидку при предоплате.",
         "Решение после совещания у директора.", "Отправил образцы, обещали ответить.")  # fmt: skip


@dataclass(frozen=True)
class Story:
    """What all events of one record have in common; `chance` is where their ids come from."""

    module: str
    id: str
    owner: str
    seen: str
    chance: int


class Rows:
    """Lines on their way into the tables; `take` hands them out and forgets them.

    The history is told by partition, as `sales.history_202611`.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._lines: dict[str, list[str]] = defaultdict(list)

    def take(self) -> dict[str, list[str]]:
        taken, self._lines = self._lines, defaultdict(list)
        return taken

    @cached_property
    def makers(self) -> dict[str, tuple[Callable[[int], None], int]]:
        """Kind → what makes the record `i`, and how many there are."""
        size = self._world.size
        return {
            "company": (self.company, size.companies),
            "person": (self.person, size.people),
            "known deal": (self.known_deal, size.deals),
            "deal": (self.deal, size.deals),
            "task": (self.task, size.tasks),
            "note": (self.note, size.notes),
        }

    def company(self, i: int) -> None:
        one = self._world.company(i)
        phone = Reachable(typed=one.phone, normal=one.phone)
        found = words((one.name, one.inn, one.domain, one.city, one.industry), [phone], [])
        self._customer("company", one, found, one.inn, one.domain, one.industry)
        self._put("customers.reach", one.id, "phones", "0", "company", one.phone, one.phone)
        named = {"name": one.name, "inn": one.inn, "phones": [one.phone]}
        plain = {"city": one.city, "industry": one.industry, "domain": one.domain}
        self._lives("company", one, i, {}, plain, named)

    def person(self, i: int) -> None:
        one = self._world.person(i)
        company = self._world.company(one.company).id
        phone = Reachable(typed=one.phone, normal=one.phone)
        email = Reachable(typed=one.email, normal=one.email)
        found = words((one.name, one.position, one.city), [phone], [email])
        self._customer("person", one, found, one.position, company)
        self._put("customers.reach", one.id, "phones", "0", "person", one.phone, one.phone)
        self._put("customers.reach", one.id, "emails", "0", "person", one.email, one.email)
        named = {"name": one.name, "position": one.position}
        named |= {"phones": [one.phone], "emails": [one.email]}
        plain = {"city": one.city, "company_id": company}
        self._lives("person", one, i, {"company_id": company}, plain, named)

    def _customer(self, kind: str, one: Customer, found: list[str], *own: str) -> None:
        world, last = self._world, _edited(self._world.until, one, one.versions)
        owner, team = world.user(one.manager), world.team(one.manager)
        self._put(
            f"customers.{kind}", one.id, one.name, one.city, N, "{" + ",".join(found) + "}",
            owner, team, told(one.born), told(last), str(one.versions), *own,
        )  # fmt: skip
        for module in ("sales", "activities"):
            self._put(f"{module}.known", kind, one.id, one.name, owner, team, str(one.versions))

    def _lives(
        self, kind: str, one: Company | Person, i: int, facts: Json, plain: Json, named: Json
    ) -> None:
        """Added, and its city corrected again and again."""
        world = self._world
        owner, team = world.user(one.manager), world.team(one.manager)
        chance = mix(i, EVENT * (COMPANY if kind == "company" else PERSON))
        story = Story("customers", one.id, owner, _seen(owner, team), chance)
        body = {f"{kind}_id": one.id, **facts, "owner_id": owner, "team_id": team}
        begun = {name: [None, value] for name, value in plain.items()}
        begun["owner_id"] = [None, owner]
        said = {name: [None, value] for name, value in named.items()}
        self._happened(story, f"{kind}-added", 1, one.born, _json({**body, "version": 1}),
                       _json(begun), said)  # fmt: skip
        edited = {**body, "fields": ["city"], "previous_owner_id": owner, "previous_team_id": team}
        edited |= {"previous_company_id": None} if kind == "person" else {}
        before, name = _json(edited)[:-1], f"{kind}-changed"
        moved = _json({"city": ["Тверь", one.city]}), _json({"city": [one.city, "Тверь"]})
        for version in range(2, one.versions + 1):
            at, away = _edited(world.until, one, version), (one.versions - version) % 2
            self._happened(story, name, version, at, f'{before},"version":{version}}}', moved[away])

    def known_deal(self, i: int) -> None:
        """What activities know of it, told apart: one process fills a table."""
        deal = self._world.deal(i)
        owner, team = self._world.user(deal.manager), self._world.team(deal.manager)
        self._put("activities.known", "deal", deal.id, deal.title, owner, team, str(deal.versions))

    def deal(self, i: int) -> None:
        world, deal = self._world, self._world.deal(i)
        owner, team = world.user(deal.manager), world.team(deal.manager)
        story = Story("sales", deal.id, owner, _seen(owner, team), mix(i, EVENT * DEAL))
        facts = {
            "deal_id": deal.id,
            "pipeline_id": world.fixed(PIPELINE, 0),
            "owner_id": owner,
            "team_id": team,
            "currency": "RUB",
            "company_id": world.company(deal.company).id,
            "contact_id": world.person(deal.contact).id,
            "created_at": told(deal.born),
            "amount": deal.amount,
        }
        head, ids = _json(facts)[:-1], [world.fixed(STAGE, number) for number in range(len(STAGES))]
        due = deal.born + (20 + (deal.h >> 12) % 90) * DAY
        stage, since, moved = deal.moves[0], deal.born, 1
        every = max(deal.versions // len(deal.moves), 1)
        before = f',"previous_owner_id":"{owner}","previous_team_id":"{team}","custom":[]'
        now = self._standing(ids[stage], stage, since)
        custom = added.values(i, world.until)
        begun = {"title": [None, deal.title]}
        begun |= {f"custom.{key}": [None, value] for key, value in custom.items()}
        for version in range(1, deal.versions + 1):
            at = deal.born + deal.step * (version - 1)
            name, extra, changes = "deal-opened", "", "{}"
            if version > 1 and moved < len(deal.moves) and version > moved * every - (every == 1):
                name = "deal-moved"
                _, kind, probability, _ = STAGES[stage]
                extra = (
                    f',"from_stage_id":"{ids[stage]}","from_kind":"{kind}",'
                    f'"from_probability":{probability},"seconds":{(at - since) // 1000}'
                )
                there = deal.moves[moved]
                changes = f'{{"stage_id":["{ids[stage]}","{ids[there]}"]}}'
                stage, since, moved = there, at, moved + 1
                now = self._standing(ids[stage], stage, since)
            elif version > 1:
                name = "deal-changed"
                changes = f'{{"expected_on":["{day(due)}","{day(due + 3 * DAY)}"]}}'
                extra = f'{before},"changes":{changes}'
                due += 3 * DAY
            self._happened(
                story, name, version, at,
                f'{head},"version":{version},"expected_on":"{day(due)}"{now}{extra}}}', changes,
                begun if version == 1 else None,
            )  # fmt: skip
        _, kind, probability, _ = STAGES[stage]
        at = told(deal.born + deal.step * (deal.versions - 1))
        self._put(
            "sales.deal", deal.id, deal.title, facts["pipeline_id"], ids[stage], kind,
            str(probability), facts["amount"], "RUB", facts["company_id"], facts["contact_id"],
            day(due), "Выбрали другого поставщика" if kind == "lost" else N, N, told(since),
            N if kind == "open" else told(since), owner, team, facts["created_at"], at,
            str(deal.versions), _json(custom),
        )  # fmt: skip

    @staticmethod
    def _standing(id: str, stage: int, since: int) -> str:
        """Where a deal stands, as the event's body tells it."""
        _, kind, probability, _ = STAGES[stage]
        closed = "null" if kind == "open" else f'"{told(since)}"'
        return (
            f',"stage_id":"{id}","kind":"{kind}","probability":{probability},'
            f'"stage_since":"{told(since)}","closed_at":{closed}'
        )

    def task(self, i: int) -> None:
        """The first ones are a deal's next step each; of open deals the newest have none."""
        world, size = self._world, self._world.size
        deal = world.deal(i % size.deals)
        h = mix(i, TASK)
        done = not deal.open or i >= size.deals or h % 20 == 0
        owner, team = world.user(deal.manager), world.team(deal.manager)
        born = min(deal.born + h % (20 * DAY), world.until - 2 * DAY)
        due = born + 3 * DAY if done else world.until + (h >> 20) % (20 * DAY) - 5 * DAY
        at = born + DAY
        id = id_at(born, i, TASK)
        version = 2 if done else 1
        body: dict[str, object] = {
            "task_id": id, "version": 1, "state": "open", "owner_id": owner, "team_id": team,
            "about_kind": "deal", "about_id": deal.id, "due_at": told(due),
            "created_at": told(born), "done_at": None,
        }  # fmt: skip
        story = Story("activities", id, owner, _seen(owner, team), mix(i, EVENT * TASK))
        title = _TITLES[h % len(_TITLES)]
        self._happened(story, "task-added", 1, born, _json(body), "{}", {"title": [None, title]})
        if done:
            body |= {"version": 2, "state": "done", "done_at": told(at), "fields": ["state"],
                     "previous_owner_id": owner, "previous_team_id": team}  # fmt: skip
            self._happened(story, "task-changed", 2, at, _json(body), '{"state":["open","done"]}')
        self._put(
            "activities.task", id, title, N, "done" if done else "open", told(due), "deal", deal.id,
            "person", told(at) if done else N, owner, team, told(born),
            told(at) if done else told(born), str(version),
        )  # fmt: skip
        self._put("sales.next_task", id, deal.id, told(due), str(version), "f" if done else "t")

    def note(self, i: int) -> None:
        world, size = self._world, self._world.size
        deal = world.deal(i % size.deals)
        h = mix(i, NOTE)
        author, team = world.user(deal.manager), world.team(deal.manager)
        born = min(deal.born + h % (30 * DAY), world.until - DAY)
        id = id_at(born, i, NOTE)
        text = f"{_SAID[h % len(_SAID)]} {_SAID[(h >> 8) % len(_SAID)]}"
        body = {"note_id": id, "author_id": author, "team_id": team, "about_kind": "deal",
                "about_id": deal.id, "created_at": told(born)}  # fmt: skip
        story = Story("activities", id, author, _seen(author, team), mix(i, EVENT * NOTE))
        self._happened(story, "note-added", 1, born, _json(body), "{}", {"text": [None, text]})
        self._put("activities.note", id, "deal", deal.id, text, author, team, told(born))

    def _happened(
        self, story: Story, name: str, version: int, at: int, body: str, changes: str,
        personal: Json | None = None,
    ) -> None:  # fmt: skip
        event = id_of(at, story.chance + version)
        self._lines[f"{story.module}.history_{month(at // DAY)}"].append(
            f"{event}\t{story.module}.{name}.v1\t{name.partition('-')[0]}\t{story.id}\t{version}\t"
            f"{told(at)}\t{story.owner}\tperson\t{story.seen}\t{body}\t{changes}\n"
        )
        if personal:
            self._put(f"{story.module}.personal", event, story.id, _json(personal))

    def _put(self, table: str, *values: str) -> None:
        self._lines[table].append("\t".join(values) + "\n")


def _edited(until: int, one: Customer, version: int) -> int:
    """When a customer reached this version."""
    span = min(until - one.born - 1, 500 * DAY)
    return one.born + span * (version - 1) // one.versions


def _seen(owner: str, team: str) -> str:
    return f'{{"owners":["{owner}"],"teams":["{team}"]}}'


def _json(value: Json) -> str:
    """As COPY takes it: a backslash is two there."""
    text = to_json(value).decode()
    return text.replace("\\", "\\\\") if "\\" in text else text
