"""The configuration as files: one of JSON for each kind, in a folder or a ZIP.

The same configuration gives the same bytes: things in their kind's order, fields in theirs, a time
in the archive that never changes. What is read was written by anybody: nothing is unpacked to disk,
sizes are counted as they are read, and what is not as it should be is named with its place.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from gausdo.kernel.configuration import BadConfiguration, Things, place
from gausdo.kernel.errors import FieldError, TooLarge

FORMAT = 1
MANIFEST = "gausdo.json"
SUFFIX = ".json"
LARGEST = 5_000_000
"""Bytes of an archive, and of one file."""
TOGETHER = 20_000_000
"""Bytes of all files."""
FILES = 100
THINGS = 2000
"""Things of one kind."""
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_FILE = 0o100644 << 16


def written(things: Things) -> dict[str, bytes]:
    """File name → content, by name."""
    files = {f"{kind}{SUFFIX}": _json(told) for kind, told in things.items()}
    files[MANIFEST] = _json({"format": FORMAT})
    return dict(sorted(files.items()))


def packed(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, _FILE  # the same on every system
            archive.writestr(entry, content)
    return made.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Raises BadConfiguration, TooLarge."""
    if len(archive) > LARGEST:
        raise TooLarge(f"A configuration has at most {LARGEST // 1_000_000} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return dict(_entries(opened))
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
        ValueError,
    ) as error:  # fmt: skip
        raise _bad("archive", "not-zip", "This is no ZIP archive, or a broken one.") from error


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The files at the top, or in the one folder there is; a folder by itself is nothing."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > FILES:
        raise TooLarge(f"A configuration has at most {FILES} files.")
    paths = [PurePosixPath(info.filename) for info in infos]
    inside = {path.parts[0] if len(path.parts) == 2 else "" for path in paths}  # noqa: PLR2004
    folder = inside.pop() if len(inside) == 1 else ""
    left, seen = TOGETHER, set()
    for info, path in zip(infos, paths, strict=True):
        name = path.name if folder not in {"", ".", ".."} else info.filename
        if name != PurePosixPath(name).name or "\\" in name:
            raise _bad(info.filename[:200], "unknown-file", "No file of a configuration is there.")
        if name in seen:
            raise _bad(name, "twice", "This file is in the archive twice.")
        seen.add(name)
        with archive.open(info) as file:
            content = file.read(min(left, LARGEST) + 1)
        if len(content) > min(left, LARGEST):
            raise TooLarge(f"{name}: the files are larger than a configuration may be.")
        left -= len(content)
        yield name, content


def in_folder(folder: Path) -> dict[str, bytes]:
    """Its files of JSON; what else lies there is nobody's business. Raises TooLarge."""
    found = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if path.stat().st_size > LARGEST:
            raise TooLarge(f"{path.name} is larger than a file of a configuration may be.")
        found[path.name] = path.read_bytes()
    return found


def read(files: Mapping[str, bytes]) -> Things:
    """What the files say. Raises BadConfiguration, naming file and place."""
    errors: list[FieldError] = []
    told: dict[str, Any] = {}
    for name, content in files.items():
        try:
            told[name] = _parsed(name, content)
        except BadConfiguration as bad:
            errors += bad.errors
    if errors:
        raise BadConfiguration.of(errors)
    if told.pop(MANIFEST, None) != {"format": FORMAT}:
        sentence = f"This is no configuration of format {FORMAT}."
        raise _bad(MANIFEST, "format", sentence)
    for name in told:
        if not name.endswith(SUFFIX):
            raise _bad(name[:200], "unknown-file", "No file of a configuration is called so.")
    return {name.removesuffix(SUFFIX): _things(name, one) for name, one in told.items()}


def _things(name: str, told: Any) -> list[dict[str, Any]]:
    kind = name.removesuffix(SUFFIX)
    if not isinstance(told, list):
        raise _bad(name, "list", "Expected a list of things.")
    if len(told) > THINGS:
        raise _bad(name, "too-many", f"At most {THINGS} things are taken.")
    for number, one in enumerate(told):
        if not isinstance(one, dict):
            raise _bad(place(kind, number), "thing", "Expected an object.")
    return told


def _parsed(name: str, content: bytes) -> Any:
    try:
        told = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
        _demand_texts(name, told)
    except UnicodeDecodeError:
        raise _bad(name[:200], "utf-8", "This is not UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"{name[:200]}:{error.lineno}:{error.colno}"
        raise _bad(where, "json", f"This is not JSON: {error.msg}.") from None
    except RecursionError:
        raise _bad(name[:200], "json", "This is nested too deeply.") from None
    except ValueError as error:
        raise _bad(name[:200], "json", f"This is not JSON: {error}"[:300]) from None
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("an object names the same field twice.")
    return told


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number.")


def _demand_texts(name: str, told: Any) -> None:
    """Raise BadConfiguration for text that no text may have."""
    match told:
        case str():
            if "\x00" in told or any("\ud800" <= letter <= "\udfff" for letter in told):
                sentence = "A text has a NUL character or half of a character pair."
                raise _bad(name[:200], "text", sentence)
        case dict():
            for key, inner in told.items():
                _demand_texts(name, key)
                _demand_texts(name, inner)
        case list():
            for inner in told:
                _demand_texts(name, inner)


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def _bad(field: str, code: str, message: str) -> BadConfiguration:
    return BadConfiguration.of([FieldError(field=field, code=code, message=message)])
