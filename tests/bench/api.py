"""The product's API as the bench prepares its loads with it: one signed-in manager."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from typing import Any
from urllib.parse import quote

from tests.bench.load import PASSWORD, email


class Api:
    """Signed in as the person `number`; `cookie` is their session."""

    def __init__(self, port: int, number: int) -> None:
        self.number = number
        self.port = port
        self.cookie = ""
        told = {"email": email(number), "password": PASSWORD}
        headers, _ = self._ask("POST", "/api/v1/session", told)
        self.cookie = headers["set-cookie"].partition(";")[0]

    def get(self, path: str) -> Any:
        return json.loads(self._ask("GET", path)[1])

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        return json.loads(self._ask(method, path, body)[1] or b"null")

    def bring(self, path: str, table: bytes) -> Any:
        """Send a CSV file."""
        return json.loads(self._ask("POST", path, table)[1])

    def lines(self, path: str) -> Iterator[bytes]:
        """What is answered, line by line, as it comes."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)) as connection:
            connection.request("GET", path, headers=self._headers())
            answer = connection.getresponse()
            if answer.status >= 400:
                raise RuntimeError(f"{path}: {answer.status} {answer.read().decode()}")
            yield from answer

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | bytes | None = None
    ) -> tuple[Message, bytes]:
        headers = self._headers()
        if isinstance(body, bytes):
            headers["Content-Type"] = "text/csv"
        elif body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            told = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {told.decode()}")
        return answer.headers, told


def query(path: str, **told: Any) -> str:
    """`/api/v1` and the path, with a query; what is no text goes as JSON."""
    pairs = [
        f"{name}={quote(value if isinstance(value, str) else json.dumps(value), safe='')}"
        for name, value in told.items()
        if value is not None
    ]
    return f"/api/v1{path}" + ("?" + "&".join(pairs) if pairs else "")
