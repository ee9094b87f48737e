"""Linked people."""

import sqlalchemy as sa
from alembic import op

from models.migrations.scripts import run

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None
locks = "SHARE ROW EXCLUSIVE on applicant, application"


def upgrade() -> None:
    op.create_table(
        "linker_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_linker_read_applicant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linker_read")),
    )
    op.create_index(
        op.f("ix_linker_read_applicant_id_read_at_id"),
        "linker_read",
        ["applicant_id", "read_at", "id"],
        unique=False,
    )
    op.create_table(
        "person_index",
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('PASSPORT', 'NAME_AND_BIRTH_DATE')",
            name=op.f("ck_person_index_kind_is_known"),
        ),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_person_index_digest_is_whole")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_person_index_applicant_id")
        ),
        sa.PrimaryKeyConstraint(
            "applicant_id", "version", "kind", "key_id", name=op.f("pk_person_index")
        ),
    )
    op.create_index(
        op.f("ix_person_index_digest_applicant_id"),
        "person_index",
        ["digest", "applicant_id"],
        unique=False,
    )
    op.create_table(
        "person_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("linked_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column(
            "found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_in", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(reason = 'GROUP') = (state IS NULL)", name=op.f("ck_person_link_state_unless_group")
        ),
        sa.CheckConstraint(
            "(reason = 'PASSPORT') = (state = 'CERTAIN')",
            name=op.f("ck_person_link_certain_by_passport"),
        ),
        sa.CheckConstraint(
            "coalesce(state IN ('CONFIRMED', 'REJECTED'), false) = (resolved_at IS NOT NULL)",
            name=op.f("ck_person_link_resolved_if_said"),
        ),
        sa.CheckConstraint(
            "reason IN ('PASSPORT', 'NAME_AND_BIRTH_DATE', 'GROUP')",
            name=op.f("ck_person_link_reason_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('CERTAIN', 'PROPOSED', 'CONFIRMED', 'REJECTED')",
            name=op.f("ck_person_link_state_is_known"),
        ),
        sa.CheckConstraint("applicant_id <> linked_id", name=op.f("ck_person_link_links_two")),
        sa.CheckConstraint(
            "length(resolution) BETWEEN 1 AND 2000",
            name=op.f("ck_person_link_resolution_is_bounded"),
        ),
        sa.CheckConstraint(
            "num_nulls(resolved_at, resolved_by, resolved_in, resolution) IN (0, 4)",
            name=op.f("ck_person_link_resolved_by_whom"),
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_person_link_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["linked_id"], ["applicant.id"], name=op.f("fk_person_link_linked_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_in"], ["application.id"], name=op.f("fk_person_link_resolved_in")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_link")),
    )
    op.create_index(
        op.f("ix_person_link_applicant_id_found_at_id"),
        "person_link",
        ["applicant_id", "found_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_person_link_linked_id_applicant_id"),
        "person_link",
        ["linked_id", "applicant_id"],
        unique=False,
    )
    op.create_index(
        "uq_person_link", "person_link", ["applicant_id", "linked_id", "reason"], unique=True
    )
    run("0074_linked_people")


def downgrade() -> None:
    op.drop_index("uq_person_link", table_name="person_link")
    op.drop_index(op.f("ix_person_link_linked_id_applicant_id"), table_name="person_link")
    op.drop_index(op.f("ix_person_link_applicant_id_found_at_id"), table_name="person_link")
    op.drop_table("person_link")
    op.drop_index(op.f("ix_person_index_digest_applicant_id"), table_name="person_index")
    op.drop_table("person_index")
    op.drop_index(op.f("ix_linker_read_applicant_id_read_at_id"), table_name="linker_read")
    op.drop_table("linker_read")
