"""A quote as PDF, set by Typst: the page is ours (`quote.typ`), what is told goes into it as JSON.

Nothing of what is told is read as code: the page only ever shows strings. It reads no file beside
the page, asks no network, and has the fonts that come with the library.
"""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import typst

from gausdo.modules.sales.lines_contract import DealLine
from gausdo.modules.sales.quote_words import WORDS, day, exact, money
from gausdo.modules.sales.quotes_contract import QuoteTold

PAGE = Path(__file__).with_name("quote.typ")
_AT_ONCE = asyncio.Semaphore(2)
"""Quotes set at once in a process: each takes a processor for as long as it lasts."""


async def pdf(told: QuoteTold) -> bytes:
    """Beside the event loop: a long one takes half a second."""
    async with _AT_ONCE:
        return await asyncio.to_thread(rendered, told)


def rendered(told: QuoteTold, format: Literal["pdf", "png"] = "pdf") -> bytes:
    made = typst.compile(
        PAGE,
        root=PAGE.parent,
        format=format,
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(page_of(told), ensure_ascii=False)},
    )
    return made if isinstance(made, bytes) else b"".join(one for one in made or () if one)


def page_of(told: QuoteTold) -> dict[str, Any]:
    """All that the page shows, as text."""
    locale, seller, customer = told.locale, told.seller, told.customer
    words = WORDS[locale]
    title = words["quote"].format(told.number)
    return {
        "locale": locale,
        "words": words,
        "title": title,
        "heading": title,
        "dated": words["dated"].format(day(locale, told.made_on)),
        "valid": words["valid"].format(day(locale, told.valid_until)),
        "seller": {
            "name": seller.name or "",
            "lines": _labelled(
                words,
                {
                    None: seller.name,
                    **{
                        name: getattr(seller, name)
                        for name in ("inn", "kpp", "ogrn", "address", "phone", "email")
                    },
                },
            ),
        },
        "customer": _labelled(
            words,
            {
                None: customer.name,
                **{
                    name: getattr(customer, name)
                    for name in ("inn", "kpp", "ogrn", "address", "person")
                },
            },
        ),
        "bank": _labelled(
            words,
            {
                "of_bank": seller.bank,
                **{name: getattr(seller, name) for name in ("bik", "account", "correspondent")},
            },
        ),
        "introduction": _parts(told.introduction),
        "terms": _parts(told.terms),
        "lines": [_line(told, number, one) for number, one in enumerate(told.lines, start=1)],
        "totals": _totals(told),
        "payable": money(locale, told.payable, told.currency),
        "signer": seller.signer or "",
    }


def _labelled(words: dict[str, str], told: dict[str | None, str | None]) -> list[dict[str, Any]]:
    return [
        {"label": name and words[name], "value": value} for name, value in told.items() if value
    ]


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").splitlines() if part.strip()]


def _line(told: QuoteTold, number: int, line: DealLine) -> dict[str, str]:
    locale, words = told.locale, WORDS[told.locale]
    off = None
    if line.discount_percent:
        off = f"{exact(locale, line.discount_percent)} %"
    elif line.discount_amount:
        off = money(locale, line.discount_amount)
    note = (
        line.code and words["code"].format(line.code),
        off and words["line_discount"].format(off),
    )
    quantity = exact(locale, line.quantity)
    rate = words["without_vat"] if line.vat_rate is None else f"{exact(locale, line.vat_rate)} %"
    return {
        "number": str(number),
        "name": line.name,
        "note": ", ".join(one for one in note if one),
        "quantity": f"{quantity} {line.unit}" if line.unit else quantity,
        "price": money(locale, line.price or Decimal(0)),
        "vat": rate,
        "payable": money(locale, line.payable or Decimal(0)),
    }


def _totals(told: QuoteTold) -> list[dict[str, str]]:
    locale, words = told.locale, WORDS[told.locale]
    totals = []
    if told.discount:
        totals.append((words["before"], told.before))
        totals.append((words["discount"], -told.discount))
    vat = words["vat_in"] if told.with_vat else words["vat_on_top"]
    totals += [(vat.format(exact(locale, one.rate)), one.sum) for one in told.vat]
    shown = [{"label": label, "sum": money(locale, amount)} for label, amount in totals]
    return shown or [{"label": words["no_vat"], "sum": ""}]
