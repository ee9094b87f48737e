"""Rights of the people on file: constraints validated."""

from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on access_event, ban_read, person_lookup, while rows are "
    "read: reads and writes go on"
)


def upgrade() -> None:
    op.execute("ALTER TABLE access_event VALIDATE CONSTRAINT ck_access_event_purpose_is_known")
    op.execute("ALTER TABLE ban_read VALIDATE CONSTRAINT ck_ban_read_purpose_is_known")
    op.execute("ALTER TABLE person_lookup VALIDATE CONSTRAINT ck_person_lookup_purpose_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
