"""Integrations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from gausdo.kernel.errors import TooLarge
from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.values import Json, Value
from gausdo.modules.integrations.contract import Delivery, ImportKind, ImportReport, Integrations
from gausdo.modules.integrations.csv_table import LARGEST, TOO_LARGE
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes


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

    @api.get("/webhooks/secret", right="integrations.webhook.edit")
    async def signing_secret(actor: CurrentActor) -> SigningSecret:
        return SigningSecret(secret=await integrations.signing_secret(actor))

    @api.post("/imports/{kind}", takes="text/csv", right="integrations.import.create")
    async def import_file(
        kind: ImportKind, request: Request, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ImportReport:
        """The file itself is the body (`text/csv`)."""
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > LARGEST:
                raise TooLarge(TOO_LARGE)
        return await integrations.import_file(actor, kind, bytes(content), key)

    return api
