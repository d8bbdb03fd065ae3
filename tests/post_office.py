"""Where letters and webhooks of a test module arrive: import both fixtures into its conftest."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import SecretStr

from gausdo.demo.sink import Sink
from gausdo.settings import Settings


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sink(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sink]:
    """A real mail server and a real receiver of webhooks."""
    async with Sink(tmp_path_factory.mktemp("post") / "sink") as sink:
        yield sink


@pytest.fixture(scope="module")
def settings(settings: Settings, sink: Sink) -> Settings:
    """The test module's settings, with the post office in them."""
    return settings.model_copy(
        update={
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{sink.smtp}"),
            "mail_from": "Gausdo <crm@gausdo.example>",
            "outbound_allow": (f"127.0.0.1:{sink.http}",),
            "base_url": "https://crm.example.org",
        }
    )
