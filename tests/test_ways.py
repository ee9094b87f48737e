"""The way of an operation through the code is a budget: it may become shorter, and not longer."""

import tomllib

import pytest

from bench.walk import BUDGETS, OPERATIONS, follow

pytestmark = pytest.mark.anyio


async def test_no_way_is_longer_than_its_budget() -> None:
    budgets = tomllib.loads(BUDGETS.read_text())
    assert budgets.keys() == set(OPERATIONS)
    longer = {
        f"{name}: {number} {what}, of {budgets[name][what]} in bench/ways.toml"
        for name, walk in (await follow()).items()
        for what, number in walk.length.items()
        if number > budgets[name][what]
    }
    assert not longer, "shorten the way, or say in the commit why it must be longer"
