"""The account that runs the server: the current user, or an unprivileged one if that is root."""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.postgres.binaries import PostgresError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """A user of this machine who may own a data folder."""

    name: str
    uid: int
    gid: int

    @property
    def is_current_user(self) -> bool:
        return self.uid == os.geteuid()

    def subprocess_options(self) -> dict[str, Any]:
        """Arguments for `subprocess` that run a child as this account."""
        if self.is_current_user:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take_ownership(self, path: Path) -> None:
        """Makes this account the owner of a file or folder."""
        if not self.is_current_user:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may enter a folder that exists."""
        if self.is_current_user:
            return os.access(folder, os.X_OK)
        entering = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
        return (
            subprocess.run(entering, check=False, **quiet, **self.subprocess_options()).returncode
            == 0
        )


def server_account(data_dir: Path) -> Account:
    """The account to run the server as, since PostgreSQL refuses to run as root.

    For root it is the owner of an existing data folder, so that `sudo` does not change ownership.
    """
    uid = os.geteuid()
    if uid == 0 and data_dir.exists():
        uid = data_dir.stat().st_uid
    try:
        entry = pwd.getpwuid(uid) if uid else pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        who = f"user id {uid}" if uid else f"user {UNPRIVILEGED}"
        raise PostgresError(
            f"PostgreSQL needs an account of its own: this machine has no {who} in /etc/passwd"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def default_data_dir(project: Path) -> Path:
    """`.gerbang/postgres` in the project, or a folder below /var/lib that the server can reach.

    The second is for root whose project lies in a private folder such as /root.
    """
    below_project = project.resolve() / ".gerbang" / "postgres"
    if server_account(below_project).can_enter(project):
        return below_project
    digest = hashlib.sha256(bytes(below_project)).hexdigest()[:8]
    return Path("/var/lib/gerbang", digest, "postgres")
