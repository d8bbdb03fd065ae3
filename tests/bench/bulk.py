"""A large import while people work: how fast it is, and whether they have to wait for it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from tests.bench.api import Api, query
from tests.bench.load import HEAD

ROWS = 5000
"""People of one file, four of each company."""
_SERIALS = count(int(time.time() * 10))


def people(serial: int, rows: int) -> bytes:
    """A file that nobody has brought before; `serial` tells it from the others."""
    lines = ["ФИО,Должность,Компания,Телефон,Эл. почта,Город"]
    for n in range(rows):
        one = serial * rows + n
        lines.append(
            f"Ввозова Анна {one},Инженер,ООО «Ввоз {one // 4}»,"
            f"+7950{one % 10**7:07},anna.{one}@brought.example,Тверь"
        )
    return "\n".join(lines).encode()


def brought(api: Api, rows: int) -> tuple[int, float]:
    """How many people came in by one file, and how many seconds that took."""
    content = people(next(_SERIALS), rows)
    began = time.monotonic()
    told = api.bring(query("/imports/people"), content)
    if told["refused"]:
        raise RuntimeError(f"the import has refused {told['refused'][0]}")
    return told["created"], time.monotonic() - began


@contextmanager
def importing(port: int, rows: int) -> Iterator[list[tuple[int, float]]]:
    """One file, and others after it until the block ends; the list grows with each that is done."""
    api, done, enough = Api(port, HEAD), list[tuple[int, float]](), threading.Event()

    def work() -> None:
        done.append(brought(api, rows))
        while not enough.is_set():
            done.append(brought(api, rows))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        enough.set()
        thread.join()
