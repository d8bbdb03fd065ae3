"""People in conditions: written down by their e-mails, which are the same everywhere."""

from collections.abc import Callable, Mapping
from uuid import UUID

from gausdo.kernel.conditions import Condition, Fields, FieldType, Leaf, with_leaves
from gausdo.kernel.errors import invalid
from gausdo.kernel.fields import Scalar

Emails = Mapping[UUID, str]


def by_email(
    condition: Condition | None, fields: Fields | None, emails: Emails
) -> Condition | None:
    """With the e-mails of people who work here instead of their ids."""
    told = {str(id): email for id, email in emails.items()}
    return _translated(condition, fields, lambda raw: told.get(str(raw), raw))


def by_id(
    condition: Condition | None, fields: Fields | None, emails: Emails, at: str
) -> Condition | None:
    """With ids again. Raises Invalid for an e-mail nobody here has."""
    known = {email.lower(): str(id) for id, email in emails.items()}

    def found(raw: Scalar) -> Scalar:
        if "@" not in str(raw):
            return raw
        if (id := known.get(str(raw).lower())) is None:
            raise invalid(at, "unknown-person", f"There is nobody with the e-mail {raw} here.")
        return id

    return _translated(condition, fields, found)


def person(email: str | None, emails: Emails, at: str) -> UUID | None:
    """Raises Invalid for an e-mail nobody here has."""
    if email is None:
        return None
    for id, known in emails.items():
        if known.lower() == email.lower():
            return id
    raise invalid(at, "unknown-person", f"There is nobody with the e-mail {email} here.")


def _translated(
    condition: Condition | None, fields: Fields | None, translate: Callable[[Scalar], Scalar]
) -> Condition | None:
    if condition is None or fields is None:
        return condition
    people = {field.name for field in fields if field.type is FieldType.PERSON}

    def changed(leaf: Leaf) -> Leaf:
        if leaf.field not in people or leaf.value is None:
            return leaf
        value = leaf.value
        told = tuple(map(translate, value)) if isinstance(value, tuple) else translate(value)
        return leaf.model_copy(update={"value": told})

    return with_leaves(condition, changed)
