"""Pages that are written from the code say what the code says."""

import pytest

from gausdo.settings import Settings
from tools import events_doc, metrics_doc, settings_doc
from tools.generated import BEGIN, END, main, page
from tools.rules.rule import ROOT


@pytest.mark.parametrize(
    ("path", "told", "command"),
    [
        (settings_doc.PAGE, settings_doc.table(), settings_doc.COMMAND),
        (events_doc.PAGE, events_doc.lists(), events_doc.COMMAND),
        (metrics_doc.PAGE, metrics_doc.table(), metrics_doc.COMMAND),
    ],
)
def test_a_page_is_as_the_code_is(path: str, told: str, command: str) -> None:
    assert main(path, told, command, ["--check"]) == 0, f"Run `{command}` and commit {path}."


def test_a_page_that_has_fallen_behind_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    was = (ROOT / settings_doc.PAGE).read_text()
    assert main(settings_doc.PAGE, "another table", settings_doc.COMMAND, ["--check"]) == 1
    assert settings_doc.COMMAND in capsys.readouterr().err
    assert (ROOT / settings_doc.PAGE).read_text() == was


def test_what_is_written_by_hand_stays() -> None:
    marks = BEGIN.format(command="make it"), END
    text = f"Before\n{marks[0]}old\n{marks[1]}After\n"
    assert page(text, "new", "make it") == f"Before\n{marks[0]}\nnew\n\n{marks[1]}After\n"
    with pytest.raises(ValueError, match="needs the lines"):
        page("no marks", "new", "make it")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert Settings.model_fields[name].description


def test_secrets_and_defaults_are_told() -> None:
    table = settings_doc.table()
    assert "| `GAUSDO_SECRET` | needed |" in table
    assert table.count("A secret.") == 8
    assert "| `GAUSDO_PORT` | `8000` |" in table
    assert "| `GAUSDO_WEB` | none |" in table
