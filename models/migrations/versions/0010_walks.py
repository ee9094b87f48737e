"""Indexes along which lists of applications and of reads are walked, one for each combination."""

from models.migrations.online import create_index, drop_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on application, assignment and access_event, one after the other, while"
    " an index is built: reads and writes go on"
)

WALKED = {
    "application": (
        "applicant_id, submitted_at, id",
        "channel, submitted_at, id",
        "partner_code, submitted_at, id",
        "country_code, stage, submitted_at, id",
        "centre_code, stage, submitted_at, id",
        "target_due_at, id",
        "status, target_due_at, id",
        "stage, target_due_at, id",
        "visa_type_code, stage, target_due_at, id",
    ),
    "assignment": ("application_id, assigned_at, id",),
    "access_event": ("actor_role, occurred_at, id", "purpose, occurred_at, id"),
}
#: A prefix of a new one.
_OLD = "ix_application_applicant_id"


def name_of(table: str, columns: str) -> str:
    return f"ix_{table}_{columns.replace(', ', '_')}"


def upgrade() -> None:
    for table, indexes in WALKED.items():
        for columns in indexes:
            create_index(name_of(table, columns), f"{table} ({columns})")
    drop_index(_OLD)


def downgrade() -> None:
    create_index(_OLD, "application (applicant_id)")
    for table, indexes in WALKED.items():
        for columns in indexes:
            drop_index(name_of(table, columns))
