"""One run of the bench: the data set, the real thing over it, every load that was asked for."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.bench import queries, reference
from tests.bench.api import Api
from tests.bench.load import Made, data_set
from tests.bench.measure import Result, Steps, measured
from tests.bench.reads import READS, Read
from tests.bench.report import Line, Report, growth, of_read
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
        bench = Bench(plan, made, stack, _managers(stack, plan))
        for one in READS:
            if plan.wants(one.name):
                console.print(f"{one.name}…", style="dim")
                report.add(*read(bench, one))
    kept = report.keep(plan.folder)
    report.lines += growth(plan.folder)
    report.show(console)
    console.print(f"Kept in {kept}")
    return report


def _managers(stack: Stack, plan: Plan) -> list[Api]:
    count = plan.size.managers
    return [Api(stack.settings.port, n * count // plan.clients) for n in range(plan.clients)]


def read(bench: Bench, what: Read) -> list[Line]:
    """Its latency and, where it is compared, the reference's and the part of it."""
    steps = [what.steps(api, bench.made.world) for api in bench.managers]
    own = bench.load(steps)
    lines = [of_read(what.name, own, what.budget)]
    if what.ratio is not None:
        least = _reference(bench, steps)
        lines.append(of_read(f"reference: {what.name}", least, what.budget))
        part = own.per_second / least.per_second
        lines.append(Line(f"{what.name}: of the reference", part, what.ratio, "", at_least=True))
    return lines


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
