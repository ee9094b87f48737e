"""Whom the ban list is about is sealed: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on banned_person while indexes are built: all goes on"


def upgrade() -> None:
    create_index(
        "ix_banned_person_plain",
        "banned_person (ban_id) WHERE num_nonnulls(passport_number, full_name, birth_date) > 0",
    )
    create_index(
        "ix_banned_person_unfinished",
        "banned_person (ban_id) WHERE erased_at IS NOT NULL AND keys_deleted_at IS NULL",
    )


def downgrade() -> None:
    drop_index("ix_banned_person_plain")
    drop_index("ix_banned_person_unfinished")
