"""The floor: the statements of a page by pgbench, in the same role, with the same viewer."""

import asyncio
import re
import tempfile
from asyncio import to_thread
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench.page import gateway_on
from bench.peers.questions import OURS, Question, Sample
from bench.peers.turn import Turn, Watch
from bench.world import SEAL_KEY
from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.access.transactions.reading import BEGIN
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.url import read_database_url
from models.postgres.binaries import find_binaries
from models.row_security import login_at
from models.vocabulary import Role
from tests.listening import listening

#: A seal is valid for the transactions of five seconds.
_SECONDS = 3
_STARTS = TransactionStarts(
    Seal(SEAL_KEY, seconds=60),
    TransactionLimits(statement_seconds=5, lock_seconds=1, idle_seconds=10),
)
_SUPERVISOR = Viewer(subject="supervisor", role=Role.SUPERVISOR)
_MICROSECONDS = 1e6
_PARAMETER = re.compile(r"\$(\d+)")


async def statements_of(url: str, question: Question, known: Sample) -> list[Command]:
    """What the gateway sends for a question once it is warm, between BEGIN and the end."""
    variables = question.variants(known)[0]
    content = {"query": question.documents[OURS], "variables": variables}
    sent: list[Command] = []
    async with gateway_on(url, question.viewer) as client:
        for _ in range(3):
            await client.post("/graphql", content)
        with listening(lambda text, values: sent.append(Command(text, values)), settings=True):
            await client.post("/graphql", content)
    return sent


async def floor(url: str, question: Question, known: Sample, clients: int, watch: Watch) -> Turn:
    """The figures of one turn of pgbench."""
    start = _STARTS.for_reading(_SUPERVISOR)
    read = await statements_of(url, question, known)
    sent = [*start.commands(BEGIN, None), *read, Command("ROLLBACK")]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "page.sql")
        await to_thread(script.write_text, "".join(_lines(sent)), encoding="utf-8")
        database = watch.seconds()
        output = await _run(url, script, clients, _variables(sent))
        database = watch.seconds() - database
    per_second = float(_extract(r"tps = ([\d.]+)", output))
    average = 1000 * float(_extract(r"latency average = ([\d.]+) ms", output))
    pages = int(_extract(r"transactions actually processed: (\d+)", output))
    return Turn(per_second, average, float("nan"), 0.0, _MICROSECONDS * database / pages)


def _lines(sent: Sequence[Command]) -> Iterator[str]:
    """A script that sends everything in one write, as the gateway does."""
    yield "\\startpipeline\n"
    for number, command in enumerate(sent):
        text = _PARAMETER.sub(rf":v{number}_\1", command.text)
        yield f"{' '.join(text.split())};\n"
    yield "\\endpipeline\n"


def _variables(sent: Sequence[Command]) -> Iterator[str]:
    for number, command in enumerate(sent):
        for place, value in enumerate(command.arguments, start=1):
            yield from ("-D", f"v{number}_{place}={_as_text(value)}")


def _as_text(value: Any) -> str:
    match value:
        case list() | tuple():
            return "{" + ",".join(map(_as_text, value)) + "}"
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


async def _run(url: str, script: Path, clients: int, variables: Iterator[str]) -> str:
    server = read_database_url(login_at(url, "bench"))
    (host,) = server.hosts
    process = await asyncio.create_subprocess_exec(
        find_binaries().folder / "pgbench",
        *("--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--time={_SECONDS}"),
        *(f"--file={script}", f"--host={host.address}", f"--port={host.port}"),
        *(f"--username={server.user}", *variables, server.database),
        env={"PGPASSWORD": server.password_at(host) or ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"pgbench failed: {errors.decode()[-2000:]}")
    return output.decode()


def _extract(pattern: str, output: str) -> str:
    match = re.search(pattern, output)
    if match is None:
        raise RuntimeError(f"pgbench does not say {pattern!r}: {output}")
    return match[1]
