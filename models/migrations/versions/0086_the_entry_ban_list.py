"""The entry-ban list."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import leave_account, note_for_account, run

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on application"


def upgrade() -> None:
    op.create_table(
        "ban_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("banned_from", sa.Date(), nullable=False),
        sa.Column("banned_until", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_by", sa.Text(), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reject_reason", sa.Text(), nullable=True),
        sa.Column("withdrawal_proposed_by", sa.Text(), nullable=True),
        sa.Column("withdrawal_proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Text(),
            sa.Computed(
                "CASE WHEN withdrawn_by IS NOT NULL THEN 'WITHDRAWN' WHEN withdrawal_proposed_by IS NOT NULL THEN 'WITHDRAWAL_PROPOSED' WHEN rejected_by IS NOT NULL THEN 'REJECTED' WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE 'PROPOSED' END",  # noqa: E501
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("is_screened", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "ground IN ('OVERSTAY', 'FORGED_DOCUMENT', 'FALSE_STATEMENT', 'UNLAWFUL_ACTIVITY', 'CRIME', 'SECURITY', 'PUBLIC_HEALTH', 'REQUEST_OF_AN_AUTHORITY')",  # noqa: E501
            name=op.f("ck_ban_entry_ground_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWAL_PROPOSED', 'WITHDRAWN')",
            name=op.f("ck_ban_entry_state_is_known"),
        ),
        sa.CheckConstraint(
            "approved_by <> proposed_by", name=op.f("ck_ban_entry_approved_by_another")
        ),
        sa.CheckConstraint(
            "banned_until >= banned_from", name=op.f("ck_ban_entry_ends_after_it_begins")
        ),
        sa.CheckConstraint(
            "num_nonnulls(approved_by, rejected_by) < 2", name=op.f("ck_ban_entry_one_answer")
        ),
        sa.CheckConstraint(
            "num_nulls(approved_by, approved_at) IN (0, 2)", name=op.f("ck_ban_entry_approved_once")
        ),
        sa.CheckConstraint(
            "num_nulls(rejected_by, rejected_at, reject_reason) IN (0, 3)",
            name=op.f("ck_ban_entry_rejected_with_reason"),
        ),
        sa.CheckConstraint(
            "num_nulls(withdrawal_proposed_by, withdrawal_proposed_at, withdrawal_reason) IN (0, 3) AND (withdrawal_proposed_by IS NULL OR approved_by IS NOT NULL)",  # noqa: E501
            name=op.f("ck_ban_entry_withdrawal_with_reason"),
        ),
        sa.CheckConstraint(
            "num_nulls(withdrawn_by, withdrawn_at) IN (0, 2) AND (withdrawn_by IS NULL OR withdrawal_proposed_by IS NOT NULL)",  # noqa: E501
            name=op.f("ck_ban_entry_withdrawn_once"),
        ),
        sa.CheckConstraint(
            "rejected_by <> proposed_by", name=op.f("ck_ban_entry_rejected_by_another")
        ),
        sa.CheckConstraint(
            "withdrawn_by <> withdrawal_proposed_by", name=op.f("ck_ban_entry_withdrawn_by_another")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban_entry")),
        sa.UniqueConstraint("reference", name=op.f("uq_ban_entry_reference")),
    )
    op.create_index(
        op.f("ix_ban_entry_proposed_at_id"), "ban_entry", ["proposed_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_ban_entry_state_proposed_at_id"),
        "ban_entry",
        ["state", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ban_entry_unscreened",
        "ban_entry",
        ["banned_from"],
        unique=False,
        postgresql_where=sa.text(
            "approved_by IS NOT NULL AND withdrawn_by IS NULL AND NOT is_screened"
        ),
    )
    op.create_table(
        "ban_index",
        sa.Column("ban_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('PASSPORT', 'NAME_AND_BIRTH_DATE')", name=op.f("ck_ban_index_kind_is_known")
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_ban_index_digest_is_whole")),
        sa.ForeignKeyConstraint(["ban_id"], ["ban_entry.id"], name=op.f("fk_ban_index_ban_id")),
        sa.PrimaryKeyConstraint("ban_id", "kind", "key_id", name=op.f("pk_ban_index")),
    )
    op.create_index(
        op.f("ix_ban_index_digest_ban_id"), "ban_index", ["digest", "ban_id"], unique=False
    )
    op.create_table(
        "ban_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ban_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("case_reference", sa.Text(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("mac_key", sa.Text(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'ANONYMOUS')",  # noqa: E501
            name=op.f("ck_ban_read_actor_role_is_known"),
        ),
        sa.CheckConstraint(
            "purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA')",
            name=op.f("ck_ban_read_purpose_is_known"),
        ),
        sa.ForeignKeyConstraint(["ban_id"], ["ban_entry.id"], name=op.f("fk_ban_read_ban_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban_read")),
    )
    op.create_index(
        op.f("ix_ban_read_ban_id_occurred_at_id"),
        "ban_read",
        ["ban_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_table(
        "banned_person",
        sa.Column("ban_id", sa.Uuid(), nullable=False),
        sa.Column("issuing_state", sa.Text(), nullable=True),
        sa.Column("passport_number", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(issuing_state, passport_number) IN (0, 2) AND num_nulls(full_name, birth_date) IN (0, 2) AND num_nonnulls(passport_number, full_name) > 0",  # noqa: E501
            name=op.f("ck_banned_person_can_be_found"),
        ),
        sa.ForeignKeyConstraint(["ban_id"], ["ban_entry.id"], name=op.f("fk_banned_person_ban_id")),
        sa.PrimaryKeyConstraint("ban_id", name=op.f("pk_banned_person")),
    )
    op.create_table(
        "ban_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ban_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "found_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "by IN ('PASSPORT', 'NAME_AND_BIRTH_DATE')", name=op.f("ck_ban_match_by_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ban_match_application_id")
        ),
        sa.ForeignKeyConstraint(["ban_id"], ["ban_entry.id"], name=op.f("fk_ban_match_ban_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban_match")),
        sa.UniqueConstraint(
            "application_id", "ban_id", "by", name=op.f("uq_ban_match_application_id_ban_id_by")
        ),
    )
    op.create_index(
        "ix_ban_match_lasting",
        "ban_match",
        ["ban_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    run("0086_bans")
    note_for_account("ban_read")
    note_for_account("ban_entry", has_steps=True)


def downgrade() -> None:
    for table in ("ban_read", "ban_entry"):
        leave_account(table)
    op.drop_index(
        "ix_ban_match_lasting", table_name="ban_match", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("ban_match")
    op.drop_table("banned_person")
    op.drop_index(op.f("ix_ban_read_ban_id_occurred_at_id"), table_name="ban_read")
    op.drop_table("ban_read")
    op.drop_index(op.f("ix_ban_index_digest_ban_id"), table_name="ban_index")
    op.drop_table("ban_index")
    op.drop_index(
        "ix_ban_entry_unscreened",
        table_name="ban_entry",
        postgresql_where=sa.text(
            "approved_by IS NOT NULL AND withdrawn_by IS NULL AND NOT is_screened"
        ),
    )
    op.drop_index(op.f("ix_ban_entry_state_proposed_at_id"), table_name="ban_entry")
    op.drop_index(op.f("ix_ban_entry_proposed_at_id"), table_name="ban_entry")
    op.drop_table("ban_entry")
    for name in ("guard_ban", "tell_of_bans"):
        op.execute(f"DROP FUNCTION {name}")
