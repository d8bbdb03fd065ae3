"""Integrations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import Response

from gausdo.kernel.errors import TooLarge
from gausdo.kernel.imports import (
    FileImport,
    FileImportChange,
    FileName,
    ImportKind,
    ImportsQuery,
    RefusedRow,
    RowCorrection,
)
from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.taking_back import UndoConflict, UndoPreview
from gausdo.kernel.values import Json, Value
from gausdo.modules.integrations.contract import (
    ApiKey,
    ApiKeyChange,
    ApiKeyDraft,
    Delivery,
    HookDraft,
    ImportReport,
    Integrations,
    IpRules,
    IpRulesChange,
    NewApiKey,
    WebhookTrial,
)
from gausdo.modules.integrations.csv_table import LARGEST, TOO_LARGE
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes

IMPORT = "integrations.import.create"
CSV = "text/csv"


class SigningSecret(Value):
    secret: str


def routes(integrations: Integrations) -> Routes:
    api = Routes("integrations")

    @api.hot("/deliveries", answer=Listed[Delivery], right="integrations.webhook.read")
    async def list_deliveries(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        return await integrations.list_deliveries(actor, query)

    @api.post("/deliveries/{id}/deliver-again", right="integrations.webhook.edit")
    async def deliver_again(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Delivery:
        return await integrations.deliver_again(actor, id, key)

    @api.post("/webhooks/trial", status=201, right="integrations.webhook.edit", step_up=True)
    async def try_webhook(
        trial: WebhookTrial, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Delivery:
        """A call as any other, signed; its delivery says what came of it."""
        hook = HookDraft(url=trial.url, event="gausdo.test", body={"type": "gausdo.test"})
        return await integrations.call(actor, hook, key)

    @api.get("/webhooks/secret", right="integrations.webhook.edit")
    async def signing_secret(actor: CurrentActor) -> SigningSecret:
        return SigningSecret(secret=await integrations.signing_secret(actor))

    @api.post("/imports/{kind}", takes="text/csv", right="integrations.import.create")
    async def import_file(
        kind: ImportKind, request: Request, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ImportReport:
        """The file itself is the body (`text/csv`)."""
        return await integrations.import_file(actor, kind, await _sent(request), key)

    _imports(api, integrations)
    _keys(api, integrations)
    _ip_rules(api, integrations)
    return api


def _keys(api: Routes, integrations: Integrations) -> None:
    @api.get("/api-keys", right="integrations.key.read")
    async def api_keys(actor: CurrentActor) -> list[ApiKey]:
        return await integrations.api_keys(actor)

    @api.post("/api-keys", status=201, right="integrations.key.create", step_up=True)
    async def make_api_key(draft: ApiKeyDraft, actor: CurrentActor) -> NewApiKey:
        """The secret is told here and never again."""
        return await integrations.make_api_key(actor, draft)

    @api.patch("/api-keys/{id}", right="integrations.key.edit", step_up=True)
    async def change_api_key(
        id: UUID, change: ApiKeyChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ApiKey:
        return await integrations.change_api_key(actor, id, change, key)

    @api.delete("/api-keys/{id}", status=204, right="integrations.key.edit", step_up=True)
    async def revoke_api_key(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> None:
        """Over at once, also for what it has open."""
        await integrations.revoke_api_key(actor, id, key)


def _ip_rules(api: Routes, integrations: Integrations) -> None:
    @api.get("/ip-rules", right="administration.network.read")
    async def ip_rules(actor: CurrentActor, request: Request) -> IpRules:
        return await integrations.ip_rules(actor, request.scope["gausdo.place"].exact)

    @api.patch("/ip-rules", right="administration.network.edit", step_up=True)
    async def change_ip_rules(
        change: IpRulesChange, actor: CurrentActor, request: Request, key: IdempotencyKey = None
    ) -> IpRules:
        """Refused when they would shut out whoever saves them."""
        exact = request.scope["gausdo.place"].exact
        return await integrations.change_ip_rules(actor, change, exact, key)


async def _sent(request: Request) -> bytes:
    """The file that is the body. Raises TooLarge."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            raise TooLarge(TOO_LARGE)
    return bytes(content)


def _imports(api: Routes, integrations: Integrations) -> None:
    @api.post("/imports/{kind}/files", status=201, takes="application/octet-stream", right=IMPORT)
    async def upload_file(
        kind: ImportKind,
        name: Annotated[FileName, Query()],
        request: Request,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> FileImport:
        """The file itself is the body: CSV or XLSX. Nothing is brought in yet."""
        return await integrations.upload_file(actor, kind, name, await _sent(request), key)

    @api.get("/imports", right=IMPORT)
    async def list_imports(
        actor: CurrentActor, query: Annotated[ImportsQuery, Query()]
    ) -> Listed[FileImport]:
        return await integrations.list_imports(actor, query)

    @api.get("/imports/{id}", right=IMPORT)
    async def file_import(id: UUID, actor: CurrentActor) -> FileImport:
        return await integrations.file_import(actor, id)

    @api.patch("/imports/{id}", right=IMPORT)
    async def change_import(
        id: UUID, change: FileImportChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> FileImport:
        return await integrations.change_import(actor, id, change, key)

    _work(api, integrations)
    _refused(api, integrations)
    _undo(api, integrations)


def _work(api: Routes, integrations: Integrations) -> None:
    @api.post("/imports/{id}/check", right=IMPORT)
    async def check_import(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> FileImport:
        """Every row is tried, and nothing kept; how far it is the import itself says."""
        return await integrations.check_import(actor, id, key)

    @api.post("/imports/{id}/run", right=IMPORT)
    async def run_import(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> FileImport:
        """From its first row on, or from where it was paused."""
        return await integrations.run_import(actor, id, key)

    @api.post("/imports/{id}/pause", right=IMPORT)
    async def pause_import(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> FileImport:
        return await integrations.pause_import(actor, id, key)

    @api.post("/imports/{id}/stop", right=IMPORT)
    async def stop_import(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> FileImport:
        return await integrations.stop_import(actor, id, key)


def _undo(api: Routes, integrations: Integrations) -> None:
    @api.get("/imports/{id}/undo", right=IMPORT)
    async def preview_undo(id: UUID, actor: CurrentActor) -> UndoPreview:
        """What taking it back would do now; nothing is changed."""
        return await integrations.preview_undo(actor, id)

    @api.post("/imports/{id}/undo", right=IMPORT)
    async def undo_import(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> FileImport:
        """In the background; how far it is the import itself says."""
        return await integrations.undo_import(actor, id, key)

    @api.post("/imports/{id}/undo/pause", right=IMPORT)
    async def pause_undo(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> FileImport:
        return await integrations.pause_undo(actor, id, key)

    @api.get("/imports/{id}/conflicts", right=IMPORT)
    async def undo_conflicts(
        id: UUID, actor: CurrentActor, query: Annotated[ImportsQuery, Query()]
    ) -> Listed[UndoConflict]:
        """What was left as it is, and why."""
        return await integrations.undo_conflicts(actor, id, query)


def _refused(api: Routes, integrations: Integrations) -> None:
    @api.get("/imports/{id}/refused", right=IMPORT)
    async def refused_rows(
        id: UUID, actor: CurrentActor, query: Annotated[ImportsQuery, Query()]
    ) -> Listed[RefusedRow]:
        return await integrations.refused_rows(actor, id, query)

    @api.get("/imports/{id}/refused/export", media=(CSV,), right=IMPORT)
    async def refused_file(id: UUID, actor: CurrentActor) -> Response:
        """The refused rows and why, as CSV without formulas."""
        content = await integrations.refused_file(actor, id)
        told = {"content-disposition": 'attachment; filename="refused.csv"'}
        return Response(content, media_type=CSV, headers=told)

    @api.post("/imports/{id}/refused/{row_id}", right=IMPORT)
    async def correct_row(
        id: UUID,
        row_id: UUID,
        correction: RowCorrection,
        actor: CurrentActor,
        key: IdempotencyKey = None,
    ) -> FileImport:
        """Bring in a refused row as it should have been."""
        return await integrations.correct_row(actor, id, row_id, correction, key)
