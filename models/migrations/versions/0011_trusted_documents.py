"""A table of the documents that clients have registered."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE trusted_document (
            sha256 text CONSTRAINT pk_trusted_document PRIMARY KEY,
            text text NOT NULL,
            ids text[] NOT NULL,
            clients text[] NOT NULL,
            operation_names text[] NOT NULL,
            registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            registered_by text NOT NULL,
            retired_at timestamptz,
            CONSTRAINT ck_trusted_document_sha256_is_hexadecimal
                CHECK (sha256 ~ '^[0-9a-f]{64}$')
        )
    """)


def downgrade() -> None:
    op.drop_table("trusted_document")
