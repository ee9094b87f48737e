"""`make check` names a short file that belongs into the one that uses it, and crowded names."""

from pathlib import Path

import pytest

from checks.finding import show
from checks.small_files import APART, SHORT, check_small_files
from checks.sources import Sources

USER = "from gateway.part import x\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two files, of which one uses the other; and every exception, with the file that uses it."""
    _write(tmp_path, "gateway/part.py", "x = 1\n" * SHORT)
    _write(tmp_path, "gateway/user.py", USER)
    _write(tmp_path, "gateway/other.py", USER)
    for number, name in enumerate(APART):
        module = name.removesuffix(".py").replace("/", ".")
        _write(tmp_path, name, "x = 1\n")
        _write(tmp_path, f"models/user_{number}.py", f"from {module} import x\n")
    return tmp_path


def _write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _findings(root: Path) -> list[str]:
    return [show(finding, root) for finding in check_small_files(Sources(root))]


def test_a_short_file_that_one_other_alone_imports_is_named(tree: Path) -> None:
    assert _findings(tree) == []
    (tree / "gateway/other.py").unlink()
    (finding,) = _findings(tree)
    assert finding.startswith("gateway/part.py:1: has 60 lines, and gateway/user.py alone imports")
    _write(tree, "gateway/part.py", "x = 1\n" * (SHORT + 1))
    assert _findings(tree) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("models/row.py", "class x(Base): ..."),
        ("gateway/schema/thing.py", "@noun(key=1)\nclass x: ..."),
        ("dashboard/figures/bar.py", "x = 1"),
        ("dashboard/pages/volumes/page.py", "x = 1"),
    ],
)
def test_tables_nouns_charts_and_pages_may_be_short(tree: Path, file: str, text: str) -> None:
    _write(tree, file, text)
    module = file.removesuffix(".py").replace("/", ".")
    _write(tree, "gateway/user.py", f"{USER}from {module} import x\n")
    assert _findings(tree) == []


def test_an_exception_that_is_none_any_more_is_named(tree: Path) -> None:
    name = next(iter(APART))
    _write(tree, name, "x = 1\n" * (SHORT + 1))
    (finding,) = _findings(tree)
    assert finding.startswith(f"{name}:1: needs to be no exception: remove it")


def test_a_class_name_has_two_homes_at_most(tree: Path) -> None:
    _write(tree, "models/place.py", "class Place: ...\n")
    _write(tree, "gateway/place.py", "class Place: ...\n")
    assert _findings(tree) == []
    _write(tree, "dashboard/place.py", "class Place: ...\n")
    assert any(
        "Place names 3 classes: call this one by another" in each for each in _findings(tree)
    )
