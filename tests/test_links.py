"""A link that leads nowhere, and a file that is not there, are named in any Markdown file."""

from pathlib import Path

import pytest

from checks.finding import show
from checks.links import check_links
from checks.sources import Sources

GOOD = """# One `word`, and a name

[a file](docs/other.md), [a folder](docs), [a heading](docs/other.md#how-it-is-done),
[one of this page](#one-word-and-a-name), [elsewhere](https://example.org/nothing.md),
[spaced](docs/a%20name.md), `[code](nothing.md)`, `docs/other`, `wire/http`, `build/nothing.md`

```sh
echo [code](nothing.md) `docs/nothing`
```
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "gateway/wire").mkdir(parents=True)
    (tmp_path / "gateway/wire/http.py").touch()
    (tmp_path / "docs/other.py").touch()
    (tmp_path / "docs/other.md").write_text("# Other\n\n## How it is done\n")
    (tmp_path / "docs/a name.md").write_text("# Spaced\n")
    (tmp_path / "README.md").write_text(GOOD)
    return tmp_path


def findings(tree: Path) -> list[str]:
    return [show(finding, tree) for finding in check_links(Sources(tree))]


def test_links_that_lead_somewhere_are_left_alone(tree: Path) -> None:
    assert findings(tree) == []


@pytest.mark.parametrize(
    ("page", "link", "why"),
    [
        ("README.md", "docs/nothing.md", "there is no such file"),
        ("docs/other.md", "docs/other.md", "there is no such file"),
        ("deep/in/code/README.md", "../../gone/sources.toml", "there is no such file"),
        ("README.md", "#how-it-is-done", "the file has no such heading"),
        ("README.md", "docs/other.md#how-it-was-done", "the file has no such heading"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tree: Path, page: str, link: str, why: str) -> None:
    file = tree / page
    file.parent.mkdir(parents=True, exist_ok=True)
    text = file.read_text() if file.exists() else "# Deep\n"
    file.write_text(f"{text}\nSee [here]({link}).\n")
    line = text.count("\n") + 2
    assert findings(tree) == [f"{page}:{line}: the link {link} leads nowhere: {why}"]


def test_a_file_that_is_not_there_is_named(tree: Path) -> None:
    (tree / "docs/other.md").write_text("# Other\n\n## How it is done\n\nBy `wire/https`.\n")
    assert findings(tree) == ["docs/other.md:5: there is no file wire/https"]
