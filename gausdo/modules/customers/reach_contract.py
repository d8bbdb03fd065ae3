"""How companies and people are reached; `contract` hands it on."""

from typing import Annotated

from pydantic import StringConstraints

from gausdo.kernel.values import Value

Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
"""A messenger or a page: `@ivan`, `t.me/ivan`, `WhatsApp +7 916 123-45-67`, `example.ru/shop`."""

WAYS = ("phones", "emails", "links")
"""Fields that tell how somebody is reached, each a list of `Reachable`."""


class Reachable(Value):
    """A phone, an e-mail or a link."""

    typed: str
    normal: str  # as compared: E.164; lower case, IDNA; of a link the address it leads to
