"""What letters of notices say, in the reader's own language."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gausdo.modules.automation.notices_contract import NoticeKind


class Line(NamedTuple):
    """One notice; `name` is the record's, where its reader may see it."""

    kind: str
    about: str
    name: str | None
    link: str | None
    actor: str | None
    times: int
    many: bool
    at: datetime  # in the reader's zone


class Words(NamedTuple):
    subject: str
    body: str


def letter_of(locale: str, name: str, lines: Sequence[Line], more: int, site: str) -> Words:
    """One line of the news alone, several counted; `more` of them are not told one by one."""
    ru = locale == "ru"
    count = len(lines) + more
    told = [_told(line, ru) for line in lines]
    subject = told[0] if count == 1 else _subject(count, ru)
    body = [f"Здравствуйте, {name}!" if ru else f"Hello {name},", ""]
    for line, text in zip(lines, told, strict=True):
        body.append(f"{line.at:%d.%m.%Y %H:%M}  {text}")
        if line.link:
            body.append(f"    {line.link}")
    if more:
        body += ["", f"И ещё: {more}." if ru else f"And {more} more."]
    body += ["", f"{'Все уведомления' if ru else 'All notices'}: {site}/notices"]
    what = "Что и как вам сообщать" if ru else "What you are told of, and how"
    body.append(f"{what}: {site}/settings#notices")
    return Words(subject[:200], "\n".join(body) + "\n")


def _subject(count: int, ru: bool) -> str:
    if not ru:
        return f"{count} notices in Gausdo"
    return f"{count} {_form(count, 'уведомление', 'уведомления', 'уведомлений')} в Gausdo"


def _form(count: int, one: str, few: str, many: str) -> str:
    last = count % 10 if count % 100 not in TEENS else 0
    return one if last == 1 else few if last in FEW else many


TEENS = range(11, 15)
FEW = range(2, 5)


def _told(line: Line, ru: bool) -> str:
    kind = NoticeKind(line.kind)
    words = _RU if ru else _EN
    if kind is NoticeKind.ASSIGNED and line.many:
        many = (
            f"Вам назначили записей: {line.times}" if ru else f"Records given to you: {line.times}"
        )
        return _with_actor(many, line.actor)
    record = _record(line, ru)
    text = words[kind].format(record=record)
    if line.times > 1:
        text += f" (×{line.times})"
    return _with_actor(text, line.actor)


def _with_actor(text: str, actor: str | None) -> str:
    return f"{text} – {actor}" if actor else text


def _record(line: Line, ru: bool) -> str:
    what = _RECORDS[line.about][ru]
    if line.name is None:
        return what
    return f"{what} «{line.name}»" if ru else f"{what} “{line.name}”"


_RECORDS = {
    "deal": ("deal", "сделка"),
    "task": ("task", "задача"),
    "meeting": ("meeting", "встреча"),
    "company": ("company", "компания"),
    "person": ("person", "контакт"),
    "import": ("import", "импорт"),
    "rule": ("rule", "правило"),
}
_EN = {
    NoticeKind.ASSIGNED: "Yours now: {record}",
    NoticeKind.MENTIONED: "You were mentioned: {record}",
    NoticeKind.TASK_DUE: "Due soon: {record}",
    NoticeKind.TASK_LATE: "Late: {record}",
    NoticeKind.MEETING_SOON: "Begins soon: {record}",
    NoticeKind.DEAL_MOVED: "Moved to another stage: {record}",
    NoticeKind.DEAL_WON: "Won: {record}",
    NoticeKind.DEAL_LOST: "Lost: {record}",
    NoticeKind.DEAL_LATE: "Too long in its stage: {record}",
    NoticeKind.QUOTE_OPENED: "The customer has opened the quote: {record}",
    NoticeKind.QUOTE_ACCEPTED: "Quote accepted: {record}",
    NoticeKind.QUOTE_DECLINED: "Quote declined: {record}",
    NoticeKind.IMPORT_ENDED: "Over: {record}",
    NoticeKind.RULE_FAILED: "A step failed: {record}",
}
_EN_MANY = {
    NoticeKind.ASSIGNED: "Records given to you: {}",
    NoticeKind.DEAL_FORGOTTEN: "Forgotten deals: {}",
    NoticeKind.DEAL_MOVED: "Deals moved to another stage: {}",
    NoticeKind.DEAL_WON: "Deals won: {}",
    NoticeKind.DEAL_LOST: "Deals lost: {}",
}
_RU_MANY = {
    NoticeKind.ASSIGNED: "Вам назначили записей: {}",
    NoticeKind.DEAL_FORGOTTEN: "Забытых сделок: {}",
    NoticeKind.DEAL_MOVED: "Сделок перешло на другой этап: {}",
    NoticeKind.DEAL_WON: "Сделок выиграно: {}",
    NoticeKind.DEAL_LOST: "Сделок проиграно: {}",
}
_RU = {
    NoticeKind.ASSIGNED: "Теперь у вас: {record}",
    NoticeKind.MENTIONED: "Вас упомянули: {record}",
    NoticeKind.TASK_DUE: "Скоро срок: {record}",
    NoticeKind.TASK_LATE: "Срок прошёл: {record}",
    NoticeKind.MEETING_SOON: "Скоро начнётся: {record}",
    NoticeKind.DEAL_MOVED: "Перешла на другой этап: {record}",
    NoticeKind.DEAL_WON: "Выиграна: {record}",
    NoticeKind.DEAL_LOST: "Проиграна: {record}",
    NoticeKind.DEAL_LATE: "Слишком долго на этапе: {record}",
    NoticeKind.QUOTE_OPENED: "Клиент открыл предложение: {record}",
    NoticeKind.QUOTE_ACCEPTED: "Предложение принято: {record}",
    NoticeKind.QUOTE_DECLINED: "Предложение отклонено: {record}",
    NoticeKind.IMPORT_ENDED: "Завершён: {record}",
    NoticeKind.RULE_FAILED: "Не выполнен шаг: {record}",
}
