"""Entries of the account go for their age alone."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import leave_account, note_for_account, run

_DATED = {
    "access_event": "occurred_at",
    "person_lookup": "occurred_at",
    "ban_read": "occurred_at",
    "linker_read": "read_at",
}

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on access_event, ban_read, linker_read, person_lookup"


def upgrade() -> None:
    op.create_table(
        "account_drop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "dropped_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_days", sa.BigInteger(), nullable=False),
        sa.Column("firsts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("lasts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kept_days >= 365", name=op.f("ck_account_drop_kept_long_enough")),
        sa.CheckConstraint(
            "before + kept_days * interval '24 hours' <= dropped_at",
            name=op.f("ck_account_drop_of_age"),
        ),
        sa.CheckConstraint(
            "cardinality(firsts) = cardinality(lasts) AND cardinality(firsts) > 0",
            name=op.f("ck_account_drop_runs_are_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_drop")),
    )
    run("0118_entries_of_age")
    note_for_account("account_drop", has_steps=True)
    for table, instant in _DATED.items():
        op.execute(
            f"CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON {table}"
            " EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER of_age AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone"
            f" FOR EACH STATEMENT EXECUTE FUNCTION require_age('{instant}')"
        )


def downgrade() -> None:
    for table in _DATED:
        op.execute(f"DROP TRIGGER of_age ON {table}")
        op.execute(
            f"CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " EXECUTE FUNCTION refuse_change()"
        )
    leave_account("account_drop")
    op.drop_table("account_drop")
    op.execute("DROP FUNCTION guard_account_drop")
    op.execute("DROP FUNCTION require_age")
