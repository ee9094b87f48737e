"""The peers that run on Node, from npm packages that only this bench installs."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.page import PAGE
from bench.peers.contender import Contender, running
from deploy.setup.npm import npm, wheel
from tests.free_ports import free_port

_SOURCES = Path(__file__).parent
_FOLDER = _SOURCES.parents[1] / ".tools" / "peers"


def packages() -> Path | None:
    """A folder with the sources and their packages; None, with a message, if npm has none."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(_SOURCES, _FOLDER, ignore=ignored, dirs_exist_ok=True)
    try:
        subprocess.run(
            [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=_FOLDER,
            env={**os.environ, "NODE_USE_SYSTEM_CA": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Measured without the peers on Node, their packages cannot be had: {error}")
        return None
    return _FOLDER


@asynccontextmanager
async def mercurius(folder: Path, url: str) -> AsyncIterator[Contender]:
    """Fastify with Mercurius, and SQL written by hand."""
    async with _peer("Mercurius", folder, url, PAGE) as contender:
        yield contender


@asynccontextmanager
async def postgraphile(folder: Path, url: str) -> AsyncIterator[Contender]:
    """PostGraphile, which makes its schema and its SQL itself."""
    document = (folder / "postgraphile" / "page.graphql").read_text()
    async with _peer("PostGraphile", folder, url, document) as contender:
        yield contender


@asynccontextmanager
async def _peer(name: str, folder: Path, url: str, document: str) -> AsyncIterator[Contender]:
    """A server in one process that logs in as the owner, so that no row rules apply to it."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "PORT": str(port),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    command = [wheel() / "bin" / "node", f"{name.lower()}/server.js"]
    async with running(command, port, environment, folder) as process:
        yield Contender(name, port, process, document)
