"""One trace from the click to everything that follows from it."""

import secrets
from typing import Any

import pytest

from tests.watching.collector import Collector, Span
from tests.watching.conftest import Shop

pytestmark = pytest.mark.asyncio

WAY = {
    "gausdo-web POST /api/v1/deals/{id}/move",
    "gausdo-web sales: move_deal",
    "gausdo-web sales: transaction",
    "gausdo-web sales: update",
    "gausdo-worker sales: publish sales.deal-moved.v1",
    "gausdo-worker automation: handle sales.deal-moved.v1",
    "gausdo-worker automation: effect",
    "gausdo-worker communications: send_all",
    "gausdo-worker communications: letter",
    "gausdo-worker integrations: call_all",
    "gausdo-worker integrations: delivery",
    "gausdo-worker communications: publish communications.letter-sent.v1",
    "gausdo-worker reports: load sales.deal-moved.v1",
}


def a_traceparent(trace: str) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}


async def move(shop: Shop, trace: str) -> Any:
    deal = (await shop.open_deal(f"Deal {trace}")).json()
    body = {"version": deal["version"], "stage_id": shop.stage("Offer")}
    moved = await shop.client.post(
        f"/deals/{deal['id']}/move", json=body, headers=a_traceparent(trace)
    )
    assert moved.status_code == 200, moved.text
    return moved.json()


async def test_one_trace_leads_from_the_click_to_the_letter_the_webhook_and_the_reports(
    shop: Shop, collector: Collector
) -> None:
    trace = secrets.token_hex(16)
    await move(shop, trace)
    spans = await collector.trace(trace, lambda names: names >= WAY, 60)
    assert not [span for span in spans if span.failed]
    by_id = {span.id: span for span in spans}
    clicked = next(span for span in spans if span.name.startswith("POST"))
    assert clicked.told["http.response.status_code"] == 200
    for span in spans:
        assert _root(span, by_id) == clicked, span


def _root(span: Span, by_id: dict[str, Span]) -> Span:
    return _root(by_id[span.parent], by_id) if span.parent in by_id else span


async def test_several_events_at_once_are_linked_to_the_batch_that_carries_them(
    shop: Shop, collector: Collector
) -> None:
    """Deals that are opened while nobody loads are loaded together, each in its trace."""
    shop.processes.stop("worker")
    traces = [secrets.token_hex(16) for _ in range(3)]
    for trace in traces:
        opened = await shop.open_deal(f"Deal {trace}", headers=a_traceparent(trace))
        assert opened.status_code == 201, opened.text
    shop.processes.start("worker", "work")
    own = []
    for trace in traces:
        spans = await collector.trace(
            trace, lambda names: "gausdo-worker reports: load sales.deal-opened.v1" in names, 60
        )
        own += [span for span in spans if span.name == "reports: load sales.deal-opened.v1"]
    batches = [span for span in collector.spans if set(traces) <= set(span.links)]
    assert "reports: load 3 events" in {span.name for span in batches}
    assert {batch.trace for batch in batches}.isdisjoint(traces)
    assert {link for span in own for link in span.links} <= {batch.trace for batch in batches}


async def test_a_trace_begun_here_has_an_id_that_a_refusal_tells_and_the_log_finds(
    shop: Shop,
) -> None:
    refused = await shop.client.get("/deals/no-id")
    assert refused.json()["trace_id"].strip("0")
