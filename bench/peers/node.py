"""The packages of the peers that run on Node, which only this bench installs."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from deploy.setup.npm import npm

_SOURCES = Path(__file__).parent
_FOLDER = _SOURCES.parents[1] / ".tools" / "peers"


@cache
def packages() -> Path | None:
    """A folder with the sources and their packages; None, with a message, if npm has none."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "stock")
    shutil.copytree(_SOURCES, _FOLDER, ignore=ignored, dirs_exist_ok=True)
    lock, stamp = _FOLDER / "package-lock.json", _FOLDER / "node_modules" / "installed"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return _FOLDER
    try:
        subprocess.run(
            [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=_FOLDER,
            env={**os.environ, "NODE_USE_SYSTEM_CA": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        stamp.write_bytes(lock.read_bytes())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Without the peers on Node, whose packages cannot be had: {error}")
        return None
    return _FOLDER
