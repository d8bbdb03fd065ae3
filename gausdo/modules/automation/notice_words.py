"""What letters of notices say, in the reader's own language."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple

from gausdo.modules.automation.notices_contract import NoticeKind


class Line(NamedTuple):
    """One notice; `name` is the record's, where its reader may see it."""

    kind: NoticeKind
    about: str
    name: str | None
    link: str | None
    actor: str | None
    times: int
    many: bool
    at: datetime  # in the reader's zone
    when: datetime | None  # there, too: when a task is due, or a meeting begins
    all_day: bool


class Reader(NamedTuple):
    """Whom a letter is for, and by which address they come here."""

    locale: str
    name: str
    time_zone: str
    site: str


class Words(NamedTuple):
    """`page` says as HTML what `body` says as text."""

    subject: str
    body: str
    page: str


def letter_of(reader: Reader, lines: Sequence[Line], more: int) -> Words:
    """One line of the news alone, several counted; `more` of them are not told one by one."""
    ru, site = reader.locale == "ru", reader.site
    count = len(lines) + more
    told = [_told(line, ru) for line in lines]
    subject = told[0] if count == 1 else _subject(count, ru)
    hello = f"Здравствуйте, {reader.name}!" if ru else f"Hello {reader.name},"
    body, page = [hello, ""], [f"<p>{escape(hello)}</p>", "<ul>"]
    for line, text in zip(lines, told, strict=True):
        at, word = f"{line.at:{MOMENT}}", escape(text)
        body.append(f"{at}  {text}")
        if line.link:
            body.append(f"    {line.link}")
            word = f'<a href="{escape(line.link)}">{word}</a>'
        page.append(f"<li>{word}<br><small>{at}</small></li>")
    page.append("</ul>")
    if more:
        others = f"И ещё: {more}." if ru else f"And {more} more."
        body += ["", others]
        page.append(f"<p>{others}</p>")
    zone = f"Время: {reader.time_zone}." if ru else f"Times are those of {reader.time_zone}."
    body += ["", zone, ""]
    page.append(f"<p><small>{escape(zone)}</small></p><p>")
    wishes = "Что и как вам сообщать" if ru else "What you are told of, and how"
    ways = (
        ("Все уведомления" if ru else "All notices", f"{site}/notices"),
        (wishes, f"{site}/settings#notices"),
    )
    body += [f"{what}: {link}" for what, link in ways]
    page.append("<br>".join(f'<a href="{escape(link)}">{what}</a>' for what, link in ways))
    inner = "\n".join(page)
    return Words(
        subject[:200],
        "\n".join(body) + "\n",
        f'<!doctype html><html lang="{reader.locale}"><body>\n{inner}</p>\n</body></html>\n',
    )


def _subject(count: int, ru: bool) -> str:
    if not ru:
        return f"{count} notices in Gausdo"
    return f"{count} {_form(count, 'уведомление', 'уведомления', 'уведомлений')} в Gausdo"


def _form(count: int, one: str, few: str, many: str) -> str:
    last = count % 10 if count % 100 not in TEENS else 0
    return one if last == 1 else few if last in FEW else many


DAY, MOMENT = "%d.%m.%Y", "%d.%m.%Y %H:%M"
TEENS = range(11, 15)
FEW = range(2, 5)


def _told(line: Line, ru: bool) -> str:
    kind = line.kind
    words = _RU if ru else _EN
    of_many = _RU_MANY if ru else _EN_MANY
    if line.many and kind in of_many:
        return _with_actor(of_many[kind].format(line.times), line.actor)
    record = _record(line, ru)
    text = words[kind].format(record=record)
    if line.when:
        text += f", {line.when:{DAY if line.all_day else MOMENT}}"
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
