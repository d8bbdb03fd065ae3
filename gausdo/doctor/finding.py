"""One thing that was looked at."""

from dataclasses import dataclass

from gausdo.brought import Language
from gausdo.doctor.words import Words, verbatim


@dataclass(frozen=True)
class Finding:
    """`told` says what is, `advice` what to do about it.

    `what` is words, or the name of a program or of a part, the same in every language.
    """

    what: str
    told: Words
    well: bool = True
    advice: Words | None = None

    def in_language(self, language: Language) -> "Finding":
        return Finding(
            self.what.in_language(language) if isinstance(self.what, Words) else self.what,
            verbatim(self.told.in_language(language)),
            self.well,
            verbatim(self.advice.in_language(language)) if self.advice else None,
        )


def wrong(what: str, told: Words, advice: Words) -> Finding:
    return Finding(what, told, well=False, advice=advice)
