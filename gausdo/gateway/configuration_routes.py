"""How the installation is set up, as files: taken out, compared, brought in."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from gausdo.gateway.witness import Witness
from gausdo.kernel.actor import Actor
from gausdo.kernel.administration import CONFIGURATION
from gausdo.kernel.configuration import Difference, Things
from gausdo.kernel.errors import TooLarge
from gausdo.kernel.values import Draft, Value
from gausdo.platform.configuration import files
from gausdo.platform.configuration.whole import Configuration, Preview
from gausdo.platform.http import CurrentActor, Routes

EXPORT, IMPORT = CONFIGURATION.right("export"), CONFIGURATION.right("import")
ZIP = "application/zip"


class PreviewQuery(Draft):
    """With `removing`, what the files leave out goes, where nothing needs it."""

    removing: bool = False


class ImportQuery(PreviewQuery):
    """`fingerprint` is the preview's: what is done is what was seen."""

    fingerprint: Annotated[str, Field(min_length=64, max_length=64)]


class Brought(Value):
    """What was done."""

    differences: list[Difference]


def routes(configuration: Configuration, witness: Witness) -> Routes:
    api = Routes("administration")

    @api.get("/configuration/export", right="administration.configuration.export", media=(ZIP,))
    async def export_configuration(actor: CurrentActor) -> Response:
        """A ZIP of JSON files without any secret; the same configuration gives the same bytes."""
        actor.demand(EXPORT)
        archive = files.packed(files.written(await configuration.dump(actor)))
        await witness.exported(actor, "configuration", "zip", {})
        told = {"content-disposition": 'attachment; filename="configuration.zip"'}
        return Response(archive, media_type=ZIP, headers={**told, "cache-control": "no-store"})

    @api.post("/configuration/preview", takes=ZIP, right="administration.configuration.import")
    async def preview_configuration(
        request: Request, actor: CurrentActor, query: Annotated[PreviewQuery, Query()]
    ) -> Preview:
        """What the files (a ZIP, the body itself) would change; nothing is."""
        actor.demand(IMPORT)
        wanted = await _sent(request.stream())
        return await configuration.preview(
            _importer(actor, request), wanted, removing=query.removing
        )

    @api.post(
        "/configuration/import",
        takes=ZIP,
        right="administration.configuration.import",
        step_up=True,
    )
    async def import_configuration(
        request: Request, actor: CurrentActor, query: Annotated[ImportQuery, Query()]
    ) -> Brought:
        """Make it so, if it is still what the preview has shown."""
        actor.demand(IMPORT)
        wanted = await _sent(request.stream())
        done = await configuration.apply(
            _importer(actor, request), wanted, query.fingerprint, removing=query.removing
        )
        return Brought(differences=done)

    return api


def _importer(actor: Actor, request: Request) -> Actor:
    """By their address itself: rules for addresses must not shut them out."""
    origin = actor.origin and actor.origin.model_copy(
        update={"address": request.scope["gausdo.place"].exact}
    )
    return actor.model_copy(update={"via": "import", "origin": origin})


async def _sent(stream: AsyncIterator[bytes]) -> Things:
    """Raises BadConfiguration, TooLarge."""
    content = bytearray()
    async for chunk in stream:
        content += chunk
        if len(content) > files.LARGEST:
            raise TooLarge(f"A configuration has at most {files.LARGEST // 1_000_000} MB.")
    return files.read(files.unpacked(bytes(content)))
