"""Formulas that are tried out before a field has them."""

from uuid import UUID

from gausdo.kernel.custom import CustomType, FormulaText, Key, Told
from gausdo.kernel.values import Draft, Value


class FormulaDraft(Draft):
    """A formula that is tried out; `key`: of the field that has it, or is to have it."""

    formula: FormulaText
    key: Key | None = None


class FormulaExample(Value):
    id: UUID
    name: str
    value: Told | None


class FormulaTried(Value):
    """What a formula gives, of which fields, for some records; or from which of its characters on
    it is wrong (`at`), and why: by code, in a sentence, and about which `name`.
    """

    type: CustomType | None = None
    uses: tuple[str, ...] = ()
    examples: tuple[FormulaExample, ...] = ()
    at: int | None = None
    code: str | None = None
    message: str | None = None
    name: str | None = None
