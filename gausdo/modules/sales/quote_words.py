"""What a quote, and a letter with it, say beside what is told: in Russian and in English."""

from datetime import date
from decimal import Decimal
from typing import Final

_MONTHS: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WORDS: Final = {
    "ru": {
        "quote": "Коммерческое предложение № {}",
        "dated": "от {}",
        "valid": "Действует до {}",
        "seller": "Поставщик",
        "customer": "Заказчик",
        "inn": "ИНН",
        "kpp": "КПП",
        "ogrn": "ОГРН",
        "address": "Адрес",
        "phone": "Телефон",
        "email": "Почта",
        "person": "Контактное лицо",
        "bank": "Банковские реквизиты",
        "of_bank": "Банк",
        "bik": "БИК",
        "account": "Расчётный счёт",
        "correspondent": "Корр. счёт",
        "terms": "Условия",
        "signer": "Подписал",
        "name": "Наименование",
        "quantity": "Количество",
        "price": "Цена",
        "vat": "НДС",
        "sum": "Сумма",
        "discount": "Скидка",
        "line_discount": "скидка {}",
        "code": "арт. {}",
        "without_vat": "без НДС",
        "no_vat": "Без НДС",
        "vat_in": "В том числе НДС {} %",
        "vat_on_top": "НДС {} %",
        "before": "Сумма без скидки",
        "payable": "Итого",
        "file": "КП {}.pdf",
    },
    "en": {
        "quote": "Quote No. {}",
        "dated": "{}",
        "valid": "Valid until {}",
        "seller": "Seller",
        "customer": "Customer",
        "inn": "Tax number (INN)",
        "kpp": "KPP",
        "ogrn": "Registration number (OGRN)",
        "address": "Address",
        "phone": "Phone",
        "email": "E-mail",
        "person": "Contact",
        "bank": "Bank details",
        "of_bank": "Bank",
        "bik": "Bank code (BIK)",
        "account": "Account",
        "correspondent": "Correspondent account",
        "terms": "Terms",
        "signer": "Signed by",
        "name": "Item",
        "quantity": "Quantity",
        "price": "Price",
        "vat": "VAT",
        "sum": "Sum",
        "discount": "Discount",
        "line_discount": "discount {}",
        "code": "item {}",
        "without_vat": "no VAT",
        "no_vat": "No VAT",
        "vat_in": "VAT {} % included",
        "vat_on_top": "VAT {} %",
        "before": "Before discount",
        "payable": "Total",
        "file": "Quote {}.pdf",
    },
}
_LETTER: Final = {
    "ru": (
        "Коммерческое предложение № {number}",
        "{hello}\n\n"  # noqa: ISC004 - one text
        "Направляем коммерческое предложение № {number}. Оно действует до {until}.\n\n"
        "Посмотреть его и ответить на него можно по ссылке:\n{{link}}\n\n"
        "{by}\n",
    ),
    "en": (
        "Quote No. {number}",
        "{hello}\n\n"  # noqa: ISC004 - one text
        "please find our quote No. {number}. It is valid until {until}.\n\n"
        "You can look at it and answer it here:\n{{link}}\n\n"
        "{by}\n",
    ),
}
_SIGNS: Final = {"RUB": "₽", "USD": "$", "EUR": "€"}
_GROUP: Final = {"ru": "\u00a0", "en": ","}


def letter(locale: str, number: str, until: date, to: str | None, by: str) -> tuple[str, str]:
    """Subject and body; `{link}` stays for the link."""
    hello = (f"Здравствуйте, {to}!" if to else "Здравствуйте!") if locale == "ru" else (
        f"Hello {to}," if to else "Hello,"
    )  # fmt: skip
    subject, body = _LETTER[locale]
    told = {"hello": hello, "number": number, "until": day(locale, until), "by": by}
    return subject.format(**told), body.format(**told)


def day(locale: str, told: date) -> str:
    if locale == "ru":
        return f"{told.day} {_MONTHS[told.month - 1]} {told.year} г."
    return f"{told.day} {_MONTHS_EN[told.month - 1]} {told.year}"


def exact(locale: str, told: Decimal) -> str:
    """A number as it is, with no zeros behind."""
    return _parted(locale, f"{told.normalize():f}")


def money(locale: str, amount: Decimal, currency: str = "") -> str:
    told = _parted(locale, f"{amount:.2f}").replace("-", "\u2212")
    return f"{told}\u00a0{_SIGNS.get(currency, currency)}" if currency else told


def _parted(locale: str, told: str) -> str:
    whole, _, part = told.partition(".")
    grouped = f"{int(whole):,}".replace(",", _GROUP[locale])
    point = "," if locale == "ru" else "."
    return f"{grouped}{point}{part}" if part else grouped
