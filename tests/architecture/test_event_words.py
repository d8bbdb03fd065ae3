"""Every event has its words in the interface: a history or the audit log never shows its name."""

import re

from gausdo.app import MODULES
from gausdo.kernel.events import Event
from tests.architecture.test_refusals import SRC

HAPPENED = SRC / "shared" / "happened.ts"
ENTRY = re.compile(r"^  '([a-z]+\.[a-z-]+)': msg", re.MULTILINE)


def missing() -> set[str]:
    """What has no words."""
    # what several events have in common has no version, and never happens itself
    declared = {
        name.rpartition(".v")[0]
        for name, event in Event.catalogue.items()
        if ".v" in name and event.__module__.startswith("gausdo.")  # none of another test
    }
    return declared - {*ENTRY.findall(HAPPENED.read_text())}


def test_every_event_has_its_words() -> None:
    assert MODULES
    assert missing() == set()
