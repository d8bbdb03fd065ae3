"""What an import brought, in words: English as the API has them, Russian by their codes."""

from collections.abc import Iterator
from typing import Literal

from gausdo.modules.integrations.contract import ImportReport, Refused

Language = Literal["en", "ru"]

RUSSIAN = {
    "cells": "В строке больше ячеек, чем в заголовке.",
    "currency": "«{told}» — не валюта. Напишите её код, например RUB.",
    "customers.duplicate": "Такая запись уже есть.",
    "date": "«{told}» — не дата. Напишите её так: 31.12.2026.",
    "digits": "«{told}» — слишком много цифр: для денег 16 до запятой и 2 после.",
    "domain": "Адрес сайта выглядит так: example.ru.",
    "email": "Это не адрес электронной почты.",
    "forbidden": "На это нет прав.",
    "greater_than_equal": "Слишком мало.",
    "inn": "Контрольные цифры ИНН не сходятся. Поищите опечатку.",
    "kpp": "В КПП 9 знаков: 770701001.",
    "less_than_equal": "Слишком много.",
    "missing": "Это поле нужно заполнить.",
    "not-found": "Такой записи нет, или она не видна.",
    "number": "«{told}» — не число. Напишите его так: 1234,56.",
    "ogrn": "В ОГРН 13 цифр, у предпринимателя 15, и контрольная цифра сходится. Поищите опечатку.",
    "phone": "Это не номер телефона с кодом города или оператора.",
    "sales.lost-reason-needed": "Укажите причину проигрыша.",
    "sales.unknown-stage": "Такого этапа нет.",
    "string_pattern_mismatch": "Записано не в том виде, какой ожидается.",
    "string_too_long": "Слишком длинно: здесь не больше {max_length} знаков.",
    "string_too_short": "Это поле нужно заполнить.",
    "too_long": "Слишком много значений: здесь не больше {max_length}.",
    "unknown-pipeline": "Такой воронки нет, есть только: {names}.",
    "unknown-stage": "Такого этапа нет, есть только: {names}.",
    "unknown-user": "Здесь нет такого сотрудника.",
    "value_error": "Недопустимое значение.",
    "whole-number": "«{told}» — не целое число. Напишите его так: 120.",
}


def language_of(locale: str) -> Language:
    """Of a locale as the shell names it, for instance `ru_RU.UTF-8`."""
    return "ru" if locale.lower().startswith("ru") else "en"


def in_words(report: ImportReport, language: Language) -> Iterator[str]:
    """A line for the whole and one for each row that was refused."""
    counts = {"created": report.created, "refused": len(report.refused)}
    whole, row = _ROWS[language]
    yield whole.format(**counts)
    for refused in report.refused:
        field = f" ({refused.field})" if refused.field else ""
        yield row.format(line=refused.line, field=field, reason=reason(refused, language))


_ROWS = {
    "en": ("Created: {created}. Refused: {refused}.", "  line {line}{field}: {reason}"),
    "ru": ("Создано: {created}. Отклонено: {refused}.", "  строка {line}{field}: {reason}"),
}


def reason(refused: Refused, language: Language) -> str:
    known = RUSSIAN.get(refused.code) if language == "ru" else None
    return known.format(**refused.data) if known else refused.reason
