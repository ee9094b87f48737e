"""The demo as a user starts it: a process of its own, on free ports, with a small world."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from models.postgres.guardian import end_with_parent
from tests.free_ports import free_port

GERBANG = Path(sys.executable).with_name("gerbang")
START_SECONDS = 120
#: Where a front end of somebody's own would be served.
FRONT_END = "http://app.localhost:5173"


@dataclass(frozen=True)
class Demo:
    """Where a running demo answers."""

    api_url: str
    dashboard_url: str
    printed: str
    data: Path

    @property
    def owner_url(self) -> str:
        [url] = re.findall("export GERBANG_OWNER_URL=(.+)", Path(f"{self.data}.env").read_text())
        return url

    def token(self, user: str) -> str:
        answer = httpx2.post(f"{self.api_url}/development/users/{user}/token")
        return answer.raise_for_status().json()["access_token"]

    def ask(self, user: str, query: str, **variables: object) -> dict:
        answer = httpx2.post(
            f"{self.api_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.token(user)}"},
            timeout=30,
        )
        return answer.json()["data"]


@contextmanager
def running_demo(
    data: Path, applications: int = 3_000, *options: str, **environ: str
) -> Iterator[Demo]:
    """Raises AssertionError where the demo ends before it is ready."""
    port, dashboard_port = free_port(), free_port()
    process = subprocess.Popen(
        [
            GERBANG, "demo", "--data", data, "--port", str(port),
            "--dashboard-port", str(dashboard_port), "--metrics-port", str(free_port()),
            "--applications", str(applications), "--origin", FRONT_END, *options,
        ],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(),  # also where the test run is killed
    )  # fmt: skip
    try:
        printed = _until_ready(process)
        api_url, dashboard_url = (f"http://127.0.0.1:{each}" for each in (port, dashboard_port))
        yield Demo(api_url, dashboard_url, printed, data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(START_SECONDS)


def _until_ready(process: subprocess.Popen[str]) -> str:
    printed = ""
    assert process.stdout
    for line in process.stdout:
        printed += line
        if re.match(r"Ready after", line):
            return printed
    raise AssertionError(f"the demo ended before it was ready:\n{printed}")
