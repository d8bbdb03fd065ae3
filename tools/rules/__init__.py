"""The rules of the house that no other tool knows, each with lines that keep it and break it."""

from tools.rules import boundaries, contracts, database, files, migrations, routes, values
from tools.rules.rule import RULES, Rule, Source

GROUPS = (boundaries, contracts, database, files, migrations, routes, values)

__all__ = ["GROUPS", "RULES", "Rule", "Source"]
