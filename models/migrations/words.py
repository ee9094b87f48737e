"""Replaces a word of a vocabulary in append-only tables, while they are in use."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op

from models.migrations.online import back_fill

#: The owner's own session may change rows until it is done. Disabling the triggers instead would
#: lock the tables, and let everybody.
_REFUSE_CHANGE = """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {exception}
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END
    $$
"""
_EXCEPTION = """
            IF TG_OP = 'UPDATE' AND session_user = (
                SELECT relowner::regrole::name FROM pg_class WHERE oid = TG_RELID
            ) THEN
                RETURN NULL;
            END IF;
"""


def replace_word(tables: tuple[str, ...], column: str, was: str, becomes: str) -> None:
    """Write another word wherever there is one, a range of keys at a time, each committed."""
    with _changeable_by_the_owner():
        for table in tables:
            back_fill(table, "id", f"{column} = '{becomes}'", f"{column} = '{was}'")


@contextmanager
def _changeable_by_the_owner() -> Iterator[None]:
    op.execute(_REFUSE_CHANGE.format(exception=_EXCEPTION))
    try:
        yield
    finally:
        op.execute(_REFUSE_CHANGE.format(exception=""))
