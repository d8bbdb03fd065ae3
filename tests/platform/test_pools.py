"""That processes find the connections to PostgreSQL that they may want."""

from pathlib import Path

from structlog.testing import capture_logs

from gausdo.platform import pools
from gausdo.platform.embedded.home import claimed
from gausdo.settings import MODULES, Settings
from gausdo.setup import warn_of_connections
from gausdo.up import planned


def test_more_web_processes_than_connections_are_warned_of(settings: Settings) -> None:
    with capture_logs() as lines:
        warn_of_connections(settings, 1)
        assert lines == []
        warn_of_connections(settings, 40)
    (line,) = lines
    assert line["log_level"] == "warning"
    assert line["wanted"] > line["there_are"]
    assert "max_connections" in line["what_to_do"]


def test_the_server_that_is_brought_has_connections_for_all_web_processes(tmp_path: Path) -> None:
    def most(workers: int) -> int:
        with claimed(tmp_path) as home:
            plan = planned(home, workers, demo=False, web=None, host="127.0.0.1")
        words = next(part for part in plan.parts if part.name == "postgres").command().argv
        (told,) = [word for word in words if word.startswith("--max_connections=")]
        return int(told.partition("=")[2])

    assert most(1) == most(2) == 200
    assert most(12) > pools.of_web(len(MODULES), 12) + pools.of_worker(len(MODULES))
