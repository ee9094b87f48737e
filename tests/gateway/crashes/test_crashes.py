"""Gateways and PostgreSQL are killed while eight write: nothing is lost and nothing done twice.

A killed process loses what only it had in memory; what it gave to the system is kept. So this says
nothing about disks that acknowledge what they have not written.
"""

import asyncio
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.gateway.crashes.ledger import Ledger
from tests.gateway.crashes.reckoning import Reckoning
from tests.gateway.crashes.scene import Scene, scene
from tests.gateway.crashes.writers import Writer
from tests.gateway.surviving.clients import Wire

pytestmark = pytest.mark.anyio

#: How many writes the long proof makes.
MANY = int(os.environ.get("CRASH_WRITES", "30000"))
NOTHING_WRONG = Reckoning(lost=0, unknown=0, doubled=0, differing=0, halves=0)
#: All that a writer may meet while things are killed.
OUTAGES = {"UNAVAILABLE", "IncompleteReadError", "ConnectionResetError", "BrokenPipeError"}


async def _assert_nothing_is_wrong(here: Scene, ledger: Ledger, asked_again: int) -> None:
    assert await here.reckon(ledger) == NOTHING_WRONG
    assert not ledger.refused
    assert set(ledger.in_doubt) <= OUTAGES
    assert await here.find_other_answers(ledger, asked_again, Random(0)) == []
    assert await here.reckon(ledger) == NOTHING_WRONG
    assert await here.wrong_figures() == []


async def test_three_kills_lose_nothing_and_do_nothing_twice(migrated_folder: Path) -> None:
    async with scene(migrated_folder) as here:
        ledger = await here.write(150, kills=3, seed=1)
        await _assert_nothing_is_wrong(here, ledger, asked_again=50)


@pytest.mark.proof
async def test_many_kills_lose_nothing_and_do_nothing_twice(migrated_folder: Path) -> None:
    async with scene(migrated_folder) as here:
        ledger = await here.write(MANY, kills=24, seed=2)
        await _assert_nothing_is_wrong(here, ledger, asked_again=MANY // 20)
        assert await here.log_unacknowledged(ledger) > 0  # there was something to do twice


# --- The proof would find it ---------------------------------------------------------------------


@pytest.mark.proof
async def test_a_database_that_acknowledges_before_it_writes_is_seen(migrated_folder: Path) -> None:
    """The planted fault: a write is acknowledged before it is on the disk."""
    async with scene(migrated_folder, {"synchronous_commit": "off"}) as here:
        ledger = await here.write(1_000, kills=6, seed=3)
        assert (await here.reckon(ledger)).lost > 0


@pytest.mark.proof
async def test_writers_without_keys_are_seen(migrated_folder: Path) -> None:
    """The planted fault: each try has a new key.

    It shows where a kill comes between a commit and its answer, so that there are some rounds.
    """
    doubled = 0
    for seed in range(4, 9):
        async with scene(migrated_folder) as here:
            ledger = await here.write(1_000, kills=12, seed=seed, longest_life=0, forgets_keys=True)
            doubled += (await here.reckon(ledger)).doubled
        if doubled:
            break
    assert doubled > 0


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (400, {"errors": [{"extensions": {"code": "INVALID_DOCUMENT"}}]}, "is no request"),
        (200, {"data": {"submitApplication": {"errors": [{"code": "CLOSED"}]}}}, "hardly anything"),
    ],
    ids=["malformed", "refused"],
)
async def test_writers_end_where_nothing_can_be_done(
    status: int, answer: dict[str, Any], message: str
) -> None:
    body = json.dumps(answer).encode()
    reply = b"HTTP/1.1 %d -\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)

    async def refuse(reader: asyncio.StreamReader, stream: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            stream.write(reply)
        stream.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server, asyncio.timeout(30):
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(AssertionError, match=message):
            await Writer([Wire(port)], Ledger(wanted=1), Random(1)).write()
