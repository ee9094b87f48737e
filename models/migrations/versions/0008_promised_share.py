"""What share of applications is promised to be decided within the target."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on service_target, for an instant: it has a few dozen rows"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE service_target ADD COLUMN promised_percent bigint,"
        " ADD CONSTRAINT ck_service_target_promise_is_a_percentage"
        " CHECK (promised_percent BETWEEN 1 AND 100)"
    )


def downgrade() -> None:
    op.drop_column("service_target", "promised_percent")
