"""`make audit`: looks up what every lock file pins in the databases of known vulnerabilities.

Python's are asked of OSV through pip-audit, npm's of its registry. What cannot be asked from here
is skipped, with its reason; what is found ends it with 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import installer
import npm
import pythons
from npm import ROOT

OSV = os.environ.get("GERBANG_OSV_URL", "https://api.osv.dev/v1/query")
_SECONDS = 10


def main() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*package-lock.json", "*requirements.lock", "deploy/setup/*.txt"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    locks = [ROOT / line for line in tracked.splitlines()]
    of_npm = [lock for lock in locks if lock.suffix == ".json"]
    of_python = [lock for lock in locks if lock not in of_npm]
    sys.exit(not all([audit_python(of_python), audit_npm(of_npm)]))


def audit_python(locks: list[Path]) -> bool:
    """Whether nothing is known of what they pin, or nobody could be asked."""
    try:
        urllib.request.urlopen(OSV, b"{}", timeout=_SECONDS).close()  # noqa: S310
    except urllib.error.HTTPError:
        pass  # it answers: an empty question is wrong
    except OSError as error:
        return skip(locks, f"{OSV} cannot be reached ({getattr(error, 'reason', error)})")
    uv, environment = installer.uv(ROOT / ".tools", pythons.find_pythons())
    tools = ROOT / ".tools" / "audit"
    pinned = Path(__file__).with_name("release.txt")
    install = ("pip", "sync", "--quiet", "--require-hashes", "--python", tools, pinned)
    for command in (("venv", "--quiet", "--clear", "--python", sys.executable, tools), install):
        subprocess.run([uv, *map(str, command)], env=environment, check=True)
    program = [tools / "bin" / "pip-audit", "--vulnerability-service=osv", "--osv-url", OSV]
    program += ["--progress-spinner=off", "--require-hashes", "--disable-pip", "--desc=off"]
    found = False
    for lock in locks:
        print(lock.relative_to(ROOT), flush=True)
        found |= subprocess.run([*program, "--requirement", lock], check=False).returncode != 0
    return not found


def audit_npm(locks: list[Path]) -> bool:
    """The same of npm's."""
    found = False
    for place, lock in enumerate(locks):
        done = subprocess.run(
            [*npm.npm(), "audit", "--package-lock-only", "--json"],
            cwd=lock.parent, env={**os.environ, "NODE_USE_SYSTEM_CA": "1"}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        answer = json.loads(done.stdout or "{}")
        if "vulnerabilities" not in answer:
            why = answer.get("message", "no answer")
            skip(locks[place:], f"npm's registry answers no audit ({why})")
            break
        print(lock.relative_to(ROOT), flush=True)
        for name, one in answer["vulnerabilities"].items():
            found = True
            print(f"  {name} {one['range']}: {one['severity']}")
    return not found


def skip(locks: list[Path], why: str) -> bool:
    for lock in locks:
        print(f"{lock.relative_to(ROOT)}: skipped, {why}")
    return True


if __name__ == "__main__":
    main()
