"""Conditions that other modules keep over companies and people: a part of the contract."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from gausdo.kernel.actor import Actor
from gausdo.kernel.conditions import Condition
from gausdo.modules.customers.segments_contract import SegmentKind


class AnswersConditions(Protocol):
    async def demand_condition(
        self,
        actor: Actor,
        kind: SegmentKind,
        condition: Condition,
        coming: Sequence[UUID] = (),
    ) -> None:
        """Raise Invalid unless this can be asked of such records in nobody's name, Forbidden when
        the answer would tell the actor what is hidden from them. `coming` are segments that will
        be there.
        """
        ...

    async def fulfilling(
        self, actor: Actor, kind: SegmentKind, ids: list[UUID], condition: Condition
    ) -> list[UUID]:
        """Which of these records are there and fulfil it, whoever may know of it; asked by Gausdo
        alone. Raises Invalid when it asks of what is not there any more.
        """
        ...
