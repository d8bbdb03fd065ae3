"""Why a server does not answer, as far as the network tells."""

import asyncio
import socket

from gausdo.doctor.words import Words, verbatim, words

PATIENCE = 5.0
"""Seconds anything may take to answer."""


async def unreachable(host: str, port: int) -> Words | None:
    """What is in the way of a connection, in words; None when nothing is."""
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return words(
            "{host}:{port} does not take connections: packets are lost on the way",
            host=host, port=port,
        )  # fmt: skip
    except socket.gaierror:
        return words("there is no host called {host}", host=host)
    except ConnectionRefusedError:
        return words("nothing listens on {host}:{port}", host=host, port=port)
    except OSError as error:
        return words(
            "{host}:{port} cannot be reached ({error})",
            host=host, port=port, error=error.strerror or str(error),
        )  # fmt: skip
    writer.close()
    return None


def hangs(host: str, port: int) -> Words:
    return words(
        "{host}:{port} takes connections and gives no answer within {patience:g} s: it hangs",
        host=host, port=port, patience=PATIENCE,
    )  # fmt: skip


def first_line(error: BaseException) -> Words:
    text = str(error).strip()
    return verbatim(text.splitlines()[0] if text else type(error).__name__)
