"""The role TREASURY: constraints validated."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on access_event, application_event, while rows are read: "
    "reads and writes go on"
)


def upgrade() -> None:
    op.execute("ALTER TABLE access_event VALIDATE CONSTRAINT ck_access_event_actor_role_is_known")
    op.execute(
        "ALTER TABLE application_event VALIDATE CONSTRAINT ck_application_event_actor_role_is_known"
    )


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
