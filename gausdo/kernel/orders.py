"""What is to be made because of events: many at once, each of them once."""

from typing import Generic, TypeVar

from gausdo.kernel.actor import Cause
from gausdo.kernel.values import Value

D = TypeVar("D")


class Order(Value, Generic[D]):
    """A draft, the key it is made under, the event that leads to it and the trace of that."""

    draft: D
    key: str
    cause: Cause
    trace: str | None = None
