"""How long leadership waits beside somebody without an account who sends new, large documents, each
of them legal, as fast as they are answered; and what a document costs both sides.
"""

import asyncio
import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import random
from statistics import median, quantiles
from time import perf_counter, process_time

import orjson

from bench.measuring import show_table
from bench.peers.contender import running
from bench.peers.line import Line
from bench.peers.starting import tokens_at
from bench.world import SEAL_KEY, world
from models.row_security import login_at
from tests.free_ports import free_port

_CLIENTS = 8
_SECONDS = 15.0
#: How often leadership asks: a page of the dashboard now and then, by several people.
_EVERY_SECONDS = 0.1
_VOLUMES = """{
    volumes(from: "2025-10-01", to: "2026-09-30", groupBy: [COUNTRY]) {
        rows { country { code } intake { value } wip { value } }
    }
}"""
_numbers = count()


def _document() -> str:
    """One that nobody has sent before, near the limits of a document."""
    number = next(_numbers)
    names = " ".join(f"n{number}_{i}: name" for i in range(40))
    roots = (f'r{i}: country(by: {{code: "AU"}}) {{ code n{number}_{i}: name }}' for i in range(18))
    return f"{{ {' '.join(roots)} all: countries(first: 20) {{ nodes {{ {names} }} }} }}"


async def measure(applications: int, rounds: int) -> None:
    """Print leadership's times alone and beside the flood, in turns."""
    port = free_port()
    async with world(applications) as url:
        environment = {
            **os.environ,
            "GERBANG_ENVIRONMENT": "development",
            "GERBANG_METRICS_PORT": "",
            "GERBANG_DATABASE_URL": login_at(url, "bench"),
            "GERBANG_SEAL_KEY": SEAL_KEY.hex(),
            "GERBANG_DRAIN_GRACE_SECONDS": "0",
            "GERBANG_PORT": str(port),
        }
        command = [Path(sys.executable).with_name("gerbang"), "serve"]
        async with running(command, port, environment, Path.cwd()) as process:
            token = (await tokens_at(port))["leadership"]
            ask = _request(_VOLUMES, token)
            await _ask_for(port, ask, 2.0)
            alone, beside = list[list[float]](), list[list[float]]()
            answered = refused = 0
            spent = theirs = 0.0
            for _ in range(rounds):
                alone.append(await _ask_for(port, ask, _SECONDS))
                before, began = sum(process.cpu_times()[:2]), process_time()
                flood = [asyncio.create_task(_flood(port)) for _ in range(_CLIENTS)]
                beside.append(await _ask_for(port, ask, _SECONDS))
                for one in flood:
                    one.cancel()
                for answers in await asyncio.gather(*flood):
                    answered += answers[0]
                    refused += answers[1]
                spent += sum(process.cpu_times()[:2]) - before
                theirs += process_time() - began
    rows = [
        (name, *(f"{1000 * figure:,.1f} ms" for figure in _figures(times)))
        for name, times in (("alone", alone), ("beside the flood", beside))
    ]
    show_table("Leadership's figures", ("", "p50", "p95", "longest"), rows)
    seconds = rounds * _SECONDS
    print(
        f"\nThe flood: {answered / seconds:,.1f} answered and {refused / seconds:,.1f} refused a"
        f" second; the gateway took {spent / seconds:.2f} of a core meanwhile, whoever asked both"
        f" {theirs / seconds:.2f}."
    )


def _figures(turns: list[list[float]]) -> tuple[float, float, float]:
    return (
        median(median(times) for times in turns),
        median(quantiles(times, n=20)[-1] for times in turns),
        max(map(max, turns)),
    )


async def _ask_for(port: int, ask: bytes, seconds: float) -> list[float]:
    """The times of answers, each from when it was due."""
    times = list[float]()
    end = perf_counter() + seconds

    async def once() -> None:
        due = perf_counter()
        line = await Line.to(port)
        await line.ask(ask)
        line.close()
        times.append(perf_counter() - due)

    asking = list[asyncio.Task[None]]()
    while perf_counter() < end:
        asking.append(asyncio.create_task(once()))
        await asyncio.sleep(_EVERY_SECONDS * (0.5 + random()))
    await asyncio.gather(*asking)
    return times


async def _flood(port: int) -> tuple[int, int]:
    """How many documents were answered until this is cancelled, and how many refused."""
    answered = refused = 0
    with suppress(asyncio.CancelledError):
        line = await Line.to(port)
        while True:
            status, _ = await line.answer(_request(_document()))
            answered += status == 200
            refused += status != 200
            if status != 200:
                await asyncio.sleep(0.01)
    return answered, refused


def _request(query: str, token: str = "") -> bytes:
    body = orjson.dumps({"query": query})
    signed = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/graphql-response+json\r\n{signed}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
