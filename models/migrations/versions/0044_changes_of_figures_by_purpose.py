"""Changes of figures by purpose."""

from models.migrations.scripts import renew_for_each_change

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
locks = "no table"


def upgrade() -> None:
    renew_for_each_change("0044_volume_changes")


def downgrade() -> None:
    renew_for_each_change("0003_volume_changes")
