"""Screening answers: constraints validated."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on access_event, application_change, application_event, "
    "assignment, screening, while rows are read: reads and writes go on"
)


def upgrade() -> None:
    op.execute("ALTER TABLE access_event VALIDATE CONSTRAINT ck_access_event_actor_role_is_known")
    op.execute(
        "ALTER TABLE application_change VALIDATE CONSTRAINT ck_application_change_kind_is_known"
    )
    op.execute(
        "ALTER TABLE application_event VALIDATE CONSTRAINT ck_application_event_actor_role_is_known"
    )
    op.execute(
        "ALTER TABLE application_event VALIDATE CONSTRAINT ck_application_event_kind_is_known"
    )
    op.execute("ALTER TABLE assignment VALIDATE CONSTRAINT ck_assignment_role_is_known")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_answered_by_whom")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_clearance_by_two")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_confirmed_by_another")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_proposed_by_somebody")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_proposed_is_known")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_resolved_with_reason_by_two")
    op.execute("ALTER TABLE screening VALIDATE CONSTRAINT ck_screening_result_is_known")


def downgrade() -> None:
    """Nothing: it stays proven until it is dropped."""
