"""Runs the SQL scripts that accompany the revisions."""

import re
from collections.abc import Iterator
from pathlib import Path

from alembic import op

_REVISIONS = Path(__file__).with_name("versions")

#: For each operation on applications: the transition tables of its trigger, and their signed rows.
_OPERATIONS = {
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
    """Execute a template for each of insert, update and delete of applications."""
    for operation, (tables, changed) in _OPERATIONS.items():
        _execute(_fill(_read(template), operation, tables, changed))


def renew_for_each_change(template: str) -> None:
    """Replace the functions of such a template; their triggers stay, so that nothing is locked."""
    for operation, (tables, changed) in _OPERATIONS.items():
        for statement in _statements(_fill(_read(template), operation, tables, changed)):
            if "CREATE FUNCTION" in statement:
                anew = statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
                op.get_bind().exec_driver_sql(anew)


def _fill(template: str, operation: str, tables: str, changed: str) -> str:
    return (
        template.replace("{operation}", operation)
        .replace("{tables}", tables)
        .replace("{changed}", changed)
    )


def _read(script: str) -> str:
    return (_REVISIONS / f"{script}.sql").read_text(encoding="utf-8")


def _execute(sql: str) -> None:
    for statement in _statements(sql):
        op.get_bind().exec_driver_sql(statement)


def _statements(sql: str) -> Iterator[str]:
    """Split a script: a statement ends with a ``;`` that an unindented line follows."""
    return filter(None, (part.strip() for part in re.split(r";\n(?! )", sql)))


def note_for_account(table: str, *, has_steps: bool = False) -> None:
    """Note each new row of a table for the account; with ``has_steps`` each change of one, too."""
    for verb in ("INSERT", "UPDATE") if has_steps else ("INSERT",):
        _execute(
            f"CREATE TRIGGER account_of_{verb.lower()} AFTER {verb} ON {table}\n"
            "    REFERENCING NEW TABLE AS became FOR EACH STATEMENT\n"
            "    EXECUTE FUNCTION note_for_account()"
        )


def leave_account(table: str) -> None:
    """Undo that."""
    for verb in ("insert", "update"):
        _execute(f"DROP TRIGGER IF EXISTS account_of_{verb} ON {table}")
