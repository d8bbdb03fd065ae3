"""Who asks of fields that were added by their names, beside the module that keeps them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gausdo.kernel.becoming import AsksOfFields, CarriesFields, FieldUse
from gausdo.kernel.custom import CustomField
from gausdo.platform.db import Tx

Carry: TypeAlias = Callable[[Tx, CustomField, CustomField], Awaitable[list[FieldUse]]]
"""What the module itself asks of the first field it asks of the second from now on; what that is,
in both cases: with the same field twice nothing changes.
"""


async def _nothing(_: Tx, __: CustomField, ___: CustomField) -> list[FieldUse]:
    return []


@dataclass(frozen=True)
class Uses:
    """`blocking`: whose uses stand in the way of another type. `views`: of who keeps views and
    roles. They are made later than this.
    """

    blocking: Sequence[Callable[[], AsksOfFields]] = ()
    views: Callable[[], CarriesFields] | None = None
    carry: Carry = _nothing
