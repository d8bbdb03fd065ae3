"""Neighbours in other processes: there, dead, or silent."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest

from gausdo.app import Gausdo, opened
from gausdo.kernel.errors import NotFound, Unavailable
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.modules.identity.contract import Credentials, Identity
from gausdo.modules.sales.contract import DealDraft, PipelineDraft, Sales
from gausdo.platform import rpc
from gausdo.platform.embedded.process import free_port
from gausdo.settings import MODULES as NAMES
from gausdo.settings import Settings
from tests.conftest import ADMIN, PASSWORD, People
from tests.processes import answers, environment
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAGES = [
    {"name": "New", "probability": 10},
    {"name": "Won", "kind": "won", "probability": 100},
    {"name": "Lost", "kind": "lost", "probability": 0},
]


@pytest.fixture
def silent() -> Iterator[str]:
    """A neighbour that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def dead() -> str:
    return f"http://127.0.0.1:{free_port()}"


async def test_a_dead_neighbour_is_told_of_at_once(
    gausdo: Gausdo, people: People, dead: str
) -> None:
    async with httpx2.AsyncClient(base_url=dead, trust_env=False) as http:
        began = time.monotonic()
        with pytest.raises(Unavailable, match="Identity"):
            await rpc.connect(Identity, http, gausdo.tokens).me(people.ann)
        assert time.monotonic() - began < 3


async def test_a_silent_neighbour_is_not_waited_for_beyond_the_deadline(
    gausdo: Gausdo, people: People, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "DEADLINE", 0.5)
    async with httpx2.AsyncClient(base_url=silent, timeout=5, trust_env=False) as http:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await rpc.connect(Identity, http, gausdo.tokens).me(people.ann)
        assert 0.4 < time.monotonic() - began < 3


async def test_only_what_may_arrive_twice_is_tried_again(gausdo: Gausdo, people: People) -> None:
    calls: list[str] = []

    def fail(request: httpx2.Request) -> httpx2.Response:
        calls.append(request.url.path)
        raise httpx2.ConnectError("refused", request=request)

    async with httpx2.AsyncClient(
        transport=httpx2.MockTransport(fail), base_url="http://far"
    ) as http:
        sales = rpc.connect(Sales, http, gausdo.tokens)
        for asked, times in (
            (sales.open_deal(people.ann, DealDraft(title="x")), 1),
            (sales.open_deal(people.ann, DealDraft(title="x"), "a-key-of-ours"), rpc.TRIES),
            (sales.pipelines(people.ann), rpc.TRIES),
        ):
            calls.clear()
            with pytest.raises(Unavailable):
                await asked
            assert len(calls) == times


@pytest.fixture(scope="module")
def neighbours(settings: Settings) -> Iterator[str]:
    """A process of its own that answers every module but sales; its URL."""
    port = free_port()
    others = [name for name in NAMES if name != "sales"]
    told = {
        "GAUSDO_MODULES": ",".join(others),
        "GAUSDO_NEIGHBOURS": f'{{"sales": "http://127.0.0.1:{free_port()}"}}',
        "GAUSDO_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gausdo.cli", "serve"], env=environment(settings, **told)
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{url}/health") or process.poll() is not None, 90)
        assert process.poll() is None
        yield url
    finally:
        process.terminate()
        process.wait(20)


async def test_a_module_moves_out_by_configuration_alone(
    neighbours: str, settings: Settings, people: People, gausdo: Gausdo
) -> None:
    line = PipelineDraft.model_validate({"name": "Sales", "stages": STAGES})
    await gausdo.get(Sales).add_pipeline(ADMIN, line)
    alone = settings.model_copy(
        update={
            "modules": ("sales",),
            "neighbours": {name: neighbours for name in NAMES if name != "sales"},
        }
    )
    async with opened(alone) as place:
        assert [module.name for module in place.near] == ["sales"]
        identity, customers = place.get(Identity), place.get(Customers)
        ann = await identity.actor(await identity.sign_in(
            Credentials(email="ann@example.org", password=PASSWORD), "127.0.0.1"
        ))  # fmt: skip
        assert ann == people.ann
        company = await customers.add_company(ann, CompanyDraft(name="Lily Ltd"), str(uuid4()))
        deal = await place.get(Sales).open_deal(ann, DealDraft(title="Far", company_id=company.id))
        assert deal.company is not None
        assert deal.company.name == "Lily Ltd"
        draft = DealDraft(title="Far", company_id=uuid4())
        with pytest.raises(NotFound):
            await place.get(Sales).open_deal(ann, draft)
        told = await asyncio.gather(*(customers.company(ann, company.id) for _ in range(20)))
        assert set(map(str, told)) == {str(company)}
    assert await gausdo.get(Customers).company(people.ann, company.id) == company
