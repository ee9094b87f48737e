"""One PostgreSQL, and one small world in it, for all runs of an area's tests."""

import asyncio
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from models.database.connections import connect
from models.postgres import Server, running_postgres
from models.schema import read_schema, split_statements
from tests import conftest
from tests.clusters import Clusters, copied_postgres
from tests.key_stores import drop_stores_of_others

_WORLD = "template_world"
#: Databases that a run may make: those of the next one have other names.
_DATABASES = 1_000


class Sharing:
    """A pytest plugin that gives tests the server and the small world that are there."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._values: dict[str, object] = {"server": server, "world_template": _WORLD}

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["Sharing"]:
        with tempfile.TemporaryDirectory() as folder:
            made = Clusters(Path(folder)).make("with-template", conftest.make_template)
            with copied_postgres(made) as server:
                asyncio.run(conftest.make_world(server))
                yield cls(server)

    @classmethod
    @contextmanager
    def attached(cls, folder: Path) -> Iterator["Sharing"]:
        with running_postgres(folder, attach=True) as server:
            yield cls(server)

    @property
    def folder(self) -> str:
        return str(self._server.cluster.folder)

    def begin_run(self, number: int) -> None:
        conftest.numbers = count(number * _DATABASES)

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> object | None:
        value = self._values.get(fixturedef.argname)
        if value is not None:
            fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
        return value

    @contextmanager
    def planted(self, script: Path, before: str, after: str) -> Iterator[None]:
        """Within this the templates have what a script with a fault makes."""
        old, new = (_statements(script, text) for text in (before, after))
        self._run_in_templates(_replacing(new, old))
        try:
            yield
        finally:
            self._run_in_templates(_replacing(old, new))

    def drop_databases(self) -> None:
        """Drop what a run has made, on the server of key stores too."""
        asyncio.run(self._drop_databases())
        drop_stores_of_others()

    def _run_in_templates(self, statements: Sequence[str]) -> None:
        async def run(template: str) -> None:
            connection = await connect(self._server.address(template))
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        for template in (conftest.TEMPLATE, _WORLD) if statements else ():
            asyncio.run(run(template))

    async def _drop_databases(self) -> None:
        connection = await connect(self._server.address("postgres"))
        try:
            names = await connection.fetch(
                "SELECT datname FROM pg_database WHERE datname NOT LIKE 'template%'"
                " AND datname <> 'postgres'"
            )
            for (name,) in names:
                await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        finally:
            await connection.close()


def _statements(script: Path, text: str) -> list[str]:
    if script.parent.name != "schema":
        return [statement for _, statement in split_statements(text)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / script.name).write_text(text, encoding="utf-8")
        return [each.sql for each in read_schema(Path(folder))]


def _replacing(statements: Sequence[str], others: Sequence[str]) -> list[str]:
    """What replaces the objects of other statements by those of these, where they differ."""
    replacing = []
    for statement in statements:
        if statement in others:
            continue
        if policy := re.search(r"^CREATE (POLICY \w+ ON \w+)", statement, re.MULTILINE):
            replacing.append(f"DROP {policy[1]}")
        replacing.append(
            re.sub(
                r"^CREATE (?=FUNCTION|VIEW|TRIGGER)", "CREATE OR REPLACE ", statement, flags=re.M
            )
        )
    return replacing
