"""Communications: templates of letters, and letters on their way out."""

from base64 import b64decode, b64encode
from enum import StrEnum
from typing import Annotated, Any, Protocol, Self
from uuid import UUID

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from gausdo.kernel.actor import Actor
from gausdo.kernel.configuration import Configured
from gausdo.kernel.errors import Problem
from gausdo.kernel.events import Event, Seen, Subject
from gausdo.kernel.history import Happens
from gausdo.kernel.orders import Order
from gausdo.kernel.pages import ListQuery
from gausdo.kernel.persons import HoldsPeople
from gausdo.kernel.rights import guarded
from gausdo.kernel.values import Change, Draft, Json, Line, Secret, Text, Time, Value

TEMPLATES = guarded("communications.template", "create", "read", "edit")
MAIL = guarded("communications.mail", "read", "edit")
LETTERS = guarded("communications.letter", "create", "read", "edit", owned=True)

ATTACHED = 5_000_000
"""Bytes of a file that goes with a letter: mail servers take little more."""


def _decoded(told: object) -> object:
    return b64decode(told, validate=True) if isinstance(told, str) else told


def _encoded(content: bytes) -> str:
    return b64encode(content).decode()


Content = Annotated[
    bytes,
    BeforeValidator(_decoded),
    PlainSerializer(_encoded, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
"""Bytes of a file; base64 in JSON."""

Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]


class TemplateDraft(Draft):
    """Subject and body in Liquid; `body` is plain text or HTML as `html` says."""

    name: Line
    subject: Line
    body: Text
    html: StrictBool = False
    locale: Annotated[str, StringConstraints(pattern="^(ru|en)$")] = "ru"


class TemplateChange(Change):
    name: Line | None = None
    subject: Line | None = None
    body: Text | None = None
    html: StrictBool | None = None
    locale: Annotated[str, StringConstraints(pattern="^(ru|en)$")] | None = None


class Template(Value):
    id: UUID
    name: str
    subject: str
    body: str
    html: bool
    locale: str
    version: int


class TemplateSaved(Event, name="communications.template-saved.v1"):
    template_id: UUID
    version: int

    def subject(self) -> Subject:
        return Subject(kind="template", id=self.template_id)

    def subject_version(self) -> int:
        return self.version


class TemplateRemoved(Event, name="communications.template-removed.v1"):
    template_id: UUID

    def subject(self) -> Subject:
        return Subject(kind="template", id=self.template_id)


class LetterState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # given up; “run again” sends it once more


class Attachment(Draft):
    """A file that goes with a letter."""

    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/\\]{1,150}$")]
    type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$")]
    content: Annotated[Content, Field(min_length=1, max_length=ATTACHED)]


class LetterDraft(Draft):
    """A letter from a template, `values` being what that may name; or in words of its own, as
    plain text.
    """

    template_id: UUID | None = None
    subject: Line | None = None
    body: Text | None = None
    to: Address
    to_name: str | None = Field(None, max_length=200)
    values: dict[str, Any] = Field(default_factory=dict)
    attachments: list[Attachment] = Field(default_factory=list, max_length=10)
    about_kind: str | None = None
    about_id: UUID | None = None

    @model_validator(mode="after")
    def _from_one_of_both(self) -> Self:
        if (self.template_id is None) != bool(self.subject and self.body):
            raise ValueError("is from a template, or has a subject and a body of its own")
        return self


class Note(Draft):
    """A letter of Gausdo's own to somebody who works here, as plain text; `page` says the same as
    HTML.

    `id` names it for ever: sent again after a kill it is the same letter.
    """

    id: UUID
    to: Address
    to_name: str | None = Field(None, max_length=200)
    subject: Line
    body: Text
    page: Annotated[str, StringConstraints(max_length=200_000)] | None = None


class Letter(Value):
    id: UUID
    to: str
    subject: str
    state: LetterState
    attempts: int
    error: str | None
    about_kind: str | None
    about_id: UUID | None
    created_at: Time
    sent_at: Time | None


class LetterSent(Event, name="communications.letter-sent.v1"):
    letter_id: UUID
    owner_id: UUID
    team_id: UUID | None
    about_kind: str | None
    about_id: UUID | None
    sent_at: Time

    def subject(self) -> Subject:
        return Subject(kind="letter", id=self.letter_id)

    def seen_by(self) -> Seen:
        return Seen(
            owners=frozenset({self.owner_id}),
            teams=frozenset({self.team_id} if self.team_id else ()),
        )


class MailSecurity(StrEnum):
    NONE = "none"  # only on this machine with a password
    STARTTLS = "starttls"
    TLS = "tls"


MailHost = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9.:-]{1,253}$")
]


class MailServer(Value):
    """By which server letters leave; `own` when it was told here and not by the environment."""

    host: str
    port: int
    security: MailSecurity
    user: str | None
    has_password: bool
    sender: str
    own: bool
    version: int


class MailServerChange(Change):
    """`version` is 1 while the environment's server is used. A password that is not named stays,
    unless the letters are to leave by another server.
    """

    host: MailHost
    port: int = Field(strict=True, ge=1, le=65535)
    security: MailSecurity
    user: Line | None = None
    password: Annotated[Secret, Field(min_length=1, max_length=500)] | None = None
    sender: Line


class MailTrial(Draft):
    to: Address


class MailTried(Value):
    """How a letter left, or by `code` why not; `said` is the server's own word."""

    well: bool
    code: str
    said: str


class MailServerChanged(Event, name="communications.mail-server-changed.v1"):
    """`own` is False: the environment's is used again."""

    server_id: UUID
    own: bool
    version: int

    def subject(self) -> Subject:
        return Subject(kind="mail-server", id=self.server_id)

    def subject_version(self) -> int:
        return self.version


class NotTaken(Problem, code="communications.not-taken", status=422):
    """The mail server refuses this letter for good."""


class BadTemplate(Problem, code="communications.bad-template", status=422): ...


class Communications(HoldsPeople, Happens, Configured, Protocol):
    async def templates(self, actor: Actor) -> list[Template]:
        """All templates, by name."""
        ...

    async def add_template(
        self, actor: Actor, draft: TemplateDraft, key: str | None = None
    ) -> Template:
        """Raises BadTemplate, saying where."""
        ...

    async def change_template(
        self, actor: Actor, id: UUID, change: TemplateChange, key: str | None = None
    ) -> Template:
        """Raises NotFound, Forbidden, Stale, BadTemplate."""
        ...

    async def mail_server(self, actor: Actor) -> MailServer:
        """Raises Forbidden."""
        ...

    async def change_mail_server(
        self, actor: Actor, change: MailServerChange, key: str | None = None
    ) -> MailServer:
        """It holds for the next letter, everywhere. Raises Forbidden, Stale, Invalid."""
        ...

    async def reset_mail_server(self, actor: Actor, key: str | None = None) -> MailServer:
        """The environment's again. Raises Forbidden."""
        ...

    async def try_mail_server(self, actor: Actor, trial: MailTrial) -> MailTried:
        """Send a letter now, by the server that is used now. Raises Forbidden, Invalid."""
        ...

    async def send(self, actor: Actor, draft: LetterDraft, key: str | None = None) -> Letter:
        """Queue one letter; it leaves by a job. The same key never queues a second one."""
        ...

    async def send_all(self, actor: Actor, orders: list[Order[LetterDraft]]) -> list[UUID]:
        """The ids of the letters, in the order of their orders: all are queued, or none.

        What an order has queued before is not queued again. Raises as `send`.
        """
        ...

    async def post(self, actor: Actor, note: Note) -> None:
        """Hand a note to the mail server now; nothing of it is kept. Called by jobs alone.

        Raises Forbidden, Unavailable (it may pass later), NotTaken.
        """
        ...

    async def list_letters(self, actor: Actor, query: ListQuery) -> Json:
        """`Listed[Letter]`, newest first."""
        ...

    async def find_letters(self, actor: Actor, ids: list[UUID]) -> list[Letter]:
        """Those of them (≤ 200) the actor may see, in no order."""
        ...

    async def send_again(self, actor: Actor, id: UUID, key: str | None = None) -> Letter:
        """A letter that was given up, with all its tries. Raises NotFound, Forbidden, Conflict."""
        ...
