"""What the vault costs: a page of people opened, a world loaded with its people sealed, and all
data keys wrapped by the key of a new epoch."""

import tempfile
from functools import partial
from pathlib import Path
from time import monotonic, process_time
from uuid import UUID

import asyncpg

from bench.measuring import Clock, processor_clock, show, show_table, side_by_side
from bench.world import load, prepare, prepare_keys, server
from models.database.connections import connect
from models.key_service import KeyService, LocalKeyService, SocketKeys, create_key_file
from models.key_service.process import running_keys
from models.key_service.rotation import rotate_data_keys
from models.person.identity import Identity
from models.person.sealed import cells_sql
from models.person.vault import Cell, Vault
from models.synthetic import Scale, synthesise

_FIELDS = ("full_name", "birth_date", "sex", "passport_number", "email", "phone")
_PEOPLE = 50
_DATA_KEYS = 50_000
#: More than anybody measures: the ceiling is not what is measured.
_UNWRAPS = 1_000_000_000
_PAGE = "SELECT applicant_id, {} FROM identity ORDER BY applicant_id LIMIT $1"
_PLAIN = _PAGE.format(", ".join(_FIELDS))
_SEALED = _PAGE.format(cells_sql(*(getattr(Identity, name) for name in _FIELDS)))


async def measure(applications: int, rounds: int) -> None:
    """Print the gateway's processor of a page of people, and that of loading a world."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-bench-"))
    create_key_file(folder / "keys.json")
    with server() as of_keys:
        store = await prepare_keys(of_keys.address("postgres"))
        with running_keys(folder / "keys.json", folder / "socket", store, _UNWRAPS):
            keys = SocketKeys(folder / "socket")
            await _pages(keys, rounds)
            await _worlds(keys, applications)
        await _rotation(folder / "keys.json", store)


async def _rotation(file: Path, store: str) -> None:
    keys = LocalKeyService.open(file, store)
    people = [UUID(int=number) for number in range(1, _DATA_KEYS + 1)]
    for first in range(0, _DATA_KEYS, 1_000):
        await keys.make_data_keys(people[first : first + 1_000])
    await keys.close()
    began, of_us = monotonic(), process_time()
    number = await rotate_data_keys(file, store)
    seconds, of_us = monotonic() - began, process_time() - of_us
    show_table(
        "Data keys wrapped by the key of a new epoch, by the clock",
        ("data keys", "a second", "processor of us, each"),
        [(f"{number:,}", f"{number / seconds:,.0f}", f"{of_us / number * 1e6:.1f} us")],
    )


async def _pages(keys: KeyService, rounds: int) -> None:
    with server() as running:
        urls = running.url("plain"), running.url("sealed")
        await load(urls[0], 1_000)
        await load(urls[1], 1_000, keys)
        plain, sealed = await connect(urls[0]), await connect(urls[1])
        try:
            ways = {
                "plain": partial(plain.fetch, _PLAIN, _PEOPLE),
                "sealed, and opened": partial(_open_cells, sealed, Vault(keys)),
            }
            measured = await side_by_side(ways, rounds, process_time)
        finally:
            await plain.close()
            await sealed.close()
    show(
        f"{_PEOPLE} people, {len(_FIELDS)} fields each, processor of the gateway", "page", measured
    )


async def _open_cells(connection: asyncpg.Connection, vault: Vault) -> None:
    rows = await connection.fetch(_SEALED, _PEOPLE)
    cells = [Cell(row[0], name, row[name]) for row in rows for name in _FIELDS if row[name]]
    opened = await vault.open(cells)
    assert len(opened) > _PEOPLE


async def _worlds(keys: KeyService, applications: int) -> None:
    """Both loads one after the other, in one run: other work on the machine weighs on either."""
    rows = []
    for name, of in (("plain, not linked", None), ("sealed and linked", keys)):
        with server() as running:
            url = running.url("bench")
            await prepare(url)
            clock = await processor_clock(url)
            rows.append((name, await _measure_load(url, applications, of, clock)))
    own = rows[0][1]
    show_table(
        f"A world of {applications:,} applications, processor of us and the database",
        ("world", "seconds", "of the plain one"),
        [(name, f"{seconds:.1f}", f"{seconds / own:.2f}") for name, seconds in rows],
    )


async def _measure_load(
    url: str, applications: int, keys: KeyService | None, clock: Clock
) -> float:
    began = clock()
    await synthesise(
        url, applications=applications, months=24, seed=1, scale=Scale.PARTNER, keys=keys
    )
    return clock() - began
