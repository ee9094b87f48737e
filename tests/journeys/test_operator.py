"""An operator's day: the commands are started as processes, and each thing that befalls them is one
line of JSON on standard error."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx2
import pytest

from models.row_security import login_at
from tests import tokens
from tests.free_ports import free_port
from tests.gateway.changing import IDENTITY, document, key
from tests.gateway.conftest import ACCEPT, CLAIMS
from tests.gateway.surviving.processes import published_keys
from tests.gateway.test_tampering import SWAP_PEOPLE
from tests.linking import key_service
from tests.running_demo import GERBANG

pytestmark = pytest.mark.anyio

SECONDS = 60
FORBIDDEN = "{ applications(first: 5) { nodes { status } } }"
IDENTITIES = """query @purpose(code: INTAKE) {
    applications(first: 20) { nodes { applicant { identity { fullName } } } } }"""
SUBMIT = {
    "query": document("submitApplication"),
    "variables": {"input": {
        "visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY), "idempotencyKey": key(),
    }},
}  # fmt: skip
#: A damaged page, as the server would report it.
BREAK = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'Olive Zephyrine' USING ERRCODE = 'XX001'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON application EXECUTE FUNCTION fail();
"""
MEND = "DROP TRIGGER fail ON application; DROP FUNCTION fail"
#: As if the gateway sealed viewers with a key that the database does not have; twice is never.
OTHER_KEY = "UPDATE viewer.daily_seal_key SET inner_block = outer_block, outer_block = inner_block"


@dataclass
class Command:
    """A running command, and where it writes its standard error."""

    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """What it has written: each line is JSON, or this raises."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def until(self, event: str, **facts: object) -> Any:
        """Wait for a line that begins so and has these facts, and return it: there is one."""
        end = time.monotonic() + SECONDS
        while True:
            found = [line for line in self.lines() if line["event"].startswith(event)]
            if found := [line for line in found if facts.items() <= line.items()]:
                (line,) = found
                return line
            assert self.process.poll() is None, f"it ended: {self.log.read_text()}"
            assert time.monotonic() < end, f"nothing said {event}: {self.log.read_text()}"
            time.sleep(0.05)

    def end(self) -> list[str]:
        """The events that it writes from SIGTERM to its end, which is in order."""
        before = len(self.lines())
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(SECONDS) == 0
        return [line["event"] for line in self.lines()[before:]]


@contextmanager
def command(*arguments: str | Path, **variables: str) -> Iterator[Command]:
    environ = {f"GERBANG_{name}": value for name, value in variables.items()}
    with TemporaryDirectory(prefix="gerbang-") as folder:
        log = Path(folder, "log")
        with log.open("wb") as written:
            process = subprocess.Popen(
                [GERBANG, *arguments],
                env={"PATH": os.defpath, **environ},
                stdout=subprocess.DEVNULL,
                stderr=written,
            )
        try:
            yield Command(process, log)
        finally:
            process.kill()
            process.wait()


def settings_on(url: str, **variables: str) -> dict[str, str]:
    return {
        "DATABASE_URL": login_at(url, tokens.PASSWORD),
        "ISSUER": tokens.ISSUER,
        "SEAL_KEY": tokens.SEAL_KEY.hex(),
        "CURSOR_KEY": "ab" * 32,
        "KEY_SERVICE": key_service(),
        "METRICS_PORT": "",
        **variables,
    }


@dataclass(frozen=True)
class Client:
    """Asks the gateway on a port."""

    port: int

    def ask(self, name: str, body: dict[str, Any]) -> tuple[list[str], str]:
        """The codes of the answer, and its trace id."""
        address, claims = f"http://127.0.0.1:{self.port}/graphql", CLAIMS[name]
        headers = {"Accept": ACCEPT, **tokens.bearer(**claims)}
        answer = httpx2.post(address, json=body, headers=headers, timeout=SECONDS)
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
        return codes, answer.headers["gerbang-trace"]

    def reasons(self) -> list[str]:
        answer = httpx2.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=SECONDS)
        return answer.json()["reasons"]


@contextmanager
def serving(url: str, **variables: str) -> Iterator[tuple[Command, Client]]:
    """`gerbang serve`, which has started."""
    client = Client(free_port())
    with published_keys() as keys:
        given = settings_on(url, JWKS_URL=keys, PORT=str(client.port), **variables)
        with command("serve", **given) as gateway:
            gateway.until("start")
            _until_listening(client.port, gateway)
            yield gateway, client


async def test_what_befalls_a_gateway_is_a_line_each(
    world: str, connection: asyncpg.Connection
) -> None:
    with serving(world) as (gateway, client):
        start = gateway.until("start")
        assert (start["level"], start["port"]) == ("INFO", client.port)

        # A refusal.
        codes, trace = client.ask("manager-au", {"query": FORBIDDEN})
        assert codes == ["FORBIDDEN_FIELD"]
        line = gateway.until("request", trace=trace)
        assert (line["status"], line["codes"]) == (400, codes)
        assert line["denied"] == ["Application.status"]

        # A defect, by the trace id that a client quotes.
        await connection.execute(BREAK)
        codes, trace = client.ask("agent-au", SUBMIT)
        await connection.execute(MEND)
        assert codes == ["INTERNAL"]
        line = gateway.until(f"failed trace={trace}")
        assert (line["level"], line["error"][0]) == ("ERROR", "DataCorrupted")

        # A value that somebody changed behind the vault's back.
        people = [row["applicant_id"] for row in await connection.fetch(
            "SELECT applicant_id FROM application WHERE centre_code = 'AU-SYD'"
            " ORDER BY submitted_at DESC LIMIT 2"
        )]  # fmt: skip
        await connection.execute(SWAP_PEOPLE, *people)
        codes, trace = client.ask("agent-au", {"query": IDENTITIES})
        await connection.execute(SWAP_PEOPLE, *people)
        assert set(codes) == {"INTERNAL"}
        assert gateway.until("the vault refused a sealed value")["level"] == "ERROR"
        assert gateway.until("request", trace=trace)["tampered"]

        # A seal that the database refuses, and what becomes of readiness.
        assert client.reasons() == []
        await connection.execute(OTHER_KEY)
        codes, trace = client.ask(
            "officer", {"query": "{ visaTypes(first: 1) { nodes { code } } }"}
        )
        assert codes == ["UNAVAILABLE"]
        assert gateway.until("the database refused a seal")["level"] == "ERROR"
        assert client.reasons() == ["seal"]
        assert gateway.until("not ready")["reasons"] == ["seal"]
        await connection.execute(OTHER_KEY)
        assert client.reasons() == []
        assert gateway.until("ready")["level"] == "INFO"

        assert [event for event in gateway.end() if event != "request"] == ["drain", "stop"]
        assert "Zephyrine" not in gateway.log.read_text()


def _until_listening(port: int, running: Command) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert running.process.poll() is None, running.log.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return
