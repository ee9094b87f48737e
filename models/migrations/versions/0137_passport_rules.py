"""The intended day of entry of an application, and how long a passport must be valid then."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0137"
down_revision = "0136"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on application, reference_change, reference_change_value, for an instant: the"
    " ledger has a few hundred rows; SHARE ROW EXCLUSIVE on visa_type"
)

_KINDS = (
    "'COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'FEE',"
    " 'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE'"
)


def upgrade() -> None:
    op.create_table(
        "passport_rule",
        sa.Column("visa_type_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("months >= 0", name=op.f("ck_passport_rule_months_are_not_negative")),
        sa.ForeignKeyConstraint(
            ["visa_type_code"], ["visa_type.code"], name=op.f("fk_passport_rule_visa_type_code")
        ),
        sa.PrimaryKeyConstraint("visa_type_code", "valid_from", name=op.f("pk_passport_rule")),
    )
    run("0137_passport_rules")
    for table in ("reference_change", "reference_change_value"):
        _renew_kinds(table, f"{_KINDS}, 'PASSPORT_RULE'")
    # accepted: an instant, and the ledger is written by administrators alone
    op.add_column("application", sa.Column("entry_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("application", "entry_on")
    for table in ("reference_change", "reference_change_value"):
        _renew_kinds(table, _KINDS, " NOT VALID")
    run("0137_undo")
    op.drop_table("passport_rule")


def _renew_kinds(table: str, kinds: str, validity: str = "") -> None:
    """Let a table of the ledger have these kinds and no others."""
    name = f"ck_{table}_kind_is_known"
    # accepted: a few hundred rows, written by administrators alone
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    # accepted: a few hundred rows, written by administrators alone
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (kind IN ({kinds})){validity}")
