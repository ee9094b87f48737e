"""Brings the npm packages of the tests: a Chromium, axe-core, and a sign-in provider."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import npm
from npm import ROOT

PACKAGES = ROOT / "node_modules"
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
    what = "a browser, axe-core and a sign-in provider, for the tests"
    npm.install_once(what, ROOT, ABSENT, finish=unpack_browser)


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
    subprocess.run([npm.node(), "-e", INFLATE, PACKED / f"{name}.br", folder / name], check=True)


if __name__ == "__main__":
    main()
