"""On whose desk a case is: an officer's, or a supervisor's."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on assignment, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.add_column(
        "assignment", sa.Column("role", sa.Text(), server_default="OFFICER", nullable=False)
    )
    op.execute(
        "ALTER TABLE assignment ADD CONSTRAINT ck_assignment_role_is_known CHECK (role IN "
        "('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', "
        "'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', "
        "'ANONYMOUS')) NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE assignment DROP CONSTRAINT ck_assignment_role_is_known")
    op.drop_column("assignment", "role")
