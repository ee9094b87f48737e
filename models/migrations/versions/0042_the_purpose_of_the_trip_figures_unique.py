"""The purpose of the trip: unique constraints of figures."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
locks = (
    "ACCESS EXCLUSIVE on volume_age_detailed, volume_daily, volume_daily_duration, "
    "volume_published, for an instant: nothing is rewritten"
)


def upgrade() -> None:
    op.execute("ALTER TABLE volume_published DROP CONSTRAINT uq_volume_published")
    op.execute("ALTER TABLE volume_daily_duration DROP CONSTRAINT uq_volume_daily_duration")
    op.execute("ALTER TABLE volume_daily DROP CONSTRAINT uq_volume_daily")
    op.execute("ALTER TABLE volume_age_detailed DROP CONSTRAINT uq_volume_age_detailed")
    op.execute(
        "ALTER TABLE volume_age_detailed ADD CONSTRAINT uq_volume_age_detailed UNIQUE USING "
        "INDEX uq_volume_age_detailed_next"
    )
    op.execute(
        "ALTER TABLE volume_daily ADD CONSTRAINT uq_volume_daily UNIQUE USING INDEX "
        "uq_volume_daily_next"
    )
    op.execute(
        "ALTER TABLE volume_daily_duration ADD CONSTRAINT uq_volume_daily_duration UNIQUE "
        "USING INDEX uq_volume_daily_duration_next"
    )
    op.execute(
        "ALTER TABLE volume_published ADD CONSTRAINT uq_volume_published UNIQUE USING INDEX "
        "uq_volume_published_next"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE volume_age_detailed DROP CONSTRAINT uq_volume_age_detailed")
    op.execute("ALTER TABLE volume_daily DROP CONSTRAINT uq_volume_daily")
    op.execute("ALTER TABLE volume_daily_duration DROP CONSTRAINT uq_volume_daily_duration")
    op.execute("ALTER TABLE volume_published DROP CONSTRAINT uq_volume_published")
    op.create_unique_constraint(
        op.f("uq_volume_published"),
        "volume_published",
        [
            "dimension_set",
            "period",
            "starts_on",
            "country_code",
            "nationality_code",
            "partner_code",
            "centre_code",
            "visa_type_code",
            "channel",
            "edition",
        ],
        postgresql_nulls_not_distinct=True,
    )
    op.create_unique_constraint(
        op.f("uq_volume_daily_duration"),
        "volume_daily_duration",
        [
            "kind",
            "starts_on",
            "country_code",
            "nationality_code",
            "partner_code",
            "centre_code",
            "visa_type_code",
            "channel",
            "bucket",
        ],
        postgresql_nulls_not_distinct=True,
    )
    op.create_unique_constraint(
        op.f("uq_volume_daily"),
        "volume_daily",
        [
            "starts_on",
            "country_code",
            "nationality_code",
            "partner_code",
            "centre_code",
            "visa_type_code",
            "channel",
        ],
        postgresql_nulls_not_distinct=True,
    )
    op.create_unique_constraint(
        op.f("uq_volume_age_detailed"),
        "volume_age_detailed",
        [
            "starts_on",
            "country_code",
            "nationality_code",
            "partner_code",
            "centre_code",
            "visa_type_code",
            "channel",
            "bucket",
        ],
        postgresql_nulls_not_distinct=True,
    )
