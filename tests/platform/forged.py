"""What the tests of the forge have loaded and forked."""

import os
import sys
import time
from pathlib import Path


def does() -> None:
    """`say`: who one is; `sleep`; `fail WHY`; `take CODE`: end with it."""
    word, *rest = sys.argv[1:]
    if word == "say":
        leads, nothing = os.getpgid(0) == os.getpid(), sys.stdin.read() == ""
        sys.stdout.write(f"{os.environ['TOLD']} {Path.cwd()} {leads} {nothing}\n")
    elif word == "sleep":
        sys.stdout.write("on\n")
        sys.stdout.flush()
        time.sleep(60)
    elif word == "fail":
        raise ValueError(rest[0])
    else:
        sys.exit(int(rest[0]))
