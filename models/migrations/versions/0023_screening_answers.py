"""Who answered a screening question, and who agreed; and a guard of both."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on screening, for an instant: nothing is rewritten"


def upgrade() -> None:
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_result_is_known")
    op.add_column("screening", sa.Column("proposed", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("proposed_by", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("answered_by", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("confirmed_by", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_answered_by_whom CHECK "
        "(answered_by IS NULL OR answered_at IS NOT NULL) NOT VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_clearance_by_two CHECK "
        "(answered_by IS NULL OR kind <> 'CLEARANCE' OR result = 'UNAVAILABLE' OR "
        "confirmed_by IS NOT NULL) NOT VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_confirmed_by_another CHECK "
        "(confirmed_by <> answered_by) NOT VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_proposed_by_somebody CHECK "
        "((proposed IS NULL) = (proposed_by IS NULL)) NOT VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_proposed_is_known CHECK (proposed "
        "IN ('CLEAR', 'HIT', 'PENDING', 'UNAVAILABLE', 'NO_MATCH', 'MATCH')) NOT VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_resolved_with_reason_by_two CHECK "
        "(result NOT IN ('NO_MATCH', 'MATCH') OR num_nulls(reason, confirmed_by) = 0) NOT "
        "VALID"
    )
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_result_is_known CHECK (result IN "
        "('CLEAR', 'HIT', 'PENDING', 'UNAVAILABLE', 'NO_MATCH', 'MATCH')) NOT VALID"
    )
    run("0023_screening_answers")


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_screening ON screening")
    op.execute("DROP FUNCTION guard_screening")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_result_is_known")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_resolved_with_reason_by_two")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_proposed_is_known")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_proposed_by_somebody")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_confirmed_by_another")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_clearance_by_two")
    op.execute("ALTER TABLE screening DROP CONSTRAINT ck_screening_answered_by_whom")
    op.drop_column("screening", "confirmed_by")
    op.drop_column("screening", "answered_by")
    op.drop_column("screening", "reason")
    op.drop_column("screening", "proposed_by")
    op.drop_column("screening", "proposed")
    op.execute(
        "ALTER TABLE screening ADD CONSTRAINT ck_screening_result_is_known CHECK ((result = "
        "ANY (ARRAY['CLEAR'::text, 'HIT'::text, 'PENDING'::text, 'UNAVAILABLE'::text]))) NOT "
        "VALID"
    )
