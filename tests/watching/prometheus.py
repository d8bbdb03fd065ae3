"""A real Prometheus that scrapes what it is told to, and answers questions."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import httpx2

from gausdo.platform.embedded.process import free_port, tail

RULES = Path(__file__).parent.parent.parent / "deploy" / "prometheus" / "alerts.yml"


class Prometheus:
    """`targets`: job → host:port. In `with`; its data are in `folder`."""

    def __init__(self, folder: Path, targets: dict[str, str]) -> None:
        self._folder = folder
        self._log = folder / "prometheus.log"
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [target]}]}
                for job, target in targets.items()
            ],
        }
        (folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
        self._port = free_port()
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=10)

    def __enter__(self) -> Self:
        words = [
            "prometheus",
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
            f"--web.console.libraries={self._folder}",
            f"--web.console.templates={self._folder}",
        ]
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(words, stdout=output, stderr=output)
        deadline = time.monotonic() + 60
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(tail(self._log))
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(30)

    def _ready(self) -> bool:
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx2.TransportError:
            return False

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The result of an instant query. Raises ValueError with what is wrong with it."""
        answer = self._client.get("/api/v1/query", params={"query": expression}).json()
        if answer["status"] != "success":
            raise ValueError(f"{expression}: {answer['error']}")
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def troubles(self) -> list[str]:
        """Why targets cannot be scraped; nothing once all have been."""
        told = self._client.get("/api/v1/targets").json()["data"]["activeTargets"]
        return [
            f"{target['scrapeUrl']}: {target['lastError'] or 'not scraped yet'}"
            for target in told
            if target["health"] != "up"
        ]

    def value(self, expression: str) -> float | None:
        """The first value of a query; None when there is none yet."""
        found = self.ask(expression)
        return float(found[0]["value"][1]) if found else None
