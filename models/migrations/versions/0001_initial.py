"""The visa database as it begins: tables, guards and processing volumes."""

import re
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: For each kind of change to applications: the transition tables, and their rows with a sign.
CHANGES = {
    "insert": ("NEW TABLE AS became", "SELECT 1 AS sign, * FROM became"),
    "update": (
        "OLD TABLE AS was NEW TABLE AS became",
        "SELECT 1 AS sign, * FROM became UNION ALL SELECT -1, * FROM was",
    ),
    "delete": ("OLD TABLE AS was", "SELECT -1 AS sign, * FROM was"),
}


def upgrade() -> None:
    execute(script("tables"))
    execute(script("guards"))
    execute(script("volumes"))
    for operation, (tables, changed) in CHANGES.items():
        execute(
            script("volume_changes")
            .replace("{operation}", operation)
            .replace("{tables}", tables)
            .replace("{changed}", changed)
        )


def downgrade() -> None:
    execute(script("undo"))


def script(name: str) -> str:
    return Path(__file__).with_name(f"0001_{name}.sql").read_text(encoding="utf-8")


def execute(sql: str) -> None:
    for statement in statements(sql):
        op.get_bind().exec_driver_sql(statement)


def statements(sql: str) -> Iterator[str]:
    """A statement ends with the line whose ``;`` is followed by a line at the margin."""
    return filter(None, (part.strip() for part in re.split(r";\n(?! )", sql)))
