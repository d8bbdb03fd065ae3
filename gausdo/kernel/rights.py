"""What can be granted: kinds of records, what one may do with each, and which fields can be hidden.

A contract declares its kinds beside its values (`DEAL = guarded("sales.deal", …)`); roles are made
of them, and no right exists that nobody has declared.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from gausdo.kernel.actor import Grant, Reach, Right
from gausdo.kernel.conditions import Fields
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.values import Value


class Guarded(Value):
    """A kind of record, or a part of the product, that rights are about.

    `owned`: each has an owner and a team, so that a reach smaller than all means something.
    `fields` can be hidden from a role, or shown to it and not changed by it; the others cannot.
    `custom` records can be given more fields, which can be hidden as well (`custom.<key>`).
    """

    object: str
    operations: tuple[str, ...]
    owned: bool = False
    fields: tuple[str, ...] = ()
    custom: bool = False

    def can_hide(self, name: str) -> bool:
        """Whether it is, or may be, the name of a field that a role can leave out."""
        return name in self.fields or (self.custom and name.startswith(CUSTOM))

    def right(self, operation: str) -> Right:
        """Raises KeyError for an operation that was not declared."""
        if operation not in self.operations:
            raise KeyError(f"{self.object} has no operation “{operation}”.")
        return Right(self.object, operation)

    def grants(self, reach: Reach, *operations: str) -> tuple[Grant, ...]:
        """Of these operations, or of all."""
        return tuple(
            Grant(object=self.object, operation=operation, reach=reach)
            for operation in operations or self.operations
        )


catalogue: dict[str, Guarded] = {}
"""Everything that has been declared, by its name."""


def guarded(
    object: str,
    *operations: str,
    owned: bool = False,
    fields: Collection[str] = (),
    custom: bool = False,
    exported: bool = False,
) -> Guarded:
    """Declare it; `exported`: its lists may leave as files, which is an operation as well.

    Raises ValueError when it is declared already.
    """
    if object in catalogue:
        raise ValueError(f"“{object}” is declared twice.")
    if exported:
        operations = (*operations, "export")
    declared = Guarded(
        object=object, operations=operations, owned=owned, fields=tuple(fields), custom=custom
    )
    catalogue[object] = declared
    return declared


def declared_right(told: str) -> Right:
    """The right of this name, `sales.deal.read`. Raises KeyError when nobody has declared it."""
    object, _, operation = told.rpartition(".")
    return catalogue[object].right(operation)


asked: dict[str, Fields] = {}
"""What a condition, as of a grant or of a filter, may ask of the records of each kind."""
hides: dict[str, Mapping[str, str]] = {}
"""Of each kind: a field that may be asked → the guarded field it belongs to, where it is called
otherwise.
"""


def may_ask(
    of: Guarded, fields: Fields, hidden_as: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Let conditions narrow the grants of this kind."""
    asked[of.object] = fields
    hides[of.object] = hidden_as


def everything() -> tuple[Grant, ...]:
    """Every right there is, over all records: what an administrator has."""
    return tuple(grant for one in catalogue.values() for grant in one.grants(Reach.ALL))
