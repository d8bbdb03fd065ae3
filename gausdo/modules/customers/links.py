"""Messengers and pages, made comparable: of each the one address it leads to.

Which messenger it is stands in what was typed: its address (`t.me/ivan`), or its name before a user
or a number (`Telegram @ivan`, `WhatsApp +7 916 123-45-67`). `@ivan` alone is Telegram, where people
write so.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

import idna

Number = Callable[[str], str]
"""A phone as it is kept. Raises ValueError."""

_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("telegram", "телеграм", "телеграмм", "tg", "тг"), "telegram"),
    **dict.fromkeys(("whatsapp", "ватсап", "вотсап", "вацап", "wa"), "whatsapp"),
    **dict.fromkeys(("viber", "вайбер"), "viber"),
    **dict.fromkeys(("max", "макс"), "max"),
    **dict.fromkeys(("vk", "вк", "вконтакте"), "vk"),
}
"""How people call a messenger."""
_HOSTS: Mapping[str, str] = {
    **dict.fromkeys(("t.me", "telegram.me", "telegram.dog"), "telegram"),
    **dict.fromkeys(("wa.me", "whatsapp.com", "api.whatsapp.com"), "whatsapp"),
    **dict.fromkeys(("max.ru", "web.max.ru"), "max"),
    **dict.fromkeys(("vk.com", "m.vk.com", "vk.ru", "m.vk.ru", "vkontakte.ru"), "vk"),
}
_BASES: Mapping[str, str] = {
    "telegram": "https://t.me/",
    "whatsapp": "https://wa.me/",
    "viber": "viber://chat?number=%2B",
    "max": "https://max.ru/",
    "vk": "https://vk.com/",
}
_OF_NUMBERS = frozenset({"telegram", "whatsapp", "viber"})
"""Where somebody is found by a telephone number as well."""
_OF_USERS = frozenset({"telegram", "max", "vk"})
_USER = re.compile(r"[A-Za-z0-9_.]{2,64}")
_NAMED = re.compile(r"(\w+)(?:\s*:\s*(?!//)|\s+)(\S.*)", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NO_LINK = "A link looks like t.me/ivan, WhatsApp +7 916 123-45-67 or example.ru."
_KEPT = "/%:@!$&'()*+,;=~-._?"
"""Characters that stay as they are in a path, a question and a fragment."""


def link(typed: str, number: Number) -> str:
    """`https://t.me/ivan`, `https://wa.me/79161234567`, `https://ёлки.рф/shop` in IDNA.

    Raises ValueError.
    """
    named = _NAMED.fullmatch(typed)
    if named and (kind := _NAMES.get(named[1].lower())):
        told = named[2].strip()
        address = _SCHEME.match(told) or told.partition("/")[0].lower() in _HOSTS
        return _address(told, number) if address else _of(kind, told, number)
    if typed.startswith("@"):
        return _of("telegram", typed, number)
    return _address(typed, number)


def _of(kind: str, told: str, number: Number) -> str:
    """Somebody in a messenger, by their user name or their number."""
    user = told.removeprefix("@")
    if kind in _OF_USERS and _USER.fullmatch(user) and not user.isdigit():
        return _BASES[kind] + user.lower()
    if kind not in _OF_NUMBERS:
        raise ValueError("A user's name has Latin letters, digits, dots and underscores.")
    digits = number(told).partition(";")[0].removeprefix("+")
    return _BASES[kind] + (f"%2B{digits}" if kind == "telegram" else digits)


def _address(typed: str, number: Number) -> str:
    """An address by https unless http is told, its host in ASCII, without what changes nothing."""
    try:
        parts = urlsplit(typed if _SCHEME.match(typed) else f"https://{typed}")
        port = parts.port
        if parts.scheme == "viber":
            return _of("viber", _asked(parts, "number"), number)
        host = idna.encode((parts.hostname or "").rstrip("."), uts46=True).decode()
    except (ValueError, UnicodeError):
        raise ValueError(_NO_LINK) from None
    if "." not in host or parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ValueError(_NO_LINK)
    kind, path = _HOSTS.get(host.removeprefix("www.")), parts.path.strip("/")
    digits = (_asked(parts, "phone") if path in {"", "send"} else path).lstrip("+")
    if kind == "whatsapp" and digits.isdecimal():
        return _of(kind, f"+{digits}", number)
    if kind in _OF_USERS and _USER.fullmatch(path) and not parts.query:
        return _BASES[kind] + path.lower()
    where = f"{host}:{port}" if port not in {None, 80, 443} else host
    tail = quote(parts.path.rstrip("/"), safe=_KEPT)
    for sign, more in (("?", parts.query), ("#", parts.fragment)):
        tail += sign + quote(more, safe=_KEPT) if more else ""
    return f"{parts.scheme}://{where}{tail}"


def _asked(parts: SplitResult, name: str) -> str:
    """A number that an address asks for."""
    told = "".join(parse_qs(parts.query).get(name, ())).strip(" +")
    return f"+{told}"
