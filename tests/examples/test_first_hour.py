"""What docs/ten-minutes.md and docs/first-screen.md print is what happens."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.clusters import data_folder
from tests.examples import portal as example
from tests.free_ports import free_port
from tests.machine import needs
from tests.provider import node
from tests.running_demo import GERBANG, Demo, running_demo

DOCS = example.ROOT / "docs"
ADDRESS = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.M | re.S)
#: What must be as printed, besides the form of an answer.
_EXACT = ("coordinate", "path", "status", "errors.code")
_MARK = "==="
pytestmark = pytest.mark.timeout(400)  # a demo of its own, and programs one after the other


@pytest.fixture(scope="module")
def lively() -> Iterator[tuple[Demo, int]]:
    """A demo whose users act, and the port where a page may be served."""
    port = free_port()
    options = ("--origin", f"http://127.0.0.1:{port}", "--lively=0.5")
    with data_folder() as data, running_demo(data, 300, *options) as demo:
        yield demo, port


def blocks(page: str) -> list[re.Match[str]]:
    return list(_BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")))


def test_the_ten_minutes_go_as_they_are_printed(lively: tuple[Demo, int]) -> None:
    demo, _ = lively
    wait_for_a_free_case(demo)
    shown = blocks("ten-minutes.md")
    lines = [block["text"] for block in shown if block["language"] == "sh"]
    script = "set -eu\n" + f"echo {_MARK}\n".join(lines)
    script = script.replace(".venv/bin/gerbang token", f"{GERBANG} token --url {demo.api_url}")
    script = script.replace(ADDRESS, demo.api_url)
    script = script.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["bash", "-c", script], cwd=example.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = iter(done.stdout.split(f"{_MARK}\n"))
    compared = 0
    for command, printed in zip(shown[::2], shown[1::2], strict=True):
        assert command["language"] == "sh"
        answer = next(answers)
        if printed["language"] == "json":
            assert_form(json.loads(answer), json.loads(printed["text"]), "answer")
        else:
            assert answer.startswith(printed["text"].rstrip("\n"))
        compared += 1
    assert compared > 7


def wait_for_a_free_case(demo: Demo) -> None:
    end = monotonic() + 60
    while monotonic() < end:
        free = demo.ask("officer", "{ workList(queue: FREE, first: 1) { nodes { id } } }")
        if free["workList"]["nodes"]:
            return
        sleep(0.5)
    raise AssertionError("nobody handed anything in")


def assert_form(answer: Any, printed: Any, at: str) -> None:
    """The same fields, of the same kinds; what clients branch on is the same altogether."""
    if at.endswith(_EXACT):
        assert answer == printed, at
    assert type(answer) is type(printed), (at, answer)
    if isinstance(printed, dict):
        assert answer.keys() == printed.keys(), (at, answer)
        for name, value in printed.items():
            place = "errors" if "errors" in at and name == "code" else at
            assert_form(answer[name], value, f"{place}.{name}")
    elif isinstance(printed, list) and printed and at.rpartition(".")[2] != "path":
        assert answer, at
        shown = zip(answer, printed, strict=True) if "errors" in at else [(answer[0], printed[0])]
        for one, other in shown:
            assert_form(one, other, at)


@needs("portal", is_here=example.is_installed(), absent="no packages: `make portal` brings them")
def test_the_first_screen_shows_what_happens(
    lively: tuple[Demo, int], browser: Browser, tmp_path: Path
) -> None:
    demo, port = lively
    for block in blocks("first-screen.md"):
        if block["file"]:
            text = block["text"].replace(ADDRESS, demo.api_url)
            (tmp_path / block["file"]).write_text(text, encoding="utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(example.PORTAL / "node_modules")
    schema = httpx2.get(f"{demo.api_url}/graphql/schema/officer.graphql").raise_for_status()
    (tmp_path / "schema.graphql").write_text(schema.text, encoding="utf-8")
    strict = ("--strict", "--noEmit", "--skipLibCheck", "--target", "es2022", "--module", "esnext")
    judged = (*strict, "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable")
    for command in (
        ("graphql-codegen", "--config", "codegen.ts"),
        ("tsc", *judged, "--types", "", "main.ts"),
        ("vite", "build", "--target", "es2022"),
    ):
        program = str(tmp_path / "node_modules" / ".bin" / command[0])
        made = subprocess.run(
            [str(node()), program, *command[1:]],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
    with example.served(tmp_path / "dist", port):
        page = browser.new_context().new_page()
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{port}")
        page.locator("button[value='officer']").click()
        expect(page.locator("#files li").nth(10)).to_be_visible(timeout=60_000)
        assert re.fullmatch(
            r"(\w{4}-){2}\w{4}: [A-Z][a-z ]+", page.locator("#files li").first.inner_text()
        )
        page.context.close()
