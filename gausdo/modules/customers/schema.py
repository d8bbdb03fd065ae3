"""The corner of the database that is customers'."""

from gausdo.platform.crypto import data_keys
from gausdo.platform.db import Schema

schema = Schema("customers")
data_keys(schema)
