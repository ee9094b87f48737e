"""The data folder of a server: created atomically, and used by one server at a time."""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from models.postgres.binaries import AlreadyRunningError, Binaries, PostgresError
from models.postgres.system_user import Account

SUPERUSER = "postgres"
BUILTIN_LOCALE = {17: "C.UTF-8"}  # later versions know a better one
NEWER_LOCALE = "PG_UNICODE_FAST"
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}  # nothing of ours may steer the server

REMEDY = "Make it writable, make room there, or choose another folder."
PATIENCE_WITH_RUNNING = 1.0  # seconds: its parent may just have been killed
PATIENCE_WITH_STOPPING = 30.0


class Postmaster(NamedTuple):
    """The running server, according to its pid file."""

    pid: int
    port: int
    status: str


@dataclass(frozen=True)
class Cluster:
    """Everything that belongs to one embedded PostgreSQL, in one folder."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    def prepare_folder(self) -> None:
        """Makes the folder, private to the server's account, and sees that it can be entered."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.account.take_ownership(self.folder)
        except OSError as error:
            raise PostgresError(
                f"The data folder {self.folder} cannot be made: {error.strerror}. {REMEDY}"
            ) from error
        if self.folder.stat().st_uid != self.account.uid:
            raise PostgresError(
                f"The data folder {self.folder} belongs to another user than "
                f"{self.account.name}: use another folder, or remove it as its owner"
            )
        if not self.account.can_enter(self.folder):
            raise PostgresError(
                f"The server runs as user {self.account.name}, who cannot reach the data folder "
                f"{self.folder}: choose one outside private folders, for example "
                f"/var/lib/gerbang, or start as an ordinary user"
            )

    def lock(self) -> int:
        """Take the exclusive file lock; return its descriptor, which all server processes inherit.

        It can only be taken when no process of an earlier server is left.
        """
        started = time.monotonic()
        try:
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise PostgresError(
                f"The data folder {self.folder} cannot be written: {error.strerror}. {REMEDY}"
            ) from error
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except BlockingIOError:
                running = self.postmaster()
                ready = running is not None and running.status == "ready"
                patience = PATIENCE_WITH_RUNNING if ready else PATIENCE_WITH_STOPPING
                if time.monotonic() - started > patience:
                    os.close(descriptor)
                    raise self.already_running(running) from None
                time.sleep(0.05)

    def already_running(self, running: Postmaster | None) -> AlreadyRunningError:
        who = f"process {running.pid}, port {running.port}" if running else "still starting"
        return AlreadyRunningError(
            f"A server is already running on {self.folder} ({who}): stop it, or use another folder"
        )

    def postmaster(self) -> Postmaster | None:
        """The contents of the pid file, which may be stale."""
        try:
            lines = self.pid_file.read_text().split("\n")
            return Postmaster(int(lines[0]), int(lines[3]), lines[7].strip())
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def remove_stale_pid_file(self) -> None:
        """Remove the pid file of a killed server, even if its pid was reused since."""
        running = self.postmaster()
        # The lock rules out servers of ours, but not one that was started by hand.
        if running and _serves(running.pid, self.data):
            raise self.already_running(running)
        self.pid_file.unlink(missing_ok=True)

    def initialise(self, binaries: Binaries, lock: int, *, durable: bool) -> None:
        """Create the cluster in a temporary folder, and rename it when it is complete."""
        partial = self.folder / "cluster.partial"
        shutil.rmtree(partial, ignore_errors=True)
        password = self._new_password()
        locale = BUILTIN_LOCALE.get(binaries.major, NEWER_LOCALE)
        result = subprocess.run(
            [
                binaries["initdb"],
                f"--pgdata={partial}",
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                f"--builtin-locale={locale}",
                *([] if durable else ["--no-sync"]),
            ],
            cwd=self.folder,
            env=ENVIRONMENT,
            pass_fds=(lock,),
            capture_output=True,
            text=True,
            check=False,
            **self.account.subprocess_options(),
        )
        if result.returncode != 0:
            why = " ".join(result.stderr.split())
            raise PostgresError(f"PostgreSQL could not make {self.data}: {why} {REMEDY}")
        partial.rename(self.data)

    def check_version(self, binaries: Binaries) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != binaries.major:
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {made_by}, the programs found are "
                f"{binaries.major}: name programs of version {made_by}, or use another folder"
            )

    def password(self) -> str:
        return self.password_file.read_text()

    def _new_password(self) -> Path:
        self.password_file.unlink(missing_ok=True)
        descriptor = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
        self.account.take_ownership(self.password_file)
        return self.password_file


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is the server of this data folder, not another with a reused pid."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
        except OSError:  # gone, or another user's
            return False
    listed = subprocess.run(
        ["/bin/ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False
    )
    return str(data) in listed.stdout
