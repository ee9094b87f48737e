"""The README is true: commands exist, the query is answered, the map fits."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest
from graphql import parse, validate

from gateway.cli import COMMANDS, gerbang
from gateway.execution.role_schema import role_schema
from gateway.mapping.catalogue import Catalogue
from gateway.schema.build import build_schema
from gateway.settings import Settings
from gateway.settings.environment import variable_name
from models.vocabulary import Role
from tests.gateway.conftest import Viewer, app, client, who  # noqa: F401  fixtures

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What the README leads on to, and is held to the same.
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EXAMPLE = json.loads(next(re.finditer(r"-d '(\{.*?\n +\})'", README, re.DOTALL))[1])
LEADERSHIP, MANAGER = (
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)
)


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_gerbang_commands_exist() -> None:
    named = set(re.findall(r"(?:bin/|`)gerbang ([a-z]+)", TEXT))
    assert {"token", "settings"} <= named <= set(COMMANDS)


def test_the_list_of_commands_says_what_each_says_and_imports_none() -> None:
    code = (
        "import sys; from gateway.cli import main\n"
        "try: main()\n"
        "finally: print(sum(name.startswith('gateway.') for name in sys.modules))"
    )
    asked = [sys.executable, "-c", code, "--help"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    context = click.Context(gerbang, info_name="gerbang", max_content_width=100)
    formatter = context.make_formatter()
    click.Group.format_commands(gerbang, context, formatter)
    assert formatter.getvalue() in listed
    assert listed.splitlines()[-1] == "1"  # that of the command line itself


def test_options_of_gerbang_exist() -> None:
    """Those of each command that stands in backticks or in a block of commands."""
    named = re.findall(r"gerbang ((?:[a-z]+ ?)+)([^`\n#|]*)", TEXT)
    asked = [(words.split(), re.findall(r"--[a-z-]+", rest)) for words, rest in named]
    assert sum(len(options) for _, options in asked) > 10
    for words, options in asked:
        if options:
            assert set(options) <= _options_of(words), words


def _options_of(words: list[str]) -> set[str]:
    """The options of the command that these words begin with."""
    command, context = gerbang, click.Context(gerbang)
    for word in words:
        if isinstance(command, click.Group) and (found := command.get_command(context, word)):
            command = found
    return {option for each in command.get_params(context) for option in each.opts}


def test_settings_exist() -> None:
    known = {variable_name(each.name) for each in fields(Settings)}
    dashboard = (ROOT / "dashboard" / "settings.py").read_text(encoding="utf-8")
    known |= set(re.findall(r'"(GERBANG_\w+)"', dashboard))
    named = {name.removesuffix("_FILE") for name in re.findall(r"\b(GERBANG_\w*[A-Z])\b", TEXT)}
    assert len(named) > 40
    assert named - known == {
        "GERBANG_KEY_STORE_OWNER_PASSWORD", "GERBANG_OWNER_PASSWORD",  # an example's own
        "GERBANG_TOKEN",  # whoever runs a command has one
    }  # fmt: skip


def test_metrics_exist() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("gateway", "models")
        for file in (ROOT / folder).rglob("*.py")
    )
    alerts = (ROOT / "deploy" / "observability" / "alerts.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"\bgerbang_\w+?(?=_(?:total|bucket)\b|\b)", OPERATIONS + alerts))
    assert len(named) > 8
    unknown = {name for name in named if f'"{name}' not in code}
    assert unknown <= {"gerbang_owner", "gerbang_gateway", "gerbang_keys_owner"}  # logins


def test_the_readme_leads_on() -> None:
    assert len(re.findall(r"\]\((?!http)([^)]+)\)", README)) > 10


def test_the_tests_that_security_names_exist() -> None:
    named = re.findall(r"`(tests/[a-z_/.]+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


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
    (drawn,) = re.findall(r"## Where things are\n\n.+\n\n```\n(.*?)```", README, re.DOTALL)
    inside: dict[str, set[str]] = {}
    for line in drawn.splitlines():
        name = line.split()[0]
        if line[0] != " ":
            parent = name
            inside[parent] = set()
        else:
            inside[parent].add(name)
    assert inside.keys() == _folders(ROOT)
    gateway = ROOT / "gateway"
    modules = {path.name for path in gateway.glob("*.py") if path.name != "__init__.py"}
    assert inside["gateway/"] == _folders(gateway) | modules
    assert inside["models/"] <= _folders(ROOT / "models")


def _folders(parent: Path) -> set[str]:
    """Folders that are part of the project, with a slash behind their names."""
    ignored = (ROOT / ".gitignore").read_text().split()
    names = (f"{path.name}/" for path in parent.iterdir() if path.is_dir())
    return {
        name
        for name in names
        if not name.startswith(".") and not any(fnmatch(name, pattern) for pattern in ignored)
    }
