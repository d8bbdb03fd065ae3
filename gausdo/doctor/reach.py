"""Why a server does not answer, as far as the network tells."""

import asyncio
import socket

PATIENCE = 5.0
"""Seconds anything may take to answer."""


async def unreachable(host: str, port: int) -> str | None:
    """What is in the way of a connection, in words; None when nothing is."""
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"{host}:{port} does not take connections: packets are lost on the way"
    except socket.gaierror:
        return f"there is no host called {host}"
    except ConnectionRefusedError:
        return f"nothing listens on {host}:{port}"
    except OSError as error:
        return f"{host}:{port} cannot be reached ({error.strerror or error})"
    writer.close()
    return None


def hangs(host: str, port: int) -> str:
    return f"{host}:{port} takes connections and gives no answer within {PATIENCE:g} s: it hangs"


def first_line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
