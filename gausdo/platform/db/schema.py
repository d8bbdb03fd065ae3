"""A module's private corner of the database, and the tables that every module has there."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gausdo.kernel.values import now

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TIME = DateTime(timezone=True)


class Schema:
    """`schema.Base` is what a module's rows inherit; the rest is its backbone:

    - `outbox`: events on their way out, by day; transport only;
    - `history`: every change, for ever, by month; `personal` beside it holds what can be erased;
    - `seal`: the chain that shows whether somebody has laid hands on the history;
    - `line`: the last position given to an event;
    - `cursor`: how far each consumer of this module has read each source; the inbox;
    - `parked`: events a handler could not apply, and those of the same record behind them;
    - `answer`: what was answered to an idempotency key;
    - `known`: other modules' records by id, with what is needed to show and guard their names.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.metadata = MetaData(schema=name, naming_convention=NAMES)
        metadata = self.metadata

        class Base(DeclarativeBase):
            __abstract__ = True
            type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
                dict[str, Any]: JSONB,
                list[dict[str, Any]]: JSONB,
                datetime: TIME,
                Decimal: Numeric(18, 2),
                str: Text,
                UUID: Uuid,
            }

        Base.metadata = metadata
        self.Base = Base

        self.outbox = Table(
            "outbox",
            metadata,
            Column("id", BigInteger, Identity(always=True)),
            Column("day", Date, server_default=func.current_date(), nullable=False),
            Column("pos", BigInteger),
            *_event_columns(),
            PrimaryKeyConstraint("id", "day"),
            Index("ix_outbox_unplaced", "id", postgresql_where=text("pos is null")),
            Index("ix_outbox_pos", "pos"),
            postgresql_partition_by="RANGE (day)",
        )
        self.history = Table(
            "history",
            metadata,
            Column("id", BigInteger, Identity(always=True)),
            *_event_columns(),
            Column("changes", JSONB, nullable=False),
            Column("session", Text),
            Column("address", Text),
            Column("salt", Uuid),  # of the address: without it nobody can guess what was sealed
            PrimaryKeyConstraint("id", "at"),
            Index("ix_history_subject", "subject_id", "version"),
            *_audited(),
            postgresql_partition_by="RANGE (at)",
        )
        self.personal = Table(
            "personal",
            metadata,
            Column("event_id", Uuid, primary_key=True),
            Column("subject_id", Uuid, nullable=False, index=True),
            Column("changes", JSONB, nullable=False),
            Column("salt", Uuid, server_default=text("gen_random_uuid()")),
        )
        self.seal = Table(
            "seal",
            metadata,
            Column("n", BigInteger, primary_key=True, autoincrement=False),
            Column("kind", Text, nullable=False),
            Column("from_pos", BigInteger, nullable=False),
            Column("to_pos", BigInteger, nullable=False),
            Column("older", BigInteger),
            Column("at", TIME, nullable=False),
            Column("ids", ARRAY(BigInteger), nullable=False),
            Column("kinds", ARRAY(Text), nullable=False),
            Column("records", ARRAY(Uuid), nullable=False),
            Column("digests", LargeBinary, nullable=False),
            Column("first_at", TIME),
            Column("last_at", TIME),
            Column("note", JSONB),
            Column("previous", LargeBinary, nullable=False),
            Column("hash", LargeBinary, nullable=False),
            Column("signature", LargeBinary, nullable=False),
        )
        self.line = Table(
            "line",
            metadata,
            Column("one", Boolean, primary_key=True, server_default=text("true")),
            Column("pos", BigInteger, nullable=False, server_default=text("0")),
        )
        self.cursor = Table(
            "cursor",
            metadata,
            Column("consumer", Text, primary_key=True),
            Column("source", Text, primary_key=True),
            Column("pos", BigInteger, nullable=False, server_default=text("0")),
            Column("seq", BigInteger, nullable=False, server_default=text("0")),
            Column("at", TIME, nullable=False, server_default=func.now()),
        )
        self.parked = Table(
            "parked",
            metadata,
            Column("consumer", Text, primary_key=True),
            Column("source", Text, primary_key=True),
            Column("pos", BigInteger, primary_key=True),
            Column("kind", Text, nullable=False),
            Column("subject_id", Uuid, nullable=False),
            Column("envelope", JSONB, nullable=False),
            Column("error", Text),
            Column("attempts", Integer, nullable=False, server_default=text("0")),
            Column("next_try_at", TIME),
            Column("parked_at", TIME, nullable=False, server_default=func.now()),
            Index("ix_parked_subject", "consumer", "source", "kind", "subject_id", "pos"),
        )
        self.answer = Table(
            "answer",
            metadata,
            Column("actor_id", Uuid, primary_key=True),
            Column("key", Text, primary_key=True),
            Column("fingerprint", LargeBinary, nullable=False),
            Column("answer", JSONB),
            Column("at", TIME, nullable=False, server_default=func.now(), index=True),
        )
        self._share: Table | None = None
        self._word: Table | None = None
        self._custom_field: Table | None = None
        self.known = Table(
            "known",
            metadata,
            Column("kind", Text, primary_key=True),
            Column("id", Uuid, primary_key=True),
            Column("label", Text, nullable=False),
            Column("owner_id", Uuid),
            Column("team_id", Uuid),
            Column("canonical_id", Uuid),
            Column("version", BigInteger, nullable=False, server_default=text("1")),
        )

    @property
    def share(self) -> Table:
        """Records shared with a person or a team (`with_id`), to be read or also edited (`level`).

        Only a schema whose rows are guarded with it has the table.
        """
        if self._share is None:
            self._share = Table(
                "share",
                self.metadata,
                Column("object", Text, primary_key=True),
                Column("record_id", Uuid, primary_key=True),
                Column("with_id", Uuid, primary_key=True),
                Column("with_team", Boolean, nullable=False),
                Column("level", Text, nullable=False),
                Column("by_id", Uuid, nullable=False),
                Column("at", TIME, nullable=False),
                Index("ix_share_with", "with_id", "object", "record_id"),
            )
        return self._share

    @property
    def word(self) -> Table:
        """The words of which one may be meant where a slip of the keyboard was typed: see
        `words.sql`. Only a schema whose records are searched for slips has it.
        """
        if self._word is None:
            self._word = Table("word", self.metadata, Column("word", Text, primary_key=True))
        return self._word

    @property
    def has_custom_fields(self) -> bool:
        return self._custom_field is not None

    @property
    def custom_field(self) -> Table:
        """Fields that were added to records of this module; only a schema that asks has it."""
        if self._custom_field is None:
            self._custom_field = Table(
                "custom_field",
                self.metadata,
                Column("id", Uuid, primary_key=True),
                Column("of", Text, nullable=False),
                Column("key", Text, nullable=False),
                Column("name", Text, nullable=False),
                Column("type", Text, nullable=False),
                Column("help", Text),
                Column("options", JSONB, nullable=False),
                Column("links_to", Text),
                Column("files", Boolean, nullable=False, server_default=text("false")),
                Column("required", Boolean, nullable=False),
                Column("unique", Boolean, nullable=False, server_default=text("false")),
                Column("indexed", Boolean, nullable=False, server_default=text("false")),
                Column("pipeline_ids", JSONB, nullable=False, server_default=text("'[]'")),
                Column("default", JSONB(none_as_null=True)),
                Column("formula", Text),
                Column("roll_up", JSONB(none_as_null=True)),
                Column("computed", JSONB(none_as_null=True)),
                Column("uses", JSONB, nullable=False, server_default=text("'[]'")),
                Column("computing", JSONB(none_as_null=True)),
                Column("becoming", JSONB(none_as_null=True)),
                Column("came_of", Uuid),
                Column("sealed", Boolean, nullable=False, server_default=text("false")),
                Column("position", Integer, nullable=False),
                Column("archived", Boolean, nullable=False),
                Column("version", BigInteger, nullable=False),
                UniqueConstraint("of", "key"),
            )
        return self._custom_field


def _event_columns() -> list[Column[Any]]:
    return [
        Column("event_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("at", TIME, nullable=False),
        Column("actor_id", Uuid),
        Column("via", Text, nullable=False),
        Column("cause", JSONB),
        Column("seen", JSONB, nullable=False),
        Column("trace", Text),
        Column("body", JSONB, nullable=False),
    ]


def _audited() -> list[Index]:
    """What the audit can be asked for, each in the order in which it is shown.

    A kind of record is asked for by the names of its events, which are few.
    """
    place = ("at", "event_id")
    return [
        Index("ix_history_at", *place),
        Index("ix_history_actor", "actor_id", *place),
        Index("ix_history_name", "name", *place),
        # Most is done by people themselves: the order of all finds that as soon.
        Index("ix_history_via", "via", *place, postgresql_where=text("via <> 'person'")),
        Index(
            "ix_history_address", "address", *place, postgresql_where=text("address is not null")
        ),
    ]


class Owned:
    """Columns of a record that somebody owns: `owner`, `team` and the version of every change.

    `team_id` is stamped when the owner is set; a change of the owner's team moves it by an event.
    Both begin an index of each table's own orders.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    team_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(TIME)
    changed_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int] = mapped_column(default=1)

    def touch(self) -> None:
        """It is another version from now on."""
        self.version += 1
        self.changed_at = now()
