"""Each threat of SECURITY.md has a control, and tests that run with the others and prove it."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PAGE = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]


def running_tests(named: str) -> list[str]:
    """The tests of a file or folder that are not for `make proof` alone."""
    path = PROJECT / named
    files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return [name for file in files if file.is_file() for name in _tests_of(file)]


def _tests_of(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    marked = [node for node in tree.body if isinstance(node, ast.Assign)]
    if any("mark.proof" in ast.unparse(node) for node in marked if "pytestmark" in _names(node)):
        return []
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not any(ast.unparse(one) == "pytest.mark.proof" for one in node.decorator_list)
    ]


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def test_the_table_is_read() -> None:
    assert len(ROWS) > 10
    assert running_tests("tests/walls")
    assert running_tests("tests/gateway/surviving/test_midnight.py") == []  # all of it is proof
    assert running_tests("tests/gateway/test_nothing.py") == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_threat_has_a_control_and_a_test_that_proves_it(row: list[str]) -> None:
    threat, control, proof = row
    assert len(threat.split()) > 2
    assert len(control.split()) > 2
    named = re.findall(r"`([^`]+)`", proof)
    assert named, "no test is named"
    assert re.sub(r"`[^`]+`|,|\s", "", proof) == "", "only tests stand here"
    for name in named:
        assert running_tests(name), f"{name} has no test that CI runs"
