"""A partner's system acts in the role PARTNER_SERVICE: events take the new word."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application_event, for an instant: nothing is rewritten"


def upgrade() -> None:
    _allow("PARTNER_SERVICE")


def downgrade() -> None:
    _allow("SERVICE")


def _allow(partner_service: str) -> None:
    op.execute(
        "ALTER TABLE application_event"
        " DROP CONSTRAINT ck_application_event_actor_role_is_known,"
        " ADD CONSTRAINT ck_application_event_actor_role_is_known CHECK (actor_role IN ("
        "'LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR',"
        f" 'APPLICANT', '{partner_service}', 'ADMINISTRATOR', 'ANONYMOUS')) NOT VALID"
    )
