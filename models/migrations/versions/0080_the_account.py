"""The account."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    op.create_table(
        "account_head",
        sa.Column("is_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_account_head_there_is_one")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_account_head")),
    )
    op.create_table(
        "account_leaf",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_account_leaf_hash_is_whole")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_account_leaf")),
    )
    op.create_table(
        "account_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_outbox")),
    )
    op.create_table(
        "account_source",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "taken_up_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_account_source")),
    )


def downgrade() -> None:
    op.drop_table("account_source")
    op.drop_table("account_outbox")
    op.drop_table("account_leaf")
    op.drop_table("account_head")
