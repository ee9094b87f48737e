"""`make audit` names what is known of what the lock files pin, and says what it could not ask."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.free_ports import free_port

ROOT = Path(__file__).parents[1]
KNOWN = {
    "id": "GHSA-test-0000-0000",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "summary": "Of this test",
    "affected": [{
        "package": {"name": "uv", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
    }],
}  # fmt: skip


def audit(osv: str) -> subprocess.CompletedProcess[str]:
    """Where npm's registry is away."""
    environment = {**os.environ, "GERBANG_OSV_URL": osv, "NPM_CONFIG_FETCH_RETRIES": "0"}
    return subprocess.run(
        [sys.executable, ROOT / "deploy" / "setup" / "audit.py"],
        env={**environment, "NPM_CONFIG_REGISTRY": f"http://127.0.0.1:{free_port()}"},
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


def lock_files() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()
    return {one for one in listed if re.search(r"\.lock$|package-lock|^deploy/setup/.*txt$", one)}


def test_what_cannot_be_asked_is_skipped_with_its_reason() -> None:
    done = audit(f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 0, done.stdout
    said = dict(line.split(": skipped, ", 1) for line in done.stdout.splitlines())
    assert {*said} == lock_files()
    assert {why.partition(" (")[0] for one, why in said.items() if "json" in one} == {
        "npm's registry answers no audit"
    }
    assert all("cannot be reached" in why for one, why in said.items() if "json" not in one)


@pytest.mark.proof
def test_a_known_vulnerability_ends_it() -> None:
    with osv() as address:
        done = audit(address)
    assert done.returncode == 1
    assert "GHSA-test-0000-0000" in done.stdout
    assert "deploy/setup/uv.txt\n" in done.stdout


@contextmanager
def osv() -> Iterator[str]:
    """One that knows of the package uv alone."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            named = asked.get("package", {}).get("name")
            answer = json.dumps({"vulns": [KNOWN]} if named == "uv" else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
