"""What a formula may ask of a company or a person beside the fields that were added."""

from gausdo.kernel.formulas import NUMBER, TEXT, TIME
from gausdo.platform.custom_formulas import Own, own

_BOTH: Own = {
    **{name: own(name, TEXT) for name in ("name", "city", "source", "about")},
    "created_at": own("created_at", TIME),
}
COMPANY: Own = {
    **_BOTH,
    **{name: own(name, TEXT) for name in ("legal_name", "inn", "address", "domain", "industry")},
    "size": own("size", NUMBER),
}
PERSON: Own = {**_BOTH, "position": own("position", TEXT)}
