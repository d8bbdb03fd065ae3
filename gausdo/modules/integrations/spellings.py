"""How people call the columns of a file."""

import re
from collections.abc import Mapping, Sequence

_PHONES = (
    "телефон, телефоны, мобильный, рабочий телефон, мобильный телефон, другой телефон, "
    "рабочий прямой телефон, phone, phones, phone number, phonenumber, mobile, tel, work phone, "
    "mobile phone, mobile phone number, other phone, work direct phone"
)
_EMAILS = (
    "эл. почта, электронная почта, почта, рабочий email, рабочий e-mail, личный email, "
    "частный e-mail, другой e-mail, email, e-mail, emails, mail, email address, emailaddress, "
    "work email, private email, other email"
)
_LINKS = (
    "мессенджеры, мессенджер, ссылки, ссылка, соцсети, социальные сети, "
    "messengers, messenger, links, link, social networks"
)
_CITY = "город, city, town, billing address city, billingaddresscity, address city, addresscity"

_OWNER = (
    "ответственный, ответственный сотрудник, владелец, менеджер, "
    "owner, contact owner, company owner, deal owner, record owner, responsible, assigned user, "
    "assigned to"
)

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "companies": {
        "name": (
            "название, компания, наименование, организация, название компании, "
            "name, company, company name, organization, organization name, account name"
        ),
        "legal_name": (
            "полное название, полное наименование, юридическое название, юридическое наименование, "
            "юр. название, юрлицо, юридическое лицо, legal name, full name, registered name"
        ),
        "inn": "инн, inn, tax id",
        "kpp": "кпп, kpp",
        "ogrn": "огрн, огрнип, огрн/огрнип, ogrn, ogrnip, registration number",
        "address": (
            "адрес, юридический адрес, юр. адрес, адрес регистрации, address, legal address, "
            "registered address"
        ),
        "size": (
            "кол-во сотрудников, сотрудников, число сотрудников, количество сотрудников, "
            "численность, "
            "размер компании, employees, number of employees, headcount, company size"
        ),
        "parent": (
            "головная компания, материнская компания, холдинг, группа компаний, "
            "parent, parent company, holding"
        ),
        "domain": (
            "сайт, домен, корпоративный сайт, веб, web, "
            "site, website, domain, company domain name, website url"
        ),
        "phones": _PHONES,
        "emails": _EMAILS,
        "links": _LINKS,
        "city": _CITY,
        "industry": "отрасль, сфера деятельности, industry",
        "tags": "теги, тег, метки, метка, ярлыки, tags, tag, labels",
        "source": (
            "источник, источник обращения, откуда узнали, откуда, source, lead source, origin"
        ),
        "about": "комментарий, примечание, описание, comment, note, about, description",
        "owner": _OWNER,
    },
    "people": {
        "name": (
            "фио, ф.и.о., полное имя, полное имя контакта, наименование, название, контакт, "
            "контактное лицо, имя контакта, name, full name, contact, contact name, имя"
        ),
        "first_name": "first name, firstname, given name",
        "middle_name": "отчество, middle name, middlename, patronymic",
        "last_name": "фамилия, last name, lastname, surname, family name",
        "position": "должность, position, job title, title",
        "company": (
            "компания, организация, компания контакта, название компании, company, company name, "
            "associated company, organization, organisation, account, account name, accountname"
        ),
        "phones": _PHONES,
        "emails": _EMAILS,
        "links": _LINKS,
        "city": _CITY,
        "tags": "теги, тег, метки, метка, ярлыки, tags, tag, labels",
        "source": (
            "источник, источник обращения, откуда узнали, откуда, source, lead source, origin"
        ),
        "about": "комментарий, примечание, comment, note, about, description",
        "consents": "согласия, согласие, consents, consent",
        "owner": _OWNER,
    },
    "deals": {
        "title": (
            "название, название сделки, сделка, тема, "
            "name, title, deal, deal name, lead title, lead name, opportunity name"
        ),
        "company": (
            "компания, организация, клиент, компания контакта, название компании, company, "
            "company name, customer, client, associated company, organization, account, "
            "account name, accountname"
        ),
        "contact": (
            "контакт, контактное лицо, имя контакта, полное имя контакта, "
            "contact, contact person, contact name, associated contact"
        ),
        "contact_phones": f"телефон контакта, телефоны контакта, contact phone, {_PHONES}",
        "contact_emails": (
            "почта контакта, эл. почта контакта, email контакта, e-mail контакта, contact email, "
            f"{_EMAILS}"
        ),
        "amount": (
            "сумма, бюджет, стоимость, сумма сделки, "
            "amount, sum, value, budget, worth, lead value, sale"
        ),
        "currency": "валюта, currency, currency of value, amount currency, amountcurrency",
        "pipeline": "воронка, направление, pipeline, funnel",
        "stage": "этап, этап сделки, стадия, стадия сделки, статус, stage, deal stage, status",
        "expected": (
            "ожидается, дата закрытия, ожидаемая дата, предполагаемая дата закрытия, "
            "expected, expected on, close date, closedate, expected close date"
        ),
        "about": "комментарий, примечание, описание, comment, note, about, description",
        "owner": _OWNER,
    },
}
"""Kind of import → field → how its column may be called, whatever the letter case."""

LISTS = frozenset(
    {"phones", "emails", "links", "tags", "consents", "contact_phones", "contact_emails"}
)
"""Fields that several columns, or cells of several values, are for."""
REQUIRED = {"companies": "name", "people": "name", "deals": "title"}

_GAPS = re.compile(r"[\s'’\u00a0\u2009\u202f]+")
_AGAIN = re.compile(r"\s*[№#]?\s*\d+$")
_ASIDE = re.compile(r"\s*\([^()]*\)$")
_OF = re.compile(
    r"^(deal|person|organization|lead|сделка|контакт|организация)\s+-\s+(.+?)(\s+-\s+\w+)?$"
)
"""Pipedrive's way: what it is of, the field, and which of several."""


def column_key(column: str) -> str:
    """How columns are compared: gaps, letter case, «ё» and what stands in brackets aside."""
    told = _GAPS.sub(" ", column).strip().casefold().rstrip(":* ").replace("ё", "е")
    return _ASIDE.sub("", told)


def field_of(kind: str, column: str) -> str | None:
    """The field a column is for; «Телефон 2» is a telephone too."""
    told = column_key(column)
    if found := _OF.fullmatch(told):
        told = found[2]
    for field, names in COLUMNS[kind].items():
        known = names.split(", ")
        if told in known or told == field or _AGAIN.sub("", told) in known:
            return field
    return None


def fields_of(kind: str, header: Sequence[str]) -> list[str | None]:
    """The field of each column; «Имя» is the first of names where a «Фамилия» stands beside it."""
    fields = [field_of(kind, name) for name in header]
    if "last_name" in fields:
        fields = [
            "first_name" if name.strip().casefold() == "имя" else field
            for name, field in zip(header, fields, strict=True)
        ]
    return fields


def has_needed(kind: str, fields: Sequence[str | None]) -> bool:
    """Whether a column is for what no record can do without."""
    enough = {REQUIRED[kind], *(("first_name", "last_name") if kind == "people" else ())}
    return not enough.isdisjoint(fields)


def guessed(kind: str, header: Sequence[str]) -> list[str | None]:
    """The same, but of several columns for one field only lists take all."""
    fields: list[str | None] = []
    for field in fields_of(kind, header):
        fields.append(None if field in fields and field not in LISTS else field)
    return fields


def called(kind: str, field: str) -> str:
    """How the column of a field may be called, for people to read."""
    return COLUMNS[kind][field]
