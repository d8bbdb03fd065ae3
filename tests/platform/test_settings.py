"""Settings come by the environment, or by files that whoever keeps secrets has put there."""

import os
from pathlib import Path
from typing import Any

import pytest

from gausdo.settings import Settings

SERVERS = {
    "GAUSDO_POSTGRES_URL": "postgresql://postgres:p@db/postgres",
    "GAUSDO_VALKEY_URL": "redis://:v@valkey:6379/0",
    "GAUSDO_NATS_URL": "nats://gausdo:n@nats:4222",
    "GAUSDO_CLICKHOUSE_URL": "http://gausdo:c@clickhouse:8123/gausdo",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Named in an environment that has nothing else of ours."""
    for name in [name for name in os.environ if name.startswith("GAUSDO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GAUSDO_SECRETS_FOLDER", str(tmp_path))
    return tmp_path


def test_secrets_come_by_files_and_the_environment_goes_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SERVERS.items():
        (folder / name).write_text(value)
    (folder / "..data").mkdir()  # as Kubernetes has it
    (folder / "GAUSDO_SECRET").write_text("a secret of a file, thirty-two long\n")
    monkeypatch.setenv("GAUSDO_VALKEY_URL", "redis://:of-the-environment@valkey:6379/0")
    told = Settings.told()
    assert told.secret.get_secret_value() == "a secret of a file, thirty-two long"
    assert told.nats_url.get_secret_value() == SERVERS["GAUSDO_NATS_URL"]
    assert "of-the-environment" in told.valkey_url.get_secret_value()


def test_a_file_nobody_asks_for_and_a_folder_that_is_not_there_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "GAUSDO_SECRETE").write_text("x" * 40)
    with pytest.raises(ValueError, match="no such setting: GAUSDO_SECRETE"):
        Settings.told()
    monkeypatch.setenv("GAUSDO_SECRETS_FOLDER", str(folder / "nowhere"))
    with pytest.raises(ValueError, match="no such folder"):
        Settings.told()


def test_what_is_wrong_is_told_without_what_is_secret(folder: Path) -> None:
    with pytest.raises(ValueError, match="valkey_url") as refused:
        Settings(secret="a secret of thirty-two characters", postgres_url="postgresql://a:b@c/d")
    assert "thirty-two" not in str(refused.value)
    assert "a:b@c" not in str(refused.value)


SAFE = {
    "postgres_url": "postgresql://postgres:p@db/postgres?sslmode=verify-full",
    "valkey_url": "rediss://:v@valkey:6379/0",
    "nats_url": "tls://gausdo:n@nats:4222",
    "clickhouse_url": "https://gausdo:c@clickhouse/gausdo",
    "smtp_url": "smtp://u:p@mail.example.org?starttls",
    "neighbours": {"sales": "https://sales.inner"},
    "otlp_endpoint": "https://collector:4318",
}


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("postgres_url", "postgresql://postgres:p@db/postgres?sslmode=require"),
        ("valkey_url", "redis://:v@valkey:6379/0"),
        ("nats_url", "nats://gausdo:n@nats:4222"),
        ("clickhouse_url", "http://gausdo:c@clickhouse:8123/gausdo"),
        ("smtp_url", "smtp://mail.example.org:25"),
        ("neighbours", {"sales": "http://sales.inner"}),
        ("dsn", {"sales": "postgresql://sales:p@db/gausdo"}),
        ("otlp_endpoint", "http://collector:4318"),
    ],
)
def test_where_tls_is_demanded_a_plain_way_out_is_refused(
    folder: Path, name: str, plain: Any
) -> None:
    told = {"secret": "s" * 32, **SAFE}
    assert Settings(**told, demand_tls=True)
    assert Settings(**told | {name: plain})
    with pytest.raises(ValueError, match=name):
        Settings(**told | {name: plain}, demand_tls=True)


def test_within_this_machine_no_tls_is_demanded(folder: Path) -> None:
    here = {
        "postgres_url": "postgresql://postgres:p@[::1]:5432/postgres",
        "valkey_url": "redis://:v@localhost:6379/0",
        "nats_url": "nats://gausdo:n@127.0.0.1:4222",
        "clickhouse_url": "http://gausdo:c@127.0.0.1:8123/gausdo",
    }
    assert Settings(secret="s" * 32, demand_tls=True, **here)
