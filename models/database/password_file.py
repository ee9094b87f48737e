"""Database passwords from a password file, with libpq's rules."""

import os
import re
from collections.abc import Iterator
from pathlib import Path


def find_password(named: str | None, *place: str) -> str | None:
    """The password for a host, port, database and user, from the first matching line.

    Reads the named file, or else that of ``PGPASSFILE``, or else ``~/.pgpass``.
    """
    path = Path(named or os.environ.get("PGPASSFILE") or os.path.expanduser("~/.pgpass"))
    for *pattern, password in _lines(path):
        if all(part in ("*", value) for part, value in zip(pattern, place, strict=True)):
            return password
    return None


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner has any permission; such a file is ignored."""
    return bool(path.stat().st_mode & 0o077)


def _lines(path: Path) -> Iterator[list[str]]:
    """The lines ``host:port:database:user:password``; a backslash escapes a colon and itself."""
    if not path.is_file() or not os.access(path, os.R_OK) or is_open_to_others(path):
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = re.split(r"(?<!\\)((?:\\\\)*):", line, maxsplit=4)
        fields = ["".join(parts[at : at + 2]) for at in range(0, len(parts), 2)]
        if not line.startswith("#") and len(fields) == 5:
            yield [re.sub(r"\\(.)", r"\1", text) for text in fields]
