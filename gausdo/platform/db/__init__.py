"""PostgreSQL: a schema and a role per module, one transaction per use case."""

from gausdo.platform.db.database import NETWORK, Database
from gausdo.platform.db.read import Asked, Read
from gausdo.platform.db.schema import Schema
from gausdo.platform.db.tx import Tx

__all__ = ["NETWORK", "Asked", "Database", "Read", "Schema", "Tx"]
