"""Documents of a file: constraints validated."""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on reference_change, reference_change_value, while rows are "
    "read: reads and writes go on"
)


def upgrade() -> None:
    op.execute("ALTER TABLE reference_change VALIDATE CONSTRAINT ck_reference_change_kind_is_known")
    op.execute(
        "ALTER TABLE reference_change_value VALIDATE CONSTRAINT "
        "ck_reference_change_value_kind_is_known"
    )


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
