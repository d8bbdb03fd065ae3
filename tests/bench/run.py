"""One run of the bench: the data set, the real thing over it, every load that was asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from rich.console import Console

from tests.bench import bulk, changes, flood, least, machine, queries, reference, rights, weight
from tests.bench.api import Api
from tests.bench.load import HEAD, Made, data_set
from tests.bench.measure import Result, Steps, measured, of_each
from tests.bench.reads import READS, Read
from tests.bench.report import Line, Report, growth, of_pace, of_read, part_of
from tests.bench.size import Size
from tests.bench.stack import Stack, running

UNLIMITED = {"rate_limit": "1000000000"}


@dataclass(frozen=True)
class Plan:
    """`only`: parts of names; nothing means everything."""

    size: Size
    folder: Path
    only: tuple[str, ...] = ()
    seconds: float = 10.0
    clients: int = 8
    workers: int = 2
    times: int = 60
    """Changes that are followed one by one."""
    events: int = 20_000
    rows: int = bulk.ROWS
    """Of an imported file."""

    def wants(self, name: str) -> bool:
        return not self.only or any(part in name for part in self.only)


@dataclass(frozen=True)
class Bench:
    """What the scenarios need."""

    plan: Plan
    made: Made
    stack: Stack
    managers: list[Api]
    """One for each client, as far apart as they can be."""

    def load(self, steps: list[Steps]) -> Result:
        cookies = [api.cookie for api in self.managers]
        port, cpu = self.stack.settings.port, self.stack.cpu
        return measured(port, cookies, steps, self.plan.seconds, cpu)


def bench(plan: Plan, console: Console) -> Report:
    report = Report(plan.size.name)
    made = data_set(plan.folder / plan.size.name, plan.size, console.print)
    with running(plan.folder / plan.size.name, plan.workers, **UNLIMITED) as stack:
        for name, measure in _everything(plan, made, stack).items():
            if plan.wants(name):
                console.print(f"{name}…", style="dim")
                try:
                    stack.rest()
                    report.add(*measure())
                except (RuntimeError, TimeoutError) as error:
                    report.failed[name] = str(error)
    kept = report.keep(plan.folder)
    report.lines += growth(plan.folder)
    report.show(console)
    console.print(f"Kept in {kept}")
    return report


def _everything(plan: Plan, made: Made, stack: Stack) -> dict[str, Callable[[], list[Line]]]:
    """Name → what measures it: first what needs the data set as it was made."""
    world, times = made.world, plan.times
    bench = cache(lambda: _warmed(Bench(plan, made, stack, _managers(stack, plan))))
    return {
        "start": lambda: [weight.start(stack)],
        "memory": lambda: [weight.memory(stack)],
        "first view": weight.first_view,
        "first paint": lambda: weight.first_paint(stack),
        "pgbench": lambda: machine.pgbench(stack, plan.clients, plan.seconds),
        **{one.name: partial(lambda one: read(bench(), one), one) for one in READS},
        "rights": lambda: asyncio.run(rights.cost(stack, world)),
        "save a change": lambda: save(bench()),
        "import": lambda: beside_import(bench()),
        "export": lambda: asyncio.run(bulk.taken_out(stack)),
        "seen by others": lambda: [changes.seen_by_others(stack, world, times)],
        "rebuild": lambda: [asyncio.run(flood.rebuilt(stack))],
        "effect of a rule": lambda: [changes.answered_by_rule(stack, world, times)],
        "reports": lambda: [asyncio.run(flood.counted_in_reports(stack, world, times))],
        "events": lambda: asyncio.run(flood.flooded(stack, world, plan.events)),
        "memory after": lambda: [weight.memory_in_use(stack)],
    }


def _warmed(bench: Bench) -> Bench:
    """After a start everything comes from the disk once, which is no line of the table."""
    bench.load([READS[0].steps(api, bench.made.world) for api in bench.managers])
    return bench


def save(bench: Bench) -> list[Line]:
    """Row, history and outbox in one commit, and the answer."""
    steps = [changes.saves(api, bench.made.world) for api in bench.managers]
    return [of_read("save a change", bench.load(steps), 60)]


def beside_import(bench: Bench) -> list[Line]:
    """The import alone; then people save while files are brought in, one after the other; and how
    long all that follows takes, looking for doubles above all.
    """
    plan, port, world = bench.plan, bench.stack.settings.port, bench.made.world
    before = bench.stack.cpu()
    rows, seconds = bulk.brought(Api(port, HEAD), world, plan.rows)
    cpu = of_each(before, bench.stack.cpu(), rows)
    bench.stack.rest()
    bare = least.rows_written(bench.stack, rows)
    quiet = bench.load([changes.saves(api, world) for api in bench.managers])
    steps = [changes.saves(api, world) for api in bench.managers]
    with bulk.importing(port, world, plan.rows) as files:
        busy = bench.load(steps)
    behind = bench.stack.rest()
    detail = {name: getattr(busy, name) for name in ("median", "p95", "p99", "per_second")}
    came = sum(count for count, _ in files)
    pace = came / sum(took for _, took in files)
    name = "save a change, during an import"
    return [
        *of_pace("import of people", rows / seconds, 5000, bare, {"rows": rows, **cpu}),
        Line(name, busy.p95, 60, "ms p95", detail={**detail, "rows": pace}, reference=quiet.p95),
        Line("at rest after imports", behind, None, "s", detail={"rows": rows + came}),
    ]


def _managers(stack: Stack, plan: Plan) -> list[Api]:
    count = plan.size.managers
    return [Api(stack.settings.port, n * count // plan.clients) for n in range(plan.clients)]


def read(bench: Bench, what: Read) -> list[Line]:
    """Its latency, the reference's, and the part of its pace."""
    steps = [what.steps(api, bench.made.world) for api in bench.managers]
    own = bench.load(steps)
    least = _reference(bench, steps)
    part = own.per_second / least.per_second
    return [
        of_read(what.name, own, what.budget, least),
        of_read(f"reference: {what.name}", least),
        part_of(what.name, part),
    ]


def _reference(bench: Bench, steps: list[Steps]) -> Result:
    """The same load on the bare application; the product's web processes have nothing to do."""
    stack, cookies = bench.stack, [api.cookie for api in bench.managers]
    wanted = [
        (cookie, ask.path)
        for cookie, user in zip(cookies, steps, strict=True)
        for step in user
        for ask in step
    ]
    asked = asyncio.run(queries.asked(stack.settings, wanted))
    with reference.serving(stack, asked, bench.plan.workers) as served:
        seconds = bench.plan.seconds
        return measured(served.port, cookies, steps, seconds, lambda: served.cpu(stack))


async def explain(plan: Plan, console: Console) -> None:
    """Print the plan of every query of the reads that are wanted."""
    made = data_set(plan.folder / plan.size.name, plan.size, console.print)
    with running(plan.folder / plan.size.name, 1, **UNLIMITED) as stack:
        api = Api(stack.settings.port, 0)
        for read in READS:
            if plan.wants(read.name):
                paths = [ask.path for step in read.steps(api, made.world) for ask in step]
                async for told in queries.plans(stack.settings, api.cookie, paths):
                    console.print(told, markup=False, soft_wrap=True)
