"""What customers stores. Nobody outside this module reads these tables."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Computed, FromClause, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column, relationship

from gausdo.kernel.fields import CUSTOM
from gausdo.kernel.persons import ERASED
from gausdo.kernel.values import new_id, now
from gausdo.modules.customers import (  # noqa: F401 - of this schema as well
    consent_tables,
    doubles,
    erasures,
    removed_rows,
    segment_tables,
)
from gausdo.modules.customers.contract import (
    CompanyAdded,
    CompanyChanged,
    CompanyMerged,
    CompanyParted,
    PersonAdded,
    PersonChanged,
    PersonErased,
    PersonMerged,
    PersonParted,
)
from gausdo.modules.customers.reach_contract import WAYS, Reachable
from gausdo.modules.customers.schema import schema
from gausdo.modules.customers.sort_keys import LAST, computed_key
from gausdo.modules.customers.telling import as_typed, beginnings_of, words_of
from gausdo.platform.db.schema import TIME, Owned
from gausdo.platform.history import Changes, InHistory, apart

__all__ = ["schema"]
SHARE = schema.share
CUSTOM_FIELD = schema.custom_field
WORD = schema.word

PERSONAL = frozenset(
    {
        *("name", "legal_name", "inn", "kpp", "ogrn", "address", "position"),
        *(*WAYS, "city", "tags", "source", "about", "merged", "parted"),
    }
)
"""Fields whose values may name a person: they stay out of events."""


def in_history(changes: Changes) -> InHistory:
    return apart(changes, PERSONAL)


def _search(*columns: str) -> Computed:
    """`words` as they are written, and the words of these columns by their stems."""
    prose = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    stems = f"strip(to_tsvector('russian', {prose}))"
    return Computed(f"array_to_tsvector(words) || {stems}", persisted=True)


def _indexes(table: str, *plain: str) -> tuple[Index, ...]:
    """One for every sort and filter, and for the words."""
    return (
        *_orders(table),
        # The same for those who see a team's, or their own: see `platform.parts`.
        *_orders(table, "team"),
        *_orders(table, "owner"),
        Index(f"ix_{table}_owner_teams", "owner_id", "team_id", "id"),
        Index(f"ix_{table}_search", "search", postgresql_using="gin"),
        Index(
            f"ix_{table}_team_search",
            text("customers.of_team(search, team_id)"),
            postgresql_using="gin",
        ),
        Index(f"ix_{table}_parts", text("customers.parts(search)"), postgresql_using="gin"),
        *(Index(f"ix_{table}_{column}", column) for column in plain),
        *_indexes_of_the_filled(table, "source"),
        Index(f"ix_{table}_tags", "tags", postgresql_using="gin"),
        # Likely the same name: see `suspects`.
        Index(f"ix_{table}_keys", text(f"customers.{table}_keys(name)"), postgresql_using="gin"),
    )


def _indexes_of_the_filled(table: str, *columns: str) -> Iterator[Index]:
    """For filters of what few records have; the others cost nothing."""
    for column in columns:
        yield Index(f"ix_{table}_{column}", column, postgresql_where=text(_filled(column)))


def _filled(column: str) -> str:
    return f"{column} is not null"


def _orders(table: str, whose: str = "") -> Iterator[Index]:
    begin, name, end = ([f"{whose}_id"], f"_{whose}", "") if whose else ([], "", "_id")
    for column in ("name_key", "created_at", "changed_at"):
        yield Index(f"ix_{table}{name}_{column}{end}", *begin, column, "id")
    for way, last in (("asc", LAST), ("desc", "''")):
        city = text(f"coalesce(city_key, {last})")
        yield Index(f"ix_{table}{name}_city_{way}", *begin, city, "id")


class ReachRow(schema.Base):  # type: ignore[name-defined,misc]
    """A phone, an e-mail or a link of a company or a person."""

    __tablename__ = "reach"
    __table_args__ = (Index("ix_reach_normal", "normal", "record_kind"),)

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # one of WAYS
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    record_kind: Mapped[str]  # company, person
    typed: Mapped[str]
    normal: Mapped[str]


class Customer(Owned):
    """What companies and people have in common."""

    __mapper_args__: ClassVar[dict[str, Any]] = {"eager_defaults": False}
    """What PostgreSQL computes is not read back: thousands of rows go in one round trip."""

    kind: ClassVar[str]
    plain: ClassVar[tuple[str, ...]]
    """The columns a client sets."""

    if TYPE_CHECKING:
        __table__: ClassVar[FromClause]

        def __init__(self, **columns: Any) -> None: ...

        def added(self) -> CompanyAdded | PersonAdded: ...

        def changed(
            self, changes: Changes, owner_before: UUID, team_before: UUID | None
        ) -> CompanyChanged | PersonChanged: ...

        def merged(
            self, into_id: UUID, with_ids: tuple[UUID, ...]
        ) -> CompanyMerged | PersonMerged: ...

        def parted(
            self, from_id: UUID, with_ids: tuple[UUID, ...]
        ) -> CompanyParted | PersonParted: ...

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Text(collation="C"), computed_key("name"), deferred=True)
    city: Mapped[str | None] = mapped_column(index=True)
    city_key: Mapped[str | None] = mapped_column(
        Text(collation="C"), computed_key("city"), deferred=True
    )
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    source: Mapped[str | None]
    about: Mapped[str | None]
    custom: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    words: Mapped[list[str]] = mapped_column(ARRAY(Text), deferred=True)

    @declared_attr
    @classmethod
    def ways(cls) -> Mapped[list[ReachRow]]:
        return relationship(
            ReachRow,
            primaryjoin=lambda: cls.id == foreign(ReachRow.record_id),
            order_by=(ReachRow.kind, ReachRow.place),
            cascade="all, delete-orphan",
            lazy="selectin",
            overlaps="ways",
        )

    @classmethod
    def add(cls, told: Mapping[str, Any], owner_id: UUID, team_id: UUID | None) -> Self:
        """A new record of the fields `ways.comparable` has checked."""
        at = now()
        row = cls(
            id=new_id(),
            **{name: told[name] for name in cls.plain},
            custom=told.get("custom", {}),
            owner_id=owner_id,
            team_id=team_id,
            created_at=at,
            changed_at=at,
            version=1,
        )
        row.ways = [way for kind in WAYS for way in row.ways_of(kind, told.get(kind, []))]
        row.words = row._words()
        return row

    def differing(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the fields that are not so already."""
        return {name: value for name, value in told.items() if self._now(name) != value}

    def change(
        self, told: Mapping[str, Any], team_id: UUID | None, beside: Changes | None = None
    ) -> Changes:
        """Set fields that differ; `team_id` is the team of the owner it shall have.

        `beside` is what has been changed of its sealed fields, and of those that were added.
        """
        changes = {
            name: (as_typed(self._now(name)), as_typed(value)) for name, value in told.items()
        }
        changes |= beside or {}
        for name, value in told.items():
            if name in WAYS:
                others = [way for way in self.ways if way.kind != name]
                self.ways = [*others, *self.ways_of(name, value)]
            else:
                setattr(self, name, value)
        if changes:
            self.team_id = team_id
            self.words = self._words()
            self.touch()
        return changes

    def set_added(self, values: Mapping[str, Any]) -> Changes:
        """Set the fields that were added; answers which differ."""
        before, self.custom = self.custom, dict(values)
        keys = sorted(before.keys() | values.keys())
        both = {CUSTOM + key: (before.get(key), values.get(key)) for key in keys}
        return {name: pair for name, pair in both.items() if pair[0] != pair[1]}

    def _now(self, name: str) -> Any:
        return self.reached_by(name) if name in WAYS else getattr(self, name)

    def reached_by(self, kind: str) -> list[Reachable]:
        """Its `phones`, `emails` or `links`, in their order."""
        return [
            Reachable(typed=way.typed, normal=way.normal) for way in self.ways if way.kind == kind
        ]

    def ways_of(self, kind: str, reachables: list[Reachable]) -> list[ReachRow]:
        return [
            ReachRow(
                record_id=self.id,
                record_kind=self.kind,
                kind=kind,
                place=place,
                typed=one.typed,
                normal=one.normal,
            )
            for place, one in enumerate(reachables)
        ]

    def _words(self) -> list[str]:
        return words_of(self.plain, self._now)

    def compared(self) -> dict[str, Any]:
        """What tells it from others, or that another is the same."""
        names = (name for name in (*self.plain, *WAYS) if name in COMPARED)
        return {name: self._now(name) for name in names}

    def beginnings(self) -> Changes:
        """What the first entry of its history shows: every field that has a value."""
        return beginnings_of(self.plain, self._now, self.custom)


COMPARED = frozenset({"name", "inn", "domain", "phones", "emails", "city", "company_id"})
"""Fields whose change may make two records look like one, or not any more."""


class CompanyRow(Customer, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "company"
    __table_args__ = (
        *_indexes("company", "inn", "domain", "industry"),
        *_indexes_of_the_filled("company", "legal_name", "kpp", "ogrn", "parent_id"),
        # As a condition compares it.
        Index("ix_company_size", text("(size::numeric)"), postgresql_where=text(_filled("size"))),
    )

    kind = "company"
    plain = (
        *("name", "legal_name", "inn", "kpp", "ogrn", "address", "size", "parent_id"),
        *("domain", "city", "industry", "tags", "source", "about"),
    )

    legal_name: Mapped[str | None]
    inn: Mapped[str | None]
    kpp: Mapped[str | None]
    ogrn: Mapped[str | None]
    address: Mapped[str | None]
    size: Mapped[int | None]
    parent_id: Mapped[UUID | None]
    domain: Mapped[str | None]
    industry: Mapped[str | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR, _search("name", "city", "industry"), deferred=True
    )

    def added(self) -> CompanyAdded:
        return CompanyAdded(**self._facts())

    def changed(
        self, changes: Changes, owner_before: UUID, team_before: UUID | None
    ) -> CompanyChanged:
        return CompanyChanged(
            **self._facts(),
            fields=tuple(changes),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
        )

    def merged(self, into_id: UUID, with_ids: tuple[UUID, ...]) -> CompanyMerged:
        """It is gone with this, one version later."""
        facts = self._facts() | {"version": self.version + 1}
        return CompanyMerged(**facts, into_id=into_id, with_ids=with_ids)

    def parted(self, from_id: UUID, with_ids: tuple[UUID, ...]) -> CompanyParted:
        return CompanyParted(**self._facts(), from_id=from_id, with_ids=with_ids)

    def _facts(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("owner_id", "team_id", "version")}
        return {"company_id": self.id, **told}


class PersonRow(Customer, schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "person"
    __table_args__ = (
        *_indexes("person", "position", "document_index"),
        Index("ix_person_company", "company_id", "name_key", "id"),
        Index("ix_person_consents", "consents", postgresql_using="gin"),
        Index("ix_person_consents_withdrawn", "consents_withdrawn", postgresql_using="gin"),
        *_indexes_of_the_filled("person", "consents_until"),
    )

    kind = "person"
    plain = ("name", "position", "company_id", "city", "tags", "source", "about")

    position: Mapped[str | None]
    document_sealed: Mapped[bytes | None]
    document_index: Mapped[str | None]
    erased_at: Mapped[datetime | None] = mapped_column(TIME)
    company_id: Mapped[UUID | None]
    consents: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # that are good now
    consents_until: Mapped[date | None]  # when the first of them will have been
    consents_withdrawn: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    search: Mapped[str] = mapped_column(
        TSVECTOR, _search("name", "position", "city"), deferred=True
    )

    def added(self) -> PersonAdded:
        return PersonAdded(**self._facts())

    def changed(
        self, changes: Changes, owner_before: UUID, team_before: UUID | None
    ) -> PersonChanged:
        return PersonChanged(
            **self._facts(),
            fields=tuple(changes),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
            previous_company_id=changes.get("company_id", (None,))[0],
        )

    def merged(self, into_id: UUID, with_ids: tuple[UUID, ...]) -> PersonMerged:
        """It is gone with this, one version later."""
        facts = self._facts() | {"version": self.version + 1}
        return PersonMerged(**facts, into_id=into_id, with_ids=with_ids)

    def parted(self, from_id: UUID, with_ids: tuple[UUID, ...]) -> PersonParted:
        return PersonParted(**self._facts(), from_id=from_id, with_ids=with_ids)

    def erase(self) -> PersonErased:
        """Take out whatever names the person; the record stays, for those that point at it."""
        for name in (*self.plain, "document_sealed", "document_index"):
            setattr(self, name, None)
        owner_before, team_before = self.owner_id, self.team_id
        self.name, self.ways, self.words, self.tags, self.custom = ERASED, [], [], [], {}
        self.consents = self.consents_until = self.consents_withdrawn = None
        self.version += 1
        self.changed_at = self.erased_at = now()
        return PersonErased(
            **self._facts(),
            fields=(*self.plain, *WAYS, "document", "custom"),
            previous_owner_id=owner_before,
            previous_team_id=team_before,
        )

    def _facts(self) -> dict[str, Any]:
        told = ("company_id", "owner_id", "team_id", "version")
        return {"person_id": self.id, **{name: getattr(self, name) for name in told}}
