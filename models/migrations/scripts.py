"""Runs the SQL scripts that accompany the revisions."""

from pathlib import Path

from alembic import op

from models.schema import split_statements

_REVISIONS = Path(__file__).with_name("versions")
#: The statements are made before the first of them runs: CASCADE takes others along, which have no
#: name from then on.
_DROP_EVERYTHING = """
    DO $$
    DECLARE
        statement text;
    BEGIN
        FOREACH statement IN ARRAY ARRAY(
            SELECT format(
                'DROP %s IF EXISTS %s CASCADE',
                CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
                oid::regclass
            )
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'c')
                AND relname <> 'alembic_version'
            ORDER BY relkind DESC
        ) || ARRAY(
            SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure)
            FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
        ) || ARRAY['DROP SCHEMA IF EXISTS partitions CASCADE'] LOOP
            EXECUTE statement;
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
