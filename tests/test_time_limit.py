"""What waits for ever in the event loop ends alone: the tests after it have their turn."""

import subprocess
import sys
from pathlib import Path

#: Planted: a test, a fixture and the end of a fixture that wait for ever, each before a good test.
PLANTED = """
import asyncio
import pytest

pytestmark = pytest.mark.anyio

@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"

@pytest.fixture(scope="module")
async def shared():
    yield asyncio.get_running_loop()

@pytest.fixture
async def stuck():
    await asyncio.Event().wait()

@pytest.fixture
async def stuck_at_its_end():
    yield
    await asyncio.Event().wait()

async def test_waits(shared):
    await asyncio.Event().wait()

async def test_after_it(shared):
    await asyncio.sleep(0)
    assert asyncio.get_running_loop() is shared

async def test_with_a_fixture_that_waits(stuck): ...

async def test_with_one_that_waits_at_its_end(shared, stuck_at_its_end): ...

async def test_last(shared):
    assert asyncio.get_running_loop() is shared
"""


def test_what_waits_for_ever_fails_alone(tmp_path: Path) -> None:
    """A tenth of the limit is what a busy machine has to end a wait in."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_planted.py").write_text(PLANTED)
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-rA", "--tb=no", "-p", "no:cacheprovider"),
            *("--disable-plugin-autoload", "-p", "anyio", "-p", "timeout"),
            *("-p", "tests.time_limit", "--timeout", "5", "--rootdir", tmp_path, tmp_path),
        ],
        capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    summary = result.partition("short test summary info")[2].splitlines()
    values = {
        line.split()[0] + line.rpartition("::")[2].partition(" ")[0]
        for line in summary
        if "::" in line
    }
    assert values == {
        "FAILEDtest_waits", "PASSEDtest_after_it", "ERRORtest_with_a_fixture_that_waits",
        "PASSEDtest_with_one_that_waits_at_its_end", "ERRORtest_with_one_that_waits_at_its_end",
        "PASSEDtest_last",
    }, result  # fmt: skip
