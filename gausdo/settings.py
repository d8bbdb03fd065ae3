"""The only reader of the environment."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MODULES = (
    "identity",
    "customers",
    "sales",
    "communications",
    "activities",
    "authentication",
    "integrations",
    "automation",
    "reports",
    "federation",
)

KEY = 32
"""Bytes of a key for sealed fields."""


HERE = frozenset({"127.0.0.1", "::1", "localhost"})
SAFE = frozenset({"https", "rediss", "tls", "smtps"})


def _safe(url: str) -> bool:
    """Whether it stays within this machine, or goes by TLS whose certificate is checked."""
    parts = urlsplit(url)
    told = dict(parse_qsl(parts.query, keep_blank_values=True))
    return (
        parts.hostname in HERE
        or parts.scheme in SAFE
        or (parts.scheme == "smtp" and "starttls" in told)
        or (parts.scheme.startswith("postgres") and told.get("sslmode") == "verify-full")
    )


class Settings(BaseSettings):
    """Every setting is an environment variable `GAUSDO_<NAME>`; an unknown one is an error.

    `gausdo up` fills in what is not told by starting embedded servers.
    """

    model_config = SettingsConfigDict(
        env_prefix="GAUSDO_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    secret: SecretStr = Field(
        min_length=32,
        description="Keys are derived from it: the passwords of database roles, the key of tokens.",
    )
    secrets_folder: Path | None = Field(
        None,
        description="A folder of files, each called as the setting that it holds (GAUSDO_SECRET, "
        "GAUSDO_POSTGRES_URL …), as Docker, Kubernetes and the agents of vaults put secrets there; "
        "what is in the environment goes first.",
    )
    key_ring: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Name → key (32 bytes in base64) for sealed fields, as JSON; the first seals, "
        "all of them open. The key derived from GAUSDO_SECRET is always the last of them.",
    )
    postgres_url: SecretStr = Field(
        description="A PostgreSQL role that may make databases and roles; `migrate` acts as it, "
        "the others take only its host and port."
    )
    database: str = Field("gausdo", description="Made by `migrate` where it is missing.")
    dsn: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Module → DSN of its own role, to put a module into another database.",
    )
    valkey_url: SecretStr = Field(
        description="Valkey or Redis: sessions, limits, epochs. redis://:pass@host:port/0"
    )
    nats_url: SecretStr = Field(
        description="NATS with JetStream: events. nats://user:pass@host:port"
    )
    clickhouse_url: SecretStr = Field(
        description="ClickHouse over HTTP: reports. https://user:pass@host:port/database"
    )
    clickhouse_engine: str = Field(
        "", description="Prefix of table engines: empty, or `Replicated` on a cluster."
    )
    modules: Annotated[tuple[str, ...], NoDecode] = Field(
        MODULES, description="Modules answered by this process, separated by commas."
    )
    neighbours: dict[str, str] = Field(
        default_factory=dict, description="Module → URL of the process that answers it."
    )
    host: str = Field("127.0.0.1", description="The address the web server listens on.")
    port: int = Field(8000, description="The port the web server listens on.")
    base_url: str = Field("http://localhost:8000", description="What people type to get here.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Networks whose X-Forwarded-For is believed, separated by commas."
    )
    web: Path | None = Field(None, description="The folder of the built interface.")
    data: Path = Field(Path(".gausdo"), description="Data of embedded servers, logs, demo logins.")
    smtp_url: SecretStr = Field(
        SecretStr("smtp://localhost:25"),
        description="The mail server: smtp://host:port, smtp://user:pass@host:port?starttls "
        "or smtps://user:pass@host:port.",
    )
    mail_from: str = Field("Gausdo <crm@localhost>", description="The sender of letters.")
    outbound_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Exact host:port of inner addresses that webhooks may call, and identity "
        "providers and daily rates may be at.",
    )
    outbound_only: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="The only hosts that webhooks may call, and identity providers and daily rates "
        "may be at, *.example.org for those below one; the whole open internet unless told.",
    )
    demand_tls: bool = Field(
        False,
        description="Refuse addresses of servers, neighbours and the collector beyond this machine "
        "that would be spoken to without TLS: postgresql…?sslmode=verify-full, rediss, tls (NATS), "
        "https, smtps or ?starttls.",
    )
    base_currency: str = Field("RUB", description="Of sums that name no currency.")
    time_zone: str = Field(
        "Europe/Moscow", description="Of days in rules, and of the working calendar."
    )
    largest_file: int = Field(
        25, ge=1, le=1000, description="Megabytes of a file that is attached to a note."
    )
    rate_limit: int = Field(1200, description="Requests a minute of one person or address.")
    patience: float = Field(
        5,
        gt=0,
        description="Seconds a request may take, the servers behind it included; not an import.",
    )
    demo_url: str | None = Field(None, description="The demo's own mail sink and receiver.")
    otlp_endpoint: str | None = Field(
        None, description="Where traces and logs go, as OTLP over HTTP: http://host:4318"
    )
    trace_share: float = Field(
        1.0, ge=0, le=1, description="The share of traces that is sent there, each of them whole."
    )
    metrics_port: int | None = Field(
        None,
        description="Where the worker answers /metrics, beside GAUSDO_HOST; not at all unless told."
        " Web processes answer it on their own port.",
    )
    log_level: str = Field("info", description="debug, info, warning or error.")

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, raw: Any) -> Any:
        """Lists are told with commas, as people write them in an environment."""
        if isinstance(raw, dict):
            for name in ("modules", "trusted_proxies", "outbound_allow", "outbound_only"):
                if isinstance(raw.get(name), str):
                    raw[name] = tuple(part.strip() for part in raw[name].split(",") if part.strip())
        return raw

    @model_validator(mode="after")
    def _known_modules(self) -> "Settings":
        unknown = {*self.modules, *self.neighbours, *self.dsn} - {*MODULES, "jobs"}
        if unknown:
            raise ValueError(f"no such module: {', '.join(sorted(unknown))}")
        return self

    @model_validator(mode="after")
    def _whole_keys(self) -> "Settings":
        for name, key in self.ring_keys.items():
            if len(key) != KEY or name == "secret":
                raise ValueError(
                    f"key_ring: “{name}” is not {KEY} bytes in base64 with another name"
                )
        return self

    @model_validator(mode="after")
    def _no_plain_ways(self) -> "Settings":
        if self.demand_tls and (plain := [name for name, url in self._ways() if not _safe(url)]):
            raise ValueError(f"demand_tls: without TLS: {', '.join(plain)}")
        return self

    def _ways(self) -> Iterator[tuple[str, str]]:
        """Each address that this installation is told to speak to."""
        for name in ("postgres_url", "valkey_url", "nats_url", "clickhouse_url", "smtp_url"):
            yield name, getattr(self, name).get_secret_value()
        yield from ((f"dsn {name}", dsn.get_secret_value()) for name, dsn in self.dsn.items())
        yield from ((f"neighbours {name}", url) for name, url in self.neighbours.items())
        yield "otlp_endpoint", self.otlp_endpoint or "https:"

    @classmethod
    def told(cls) -> Self:
        """The settings of the environment, and of files where it names a folder of them.

        Raises ValueError naming what is unknown there.
        """
        folder = os.environ.get("GAUSDO_SECRETS_FOLDER")
        if folder and not Path(folder).is_dir():
            raise ValueError(f"no such folder: {folder}")
        files = [one.name.upper() for one in Path(folder).iterdir()] if folder else []
        known = {f"GAUSDO_{name.upper()}" for name in cls.model_fields}
        named = (name for name in (*os.environ, *files) if name.startswith("GAUSDO_"))
        if unknown := {*named} - known:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        return cls(_secrets_dir=folder or None)

    def derived(self, purpose: str) -> str:
        """A key for one purpose (HMAC-SHA256 of the secret)."""
        secret = self.secret.get_secret_value().encode()
        return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def ring_keys(self) -> dict[str, bytes]:
        """`key_ring` as bytes. Raises ValueError for one that is not base64."""
        told = {}
        for name, key in self.key_ring.items():
            try:
                told[name] = base64.b64decode(key.get_secret_value(), validate=True)
            except ValueError:
                raise ValueError(f"key_ring: “{name}” is not base64") from None
        return told

    @cached_property
    def passwords(self) -> dict[str, str]:
        """Module → password of its database role; `jobs` among them."""
        return {name: self.derived(f"role {name}") for name in (*MODULES, "jobs")}

    def module_dsn(self, module: str) -> str:
        from gausdo.platform.db.migrate import dsn_of  # noqa: PLC0415 - platform reads settings

        if module in self.dsn:
            return self.dsn[module].get_secret_value()
        return dsn_of(
            self.postgres_url.get_secret_value(),
            user=f"gausdo_{module}",
            password=self.passwords[module],
            database=self.database,
        )
