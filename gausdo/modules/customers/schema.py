"""The corner of the database that is customers'."""

from gausdo.platform.crypto import data_keys
from gausdo.platform.custom_sealed import SealedValues, sealed_values
from gausdo.platform.db import Schema

schema = Schema("customers")
data_keys(schema)
sealed_values(schema)
SEALED = SealedValues(schema, own=frozenset({"person"}))
