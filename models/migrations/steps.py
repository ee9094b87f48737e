"""Runs the plain SQL that stands beside the revisions."""

import re
from collections.abc import Iterator
from pathlib import Path

from alembic import op

_REVISIONS = Path(__file__).with_name("versions")

#: For each kind of change to applications: the transition tables, and their rows with a sign.
_CHANGES = {
    "insert": ("NEW TABLE AS became", "SELECT 1 AS sign, * FROM became"),
    "update": (
        "OLD TABLE AS was NEW TABLE AS became",
        "SELECT 1 AS sign, * FROM became UNION ALL SELECT -1, * FROM was",
    ),
    "delete": ("OLD TABLE AS was", "SELECT -1 AS sign, * FROM was"),
}


def run(script: str) -> None:
    """Execute a script."""
    _execute(_read(script))


def run_for_each_change(template: str) -> None:
    """Fill in a template once for insert, update and delete of applications, and execute it."""
    for operation, (tables, changed) in _CHANGES.items():
        _execute(
            _read(template)
            .replace("{operation}", operation)
            .replace("{tables}", tables)
            .replace("{changed}", changed)
        )


def _read(script: str) -> str:
    return (_REVISIONS / f"{script}.sql").read_text(encoding="utf-8")


def _execute(sql: str) -> None:
    for statement in _statements(sql):
        op.get_bind().exec_driver_sql(statement)


def _statements(sql: str) -> Iterator[str]:
    """A statement ends with the line whose ``;`` is followed by a line at the margin."""
    return filter(None, (part.strip() for part in re.split(r";\n(?! )", sql)))
