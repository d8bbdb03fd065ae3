"""Files are short, finished, and say nothing of the machine they were written on."""

import re
from collections.abc import Iterator

from tools.rules.rule import Source, rule

HERE = ("tools/rules/files.py",)  # it has to name what it looks for
LOCKS = ("*package-lock.json", "*.lock")
PYTHON, WEB = 400, 250
TESTS = 600  # what shares one costly world stays together

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE = re.compile(r"(^|[\s\"'`(=:])(/(work|root|home/\w+|Users/\w+)/|C:\\Users\\)")
REGISTRY = re.compile(
    r"https?://[^\s/\"']*(registry|py[p]i|npm[j]s|python[h]osted|artifactory|nexus|verdaccio)"
    r"|--(extra-)?index-url|^\s*registry\s*=\s*[\"']?https?:",
    re.IGNORECASE,
)


@rule(
    f"Split it by what it is about: at most {PYTHON} lines, {WEB} in web/, {TESTS} of tests.",
    where=("*.py", "web/src/*.ts", "web/src/*.tsx", "web/src/*.css"),
    unless=("gausdo/modules/*/migrations/*", "web/src/shared/api/generated/*", "*.gen.ts"),
    good=("line = 1\n" * PYTHON,),
    bad=("line = 1\n" * (PYTHON + 1),),
)
def stay_short(source: Source) -> Iterator[int]:
    most = {"web": WEB, "tests": TESTS}.get(source.path.partition("/")[0], PYTHON)
    if source.text.count("\n") > most:
        yield most + 1


@rule(
    "Finish it, or leave it out; what is planned belongs to the tracker.",
    where=("*",),
    unless=(*HERE, *LOCKS),
    good=("# To the nearest hour: nobody plans by minutes.",),
    bad=("# TODO: round", "x = 1  # FIXME later"),
)
def leave_nothing_unfinished(source: Source) -> Iterator[int]:
    return source.matching(UNFINISHED)


@rule(
    "Name paths from the root of the repository, not of your machine.",
    where=("*",),
    unless=HERE,
    good=('path = ROOT / "gausdo"', 'url = "/api/v1/home/"'),
    bad=('path = "/home/ann/gausdo"', "cd /root/gausdo", "root: /root/.cache"),
)
def name_no_machine(source: Source) -> Iterator[int]:
    return source.matching(MACHINE)


@rule(
    "Lock files and settings name no package registry: everybody uses their own.",
    where=("*",),
    unless=HERE,
    good=('"resolved": "", "integrity": "sha512-x"', "pydantic==2.14 --hash=sha256:0"),
    bad=(
        '"resolved": "https://registry.example.org/x/-/x-1.tgz"',
        "--index-url https://example.org/simple",
        "registry = https://example.org/",
    ),
)
def name_no_registry(source: Source) -> Iterator[int]:
    return source.matching(REGISTRY)
