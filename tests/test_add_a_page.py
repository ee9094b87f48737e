"""The recipes of CONTRIBUTING.md for a page and a chart work, on a copy of the dashboard."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checks.finding import show
from checks.pages import check_pages
from checks.sources import Sources
from checks.texts import check_texts
from checks.traces import check_traces
from tests.recipes import messages, recipe

ROOT = Path(__file__).resolve().parents[1]
RECIPE = re.search(
    r"## Add a page\n(.*?)\n## ", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL
)
#: Without plugins, of which that of Dash would have pytest rewrite the whole of Dash.
PYTEST = ("-m", "pytest", "-q", "--disable-plugin-autoload", "-p", "no:cacheprovider", "tests")
#: Asks the copy what it knows of the page, as the gate, the navigation and the title do.
LOOK = """
import asyncio
import httpx2
from dashboard.app import create_app
from dashboard.gateway.session import Session
from dashboard.model.user import User
from dashboard.pages.registry import PATHS, PAGES, title_of
from dashboard.components.shell import navigation
from dashboard.settings import read_settings
from dashboard.texts import texts
from dashboard.web.sessions import COOKIE, MemorySessions

async def look():
    sessions = MemorySessions()
    key = await sessions.begin(Session("token", None, "id", 9e9))
    app = create_app(read_settings({"GERBANG_ISSUER": "http://127.0.0.1:9"}), sessions)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8050",
        cookies={COOKIE: key}, headers={"Accept": "text/html"},
    ) as browser:
        page = await browser.get("/intake?language=en")
        print(page.status_code, "<title>Applications received" in page.text)
        callbacks = (await browser.get("/_dash-dependencies")).json()
        print(any("intake-count.data-html" in each["output"] for each in callbacks))
        print((await browser.get("/nothing")).status_code)

asyncio.run(look())
viewer = User("OFFICER", ("OFFICER",), None, None, ())
print([link.href for link in navigation(PAGES, viewer, "/intake", texts("en"))])
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The dashboard, and what its tests of pages need."""
    for folder in ("dashboard", "models"):  # and what Python compiled of them
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "tests" / "dashboard").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "dashboard" / "test_pages.py", tmp_path / "tests" / "dashboard")
    return tmp_path


def follow(root: Path, *, without: str = "") -> None:
    """Do what the recipe says, all but one step."""
    assert RECIPE
    page, words = (
        re.search(rf"```{kind}\n(.*?)```", RECIPE[1], re.DOTALL) for kind in ("py", "toml")
    )
    assert page
    assert words
    folder = root / "dashboard" / "pages" / "intake"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "page.py").write_text(page[1], encoding="utf-8")
    if without != "words":
        for language in ("id", "en"):
            with (root / "dashboard" / "texts" / f"{language}.toml").open("a") as texts:
                texts.write(f"\n{words[1]}")
    if without != "entry":
        registry = root / "dashboard" / "pages" / "registry.py"
        text = registry.read_text("utf-8")
        text = text.replace(
            "from dashboard.pages.today", "from dashboard.pages.intake.page import PAGE as INTAKE\n"
            "from dashboard.pages.today", 1,
        ).replace("    TODAY,\n", "    TODAY,\n    INTAKE,\n")  # fmt: skip
        registry.write_text(text, encoding="utf-8")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True
    )


def test_a_page_is_added_by_its_folder_its_words_and_its_entry(copied: Path) -> None:
    follow(copied)
    result = run(copied, "-c", LOOK)
    assert result.stdout.splitlines() == [
        "200 True",
        "True",
        "404",
        str(
            [
                f"/{page}?language=en"
                for page in ("intake", "desk", "volumes", "case", "definitions")
            ]
        ),
    ], result.stderr
    assert run(copied, *PYTEST).returncode == 0


@pytest.mark.parametrize(
    ("step", "messages"),
    [
        ("", []),
        (
            "words",
            [
                f"dashboard/texts/{language}.toml: no text pages.intake.{key}: add what the page is"
                " called"
                for language in ("en", "id")
                for key in ("title", "link")
            ],
        ),
        (
            "entry",
            [
                "dashboard/pages/registry.py: PAGES does not list the page intake: import PAGE of"
                " dashboard.pages.intake.page, and put it in the order of the navigation"
            ],
        ),
    ],
)
def test_the_build_names_what_is_left_out(copied: Path, step: str, messages: list[str]) -> None:
    follow(copied, without=step)
    found = [show(each, copied) for each in check_pages(Sources(copied))]
    assert [re.sub(r":\d+:", ":", line, count=1) for line in found] == messages


@pytest.mark.proof
@pytest.mark.parametrize(
    ("step", "message"), [("words", "pages.intake.title"), ("entry", "'intake'")]
)
def test_what_is_left_out_is_named(copied: Path, step: str, message: str) -> None:
    follow(copied, without=step)
    result = run(copied, *PYTEST)
    assert result.returncode == 1
    assert message in result.stdout


#: Draws the chart of the recipe from a few volumes, and asks the copy what it waits for.
DRAW = """
from dash._callback import GLOBAL_CALLBACK_LIST
from dashboard.figures.month_bars import month_bars
from dashboard.pages.volumes.layout import page_body
import dashboard.pages.volumes.page
from tests.dashboard.some_volumes import LEADER, some_view

view = some_view()
bar = month_bars(view.volumes, view.period, view.say)["data"][0]
print(len(bar["x"]), bar["y"][-2:])
print("id='months'" in str(page_body(view.address, LEADER, view.say)))
print(any("months.figure" in each["output"] for each in GLOBAL_CALLBACK_LIST))
"""


def test_a_chart_is_added_by_its_picture_its_place_its_part_and_its_words(copied: Path) -> None:
    for step in recipe("chart"):
        step.apply(copied)
    some = "tests/dashboard/some_volumes.py"
    shutil.copy(ROOT / some, copied / some)
    result = run(copied, "-c", DRAW)
    assert result.stdout.splitlines() == ["13 [60, 50]", "True", "True"], result.stderr
    assert _findings(copied) == ""


@pytest.mark.parametrize("ending", ["volumes/page.py", "texts/en.toml"])
def test_the_build_names_what_is_left_out_of_a_chart(copied: Path, ending: str) -> None:
    for step in recipe("chart"):
        if not step.file.endswith(ending):
            step.apply(copied)
    found = _findings(copied)
    assert any(message in found for message in messages("chart")), found


def test_the_build_names_a_trace_that_no_browser_is_served(copied: Path) -> None:
    for step in recipe("chart"):
        step.apply(copied)
    picture = copied / "dashboard/figures/month_bars.py"
    picture.write_text(picture.read_text("utf-8").replace('"bar"', '"pie"'), encoding="utf-8")
    assert messages("chart")[-1] in _findings(copied)


def _findings(root: Path) -> str:
    sources = Sources(root)
    checks = (check_pages, check_texts, check_traces)
    return "\n".join(show(each, root) for check in checks for each in check(sources))
