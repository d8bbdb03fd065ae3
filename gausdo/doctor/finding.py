"""One thing that was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`told` says what is, `advice` what to do about it."""

    what: str
    told: str
    well: bool = True
    advice: str | None = None


def wrong(what: str, told: str, advice: str) -> Finding:
    return Finding(what, told, well=False, advice=advice)
