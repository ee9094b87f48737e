"""Groups and places: constraints validated."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on application, while rows are read: reads and writes go on"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE application VALIDATE CONSTRAINT ck_application_group_reference_is_formed"
    )
    op.execute("ALTER TABLE application VALIDATE CONSTRAINT ck_application_group_through_a_partner")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
