"""The vault: where something is still plain."""

from models.migrations.online import create_index, drop_index

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on identity and identity_version while indexes are built: all goes on"
)


def upgrade() -> None:
    create_index(
        "ix_identity_plain",
        "identity (applicant_id) WHERE num_nonnulls(full_name, passport_number, birth_date, "
        "email, phone, sex, place_of_birth, passport_expires_on) > 0",
    )
    create_index(
        "ix_identity_version_plain",
        "identity_version (applicant_id) WHERE num_nonnulls(full_name, passport_number, "
        "birth_date, email, phone, sex, place_of_birth, passport_expires_on) > 0",
    )


def downgrade() -> None:
    drop_index("ix_identity_plain")
    drop_index("ix_identity_version_plain")
