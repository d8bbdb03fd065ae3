"""A small web server of two processes, run as a program by tests: `python web.py PORT`."""

import sys

from granian.constants import Interfaces

from gausdo.platform.embedded.process import die_with_parent
from gausdo.platform.http.web_server import WebServer


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})


if __name__ == "__main__":
    WebServer("web:app", port=int(sys.argv[1]), workers=2, interface=Interfaces.ASGINL).serve()
else:  # loaded by one of its processes
    die_with_parent()
