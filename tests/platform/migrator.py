"""A migrator to be killed: `python -m tests.platform.migrator DSN FOLDER`.

FOLDER holds a module `gadgets`, found as if it lay in `gausdo/modules`.
"""

import sys

import gausdo.modules
from gausdo.platform.db.migrate import migrate
from gausdo.platform.db.schema import Schema

GADGETS = Schema("gadgets")

if __name__ == "__main__":
    gausdo.modules.__path__.append(sys.argv[2])
    sys.stdout.write(f"{migrate(sys.argv[1], GADGETS)}\n")
