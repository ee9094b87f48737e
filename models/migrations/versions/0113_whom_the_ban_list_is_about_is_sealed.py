"""Whom the ban list is about is sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on banned_person, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE banned_person DROP CONSTRAINT ck_banned_person_can_be_found")
    op.add_column(
        "banned_person",
        sa.Column(
            "sealed",
            JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "banned_person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "banned_person", sa.Column("keys_deleted_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        "ALTER TABLE banned_person ADD CONSTRAINT ck_banned_person_can_be_found CHECK "
        "(num_nonnulls(passport_number, sealed -> 'passport_number') = "
        "num_nonnulls(issuing_state) AND num_nonnulls(full_name, sealed -> 'full_name') = "
        "num_nonnulls(birth_date, sealed -> 'birth_date') AND (num_nonnulls(passport_number, "
        "sealed -> 'passport_number') + num_nonnulls(full_name, sealed -> 'full_name') > 0) = "
        "(erased_at IS NULL)) NOT VALID"
    )
    op.execute(
        "ALTER TABLE banned_person ADD CONSTRAINT ck_banned_person_hidden_first CHECK "
        "(keys_deleted_at IS NULL OR erased_at IS NOT NULL) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE banned_person DROP CONSTRAINT ck_banned_person_hidden_first")
    op.execute("ALTER TABLE banned_person DROP CONSTRAINT ck_banned_person_can_be_found")
    op.drop_column("banned_person", "keys_deleted_at")
    op.drop_column("banned_person", "erased_at")
    op.drop_column("banned_person", "sealed")
    op.execute(
        "ALTER TABLE banned_person ADD CONSTRAINT ck_banned_person_can_be_found CHECK "
        "(((num_nulls(issuing_state, passport_number) = ANY (ARRAY[0, 2])) AND "
        "(num_nulls(full_name, birth_date) = ANY (ARRAY[0, 2])) AND "
        "(num_nonnulls(passport_number, full_name) > 0))) NOT VALID"
    )
