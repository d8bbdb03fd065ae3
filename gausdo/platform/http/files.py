"""Files over HTTP: they come as a body of bytes, and go out to be kept, never to be run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import StreamingResponse

from gausdo.kernel.custom_files import FieldFileDraft, FileOf, KeepsFieldFiles
from gausdo.kernel.files import PORTION, KeepsProofs, NamedFile, SentFile
from gausdo.platform.http.routes import CurrentActor, IdempotencyKey, Routes

BYTES = "application/octet-stream"


async def received(request: Request, add: Callable[[int, bytes], Awaitable[None]]) -> None:
    """Hand on what comes, portion by portion."""
    number, waiting = 0, bytearray()
    async for chunk in request.stream():
        waiting += chunk
        while len(waiting) >= PORTION:
            await add(number, bytes(waiting[:PORTION]))
            del waiting[:PORTION]
            number += 1
    if waiting:
        await add(number, bytes(waiting))


def sent(told: SentFile, portion: Callable[[int], Awaitable[bytes]]) -> StreamingResponse:
    """To be kept, never to be shown or run by the browser."""

    async def portions() -> AsyncIterator[bytes]:
        for number in range(-(-told.size // PORTION)):
            yield await portion(number)

    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(told.name, safe='')}",
        "content-length": str(told.size),
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "no-store",
    }
    return StreamingResponse(portions(), media_type=told.media, headers=headers)


def proof_files(api: Routes, keeps: KeepsProofs, right: str) -> None:
    """The routes of files that prove what people have said."""

    @api.post("/consent-files", status=201, takes=BYTES, right=right)
    async def send_consent_file(
        draft: Annotated[NamedFile, Query()],
        request: Request,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> SentFile:
        """The file itself is the body. An entry takes it along as `proof_file_id`, within a day."""
        id = await keeps.begin_proof(actor, draft, key)

        async def add(number: int, content: bytes) -> None:
            await keeps.add_field_file_portion(actor, id, number, content)

        await received(request, add)
        return await keeps.finish_field_file(actor, id)

    @api.get("/people/{id}/consents/{entry_id}/file", media=(BYTES,), right=right)
    async def consent_file(id: UUID, entry_id: UUID, actor: CurrentActor) -> StreamingResponse:
        """To be kept, never to be shown or run by the browser."""

        async def portion(number: int) -> bytes:
            return await keeps.proof_portion(actor, id, entry_id, number)

        return sent(await keeps.proof(actor, id, entry_id), portion)


def field_files(
    api: Routes, keeps: KeepsFieldFiles, kind: Literal["deal", "company", "person"], right: str
) -> None:
    """The routes of files of fields that were added to records of a kind."""

    async def send(
        of: Annotated[FileOf, Query()],
        request: Request,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> SentFile:
        """The file itself is the body. A record takes it along in `custom`, within a day."""
        draft = FieldFileDraft(kind=kind, field_id=of.field_id, name=of.name)
        id = await keeps.begin_field_file(actor, draft, key)

        async def add(number: int, content: bytes) -> None:
            await keeps.add_field_file_portion(actor, id, number, content)

        await received(request, add)
        return await keeps.finish_field_file(actor, id)

    async def file(id: UUID, actor: CurrentActor) -> StreamingResponse:
        """To be kept, never to be shown or run by the browser."""

        async def portion(number: int) -> bytes:
            return await keeps.field_file_portion(actor, kind, id, number)

        return sent(await keeps.field_file(actor, kind, id), portion)

    send.__name__, file.__name__ = f"send_{kind}_file", f"{kind}_file"
    api.post(f"/{kind}-files", status=201, takes=BYTES, right=right)(send)
    api.get(f"/{kind}-files/{{id}}", media=(BYTES,), right=right)(file)
