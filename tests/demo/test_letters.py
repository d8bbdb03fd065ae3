"""The demo's letters, in both languages."""

from typing import Any

import pytest

from gausdo.demo.load_rules import ENGLISH_LETTER, LETTER
from gausdo.modules.communications.contract import TemplateDraft
from gausdo.modules.communications.rendering import render


@pytest.mark.parametrize("template", [LETTER, ENGLISH_LETTER])
def test_letters_read_well_with_and_without_values(template: TemplateDraft) -> None:
    full = {
        "deal": {
            "title": "Поставка: погрузчики",
            "amount": "750000.00",
            "currency": "RUB",
            "expected_on": "2026-12-31",
        },
        "company": {"name": "ООО «Вектор-Трейд»"},
        "contact": {"name": "Зимина Ольга"},
        "owner": {"name": "Елена Мороз", "email": "elena@demo.gausdo.example"},
    }
    bare: dict[str, Any] = {**full, "deal": {"title": "Сделка"}, "company": {}, "contact": {}}
    letter = render("body", template.body, full, locale=template.locale)
    assert "ООО «Вектор-Трейд»." in letter
    assert {"ru": "750\u00a0000\u00a0₽", "en": "750,000\u00a0RUB"}[template.locale] in letter
    assert {"ru": "31.12.2026", "en": "31 Dec 2026"}[template.locale] in letter
    shorter = render("body", template.body, bare, locale=template.locale)
    assert shorter.startswith(("Здравствуйте, коллеги!", "Hello there,"))
    for text in (letter, shorter):
        assert not {"  ", " .", " ,", "\n\n\n"} & {text[i : i + n] for n in (2, 3)
                                                   for i in range(len(text))}  # fmt: skip
