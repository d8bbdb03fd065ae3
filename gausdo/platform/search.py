"""What is sought (`kernel.sought`) as PostgreSQL finds it.

A word stands in the index as it is written and by its stem (the `russian` configuration stems
Russian and English words), so that words too common to be stemmed are found as well. The schema's
function `parts` tells every three letters that stand side by side in the words of a row: an index
of that has what stands in the middle of words. Letters that are there may stand apart; so each
row that is found is looked at as well. The schema's table `word` has the words of all rows: of the
hundreds that are one slip away hardly any is there, and the index is asked for those alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ScalarSelect,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSQUERY

from gausdo.kernel.actor import Actor, Right
from gausdo.kernel.sought import Begins, Inside, Slips, Sought, Whole, first_step, steps
from gausdo.kernel.values import Json
from gausdo.platform.db import Asked, Database, Read, Schema
from gausdo.platform.found import Words, as_it_is
from gausdo.platform.parts import own_elsewhere, owned
from gausdo.platform.rights import Guard
from gausdo.platform.turns import first_of

_NOTHING = (b'{"items" : []', b'{"found" : 0')
"""Of a page, as PostgreSQL writes it."""


def searchable(text: str) -> str:
    """The SQL of a `tsvector` over an SQL expression of text, for a computed column."""
    folded = f"translate(lower({text}), 'ё', 'е')"
    return f"to_tsvector('russian', {folded}) || to_tsvector('simple', {folded})"


def among(id: ColumnElement[Any], found: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows for which `found` holds, by the index of their words alone.

    PostgreSQL knows little of how many rows a prefix has; left to itself it may walk a whole
    table in the order of the page for the few rows that match.
    """
    return id == any_(func.array(select(id).where(found).correlate(None).scalar_subquery()))


def holds(schema: Schema, vector: ColumnElement[Any], sought: Sought | None) -> ColumnElement[bool]:
    """Whether a row that is looked at has it; nothing has what is no word at all."""
    if sought is None:
        return false()
    if isinstance(sought, Inside):
        written, asked = cast(func.strip(vector), Text), _told(_inside_name(sought), sought.words)
        words = (_once(asked[as_it_is(place)]) for place in range(1, len(sought.words) + 1))
        return and_(*(func.strpos(written, word) > 0 for word in words))
    return vector.bool_op("@@")(_once(_question(schema, sought)))


def found_by(schema: Schema, vector: Column[Any], sought: Sought) -> ColumnElement[bool]:
    """The same, for the index of words or of their parts to find."""
    if not isinstance(sought, Inside):
        return holds(schema, vector, sought)
    parts = getattr(func, schema.name).parts
    asked = _once(parts(func.array_to_tsvector(_inside(sought))))
    return and_(parts(vector).bool_op("@>")(asked), holds(schema, vector, sought))


def in_teams(
    schema: Schema,
    vector: Column[Any],
    team: ColumnElement[Any],
    sought: Sought,
    teams: Sequence[ColumnElement[Any]],
) -> list[ColumnElement[bool]]:
    """Of each of `teams`, whether a row may be one of its rows that has what is sought.

    The schema's function `of_team` puts a short sign of a team before each word, of a row and of
    what is asked: an index of that has the words of every team apart. Two teams may have one sign,
    so the team or the rights of each row are to be looked at as well.
    """
    if isinstance(sought, Inside):
        return [and_(found_by(schema, vector, sought), team == one) for one in teams]
    of_team = getattr(func, schema.name).of_team
    own, asked = of_team(vector, team), _question(schema, sought)
    return [own.bool_op("@@")(_once(of_team(asked, one))) for one in teams]


def of_own(words: Words, actor: Actor, right: Right, guard: Guard, sought: Sought | None) -> Words:
    """Of the actor's own rows: in the order of the page, but letters within words by their index.
    To look for those in a row costs more than the index tells too many.
    """
    few = sought is None or isinstance(sought, Inside)
    elsewhere = own_elsewhere(actor, right, guard) if words.of_teams else None
    return replace(words, own=owned(actor, guard), elsewhere=elsewhere, few=few)


async def closest(
    db: Database, q: str | None, read: Callable[[Sought | None], Read], *, numbers: bool = False
) -> Json:
    """The page (`Listed`) of the first step of looking for `q` that finds anything.

    The first is asked alone, for it finds most of what is typed; the others at once.
    """
    if not (sought := steps(q, numbers=numbers) if q else ()):
        return await db.one(read(None))
    first, *others = sought
    page = await db.one(replace(read(first), planned_once=True))
    if others and page.startswith(_NOTHING):
        page = await db.one(first_of([read(step) for step in others]))
    return page


def matches(vector: ColumnElement[Any], q: str) -> ColumnElement[bool]:
    """Whether `vector` has every word of `q`."""
    step = first_step(q)
    return false() if step is None else vector.bool_op("@@")(_once(_begins(step)))


def add_sought(asked: Asked, sought: Sought | None) -> None:
    """What `holds` makes of it, for a read that is told apart."""
    if isinstance(sought, Inside):
        told: dict[str, Any] = {_inside_name(sought): list(sought.words)}
        asked.add(Inside, sought.reading, len(sought.words), **told)
    elif isinstance(sought, Slips):
        for name, meant in _places(sought):
            asked.add(Slips, name, len(meant) > 1, **{name: _slip(meant)})
    elif isinstance(sought, Whole):
        asked.add("told", told=_whole(sought))
    elif sought is None:
        asked.add(None)
    else:
        asked.add(Begins)
        for words, reading in enumerate(sought.readings):
            asked.add(len(reading))
            for number, word in enumerate(reading):
                name, stem = f"q_{words}_{number}", _stem(word)
                asked.add(stem is None, **{name: _written(word), f"{name}_stem": stem})


def add_words(asked: Asked, q: str) -> None:
    """What `matches` makes of `q`, for a read that is told apart."""
    add_sought(asked, first_step(q))


def _question(schema: Schema, sought: Whole | Begins | Slips) -> ColumnElement[Any]:
    if isinstance(sought, Slips):
        return _slips(schema, sought)
    if isinstance(sought, Begins):
        return _begins(sought)
    return cast(bindparam("told", _whole(sought), Text), TSQUERY)


def _begins(sought: Begins) -> ColumnElement[Any]:
    readings = []
    for words, reading in enumerate(sought.readings):
        asked = [_word(word, f"q_{words}_{number}") for number, word in enumerate(reading)]
        readings.append(_joined("&&", asked))
    return _joined("||", readings)


def _joined(sign: str, asked: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    every = asked[0]
    for one in asked[1:]:
        every = every.op(sign)(one)
    return every


def _word(word: str, name: str) -> ColumnElement[Any]:
    """As it is written or by its stem; one question where they are the same, as of the first
    letters.
    """
    written = cast(bindparam(name, _written(word), Text), TSQUERY)
    if (stem := _stem(word)) is None:
        return written
    told = bindparam(f"{name}_stem", stem, Text)
    stems = func.to_tsquery(cast("russian", REGCONFIG), told)
    return case((written == stems, written), else_=written.op("||")(stems))


def _whole(sought: Whole) -> str:
    return " & ".join(map(_quoted, sought.words))


def _slips(schema: Schema, sought: Slips) -> ColumnElement[Any]:
    """Of each place the words that are there; NULL where a place of every reading has none."""
    places = iter(_places(sought))
    readings = []
    for reading in sought.readings:
        asked = [_place(schema, *next(places)) for _ in reading]
        readings.append(
            _joined("||", [asked[0], *(_sign(" & ").op("||")(one) for one in asked[1:])])
        )
    return cast(func.nullif(func.concat_ws(_sign(" | "), *readings), _sign("")), TSQUERY)


def _place(schema: Schema, name: str, words: Sequence[str]) -> ColumnElement[Any]:
    if len(words) == 1:
        return bindparam(name, _slip(words), Text)
    word = schema.word.c.word
    there = func.string_agg(func.quote_literal(word), _sign(" | "))
    asked = word == any_(_unknown(name, words))
    return select(_sign("(").op("||")(there).op("||")(_sign(")"))).where(asked).scalar_subquery()


def _sign(sign: str) -> ColumnElement[str]:
    return literal_column(f"'{sign}'", Text)


def _places(sought: Slips) -> list[tuple[str, Sequence[str]]]:
    """The words of each place of each reading, by the name they are bound by."""
    return [
        (f"slip_{reading}_{place}", words)
        for reading, told in enumerate(sought.readings)
        for place, words in enumerate(told)
    ]


def _slip(words: Sequence[str]) -> str | list[str]:
    """What may have been meant, or the one word that nothing else may be meant by."""
    return list(words) if len(words) > 1 else _written(words[0])


def _written(word: str) -> str:
    return f"{_quoted(word)}:*"


def _quoted(word: str) -> str:
    told = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{told}'"


def _stem(word: str) -> str | None:
    """What is no word of a language has no stem."""
    return f"{word}:*" if word.isalpha() else None


def _inside(sought: Inside) -> ColumnElement[Any]:
    return _unknown(_inside_name(sought), sought.words)


def _inside_name(sought: Inside) -> str:
    """Of each reading its own, so that one statement may look for several."""
    return f"inside_{sought.reading}"


def _unknown(name: str, words: Sequence[str]) -> ColumnElement[Any]:
    """As a value that is not known when it is planned: each of hundreds would be weighed, and a
    plan for a few taken for better than the one that is kept.
    """
    return cast(_told(name, words), ARRAY(Text))


def _told(name: str, words: Sequence[str]) -> ScalarSelect[Any]:
    return select(bindparam(name, list(words), ARRAY(Text))).scalar_subquery()


def _once(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Made once for a statement, and not again for each row that is looked at."""
    return select(value).scalar_subquery()
