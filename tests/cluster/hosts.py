"""Hosts of a cluster on one machine: each an address of the loopback network, or where there are
namespaces to be had, a network of its own, with the programs that run on it."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.machine import ordinary_user

#: `ip netns` and a bridge take root; without them nothing can be cut off.
HAS_NAMESPACES = os.geteuid() == 0 and bool(shutil.which("ip") and shutil.which("setpriv"))
START_SECONDS = 60


@dataclass
class Program:
    """One program of a host; what it prints is in a file of its name."""

    name: str
    command: Sequence[str | Path]
    environ: Mapping[str, str] = field(default_factory=dict)
    #: PostgreSQL and PgBouncer refuse to be run by root.
    is_ordinary: bool = False


@dataclass
class Host:
    """A machine with its programs, which can be lost at once and started again."""

    name: str
    address: str
    folder: Path
    namespace: str | None = None
    programs: list[Program] = field(default_factory=list)

    def run(self, program: Program) -> None:
        self.programs.append(program)
        self.start(program)

    def start(self, *programs: Program) -> None:
        """All of its programs, unless some are named. Beginning with a clean folder of its own
        they find what they had written."""
        for program in programs or self.programs:
            with (self.folder.parent / f"{self.name}-{program.name}.log").open("ab") as log:
                subprocess.Popen(
                    [*self._prefix(program), *program.command],
                    cwd=self.folder,
                    env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **program.environ},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    **ordinary_user() if program.is_ordinary and not self.namespace else {},
                )

    def lose(self, text: str = "", by: signal.Signals = signal.SIGKILL) -> int:
        """Kill every process here, or those whose command has a text; how many there were."""
        processes = self._processes(text)
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, by)
        return len(processes)

    def replace(self, name: str, text: str) -> None:
        """End a program, whose command has a text, as whoever installs a release does; start it."""
        assert self.lose(text, signal.SIGTERM)
        end = time.monotonic() + START_SECONDS
        while self.runs(text):
            assert time.monotonic() < end, f"{self.name}: {name} does not end"
            time.sleep(0.1)
        [program] = [one for one in self.programs if one.name == name]
        self.start(program)

    def runs(self, text: str) -> bool:
        """Whether a process runs here whose command has a text."""
        return bool(self._processes(text))

    def _processes(self, text: str) -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                place = (process / "cwd").resolve(strict=True)
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if place.is_relative_to(self.folder) and text in command:
                    found.append(int(process.name))
        return found

    def cut(self, *, off: bool) -> None:
        """Cut the host off from all others, or let it be reached again; on loopback, neither."""
        if self.namespace:
            _ip("link", "set", f"{self.namespace}v", "down" if off else "up")

    def _prefix(self, program: Program) -> list[str]:
        if not self.namespace:
            return []
        entering = ["ip", "netns", "exec", self.namespace]
        if not program.is_ordinary:
            return entering
        account = ordinary_user()
        user, group = f"--reuid={account['user']}", f"--regid={account['group']}"
        return [*entering, "setpriv", user, group, "--clear-groups"]


@contextlib.contextmanager
def hosts(*names: str) -> Iterator[dict[str, Host]]:
    """Hosts by their names, and everything of them is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="gerbang-cluster-", dir="/var/tmp"))
    place.chmod(0o755)
    mark = secrets.randbelow(200) + 20
    found = dict[str, Host]()
    try:
        with _bridge(mark) if HAS_NAMESPACES else contextlib.nullcontext():
            for number, name in enumerate(names, 1):
                folder = place / name
                folder.mkdir()
                if account := ordinary_user():
                    os.chown(folder, account["user"], account["group"])
                folder.chmod(0o700 if os.geteuid() else 0o755)
                if HAS_NAMESPACES:
                    address, namespace = f"10.{mark}.0.{number}", f"gerbang{mark}n{number}"
                    _add_namespace(namespace, f"gerbang{mark}", address)
                else:
                    address, namespace = f"127.{mark}.0.{number}", None
                found[name] = Host(name, address, folder, namespace)
            yield found
    finally:
        for host in found.values():
            while host.lose():
                time.sleep(0.1)
            if host.namespace:
                _ip("netns", "delete", host.namespace)
        if "GERBANG_KEEP_CLUSTER" not in os.environ:
            shutil.rmtree(place)


@contextlib.contextmanager
def _bridge(mark: int) -> Iterator[None]:
    """The network that the hosts and we are in."""
    name = f"gerbang{mark}"
    _ip("link", "add", name, "type", "bridge")
    try:
        _ip("address", "add", f"10.{mark}.0.254/24", "dev", name)
        _ip("link", "set", name, "up")
        yield
    finally:
        _ip("link", "delete", name)


def _add_namespace(name: str, bridge: str, address: str) -> None:
    ours, theirs = f"{name}v", f"{name}w"
    _ip("netns", "add", name)
    _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
    _ip("link", "set", ours, "master", bridge)
    _ip("link", "set", ours, "up")
    _ip("-n", name, "address", "add", f"{address}/24", "dev", theirs)
    _ip("-n", name, "link", "set", theirs, "up")
    _ip("-n", name, "link", "set", "lo", "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def until_listening(address: str, port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection((address, port), 1):
                return
        except OSError:
            assert time.monotonic() < end, f"nobody listens at {address}:{port}"
            time.sleep(0.1)
