"""Files as other products export them (samples of our own making, in `exports`): every column that
we have a field for is found, and its value understood.
"""

from pathlib import Path
from typing import Any

import pytest

from gausdo.kernel import spelling
from gausdo.modules.customers.contract import PersonDraft
from gausdo.modules.customers.ways import comparable
from gausdo.modules.integrations import drafts, file_table, spellings
from gausdo.modules.integrations.landing import record_of

EXPORTS = Path(__file__).parent / "exports"
TOLD: dict[str, dict[str, Any]] = {
    "amocrm-people": {
        "name": "Ольга Савина", "company": "Северный лес", "position": "Закупщик",
        "phones": ["+74951112233", "+79161112233"], "emails": ["olga@les.example"],
        "tags": ["vip", "выставка"], "owner": "Дмитрий Орлов",
    },
    "bitrix24-people": {
        "name": "Пётр Ильич Громов", "company": 'ООО "Гром"', "position": "Директор",
        "phones": ["+78123334455", "+79213334455"], "source": "Веб-сайт",
        "emails": ["petr@grom.example", "grom@home.example"], "about": "Звонить после обеда",
    },
    "hubspot-people": {
        "name": "Jane Doe", "company": "Acme, Inc.", "position": "Buyer", "city": "Boston",
        "phones": ["+12125550142"], "emails": ["jane@acme.example"],
    },
    "pipedrive-people": {
        "name": "Jan Novak", "company": "Novak Steel", "phones": ["+420601123456"],
        "emails": ["jan@steel.example", "jan@home.example"],
    },
    "espocrm-people": {
        "name": "Maria Rossi", "company": "Rossi Foods", "position": "Owner", "city": "Roma",
        "phones": ["+390612345678"], "emails": ["maria@rossi.example"],
    },
    "bitrix24-companies": {
        "name": 'ООО "Гром"', "industry": "Производство", "size": 250, "domain": "grom.example",
        "phones": ["+78123334455"], "emails": ["info@grom.example"],
    },
    "hubspot-companies": {
        "name": "Acme, Inc.", "domain": "acme.example", "city": "Boston", "size": 1200,
        "industry": "COMPUTER_SOFTWARE", "phones": ["+12125550100"],
    },
    "pipedrive-companies": {"name": "Novak Steel", "address": "Main 1, Brno"},
    "espocrm-companies": {
        "name": "Rossi Foods", "domain": "rossi.example", "city": "Roma", "industry": "Food",
        "phones": ["+390612345678"], "emails": ["info@rossi.example"], "about": "Pasta",
    },
    "amocrm-deals": {
        "title": "Поставка доски", "company": "Северный лес", "pipeline": "Продажи",
        "stage": "Переговоры", "worth": "1500000 RUB", "expected": "2026-03-31",
        "owner": "Дмитрий Орлов",
    },
    "kommo-deals": {
        "title": "Timber", "company": "North Wood", "pipeline": "Sales", "stage": "Talks",
        "worth": "2500 USD", "expected": "2026-03-31",
    },
    "bitrix24-deals": {
        "title": "Станки", "company": 'ООО "Гром"', "pipeline": "Продажи", "stage": "Переговоры",
        "worth": "125000.50 RUB", "expected": "2026-04-15",
    },
    "hubspot-deals": {
        "title": "Licences", "company": "Acme, Inc.", "pipeline": "Sales", "stage": "Talks",
        "worth": "25000.0 RUB", "expected": "2026-03-01",
    },
    "pipedrive-deals": {
        "title": "Beams", "company": "Novak Steel", "pipeline": "Sales", "stage": "Talks",
        "worth": "12500.00 EUR", "expected": "2026-05-20",
    },
    "espocrm-deals": {
        "title": "Pasta", "company": "Rossi Foods", "stage": "Talks", "worth": "3200 EUR",
        "expected": "2026-06-01",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_an_export_of_another_product_is_understood(name: str) -> None:
    kind = name.rpartition("-")[2]
    table = file_table.read((EXPORTS / f"{name}.csv").read_bytes())
    fields = spellings.guessed(kind, table.header)
    assert spellings.has_needed(kind, fields)
    [(_, cells)] = table.rows
    assert understood(kind, record_of(cells, fields)) == TOLD[name]


def understood(kind: str, record: drafts.Record) -> dict[str, Any]:
    """What the modules are told of a row, and the companies, pipelines and stages it names."""
    if kind == "deals":
        worth = drafts.worth_of(record, "RUB")
        assert worth is not None
        money = {"worth": f"{worth.amount} {worth.currency}"}
        day = {"expected": str(drafts.value_of(record, "expected", spelling.day))}
        return record_without(record, "amount", "currency") | money | day
    person = kind == "people"
    plain = record_without(record, "owner")
    draft = PersonDraft(**drafts.plain(plain, "company")) if person else drafts.company(plain)
    told = comparable((field, getattr(draft, field)) for field in draft.told())
    for way in {"phones", "emails"} & told.keys():
        told[way] = [one.normal for one in told[way]]
    return told | {name: record[name] for name in ("company", "owner") if name in record}


def record_without(record: drafts.Record, *names: str) -> dict[str, Any]:
    return {name: told for name, told in record.items() if name not in names}


def test_a_name_is_made_of_its_parts_only_where_no_column_has_it_whole() -> None:
    parts = spellings.guessed("people", ["Имя", "Фамилия"])
    assert parts == ["first_name", "last_name"]
    assert spellings.guessed("people", ["Имя", "Почта"]) == ["name", "emails"]
    assert drafts.plain({"last_name": "Долгова"}) == {"name": "Долгова"}
    assert drafts.plain({"name": "И. Долгова", "last_name": "Долгова"}) == {"name": "И. Долгова"}
