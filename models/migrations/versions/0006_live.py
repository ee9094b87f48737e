"""What changed lately, for whoever follows it live."""

from models.migrations.scripts import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application_event and volume_outbox"


def upgrade() -> None:
    run("0006_live")


def downgrade() -> None:
    run("0006_undo")
