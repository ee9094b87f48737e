"""Successors of closed places: constraints validated."""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on application, application_change, application_event, while "
    "rows are read: reads and writes go on"
)


def upgrade() -> None:
    op.execute("ALTER TABLE application VALIDATE CONSTRAINT fk_application_successor")
    op.execute("ALTER TABLE application VALIDATE CONSTRAINT ck_application_left_its_partner")
    op.execute("ALTER TABLE application VALIDATE CONSTRAINT ck_application_successor_in_a_country")
    op.execute(
        "ALTER TABLE application_change VALIDATE CONSTRAINT ck_application_change_kind_is_known"
    )
    op.execute(
        "ALTER TABLE application_event VALIDATE CONSTRAINT ck_application_event_kind_is_known"
    )


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
