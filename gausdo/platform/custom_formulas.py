"""The formulas of a kind of record, each as what PostgreSQL works it out by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gausdo.kernel.custom import CustomField, CustomType
from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.formulas import LIST, TEXT, Formula, Source, Wrong, formula

Own = Mapping[str, Source]
"""What a formula may ask of the fields each installation has, by their names in rights."""


@dataclass(frozen=True)
class Computed:
    """A formula, read. `rank`: it is worked out after those of a lower one. `uses`: all fields it
    is made of, at whatever distance.
    """

    of: Formula
    rank: int
    uses: frozenset[str]

    def kept(self) -> dict[str, Any]:
        """As `custom_field.computed` has it."""
        return {"tree": self.of.tree, "rank": self.rank}


def own(column: str, type: str) -> Source:
    """A column of the record's row."""
    return Source(type, {"op": "own", "column": column})


def read_all(fields: Iterable[CustomField], of: Own, zone: str) -> dict[str, Computed]:
    """Every formula by the key of its field. Raises Wrong, named by `Formulas.at`."""
    return Formulas({one.key: one for one in fields}, of, zone).all()


@dataclass
class Formulas:
    """Those of one kind, read as they ask for one another."""

    fields: Mapping[str, CustomField]
    own: Own
    zone: str
    done: dict[str, Computed] = field(default_factory=dict)
    reading: list[str] = field(default_factory=list)

    def all(self) -> dict[str, Computed]:
        for key, one in self.fields.items():
            if one.formula is not None:
                self.read(key)
        return self.done

    def read(self, key: str) -> Computed:
        if key not in self.done:
            self.done[key] = self._read(key, self.fields[key].formula or "")
        return self.done[key]

    def tried(self, text: str, key: str | None) -> Computed:
        """A formula that is none of theirs yet; `key`: of the field it is to be."""
        return self._read(key or "", text)

    def _read(self, key: str, text: str) -> Computed:
        self.reading.append(key)
        try:
            found = formula(text, _Sources(self), self.zone)
        except Wrong as wrong:
            wrong.of = wrong.of or key
            raise
        self.reading.pop()
        others = [
            self.done[name.removeprefix(CUSTOM)]
            for name in found.uses
            if name.removeprefix(CUSTOM) in self.done and name.startswith(CUSTOM)
        ]
        return Computed(
            found,
            max((one.rank for one in others), default=0) + 1,
            found.uses.union(*(one.uses for one in others)),
        )

    def source(self, name: str) -> Source | None:
        if not name.startswith(CUSTOM):
            return self.own.get(name)
        key = name.removeprefix(CUSTOM)
        one = self.fields.get(key)
        if key in self.reading:
            raise Wrong("cycle", 0, f"“{name}” would be worked out of itself.", name)
        if one is None:
            return None
        if one.type is CustomType.FILE:
            raise Wrong(
                "files", 0, f"“{one.name}” holds files: nothing is worked out of them.", name
            )
        if one.type is CustomType.SEALED:
            raise Wrong("sealed", 0, f"“{name}” is kept encrypted: no formula reads it.", name)
        type = _AS.get(one.type, str(one.type))
        if one.formula is not None:
            type = self.read(key).of.type
        tree: dict[str, Any] = {"op": "custom", "key": key}
        if type == CustomType.NUMBER:
            tree["as"] = type
        return Source(type, tree, {option.key: option.name for option in one.options})


_AS = {
    CustomType.CHOICE: TEXT,
    CustomType.PERSON: TEXT,
    CustomType.LINK: TEXT,
    CustomType.CHOICES: LIST,
}


class _Sources(Mapping[str, Source]):
    """Read when they are asked for: a formula may ask for another."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas = formulas

    def __getitem__(self, name: str) -> Source:
        found = self.formulas.source(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Any:
        return iter((*self.formulas.own, *(CUSTOM + key for key in self.formulas.fields)))

    def __len__(self) -> int:
        return len(self.formulas.own) + len(self.formulas.fields)
