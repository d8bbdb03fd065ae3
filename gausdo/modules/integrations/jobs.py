"""Calls of webhooks, signed after the Standard Webhooks specification (1.0)."""

from uuid import UUID

from pydantic_core import to_json
from standardwebhooks import Webhook

from gausdo.kernel.values import now
from gausdo.modules.integrations.service import DELIVER, IntegrationsService
from gausdo.modules.integrations.tables import DeliveryRow
from gausdo.platform.db import Tx
from gausdo.platform.drain import Hopeless, NotNow, Work, drain
from gausdo.platform.jobs import Jobs
from gausdo.platform.outbound import Blocked, Unreachable

GONE = 410
SECONDS = 20.0

jobs = Jobs("integrations")


@jobs.task("deliver")
async def deliver(service: IntegrationsService) -> None:
    """A receiver may get a call twice, always with the same `webhook-id`."""
    webhook = Webhook(await service.secret())

    async def call(delivery: DeliveryRow) -> int:
        at, body = now(), to_json(delivery.body)
        named = str(delivery.id)
        headers = {
            "content-type": "application/json",
            "user-agent": "Gausdo",
            "webhook-id": named,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": webhook.sign(named, at, body.decode()),
        }
        try:
            answer = await service.outbound.post(delivery.url, body, headers)
        except Blocked as refusal:
            raise Hopeless("This address may not be called.") from refusal
        except Unreachable as failure:
            raise NotNow(str(failure), status=None) from failure
        if 200 <= answer.status < 300:  # noqa: PLR2004 - any success
            return answer.status
        if answer.status == GONE:
            raise Hopeless("The receiver is gone (410).", status=GONE)
        raise NotNow(f"The receiver answered {answer.status}.", status=answer.status)

    work = Work(DeliveryRow, DELIVER, call, _delivered, seconds=SECONDS, lane=DeliveryRow.receiver)
    await drain(service.db, work)


@jobs.every("* * * * *", "sweep")
async def sweep(service: IntegrationsService) -> None:
    """What a killed process had leased, and whatever nobody was woken for."""
    await deliver(service)


@jobs.task("bring")
async def bring(service: IntegrationsService, import_id: str) -> None:
    """Go on with a file, from where it is."""
    await service.files.bringer.go_on(UUID(import_id))


@jobs.task("take_back")
async def take_back(service: IntegrationsService, import_id: str) -> None:
    """Go on with taking an import back, from where it is."""
    await service.undos.undoer.go_on(UUID(import_id))


@jobs.every("*/5 * * * *", "imports")
async def imports(service: IntegrationsService) -> None:
    """Files whose job has failed for good go on, and old ones lose their rows."""
    await service.files.bringer.look_after()


@jobs.every("17 * * * *", "seal")
async def seal(service: IntegrationsService) -> None:
    """An hour after a new release began, none of the release before reads what it had kept."""
    await service.seal_secrets()


async def _delivered(_: Tx, delivery: DeliveryRow, status: int) -> None:
    delivery.delivered(status)
