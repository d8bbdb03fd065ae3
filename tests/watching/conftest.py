"""Gausdo as real processes: two web processes and a worker, watched by an OTLP receiver."""

import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr

from gausdo.app import Gausdo
from gausdo.demo.sink import Sink
from gausdo.gateway.identify import API
from gausdo.kernel.actor import Actor
from gausdo.modules.automation.contract import (
    Automation,
    CallWebhook,
    DealEntersStage,
    RuleDraft,
    SendLetter,
)
from gausdo.modules.communications.contract import Communications, TemplateDraft
from gausdo.modules.customers.contract import Customers, PersonDraft
from gausdo.modules.identity.contract import Identity, UserDraft
from gausdo.modules.integrations.contract import Integrations
from gausdo.modules.sales.contract import PipelineDraft, Sales, StageDraft, StageKind
from gausdo.platform.embedded.nats import EmbeddedNats
from gausdo.platform.embedded.process import free_port, tail
from gausdo.settings import Settings
from tests.conftest import ADMIN, PASSWORD
from tests.post_office import sink
from tests.processes import answers, environment
from tests.waiting import until
from tests.watching.collector import Collector

__all__ = ["sink"]

PATIENCE = 120.0
PROGRAM = ("-m", "gausdo.cli")
OFTEN = ("-c", "from gausdo import cli, worker; worker.MEASURE = 1.0; cli.main()")
"""The program, measuring every second how far behind everything is, instead of every ten."""


@dataclass
class Processes:
    """`gausdo serve` with two web processes, and `gausdo work`; their logs are in `folder`."""

    settings: Settings
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start(self, name: str, *words: str, program: tuple[str, str] = PROGRAM) -> None:
        with self.log(name).open("ab") as output:
            self.running[name] = subprocess.Popen(
                [sys.executable, *program, *words],
                env=environment(self.settings),
                stdout=output,
                stderr=output,
            )

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(30)

    def serves(self) -> bool:
        if self.running["web"].poll() is not None:
            raise RuntimeError(tail(self.log("web")))
        return answers(f"{self.url}/ready")


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedNats]:
    """A NATS of the test module's own."""
    nats = EmbeddedNats(tmp_path_factory.mktemp("nats"))
    nats.start()
    yield nats
    nats.stop()


@pytest.fixture(scope="module")
def settings(
    settings: Settings,
    sink: Sink,
    collector: Collector,
    bus: EmbeddedNats,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """With the post office, the receiver of traces, and the NATS."""
    return settings.model_copy(
        update={
            "nats_url": SecretStr(bus.url),
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{sink.smtp}"),
            "outbound_allow": (f"127.0.0.1:{sink.http}",),
            "otlp_endpoint": collector.url,
            "port": free_port(),
            "metrics_port": free_port(),
            "data": tmp_path_factory.mktemp("data"),
        }
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def processes(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Processes]:
    processes = Processes(settings, tmp_path_factory.mktemp("logs"))
    processes.start("web", "serve", "--workers", "2")
    processes.start("worker", "work", program=OFTEN)
    try:
        until(processes.serves, PATIENCE)
        yield processes
    finally:
        for name in [*processes.running]:
            processes.stop(name)


@dataclass(frozen=True)
class Shop:
    """A pipeline whose second stage has a rule: a letter to the contact, and a webhook."""

    processes: Processes
    client: httpx2.AsyncClient
    pipeline: Any
    contact_id: str
    person: Actor
    rule: Any

    def stage(self, name: str) -> str:
        return str(next(stage.id for stage in self.pipeline.stages if stage.name == name))

    async def open_deal(self, title: str, **told: Any) -> httpx2.Response:
        body = {"title": title, "stage_id": self.stage("New"), "contact_id": self.contact_id}
        return await self.client.post("/deals", json=body, **told)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(gausdo: Gausdo, sink: Sink, processes: Processes) -> AsyncIterator[Shop]:
    user = await gausdo.get(Identity).join(
        ADMIN,
        UserDraft(
            name="Ann", email="ann@example.org", password=PASSWORD, role="administrator",
            locale="en",
        ),
    )  # fmt: skip
    ann = await gausdo.get(Identity).actor(user.id)
    pipeline = await gausdo.get(Sales).add_pipeline(
        ann,
        PipelineDraft(
            name="Sales",
            stages=[
                StageDraft(name="New", probability=10),
                StageDraft(name="Offer", probability=50),
                StageDraft(name="Won", kind=StageKind.WON, probability=100),
                StageDraft(name="Lost", kind=StageKind.LOST, probability=0),
            ],
        ),
    )
    template = await gausdo.get(Communications).add_template(
        ann, TemplateDraft(name="Offer", subject="{{ deal.title }}", body="{{ contact.name }}")
    )
    contact = await gausdo.get(Customers).add_person(
        ann, PersonDraft(name="Nina Petrova", emails=["nina@client.example"])
    )
    sink.trust(await gausdo.get(Integrations).signing_secret(ann))
    offer = next(stage for stage in pipeline.stages if stage.name == "Offer")
    rule = await gausdo.get(Automation).add_rule(
        ann,
        RuleDraft(
            name="Offer",
            trigger=DealEntersStage(stage_id=offer.id),
            steps=[
                SendLetter(template_id=template.id, to="contact"),
                CallWebhook(url=f"http://127.0.0.1:{sink.http}/hooks"),
            ],
        ),
    )
    token = gausdo.tokens.issue(str(ann.id), API, "at+jwt", 3600)
    async with httpx2.AsyncClient(
        base_url=f"{processes.url}/api/v1",
        headers={"authorization": f"Bearer {token}"},
        timeout=20,
    ) as client:
        yield Shop(processes, client, pipeline, str(contact.id), ann, rule)


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def money(amount: str) -> dict[str, str]:
    return {"amount": str(Decimal(amount)), "currency": "RUB"}
