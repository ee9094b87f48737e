"""The Chromium that the browser tests drive."""

import os
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
UNPACKED = ROOT / ".tools" / "browser"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
OF_THE_SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
#: For pages that are opened once and closed again: to optimise what they run takes the processor a
#: fifth of all that they do, and to look for garbage before there are 256 MB of it another fifth.
#: Not for what measures a page.
NOTHING_OPTIMISED = "--js-flags=--no-opt --no-maglev --single-threaded-gc --initial-heap-size=256"
#: The outside world is cut off: nobody's name has an address. To ask the driver about each request
#: instead would go through two processes, and no script that was loaded once would be kept.
NOTHING_OUTSIDE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


class NoBrowserError(Exception):
    """This machine has no Chromium; the text is the reason to skip with."""


def launch_options() -> dict[str, Any]:
    """Arguments for Playwright's `chromium.launch`."""
    if named := os.environ.get("GERBANG_BROWSER"):
        return {"executable_path": named, "args": ARGUMENTS}
    if found := next(filter(None, map(shutil.which, OF_THE_SYSTEM)), None):
        return {"executable_path": found, "args": ARGUMENTS}
    if (UNPACKED / "chromium").exists():
        surroundings = {"LD_LIBRARY_PATH": str(UNPACKED / "lib"), "FONTCONFIG_PATH": str(UNPACKED)}
        return {
            "executable_path": str(UNPACKED / "chromium"),
            "args": ARGUMENTS,
            "env": {**os.environ, **surroundings},
        }
    raise NoBrowserError("no Chromium: `make test` brings one, GERBANG_BROWSER names another")
