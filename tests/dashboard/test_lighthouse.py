"""Lighthouse, as others would run it, finds the pages accessible and well made."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import NoBrowserError, launch_options
from tests.dashboard.visiting import Visitor
from tests.free_ports import free_port
from tests.machine import needs, without
from tests.provider import node
from tests.running_demo import Demo

HERE = Path(__file__).with_name("lighthouse")
LEAST = 0.95

pytestmark = [
    pytest.mark.proof,
    pytest.mark.browser,
    needs(
        "lighthouse",
        is_here=(HERE / "node_modules" / "gerbang-setup").exists() and node() is not None,
        absent="no Lighthouse: `make proof` brings it",
    ),
]


def browser_options() -> dict[str, Any]:
    try:
        return launch_options()
    except NoBrowserError as error:
        without("browser", str(error))
        raise


@pytest.fixture
def signed_in(demo: Demo, tmp_path: Path) -> Iterator[int]:
    """The debugging port of a browser in which leadership has signed in."""
    port, options = free_port(), browser_options()
    options["args"] = [*options["args"], f"--remote-debugging-port={port}"]
    with sync_playwright() as playwright:
        # Lighthouse opens pages of its own, which share the session with the browser's own context.
        context = playwright.chromium.launch_persistent_context(tmp_path, **options)
        Visitor(demo, context.pages[0]).opens_today("leadership")
        yield port
        context.close()


def run_lighthouse(port: int, *addresses: str) -> dict[str, dict[str, Any]]:
    command = [str(node()), HERE / "judge.mjs", str(port), *addresses]
    result = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    return json.loads(result)


def test_lighthouse_finds_nothing_wrong(demo: Demo, signed_in: int) -> None:
    pages = ("/?language=id", "/volumes?language=en")
    found = run_lighthouse(signed_in, *(f"{demo.dashboard_url}{page}" for page in pages))
    for address, seen in found.items():
        assert seen["shown"] == address, seen
        assert set(seen["scores"]) == {"accessibility", "best-practices"}
        assert min(seen["scores"].values()) >= LEAST, seen
