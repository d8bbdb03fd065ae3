"""What the interface's code never does: leave a secret in the browser, or run what it was told."""

import re

from tests.architecture.test_refusals import SRC

FORM = re.compile(r"useDraftForm\W")
SECRET = re.compile(r"<PasswordInput\b.*?/>", re.DOTALL)
FIELD = re.compile(r"(?:getInputProps|field)\('(\w+)'")
NEVER = re.compile(
    r"\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|"
    r"document\.domain|__proto__)\b|\beval\(|\bnew Function\(|window\.postMessage|"
    r"window\.addEventListener\('message'"
)
"""What makes code of a text (XSS), takes messages from anywhere, or alters all objects."""
UNKEPT = re.compile(r"unkept: \[([^\]]*)\]")


def kept_secrets(source: str) -> set[str]:
    """The fields of a form that are typed as a password is and kept as anything else is."""
    if not FORM.search(source):
        return set()
    told = UNKEPT.search(source)
    typed = {name for shown in SECRET.findall(source) for name in FIELD.findall(shown)}
    return typed - {*re.findall(r"\w+", told[1] if told else "")}


def test_no_form_keeps_a_secret() -> None:
    forms = {path: kept_secrets(path.read_text()) for path in SRC.rglob("*.tsx")}
    assert {path.name: names for path, names in forms.items() if names} == {}


def test_a_secret_that_is_kept_is_noticed() -> None:
    form = "useDraftForm({{ draft, {} }})\n<PasswordInput\n {{...form.getInputProps('key')}}\n/>"
    assert kept_secrets(form.format("fields")) == {"key"}
    assert kept_secrets(form.format("unkept: ['key']")) == set()


def test_no_text_becomes_code() -> None:
    sources = [*SRC.rglob("*.ts"), *SRC.rglob("*.tsx")]
    assert len(sources) > 300
    found = {path.name: NEVER.findall(path.read_text()) for path in sources}
    assert {name: one for name, one in found.items() if one} == {}


def test_text_that_becomes_code_is_noticed() -> None:
    for line in (
        "<p dangerouslySetInnerHTML={{ __html: name }} />",
        "node.innerHTML = name",
        "eval(name)",
        "window.addEventListener('message', hear)",
    ):
        assert NEVER.search(line), line
