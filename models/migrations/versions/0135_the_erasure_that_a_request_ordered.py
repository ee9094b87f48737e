"""An index by which a request finds the erasure that it ordered."""

from models.migrations.online import create_index, drop_index

revision = "0135"
down_revision = "0134"
branch_labels = None
depends_on = None
locks = "SHARE UPDATE EXCLUSIVE on erasure while an index is built: all goes on"


def upgrade() -> None:
    create_index("ix_erasure_data_request_id", "erasure (data_request_id)", is_unique=True)


def downgrade() -> None:
    drop_index("ix_erasure_data_request_id")
