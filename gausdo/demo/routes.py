"""What the demo's post office has received, for everybody who is signed in."""

from typing import Any
from urllib.parse import quote

import httpx2
from pydantic import Field

from gausdo.kernel.errors import NotFound, Unavailable
from gausdo.kernel.pages import Listed
from gausdo.kernel.values import Time, Value
from gausdo.platform.http import OWN, CurrentActor, Routes

NOT_FOUND = 404


class DemoLetter(Value):
    id: str
    sender: str = Field(alias="from")
    to: str
    subject: str
    at: Time


class DemoLetterRead(DemoLetter):
    text: str
    html: str | None


class DemoCall(Value):
    """A call of a webhook; `verified` says that its signature is Gausdo's."""

    id: str
    at: Time
    event: str
    verified: bool
    times: int
    headers: dict[str, str]
    body: Any


def routes(sink_url: str) -> Routes:
    """`sink_url` is where `gausdo.demo.sink` shows what it has."""
    api = Routes("demo")

    @api.get("/demo/letters", right=OWN)
    async def demo_letters(_actor: CurrentActor) -> Listed[DemoLetter]:
        return Listed[DemoLetter].model_validate_json(await _read(sink_url, "letters"))

    @api.get("/demo/letters/{id}", right=OWN)
    async def demo_letter(_actor: CurrentActor, id: str) -> DemoLetterRead:
        place = f"letters/{quote(id, safe='')}"
        return DemoLetterRead.model_validate_json(await _read(sink_url, place))

    @api.get("/demo/webhooks", right=OWN)
    async def demo_webhooks(_actor: CurrentActor) -> Listed[DemoCall]:
        return Listed[DemoCall].model_validate_json(await _read(sink_url, "webhooks"))

    return api


async def _read(sink_url: str, place: str) -> bytes:
    """Raises NotFound, and Unavailable when the post office is closed."""
    try:
        async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
            response = await client.get(f"{sink_url}/{place}")
            if response.status_code == NOT_FOUND:
                raise NotFound("There is no such letter any more.")
            return response.raise_for_status().content
    except httpx2.HTTPError as error:
        raise Unavailable("The demo's mail server does not answer.") from error
