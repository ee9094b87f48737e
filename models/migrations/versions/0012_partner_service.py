"""A partner's system acts in the role PARTNER_SERVICE: the log of reads takes the new word."""

from alembic import op

from models.migrations.words import replace_word

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on access_event, for an instant: nothing is rewritten"


#: The role of the database that had the old name keeps nothing in this one.
_REVOKE = """
    DO $$
    BEGIN
        IF to_regrole('gerbang_service') IS NOT NULL THEN
            REVOKE ALL ON ALL TABLES IN SCHEMA public FROM gerbang_service;
            REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM gerbang_service;
            REVOKE ALL ON SCHEMA public FROM gerbang_service;
        END IF;
        IF to_regrole('gerbang_service') IS NOT NULL AND to_regnamespace('viewer') IS NOT NULL THEN
            REVOKE ALL ON ALL FUNCTIONS IN SCHEMA viewer FROM gerbang_service;
            REVOKE ALL ON SCHEMA viewer FROM gerbang_service;
        END IF;
    END
    $$
"""


def upgrade() -> None:
    op.execute(_REVOKE)
    _allow("PARTNER_SERVICE")


def downgrade() -> None:
    _allow("SERVICE")
    replace_word(("access_event", "application_event"), "actor_role", "PARTNER_SERVICE", "SERVICE")


def _allow(partner_service: str) -> None:
    op.execute(
        "ALTER TABLE access_event"
        " DROP CONSTRAINT ck_access_event_actor_role_is_known,"
        " ADD CONSTRAINT ck_access_event_actor_role_is_known CHECK (actor_role IN ("
        "'LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR',"
        f" 'APPLICANT', '{partner_service}', 'ADMINISTRATOR', 'ANONYMOUS')) NOT VALID"
    )
