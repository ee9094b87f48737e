"""Rights of the people on file."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import leave_account, note_for_account, run

_TABLES = ("data_request", "erasure", "legal_hold")

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on applicant, application"


def upgrade() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("lodged_by", sa.Text(), nullable=False),
        sa.Column("lodged_role", sa.Text(), nullable=False),
        sa.Column(
            "lodged_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("(clock_timestamp() + '72:00:00'::interval)"),
            nullable=False,
        ),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Text(),
            sa.Computed("coalesce(outcome, 'OPEN')", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "applicant_id IS NOT NULL OR outcome IS DISTINCT FROM 'GRANTED'",
            name=op.f("ck_data_request_granted_to_somebody"),
        ),
        sa.CheckConstraint(
            "kind IN ('ACCESS', 'RECTIFICATION', 'ERASURE')",
            name=op.f("ck_data_request_kind_is_known"),
        ),
        sa.CheckConstraint(
            "lodged_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'ANONYMOUS')",  # noqa: E501
            name=op.f("ck_data_request_lodged_role_is_known"),
        ),
        sa.CheckConstraint("outcome <> 'OPEN'", name=op.f("ck_data_request_outcome_is_an_answer")),
        sa.CheckConstraint(
            "state IN ('OPEN', 'GRANTED', 'REFUSED')", name=op.f("ck_data_request_state_is_known")
        ),
        sa.CheckConstraint(
            "answered_at >= lodged_at", name=op.f("ck_data_request_answered_after_lodging")
        ),
        sa.CheckConstraint(
            "num_nulls(outcome, reason, answered_by, answered_at) IN (0, 4)",
            name=op.f("ck_data_request_answered_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_data_request_applicant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_data_request_reference")),
    )
    op.create_index(
        op.f("ix_data_request_account_due_at_id"),
        "data_request",
        ["account", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_data_request_due_at_id"), "data_request", ["due_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_data_request_state_due_at_id"),
        "data_request",
        ["state", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_data_request_kind_due_at_id"),
        "data_request",
        ["kind", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_data_request_open",
        "data_request",
        ["applicant_id", "kind"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("data_request_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column(
            "ordered_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copies_end_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("index_removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(cause = 'REQUEST') = (data_request_id IS NOT NULL)", name=op.f("ck_erasure_as_asked")
        ),
        sa.CheckConstraint(
            "cause IN ('REQUEST', 'RETENTION', 'RESTORED')", name=op.f("ck_erasure_cause_is_known")
        ),
        sa.CheckConstraint("erased_at >= ordered_at", name=op.f("ck_erasure_erased_after_order")),
        sa.CheckConstraint(
            "erased_at IS NOT NULL OR num_nonnulls(keys_deleted_at, index_removed_at) = 0",
            name=op.f("ck_erasure_hidden_first"),
        ),
        sa.CheckConstraint(
            "num_nulls(keys_deleted_at, copies_end_at) IN (0, 2)",
            name=op.f("ck_erasure_copies_end_with_keys"),
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_erasure_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["data_request_id"], ["data_request.id"], name=op.f("fk_erasure_data_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("applicant_id", name=op.f("uq_erasure_applicant_id")),
    )
    op.create_index(
        "ix_erasure_unfinished",
        "erasure",
        ["id"],
        unique=False,
        postgresql_where=sa.text("keys_deleted_at IS NULL OR index_removed_at IS NULL"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column(
            "held_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(released_by, released_at, release_reason) IN (0, 3)",
            name=op.f("ck_legal_hold_released_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_legal_hold_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(
        op.f("ix_legal_hold_application_id_held_at_id"),
        "legal_hold",
        ["application_id", "held_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_legal_hold_held_at_id"), "legal_hold", ["held_at", "id"], unique=False)
    op.create_index(
        "uq_legal_hold_lasting",
        "legal_hold",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    run("0107_rights")
    for table in _TABLES:
        note_for_account(table, has_steps=True)


def downgrade() -> None:
    for table in _TABLES:
        leave_account(table)
    op.drop_index(
        "uq_legal_hold_lasting",
        table_name="legal_hold",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_index(op.f("ix_legal_hold_held_at_id"), table_name="legal_hold")
    op.drop_index(op.f("ix_legal_hold_application_id_held_at_id"), table_name="legal_hold")
    op.drop_table("legal_hold")
    op.drop_index(
        "ix_erasure_unfinished",
        table_name="erasure",
        postgresql_where=sa.text("keys_deleted_at IS NULL OR index_removed_at IS NULL"),
    )
    op.drop_table("erasure")
    op.drop_index(
        "uq_data_request_open",
        table_name="data_request",
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.drop_index(op.f("ix_data_request_kind_due_at_id"), table_name="data_request")
    op.drop_index(op.f("ix_data_request_state_due_at_id"), table_name="data_request")
    op.drop_index(op.f("ix_data_request_due_at_id"), table_name="data_request")
    op.drop_index(op.f("ix_data_request_account_due_at_id"), table_name="data_request")
    op.drop_table("data_request")
    for table in _TABLES:
        op.execute(f"DROP FUNCTION guard_{table}")
