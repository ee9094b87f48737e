"""What a grant yields: visas, and within how many days each type serves to enter."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on decision, ACCESS EXCLUSIVE on visa_type, for an instant: "
    "nothing is rewritten"
)


def upgrade() -> None:
    op.create_table(
        "visa",
        sa.Column("visa_number", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use_by", sa.Date(), nullable=False),
        sa.Column("stay_days", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "visa_number ~ '^ID[0-9A-HJKMNP-TV-Z]{12}$'", name=op.f("ck_visa_visa_number_is_formed")
        ),
        sa.CheckConstraint("revoked_at >= issued_at", name=op.f("ck_visa_revoked_after_issue")),
        sa.CheckConstraint("stay_days > 0", name=op.f("ck_visa_stay_is_positive")),
        sa.CheckConstraint(
            "superseded_at >= issued_at", name=op.f("ck_visa_superseded_after_issue")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id", "application_id"],
            ["decision.id", "decision.application_id"],
            name=op.f("fk_visa_decision_id_application_id"),
        ),
        sa.PrimaryKeyConstraint("visa_number", name=op.f("pk_visa")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_visa_decision_id")),
    )
    op.create_index(op.f("ix_visa_application_id"), "visa", ["application_id"], unique=False)
    op.add_column(
        "visa_type",
        sa.Column("use_within_days", sa.BigInteger(), server_default=sa.text("90"), nullable=False),
    )
    op.execute(
        "ALTER TABLE visa_type ADD CONSTRAINT ck_visa_type_use_is_positive CHECK "
        "(use_within_days > 0)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE visa_type DROP CONSTRAINT ck_visa_type_use_is_positive")
    op.drop_column("visa_type", "use_within_days")
    op.drop_index(op.f("ix_visa_application_id"), table_name="visa")
    op.drop_table("visa")
