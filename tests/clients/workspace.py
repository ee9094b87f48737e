"""A folder as users of the clients have it: what docs/clients shows, and programs beside it."""

import asyncio
import re
import shutil
from pathlib import Path

from tests.machine import TOOLS
from tests.provider import node

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "clients"
PYTHON = TOOLS / "python-clients" / "bin"
NODE = str(node())

_BLOCK = re.compile(r"^```\w+ (?P<file>\S+)\n(?P<text>.*?)^```$", re.M | re.S)


def is_installed() -> bool:
    """Whether the clients from npm are here."""
    return (HERE / "node_modules" / "gerbang-setup").exists() and node() is not None


def is_ariadne_installed() -> bool:
    return (PYTHON / "ariadne-codegen").exists()


def make_workspace(folder: Path, schema: str) -> None:
    """Write the files: programs, what the page shows, and the schema of the role."""
    shutil.copytree(HERE / "programs", folder, dirs_exist_ok=True)
    for block in _BLOCK.finditer((DOCS / "README.md").read_text(encoding="utf-8")):
        (folder / block["file"]).write_text(block["text"], encoding="utf-8")
    (folder / "schema.graphql").write_text(schema, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(HERE / "node_modules")


async def generate(folder: Path) -> None:
    """Let each generator that is here write its types, and the compiler judge who uses them."""
    if is_ariadne_installed():
        await _run(PYTHON / "ariadne-codegen", folder=folder / "ariadne")
    if is_installed():
        relay = folder / "relay"
        (relay / "persisted.json").write_text("{}")
        (relay / "__generated__").mkdir()
        await _run(*_bin(folder, "relay-compiler"), "relay.config.json", folder=relay)
        codegen = (*_bin(folder, "graphql-codegen"), "--config", "codegen.json")
        await _run(*codegen, folder=folder / "codegen")
        await _run(*_bin(folder, "tsc"), "--project", "tsconfig.json", folder=folder)


def _bin(folder: Path, name: str) -> tuple[str, str]:
    return NODE, str(folder / "node_modules" / ".bin" / name)


async def _run(*command: str | Path, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, f"{Path(command[-1]).name}: {output.decode()}"
