"""What was done to keys."""

import sqlalchemy as sa
from alembic import op

revision = "0128"
down_revision = "0127"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on key_operation, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE key_operation DROP CONSTRAINT ck_key_operation_kind_is_known")
    op.add_column("key_operation", sa.Column("used_for", sa.Text(), nullable=True))
    op.add_column("key_operation", sa.Column("operator", sa.Text(), nullable=True))
    op.add_column("key_operation", sa.Column("from_key", sa.Text(), nullable=True))
    op.add_column("key_operation", sa.Column("to_key", sa.Text(), nullable=True))
    op.add_column("key_operation", sa.Column("keys", sa.BigInteger(), nullable=True))
    op.execute(
        "ALTER TABLE key_operation ADD CONSTRAINT ck_key_operation_changes_name_keys CHECK "
        "((kind IN ('ADDED', 'RETIRED')) = (used_for IS NOT NULL AND to_key IS NOT NULL)) NOT "
        "VALID"
    )
    op.execute(
        "ALTER TABLE key_operation ADD CONSTRAINT ck_key_operation_erased_are_counted CHECK "
        "((kind = 'ERASED') <= (keys > 0)) NOT VALID"
    )
    op.execute(
        "ALTER TABLE key_operation ADD CONSTRAINT ck_key_operation_kind_is_known CHECK (kind "
        "IN ('BEGIN', 'SWEEP', 'REFUSED', 'ADDED', 'RETIRED', 'ERASED')) NOT VALID"
    )
    op.execute(
        "ALTER TABLE key_operation ADD CONSTRAINT ck_key_operation_retired_is_named CHECK "
        "((kind = 'RETIRED') <= (from_key IS NOT NULL)) NOT VALID"
    )
    op.execute(
        "ALTER TABLE key_operation ADD CONSTRAINT ck_key_operation_used_for_is_known CHECK "
        "(used_for IN ('PERSON_INDEX', 'DATA_KEY', 'ACCESS_LOG', 'CHECKPOINT')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE key_operation DROP CONSTRAINT ck_key_operation_used_for_is_known")
    op.execute("ALTER TABLE key_operation DROP CONSTRAINT ck_key_operation_retired_is_named")
    op.execute("ALTER TABLE key_operation DROP CONSTRAINT ck_key_operation_kind_is_known")
    op.execute("ALTER TABLE key_operation DROP CONSTRAINT ck_key_operation_erased_are_counted")
    op.execute("ALTER TABLE key_operation DROP CONSTRAINT ck_key_operation_changes_name_keys")
    op.drop_column("key_operation", "keys")
    op.drop_column("key_operation", "to_key")
    op.drop_column("key_operation", "from_key")
    op.drop_column("key_operation", "operator")
    op.drop_column("key_operation", "used_for")
    op.execute(
        "ALTER TABLE key_operation ADD CONSTRAINT ck_key_operation_kind_is_known CHECK ((kind "
        "= ANY (ARRAY['BEGIN'::text, 'SWEEP'::text, 'REFUSED'::text]))) NOT VALID"
    )
