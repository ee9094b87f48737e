"""Runs the SQL scripts that accompany the revisions."""

from pathlib import Path

from alembic import op

from models.schema import split_statements

_REVISIONS = Path(__file__).with_name("versions")
_DROP_EVERYTHING = """
    DO $$
    DECLARE
        dropped record;
    BEGIN
        FOR dropped IN
            SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END AS kind,
                oid::regclass AS name
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'c')
                AND relname <> 'alembic_version'
            ORDER BY relkind DESC
        LOOP
            EXECUTE format('DROP %s IF EXISTS %s CASCADE', dropped.kind, dropped.name);
        END LOOP;
        FOR dropped IN
            SELECT oid::regprocedure AS name FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
        LOOP
            EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', dropped.name);
        END LOOP;
    END
    $$
"""


def run_script(script: str) -> None:
    """Execute a script beside the revisions, named without its ending."""
    text = (_REVISIONS / f"{script}.sql").read_text(encoding="utf-8")
    for _, statement in split_statements(text):
        op.get_bind().exec_driver_sql(statement)


def drop_everything() -> None:
    """Undo the first revision: drop all tables, views, functions and types."""
    op.get_bind().exec_driver_sql(_DROP_EVERYTHING)
