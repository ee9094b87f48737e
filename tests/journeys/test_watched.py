"""Prometheus watches the processes of an installation: every alert and every panel finds something
to look at, and a keeper that ends is missed within half a minute."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import pytest
import yaml

from tests import tokens
from tests.free_ports import free_port
from tests.gateway.conftest import ACCEPT, CLAIMS
from tests.gateway.surviving.processes import published_keys
from tests.journeys.test_operator import command, settings_on
from tests.key_stores import new_store
from tests.linking import keys_file
from tests.test_observability import EXPRESSIONS, FOLDER, PROMTOOL, with_promtool

pytestmark = [with_promtool, pytest.mark.proof, pytest.mark.anyio]

_SECONDS = 90
_QUESTION = {"query": "{ viewer { role } }"}


class Prometheus:
    """A Prometheus that runs, with our rules."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1"

    def ask(self, expression: str) -> list[Any]:
        """The series that an expression finds now."""
        found = httpx2.get(f"{self._url}/query", params={"query": expression}, timeout=10).json()
        assert found["status"] == "success", found
        return found["data"]["result"]

    def firing(self) -> set[str]:
        alerts = httpx2.get(f"{self._url}/alerts", timeout=10).json()["data"]["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}


@contextmanager
def watching(folder: Path, ports: dict[str, int]) -> Iterator[Prometheus]:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(FOLDER / "alerts.yml")]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"127.0.0.1:{ports[job['job_name']]}"]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    process = subprocess.Popen(
        [
            PROMTOOL.with_name("prometheus"),
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Prometheus(port)
    finally:
        process.terminate()
        process.wait()


async def test_an_installation_is_watched(world: str, tmp_path: Path) -> None:
    ports = {f"gerbang-{name}": free_port() for name in ("gateway", "keeper", "dashboard", "keys")}
    port, nowhere = free_port(), f"http://127.0.0.1:{free_port()}"
    folder = str(keys_file().parent / f"checkpoints-{port}")
    with published_keys() as keys:
        given = settings_on(world, OWNER_URL=world, JWKS_URL=keys)
        gateway = {**given, "PORT": str(port), "METRICS_PORT": str(ports["gerbang-gateway"])}
        keeper = {
            **given, "KEEPER_PORT": str(ports["gerbang-keeper"]), "CHECKPOINTS": folder,
        }  # fmt: skip
        dashboard = {
            "ISSUER": nowhere, "API_URL": nowhere, "DASHBOARD_PORT": str(free_port()),
            "DASHBOARD_METRICS_PORT": str(ports["gerbang-dashboard"]),
        }  # fmt: skip
        service = {
            **given, "KEY_STORE": new_store(), "KEYS_PORT": str(ports["gerbang-keys"]),
        }  # fmt: skip
        with (
            TemporaryDirectory(prefix="gerbang-") as short,
            command("keys", Path(short, "keys.json"), Path(short, "s"), **service) as opening,
            command("serve", **gateway) as serving,
            command("keep", **keeper) as keeping,
            command("dashboard", **dashboard) as shown,
            watching(tmp_path, ports) as prometheus,
        ):
            for one in (serving, keeping, shown, opening):
                one.until("start")
            until(lambda: len(prometheus.ask('up{job=~"gerbang-.+"} == 1')) == 4)
            headers = {"Accept": ACCEPT, **tokens.bearer(**CLAIMS["leadership"])}
            asked = httpx2.post(f"http://127.0.0.1:{port}/graphql", json=_QUESTION, headers=headers)
            assert asked.status_code == 200
            looked = {
                name: _as_of_now(expression)
                for name, expression in EXPRESSIONS.items()
                if not expression.startswith("absent(")
            }
            # No socket was ended here. A rate takes two looks.
            ended = {"Sockets that were ended, by code, {{code}}"}
            until(lambda: {n for n, text in looked.items() if not prometheus.ask(text)} <= ended)
            assert prometheus.firing() == set()

            opening.end()
            until(lambda: "GerbangKeyServiceMissing" in prometheus.firing())

            keeping.end()
            ended_at = time.monotonic()
            until(lambda: "GerbangKeeperMissing" in prometheus.firing())
            assert time.monotonic() - ended_at < 30
            until(lambda: "GerbangProcessMissing" in prometheus.firing())
            assert "GerbangOverloaded" not in prometheus.firing()


def _as_of_now(expression: str) -> str:
    """What an alert compares, and a panel with an interval of its own."""
    return expression.split(" > ")[0].split(" == ")[0].split(" >= ")[0].replace(
        "$__rate_interval", "30s"
    )  # fmt: skip


def until(holds: Any) -> None:
    end = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
