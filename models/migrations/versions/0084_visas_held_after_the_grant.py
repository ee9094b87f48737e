"""Visas held after the grant."""

from alembic import op

from models.migrations.scripts import run

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None
locks = "ACCESS EXCLUSIVE on application, SHARE ROW EXCLUSIVE on screening, for an instant"


def upgrade() -> None:
    op.execute("ALTER TABLE application DROP CONSTRAINT ck_application_not_granted_while_held")
    run("0084_visas_held")


def downgrade() -> None:
    for name in ("hold_visa_of_hit", "ask_again"):
        op.execute(f"DROP TRIGGER {name} ON screening")
        op.execute(f"DROP FUNCTION {name}")
    op.execute(
        "ALTER TABLE application ADD CONSTRAINT ck_application_not_granted_while_held CHECK "
        "((NOT (is_held AND (status = 'GRANTED'::text)))) NOT VALID"
    )
