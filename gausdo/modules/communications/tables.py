"""What communications stores. Nobody outside this module reads these tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from gausdo.kernel.actor import Actor
from gausdo.kernel.values import new_id, now
from gausdo.modules.communications import rendering
from gausdo.modules.communications.contract import (
    Attachment,
    Letter,
    LetterDraft,
    LetterSent,
    MailSecurity,
    MailServer,
    MailServerChanged,
    Template,
    TemplateChange,
    TemplateDraft,
)
from gausdo.modules.communications.post import Attached, Envelope, address, one_line
from gausdo.platform.crypto import Place, data_keys
from gausdo.platform.db import Schema
from gausdo.platform.db.schema import TIME
from gausdo.platform.search import searchable
from gausdo.platform.telemetry import traces
from gausdo.platform.worklist import WAITING, Pending

schema = Schema("communications")
data_keys(schema)

MAIL_SERVER = UUID("01900000-0000-7000-8000-0000000000b1")
"""There is one."""


class TemplateRow(schema.Base):  # type: ignore[name-defined,misc]
    __tablename__ = "template"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    html: Mapped[bool]
    locale: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(TIME)
    version: Mapped[int]

    @classmethod
    def write(cls, draft: TemplateDraft, id: UUID | None = None, version: int = 1) -> Self:
        """Under a new id, or one it has elsewhere. Raises BadTemplate."""
        row = cls(id=id or new_id(), created_at=now(), version=version, **draft.model_dump())
        row.check()
        return row

    def change(self, change: TemplateChange) -> dict[str, tuple[Any, Any]]:
        """Set the named fields; what cannot be empty stays when told so. Raises BadTemplate."""
        changes = {
            name: (getattr(self, name), value)
            for name, value in change.named().items()
            if value is not None and value != getattr(self, name)
        }
        for name, (_, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.check()
            self.version += 1
        return changes

    def check(self) -> None:
        one_line("subject", self.subject)
        rendering.check("subject", self.subject, locale=self.locale)
        rendering.check("body", self.body, locale=self.locale, html=self.html)

    def filled(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Subject and body with `values` in them. Raises BadTemplate, Invalid."""
        subject = rendering.render("subject", self.subject, values, locale=self.locale)
        body = rendering.render("body", self.body, values, locale=self.locale, html=self.html)
        return one_line("subject", subject), body

    def shown(self) -> Template:
        return Template.model_validate(self, from_attributes=True)


_WORDS = "subject || ' ' || translate(\"to\", '@._+-', '     ')"
"""What a letter is found by: its subject, and the parts of the address."""


class MailServerRow(schema.Base):  # type: ignore[name-defined,misc]
    """The server that was told here; without the row, or not `own`, the environment's is used."""

    __tablename__ = "mail_server"
    PASSWORD: ClassVar = Place("mail_server", "password")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    own: Mapped[bool]
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[str]
    user: Mapped[str | None]
    password: Mapped[bytes | None] = mapped_column(LargeBinary)
    sender: Mapped[str]
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(TIME)

    def changed(self) -> MailServerChanged:
        return MailServerChanged(server_id=self.id, own=self.own, version=self.version)

    def shown(self) -> MailServer:
        return MailServer(
            host=self.host,
            port=self.port,
            security=MailSecurity(self.security),
            user=self.user,
            has_password=self.password is not None,
            sender=self.sender,
            own=self.own,
            version=self.version,
        )


class LetterRow(Pending, schema.Base):  # type: ignore[name-defined,misc]
    """A letter as it was rendered; sent as it stands, whatever becomes of its template."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_created_at_id", "created_at", "id"),
        Index("ix_letter_due", "due_at", postgresql_where=text(f"state = '{WAITING}'")),
        Index("ix_letter_about", "about_kind", "about_id"),
        Index("ix_letter_search", "search", postgresql_using="gin"),
    )
    DONE = "sent"

    template_id: Mapped[UUID | None]  # None: in words of its own
    to: Mapped[str]
    to_name: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    html: Mapped[bool]
    about_kind: Mapped[str | None]
    about_id: Mapped[UUID | None]
    attached: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    owner_id: Mapped[UUID] = mapped_column(index=True)
    team_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(TIME)
    sent_at: Mapped[datetime | None] = mapped_column(TIME)
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(searchable(_WORDS), persisted=True),
        deferred=True,
    )

    @classmethod
    def write(
        cls,
        draft: LetterDraft,
        template: TemplateRow | None,
        actor: Actor,
        trace: str | None = None,
    ) -> Self:
        """Raises BadTemplate, and Invalid for an address that is none, or words that are not."""
        if template is None:
            subject, body = one_line("subject", draft.subject or ""), draft.body or ""
        else:
            subject, body = template.filled(draft.values)
        return cls(
            id=new_id(),
            state=WAITING,
            attempts=0,
            due_at=now(),
            template_id=template and template.id,
            to=address("to", draft.to),
            to_name=draft.to_name and one_line("to_name", draft.to_name),
            subject=subject,
            body=body,
            html=template is not None and template.html,
            attached=len(draft.attachments),
            about_kind=draft.about_kind,
            about_id=draft.about_id,
            owner_id=actor.id,
            team_id=actor.team_id,
            created_at=now(),
            trace=traces.current(trace),
        )

    def envelope(self, files: Sequence["AttachmentRow"] = ()) -> Envelope:
        return Envelope(
            id=self.id,
            to=self.to,
            to_name=self.to_name,
            subject=self.subject,
            body=self.body,
            html=self.html,
            written_at=self.created_at,
            attached=tuple(Attached(file.name, file.type, file.content) for file in files),
        )

    def sent(self) -> LetterSent:
        self.sent_at = now()
        return LetterSent(
            letter_id=self.id,
            owner_id=self.owner_id,
            team_id=self.team_id,
            about_kind=self.about_kind,
            about_id=self.about_id,
            sent_at=self.sent_at,
        )

    def shown(self) -> Letter:
        return Letter.model_validate(self, from_attributes=True)


class AttachmentRow(schema.Base):  # type: ignore[name-defined,misc]
    """A file of a letter, in its place."""

    __tablename__ = "attachment"

    letter_id: Mapped[UUID] = mapped_column(
        ForeignKey("communications.letter.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)

    @classmethod
    def of(cls, letter_id: UUID, files: Sequence[Attachment]) -> Iterator[Self]:
        for place, file in enumerate(files):
            yield cls(letter_id=letter_id, position=place, **file.model_dump())
