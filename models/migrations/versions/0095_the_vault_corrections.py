"""The vault: a correction is put into force as it is sealed."""

from models.migrations.scripts import run

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None
locks = "none"


def upgrade() -> None:
    run("0095_sealed_corrections")


def downgrade() -> None:
    run("0095_undo")
