"""The Bank of Russia's file is read as it is, and nothing else is."""

from decimal import Decimal

import pytest

from gausdo.kernel.errors import Invalid
from gausdo.kernel.rates import in_base
from gausdo.modules.sales.bank_xml import LARGEST, read_daily

HEAD = '<?xml version="1.0" encoding="windows-1251"?>'
DOLLAR = (
    '<Valute ID="R01235"><NumCode>840</NumCode><CharCode>USD</CharCode><Nominal>1</Nominal>'
    "<Name>Доллар США</Name><Value>30,9436</Value><VunitRate>30,9436</VunitRate></Valute>"
)
YEN = (
    '<Valute ID="R01820"><NumCode>392</NumCode><CharCode>JPY</CharCode><Nominal>100</Nominal>'
    "<Name>Японских иен</Name><Value>23,1527</Value><VunitRate>0,231527</VunitRate></Valute>"
)


def daily(*valutes: str, day: str = "02.03.2002") -> bytes:
    told = "".join(valutes)
    text = f'{HEAD}<ValCurs Date="{day}" name="Foreign Currency Market">{told}</ValCurs>'
    return text.encode("windows-1251")


def test_the_rates_of_a_day_are_read_exactly() -> None:
    told = [
        (one.currency, one.day.isoformat(), one.units, one.value)
        for one in read_daily(daily(DOLLAR, YEN))
    ]
    assert told == [
        ("USD", "2002-03-02", 1, Decimal("30.9436")),
        ("JPY", "2002-03-02", 100, Decimal("23.1527")),
    ]


LAUGHS = (
    f'{HEAD}<!DOCTYPE ValCurs [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    f'<ValCurs Date="02.03.2002">{DOLLAR.replace("USD", "&b;")}</ValCurs>'
)
OUTSIDE = (
    f'{HEAD}<!DOCTYPE ValCurs SYSTEM "https://example.org/x.dtd">'
    f'<ValCurs Date="02.03.2002">{DOLLAR}</ValCurs>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"<ValCurs",
        LAUGHS.encode("windows-1251"),
        OUTSIDE.encode("windows-1251"),
        daily(DOLLAR.replace("USD", "&other;")),
        HEAD.encode() + b"<ValCurs>Error in parameters</ValCurs>",
        HEAD.replace("windows-1251", "no-such-code").encode() + b"<ValCurs/>",
        HEAD.encode() + b'<html Date="02.03.2002"></html>',
        daily(),
        daily(DOLLAR, day="31.02.2002"),
        daily(DOLLAR, day="2002-03-02"),
        daily(DOLLAR, day="02.03.0001"),
        daily(DOLLAR, DOLLAR),
        daily(f"<Valute>{DOLLAR}</Valute>"),
        *(
            daily(DOLLAR.replace("30,9436", wrong))
            for wrong in ("", "0", "-1", "NaN", "1e9", "1,2,3", "9" * 30, "&#1635;")
        ),
        *(daily(DOLLAR.replace(">1<", f">{wrong}<")) for wrong in ("0", "-1", "1,5", "9999999")),
        *(daily(DOLLAR.replace("USD", wrong)) for wrong in ("usd", "US", "", "ДОЛ")),
    ],
)
def test_what_is_no_daily_file_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read_daily(content)
    assert refusal.value.errors[0].code == "rates-unreadable"


def test_a_file_is_small() -> None:
    filled = daily(DOLLAR).ljust(LARGEST)
    assert len(read_daily(filled)) == 1
    with pytest.raises(Invalid) as refusal:
        read_daily(filled + b" ")
    assert refusal.value.errors[0].code == "rates-too-large"


@pytest.mark.parametrize(
    ("amount", "units", "value", "worth"),
    [
        ("100.00", 1, "30.9436", "3094.36"),
        ("0.01", 1, "0.5", "0.01"),
        ("0.01", 1, "0.4999999999", "0.00"),
        ("1000000.00", 100, "23.1527", "231527.00"),
        ("9999999999999999.99", 1, "1234567890.1234567890", "12345678901234567877654321.10"),
        ("1.00", 3, "1", "0.33"),
    ],
)
def test_a_sum_is_rounded_once(amount: str, units: int, value: str, worth: str) -> None:
    assert in_base(Decimal(amount), units, Decimal(value)) == Decimal(worth)
