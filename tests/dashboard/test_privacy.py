"""Nothing that one viewer was told is kept where another could find it."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

import dashboard
from tests.dashboard.asking_dash import page_of
from tests.dashboard.conftest import Running

#: What a process may remember by: names of our own files, and words of a language.
HARMLESS = {"name", "language", "code", "locale"}
#: How often somebody asks for a page that the gateway had no time for.
ROUNDS = 20


def caches() -> Iterator[tuple[str, Any]]:
    """Every function of the dashboard that remembers its answers."""
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if hasattr(value, "cache_info") and value.__module__ == module.name:
                    yield f"{module.name}.{name}", value


def test_what_the_process_remembers_depends_on_no_viewer() -> None:
    found = dict(caches())
    assert {"dashboard.gateway.client.document", "dashboard.texts.words"} <= set(found)
    for name, function in found.items():
        assert set(inspect.signature(function).parameters) <= HARMLESS, name


async def pages_of(browser: httpx2.AsyncClient) -> dict[str, Any]:
    """What one of many is told: a small machine may refuse so much at once, and is asked again."""
    for _ in range(ROUNDS):
        told = await page_of(browser, "?language=en&rows=all")
        if "Cannot be shown just now" not in str(told["ranking-title"]):
            return told
        await asyncio.sleep(1)
    raise AssertionError("the figures never came")


@pytest.mark.anyio
async def test_viewers_at_the_same_time_are_each_told_their_own(connected: Running) -> None:
    users = ["leadership", "manager-au", "manager-sg", "agent-au"] * 2
    browsers = [(await connected.visitor(user))[0] for user in users]
    told = await asyncio.gather(*map(pages_of, browsers))
    await asyncio.gather(*(each.aclose() for each in browsers))
    for user, answer in zip(users, told, strict=True):
        ranking = str(answer["ranking-table"])
        seen = {name for name in ("Australia", "Singapore", "Malaysia") if name in ranking}
        assert (
            seen
            == {
                "leadership": {"Australia", "Singapore", "Malaysia"},
                "manager-au": {"Australia"},
                "manager-sg": {"Singapore"},
                "agent-au": {"Australia"},
            }[user]
        )
