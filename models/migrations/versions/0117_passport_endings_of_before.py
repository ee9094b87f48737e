"""The last characters of passports of whoever applied before."""

from models.migrations.online import back_fill

revision = "0117"
down_revision = "0116"
branch_labels = None
depends_on = None
locks = "none: rows of applicant, a few at a time"


def upgrade() -> None:
    # A trigger moves what is written there.
    back_fill(
        "applicant",
        "id",
        "passport_last_four = passport_last_four",
        "passport_last_four IS NOT NULL",
    )


def downgrade() -> None:
    """Nothing: the revision before moves them back."""
