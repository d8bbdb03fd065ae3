"""Many records at once: a large import while people work, a whole list that leaves as a file."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from gausdo.app import opened
from gausdo.kernel.actor import SYSTEM, Grant, Reach, Right
from gausdo.kernel.rights import everything
from gausdo.modules.identity.contract import Identity, RoleDraft, UserChange
from tests.bench.api import Api, query
from tests.bench.least import rows_read
from tests.bench.load import HEAD, email
from tests.bench.report import Line, of_pace
from tests.bench.stack import Stack
from tests.bench.world import World

EXPORT = Right("customers.person", "export")
ROWS = 5000
"""People of one file, four of each company."""
LOOKED_AT = 20_000
"""Rows of an export between two looks at the memory it takes."""
_SERIALS = count(int(time.time()))


def people(world: World, serial: int, rows: int) -> bytes:
    """A file that nobody has brought before, `serial` tells it from the others: people called as
    those of the reference data set are, where names are as rare as they are.
    """
    lines = ["ФИО,Должность,Компания,Телефон,Эл. почта,Город"]
    for n in range(rows):
        one = serial * rows + n
        person, company = world.person(one), world.company(one // 4)
        lines.append(
            f"{person.name},{person.position},{company.name} {one // 4},"
            f"+7{9_200_000_000 + one % 700_000_000},{person.email},{person.city}"
        )
    return "\n".join(lines).encode()


def brought(api: Api, world: World, rows: int) -> tuple[int, float]:
    """How many people came in by one file, and how many seconds that took."""
    content = people(world, next(_SERIALS), rows)
    began = time.monotonic()
    told = api.bring(query("/imports/people"), content)
    if told["refused"]:
        raise RuntimeError(f"the import has refused {told['refused'][0]}")
    return told["created"], time.monotonic() - began


@contextmanager
def importing(port: int, world: World, rows: int) -> Iterator[list[tuple[int, float]]]:
    """One file, and others after it until the block ends; the list grows with each that is done."""
    api, done, enough = Api(port, HEAD), list[tuple[int, float]](), threading.Event()

    def work() -> None:
        done.append(brought(api, world, rows))
        while not enough.is_set():
            done.append(brought(api, world, rows))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        enough.set()
        thread.join()


async def taken_out(stack: Stack) -> list[Line]:
    """All people as CSV; beside the rows a second how much memory the web processes took for it."""
    await _let_take_out(stack)
    pace, detail = await asyncio.to_thread(_taken_out, stack)
    least = await rows_read(stack)
    return of_pace("export of people as CSV", pace, 50_000, least, detail)


def _taken_out(stack: Stack) -> tuple[float, dict[str, float]]:
    api, rows, most = Api(stack.settings.port, HEAD), 0, 0.0
    before = stack.memory()["web"].pss
    began = time.monotonic()
    for rows, _ in enumerate(api.lines(query("/people/export"))):
        if rows % LOOKED_AT == 0:
            most = max(most, stack.memory()["web"].pss - before)
    pace = rows / (time.monotonic() - began)
    return pace, {"rows": rows, "memory": most}


async def _let_take_out(stack: Stack) -> None:
    """The head of sales gets a role with the right to export, unless it is there."""
    async with opened(stack.settings) as gausdo:
        identity = gausdo.get(Identity)
        head = await identity.user_by_email(SYSTEM, email(HEAD))
        assert head is not None
        admin = (await identity.actor(head.id)).model_copy(update={"grants": everything()})
        if (await identity.actor(head.id)).may(EXPORT):
            return
        grants = tuple(
            Grant(object=EXPORT.object, operation=operation, reach=Reach.ALL)
            for operation in ("read", EXPORT.operation)
        )
        role = await identity.add_role(admin, RoleDraft(name="Takes lists out", grants=grants))
        change = UserChange(version=head.version, roles=[*(one.id for one in head.roles), role.id])
        await identity.change_user(admin, head.id, change)
