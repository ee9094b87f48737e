"""A bill for each application, and a guard of payments."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application"


def upgrade() -> None:
    op.create_table(
        "bill",
        sa.Column("billing_code", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("amount_idr", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "billing_code ~ '^[0-9]{15}$'", name=op.f("ck_bill_billing_code_is_formed")
        ),
        sa.CheckConstraint(
            "receipt_number ~ '^[0-9A-Z]{16}$'", name=op.f("ck_bill_receipt_number_is_formed")
        ),
        sa.CheckConstraint(
            "(paid_at IS NULL) = (receipt_number IS NULL)", name=op.f("ck_bill_paid_with_receipt")
        ),
        sa.CheckConstraint("amount_idr >= 0", name=op.f("ck_bill_amount_is_not_negative")),
        sa.CheckConstraint("due_at > issued_at", name=op.f("ck_bill_due_after_issue")),
        sa.CheckConstraint("paid_at >= issued_at", name=op.f("ck_bill_paid_after_issue")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_bill_application_id")
        ),
        sa.PrimaryKeyConstraint("billing_code", name=op.f("pk_bill")),
        sa.UniqueConstraint("application_id", name=op.f("uq_bill_application_id")),
        sa.UniqueConstraint("receipt_number", name=op.f("uq_bill_receipt_number")),
    )
    run("0017_bills")


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_payment ON application")
    op.execute("DROP FUNCTION guard_payment")
    op.drop_table("bill")
