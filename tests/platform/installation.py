"""A small installation, run as a program by the tests of the supervisor.

`python installation.py FOLDER postgres,valkey [web]`: prints what the supervisor tells, then a
line of JSON with the URLs once everything is ready.
"""

import json
import sys
from pathlib import Path

from gausdo.platform.embedded.home import HomeError, claimed
from gausdo.platform.embedded.process import Command, StartError, free_port
from gausdo.supervisor import Part, Supervisor, answers_http, embedded_parts

HERE = Path(__file__).parent


def web(port: int) -> Part:
    return Part(
        "web",
        lambda: Command((sys.executable, str(HERE / "web.py"), str(port)), cwd=HERE),
        ready=answers_http(f"http://127.0.0.1:{port}/"),
        port=port,
    )


def main(folder: Path, names: str, *others: str) -> None:
    with claimed(folder) as home:
        for name in (*names.split(","), *others):
            home.port(name, free_port())  # not those that other installations prefer, too
        embedded = embedded_parts(home, names.split(","))
        urls = dict(embedded.urls)
        after = tuple(part.name for part in embedded.parts)
        parts = [
            *embedded.parts,
            Part("migrate", lambda: Command(("true",)), oneshot=True, after=after),
        ]
        if "web" in others:
            parts.append(web(home.port("web", 18080)))
            urls["web"] = f"http://127.0.0.1:{parts[-1].port}/"
        Supervisor(home, parts, say, lambda: say(json.dumps(urls))).run()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), *sys.argv[2:])
    except (HomeError, StartError) as failure:
        sys.exit(str(failure))
