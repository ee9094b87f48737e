"""An operator's day: the commands are started as processes, and each thing that befalls them is one
line of JSON on standard error."""

import asyncio
import json
import os
import re
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
from uuid import UUID

import asyncpg
import httpx2
import pytest

from models.key_service import Credential, Principal
from models.key_service.service_connections import MOST_LINE_BYTES
from models.row_security import login_at
from tests import tokens
from tests.free_ports import free_port
from tests.gateway.changing import ENTRY_ON, IDENTITY, document, key
from tests.gateway.conftest import ACCEPT, CLAIMS
from tests.gateway.providers import provider
from tests.gateway.surviving.processes import published_keys
from tests.gateway.test_tampering import SWAP_PEOPLE
from tests.key_stores import new_store
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
        "visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY), "entryOn": ENTRY_ON,
        "idempotencyKey": key(),
    }},
}  # fmt: skip
#: A damaged page, as the server would report it.
BREAK = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'Olive Zephyrine' USING ERRCODE = 'XX001'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON application EXECUTE FUNCTION fail();
"""
MEND = "DROP TRIGGER fail ON application; DROP FUNCTION fail"
LATE_JOB = """
    INSERT INTO job_pass (name, started_at, passed_at, milliseconds, failures, late_at)
    VALUES ('publish', now(), now(), 1, 0, now() - interval '1 s')
"""
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


async def test_what_befalls_a_keeper_is_a_line_each(
    world: str, connection: asyncpg.Connection
) -> None:
    with TemporaryDirectory(prefix="gerbang-") as folder:
        given = settings_on(world, OWNER_URL=world, CHECKPOINTS=folder, KEEPER_PORT="")
        with command("keep", **given, JWKS_URL=f"{tokens.ISSUER}/keys") as keeper:
            assert keeper.until("start")["process"] == "keeper"
            await connection.execute("ALTER TABLE volume_outbox RENAME TO away")
            try:
                line = keeper.until("fold_or_age is not done")
            finally:
                await connection.execute("ALTER TABLE away RENAME TO volume_outbox")
            assert line["level"] == "WARNING"
            assert [one for one in keeper.end() if one in ("drain", "stop")] == ["drain", "stop"]


async def test_a_doctor_that_goes_on_says_what_is_new_and_what_is_mended(
    world: str, connection: asyncpg.Connection
) -> None:
    await connection.execute("DELETE FROM job_pass")  # of a keeper that has ended
    with published_keys() as keys, command(
        "doctor", "--continuous", "--every=1", **settings_on(world, OWNER_URL=world, JWKS_URL=keys)
    ) as it:  # fmt: skip
        it.until("start", process="doctor")
        for name in ("publish", "fold_or_age"):
            late = {"what": f"Jobs are late: {name}."}
            await connection.execute(LATE_JOB.replace("publish", name))
            assert (await asyncio.to_thread(it.until, "finding", **late))["remedy"]
            await connection.execute("DELETE FROM job_pass")
            await asyncio.to_thread(it.until, "mended", **late)
        assert it.end() == ["stop"]
        it.until("mended", what="Jobs are late: publish.")  # once


def test_what_befalls_the_key_service_is_a_line_each() -> None:
    with TemporaryDirectory(prefix="gerbang-") as folder:
        file, names = Path(folder, "keys.json"), ("keys", "signing", "linking")
        sockets = [Path(folder, name) for name in names]
        others = ("--signing", sockets[1], "--linking", sockets[2])
        provider = {"ISSUER": tokens.ISSUER, "JWKS_URL": f"{tokens.ISSUER}/keys"}
        provider["KEY_STORE"] = new_store()
        provider["KEYS_PORT"] = str(port := free_port())
        with command("keys", file, sockets[0], *others, "--unwraps", "1", **provider) as keys:
            start = keys.until("start")
            assert (start["process"], start["sockets"]) == (
                "keys",
                sorted(f"unix:{one}" for one in sockets),
            )

            # Refusals: the other socket's question, none of the protocol, too many.
            assert "ask the other one" in _ask_keys(sockets[0], {"do": "operations"})["error"]
            keys.until("a question was refused: this socket does not operations")
            assert "error" in _ask_keys(sockets[0], {"say": "Olive Zephyrine"})
            keys.until("a question was refused: this is no question of the protocol")
            people = [UUID(int=number).hex for number in range(3)]
            making = {"do": "make", "subjects": people, "related": []}
            assert "show the credential" in _ask_keys(sockets[2], making)["error"]
            secret = Credential.of(Principal.LOADER, file.with_suffix(".credentials")).secret
            loader = {"as": [Principal.LOADER, secret]}
            assert "keys" in _ask_keys(sockets[2], {**making, **loader})
            opening = {"do": "open", "subjects": people, **loader}
            for _ in range(20):
                assert "error" in _ask_keys(sockets[2], opening)
            line = keys.until("a question was refused: more than 1 data keys a minute")
            assert "left_out" not in line, "as often as it is refused, it is one line a minute"

            # What was asked, and how it was answered, is counted; nobody is named.
            counted = httpx2.get(f"http://127.0.0.1:{port}/metrics").text
            for line in (
                'gerbang_keys_questions_total{outcome="refused",verb="operations"} 1.0',
                'gerbang_keys_questions_total{outcome="refused",verb="other"} 1.0',
                'gerbang_keys_questions_total{outcome="refused",verb="make"} 1.0',
                'gerbang_keys_questions_total{outcome="answered",verb="make"} 1.0',
                'gerbang_keys_questions_total{outcome="ceiling",verb="open"} 20.0',
                'gerbang_keys_subjects_total{verb="make"} 3.0',
                'gerbang_keys_subjects_total{verb="open"} 0.0',
                'gerbang_keys_question_seconds_count{verb="open"} 20.0',
                "gerbang_keys_store_reachable 1.0",
            ):
                assert f"{line}\n" in counted
            assert "Zephyrine" not in counted

            # A defect ends the connection.
            assert _ask_keys(sockets[1], {"do": "x" * (MOST_LINE_BYTES + 1)}) is None
            line = keys.until("an error that nobody awaited")
            assert (line["level"], line["error"][0]) == ("ERROR", "LimitOverrunError")

            assert keys.end() == ["drain", "stop"]
            assert "Zephyrine" not in keys.log.read_text()


def test_what_befalls_a_dashboard_is_a_line_each() -> None:
    port, nowhere = free_port(), f"http://127.0.0.1:{free_port()}"
    given = {"ISSUER": nowhere, "API_URL": nowhere, "DASHBOARD_PORT": str(port)}
    with command("dashboard", **given) as dashboard:
        assert f"127.0.0.1:{port}" in dashboard.until("start")["event"]

        # Nobody can be signed in.
        address = f"http://127.0.0.1:{port}/sign-in"
        refused = httpx2.get(address, timeout=SECONDS)
        assert refused.status_code == 502
        line = dashboard.until("sign-in failed")
        assert line["level"] == "WARNING"
        (trace,) = re.findall(r"\(trace ([0-9a-f]{32})\)", line["event"])
        assert trace in refused.text

        assert dashboard.end() == ["drain", "stop"]

    # A defect, by the trace id that a visitor quotes: here a provider has no page to sign in at.
    with provider() as issuer, command("dashboard", **{**given, "ISSUER": issuer}) as dashboard:
        dashboard.until("start")
        broken = httpx2.get(address, timeout=SECONDS)
        assert broken.status_code == 500, broken.text
        (trace,) = re.findall("[0-9a-f]{32}", broken.text)
        line = dashboard.until("/sign-in failed")
        assert (line["level"], trace in line["event"]) == ("ERROR", True)


def _ask_keys(path: Path, question: dict[str, Any]) -> Any:
    """The answer of the key service; None if it hangs up."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(SECONDS)
        asking.connect(str(path))
        asking.sendall(json.dumps(question).encode() + b"\n")
        with asking.makefile() as answers:
            line = answers.readline()
    return json.loads(line) if line else None


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
