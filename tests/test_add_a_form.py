"""The recipe of CONTRIBUTING.md for a page with a mutation works, and each step that is left out is
named."""

import sys
from pathlib import Path

import pytest

from tests.recipes import GERBANG, copy_tree, messages, recipe, run

NAME = "page with a mutation"
#: What the copy's page does: it is one of the pages, and its form waits for what is sent.
LOOK = """
import asyncio
import httpx2
from dashboard.app import create_app
from dashboard.gateway.session import Session
from dashboard.settings import read_settings
from dashboard.web.sessions import COOKIE, MemorySessions

async def look():
    sessions = MemorySessions()
    key = await sessions.begin(Session("token", None, "id", 9e9))
    app = create_app(read_settings({"GERBANG_ISSUER": "http://127.0.0.1:9"}), sessions)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8050",
        cookies={COOKIE: key}, headers={"Accept": "text/html"},
    ) as browser:
        page = await browser.get("/holds?language=en")
        print(page.status_code, "<title>Legal holds" in page.text)
        callbacks = (await browser.get("/_dash-dependencies")).json()
        print(any(each["output"] == "holds-outcome.data-html" for each in callbacks))

asyncio.run(look())
"""
#: Of `make check`, what looks at pages.
CHECK_PAGES = """
from pathlib import Path
from checks.finding import LookupFailedError, show
from checks.pages import check_pages
from checks.screens import check_screens
from checks.sources import Sources
from checks.texts import check_texts

sources = Sources(Path.cwd())
for check in (check_pages, check_screens, check_texts):
    try:
        for found in check(sources):
            print(show(found, Path.cwd()))
    except LookupFailedError as error:
        print(error)
"""
#: Which steps are left out together, by what their files end with, in the order of the table.
LEFT_OUT = (
    "holds/question.graphql", "releaseErasure.graphql", "holds/page.py", "pages/documents.py",
    "pages/registry.py", "texts/id.toml", "texts/changes.en.toml", "make snapshots",
)  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return copy_tree(tmp_path)


def checked(tree: Path) -> str:
    (tree / "look.py").write_text(CHECK_PAGES, encoding="utf-8")
    return run(tree, f"{sys.executable} look.py")[1]


def snapshots(tree: Path) -> str:
    return run(tree, f"{sys.executable} -c '{GERBANG}' snapshots --check")[1]


def test_a_page_with_a_mutation_is_added(tree: Path) -> None:
    for step in recipe(NAME):
        step.apply(tree)
    # Its last step made the files anew.
    program = f'{LOOK}{CHECK_PAGES}print("No finding is above.")'
    (tree / "look.py").write_text(program, encoding="utf-8")
    said = run(tree, f"{sys.executable} look.py")[1].splitlines()
    assert said[:3] == ["200 True", "True", "No finding is above."], said


def test_each_step_has_a_line_in_the_table() -> None:
    files = {step.file for step in recipe(NAME)}
    assert len(messages(NAME)) == len(LEFT_OUT)
    for file in files - {"dashboard/texts/en.toml", "dashboard/texts/changes.id.toml"}:
        assert any(file.endswith(ending) for ending in LEFT_OUT), file


@pytest.mark.proof
@pytest.mark.parametrize("number", range(len(LEFT_OUT)), ids=LEFT_OUT.__getitem__)
def test_the_build_names_what_is_left_out(tree: Path, number: int) -> None:
    for step in recipe(NAME):
        if step.kind == "diff" and not step.file.endswith(LEFT_OUT[number]):
            step.apply(tree)
    is_generated = LEFT_OUT[number] == "make snapshots"
    assert messages(NAME)[number] in (snapshots(tree) if is_generated else checked(tree))
