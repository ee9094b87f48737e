"""The constraints of reasons, validated."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on application_event, screening, while rows are read: reads "
    "and writes go on"
)


def upgrade() -> None:
    op.execute(
        "ALTER TABLE application_event VALIDATE CONSTRAINT ck_application_event_reason_is_bounded"
    )
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_referral_note_is_bounded")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_referral_reason_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
