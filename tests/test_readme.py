"""The README is true: commands exist, the query is answered, links lead somewhere, the map fits."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from gateway.cli import gerbang
from gateway.execution.role_schema import role_schema
from gateway.mapping.catalogue import Catalogue
from gateway.schema.build import build_schema
from models.vocabulary import Role
from tests.gateway.conftest import Viewer, app, client, who  # noqa: F401  fixtures

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = json.loads(next(re.finditer(r"-d '(\{.*?\n +\})'", README, re.DOTALL))[1])
LEADERSHIP, MANAGER = (
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)
)


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_gerbang_commands_exist() -> None:
    named = set(re.findall(r"(?:bin/|`)gerbang ([a-z]+)", README))
    assert {"token", "settings"} <= named <= set(gerbang.commands)


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_query_is_valid_for_leadership() -> None:
    full = build_schema()
    view = role_schema(full, Catalogue(full), Role.LEADERSHIP)
    assert validate(view, parse(EXAMPLE["query"])) == []


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "printed"), [("leadership", LEADERSHIP), ("manager-au", MANAGER)])
async def test_answers_are_as_printed_but_for_the_numbers(
    who: dict[str, Viewer],  # noqa: F811
    name: str,
    printed: dict[str, Any],
) -> None:
    answer = await who[name](EXAMPLE["query"], **EXAMPLE["variables"])
    assert _without_numbers(answer.body) == _without_numbers(printed)


def _without_numbers(value: Any) -> Any:
    match value:
        case dict():
            # When a budget is full again is an instant, so another each time.
            return {
                name: name == "resetsAt" or _without_numbers(inner) for name, inner in value.items()
            }
        case list():
            return [_without_numbers(inner) for inner in value]
        case int():
            return 0
        case _:
            return value


def test_map_has_every_folder_and_every_module_of_the_gateway() -> None:
    (drawn,) = re.findall(r"## The house\n\n```\n(.*?)```", README, re.DOTALL)
    lines = drawn.splitlines()
    assert {line.split()[0] for line in lines if line[0] != " "} == _folders(ROOT)
    inside = {line.split()[0] for line in lines if line[0] == " "}
    gateway = ROOT / "gateway"
    modules = {path.name for path in gateway.glob("*.py") if path.name != "__init__.py"}
    assert inside == _folders(gateway) | modules


def _folders(parent: Path) -> set[str]:
    """Folders that are part of the project, with a slash behind their names."""
    ignored = (ROOT / ".gitignore").read_text().split()
    names = (f"{path.name}/" for path in parent.iterdir() if path.is_dir())
    return {
        name
        for name in names
        if not name.startswith(".") and not any(fnmatch(name, pattern) for pattern in ignored)
    }
