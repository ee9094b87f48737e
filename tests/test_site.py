"""The site that `make docs` builds has every page, and is searched without a network."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from playwright.sync_api import Browser, Request

from tests.dashboard.visiting import browser

__all__ = ["browser"]
ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "build" / "docs"
CONFIGURATION = ast.parse((ROOT / "docs" / "site" / "conf.py").read_text(encoding="utf-8"))


def test_every_page_is_in_the_navigation() -> None:
    """Said here in no time; the site itself is refused, too."""
    [parts] = [
        ast.literal_eval(node.value)
        for node in CONFIGURATION.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PARTS"
    ]
    listed = [page for pages in parts.values() for page in pages]
    pages = {
        str(file.relative_to(ROOT).with_suffix(""))
        for pattern in ("*.md", "docs/*.md", "docs/*/README.md")
        for file in ROOT.glob(pattern)
    }
    assert len(listed) == len(set(listed))
    assert pages - set(listed) == {"README"}


def test_what_builds_the_site_is_pinned_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = (ROOT / "deploy" / "setup" / "docs.txt").read_text(encoding="utf-8")
    needed = {Requirement(each).name for each in project["dependency-groups"]["docs"]}
    assert needed <= set(re.findall(r"^([\w-]+)==\S+[^\n]*\\\n +--hash=sha256:", pinned, re.M))


@pytest.mark.proof
@pytest.mark.browser
def test_the_site_is_built_without_a_warning_and_searched_from_files(browser: Browser) -> None:
    made = subprocess.run(["make", "docs"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    requested: list[Request] = []
    complaints: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: requested.append(request))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((BUILT / "search.html").as_uri() + "?q=overloaded")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert "Errors" in found.all_inner_texts()
    page.goto((BUILT / "docs" / "life.html").as_uri())
    page.locator("pre.mermaid svg").wait_for()
    page.close()
    assert complaints == []
    assert {each.url.partition(":")[0] for each in requested} <= {"file", "data", "blob"}
