"""How people spell what a file holds."""

from datetime import date
from decimal import Decimal

import pytest

from gausdo.kernel.errors import Invalid, TooLarge
from gausdo.kernel.spelling import amount, currency, day, several
from gausdo.modules.integrations import csv_table
from gausdo.modules.integrations.spellings import field_of


@pytest.mark.parametrize(
    ("told", "value", "sign"),
    [
        ("1 234,56", "1234.56", None),
        ("1\xa0234\u202f567,8", "1234567.8", None),
        ("1234.56", "1234.56", None),
        ("1,234.56", "1234.56", None),
        ("1.234,56", "1234.56", None),
        ("1,234", "1234", None),
        ("1.234.567", "1234567", None),
        ("0,5", "0.5", None),
        ("12,5", "12.5", None),
        ("1'000'000", "1000000", None),
        ("-15", "-15", None),
        ("1 500 000 ₽", "1500000", "RUB"),
        ("1500 руб.", "1500", "RUB"),
        ("$1,200.50", "1200.50", "USD"),
        ("200 eur", "200", "EUR"),
    ],
)
def test_a_number_is_read_as_it_is_meant(told: str, value: str, sign: str | None) -> None:
    assert amount(told) == (Decimal(value), sign)


@pytest.mark.parametrize(
    "told",
    ["", "много", "12,345,6", "1.2.3,4,5", "1e9", "0,123", "9" * 17, "NaN", "12 попугаев", "5-6"],
)
def test_what_is_no_sum_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match=f"“{told}”|попугаев"):
        amount(told)


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("31.12.2026", date(2026, 12, 31)),
        ("1.2.26", date(2026, 2, 1)),
        ("31/12/2026", date(2026, 12, 31)),
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-12-31T10:00:00", date(2026, 12, 31)),
        ("31.12.2026 10:00", date(2026, 12, 31)),
    ],
)
def test_a_date_is_read_day_first(told: str, value: date) -> None:
    assert day(told) == value


@pytest.mark.parametrize("told", ["", "завтра", "31.02.2026", "2026", "12.31.2026", "0.0.0000"])
def test_what_is_no_date_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        day(told)


@pytest.mark.parametrize(
    ("told", "code"), [("руб", "RUB"), ("₽", "RUB"), ("rub", "RUB"), ("USD", "USD"), ("gel", "GEL")]
)
def test_a_currency_has_many_names(told: str, code: str) -> None:
    assert currency(told) == code


@pytest.mark.parametrize(
    ("kind", "column", "field"),
    [
        ("companies", "Название", "name"),
        ("companies", "КОМПАНИЯ", "name"),
        ("companies", "ИНН", "inn"),
        ("companies", " Телефон 2 ", "phones"),
        ("companies", "Эл. почта", "emails"),
        ("companies", "E-mail", "emails"),
        ("companies", "Цвет", None),
        ("people", "Ф.И.О.", "name"),
        ("people", "Компания", "company"),
        ("deals", "Название", "title"),
        ("deals", "Ожидается", "expected"),
        ("deals", "Close  date", "expected"),
        ("deals", "Этап:", "stage"),
    ],
)
def test_a_column_is_known_by_many_names(kind: str, column: str, field: str | None) -> None:
    assert field_of(kind, column) == field


def test_one_cell_may_hold_several() -> None:
    assert several("8 800 1; +7 900 2,3\n4;;") == ["8 800 1", "+7 900 2", "3", "4"]


TEXT = 'Название;Город\r\n«Ёлки»;Орёл\r\n\r\n"Два;\nслова";Тверь\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
def test_a_file_is_read_in_any_usual_encoding(encoding: str) -> None:
    table = csv_table.read(TEXT.encode(encoding))
    assert table.header == ["Название", "Город"]
    assert list(table.rows) == [(2, ["«Ёлки»", "Орёл"]), (4, ["Два;\nслова", "Тверь"])]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_file_is_read_with_any_usual_separator(separator: str) -> None:
    text = f'name{separator}city\nOne{separator}"Two; three, four"\n'
    table = csv_table.read(text.encode())
    assert table.header == ["name", "city"]
    assert list(table.rows) == [(2, ["One", "Two; three, four"])]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty"),
        (b"name\n\x00binary", "Line 2 has a NUL"),
        (b"name\nok\n" + b"x" * 100_001, "Line 3 has more than"),
        (b"a," * 600 + b"\n", "columns"),
        ("name\n\x98".encode("latin-1"), "neither UTF-8 nor Windows-1251"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        csv_table.read(content)


def test_an_open_quote_is_found_and_its_line_named() -> None:
    table = csv_table.read(b'name,city\nOne,Two\n"Three,Four\nFive,Six\n')
    with pytest.raises(Invalid, match="Line 3 cannot be read"):
        list(table.rows)


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        csv_table.read(b"x" * (csv_table.LARGEST + 1))
