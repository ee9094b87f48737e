"""Databases of key services for tests, on a server of this worker that is theirs alone."""

import asyncio
import atexit
import contextlib
import os
import subprocess
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from models.database.connections import connected
from models.key_service import Address, LocalKeyService
from models.key_service.interface import Ceiling
from models.key_service.preparing import prepare_store
from models.key_service.process import running_keys
from models.postgres import Server, temporary_postgres

_Result = TypeVar("_Result")
_TEMPLATE = "template_keys"
_numbers = count(1)


def new_store() -> str:
    """The URL of an empty store, which is ready."""
    name = f"keys_{os.getpid()}_{next(_numbers)}"  # a process that is forked counts from here on
    copying = f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy"
    administer(key_server().address("postgres"), copying)
    return key_server().address(name)


def drop_stores_of_others() -> None:
    """Drop the stores that other processes made: those that were forked, and have ended."""
    if not key_server.cache_info().currsize:
        return
    url = key_server().address("postgres")
    others = f"datname LIKE 'keys_%' AND NOT starts_with(datname, 'keys_{os.getpid()}_')"
    for (name,) in administer(url, f"SELECT datname FROM pg_database WHERE {others}"):
        administer(url, f"DROP DATABASE {name} WITH (FORCE)")


@cache
def store_of(file: Path) -> str:
    """The URL of the store of what the keys of a file wrap, which is new when it is first asked
    for."""
    return new_store()


def open_keys(
    file: Path, ceiling: Ceiling | None = None, digests: Ceiling | None = None
) -> LocalKeyService:
    """The keys of a file in this process, with their store."""
    return LocalKeyService.open(file, store_of(file), ceiling, digests)


def run_keys(
    file: Path, socket: Path | Address, **more: Any
) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    """The process that serves the keys of a file, with their store."""
    return running_keys(file, socket, store_of(file), **more)


def copy_keys(source: str, target: str) -> None:
    """Copy data keys and who was erased into a new store, and nobody's relations."""
    types = {"data_key": ("uuid", "text", "bytea", "bigint"), "erased_subject": ("uuid", "bigint")}
    for table, columns in types.items():
        rows = administer(source, f"SELECT * FROM {table}")
        if rows:
            values = tuple(list(column) for column in zip(*map(tuple, rows), strict=True))
            arrays = ", ".join(f"${place}::{each}[]" for place, each in enumerate(columns, 1))
            insert = f"INSERT INTO {table} SELECT * FROM unnest({arrays})"
            administer(target, insert, values=values)


def administer(url: str, *statements: str, values: tuple[Any, ...] = ()) -> list[asyncpg.Record]:
    """What an administrator of a store does; the rows of the last statement."""

    async def run() -> list[asyncpg.Record]:
        rows = list[asyncpg.Record]()
        async with connected(url) as connection:
            for statement in statements:
                rows = await connection.fetch(statement, *values)
        return rows

    return _finish(run())


@cache
def key_server() -> Server:
    """The server of the stores, once somebody needs one."""
    stack = contextlib.ExitStack()
    settings = {"shared_buffers": "32MB", "max_connections": "300"}
    server = stack.enter_context(temporary_postgres(settings=settings))
    atexit.register(stack.close)
    url = server.url(_TEMPLATE)
    _finish(prepare_store(url, url))
    return server


def _finish(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run something to its end, also where a loop runs already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
