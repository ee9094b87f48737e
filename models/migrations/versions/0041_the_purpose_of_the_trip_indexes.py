"""The purpose of the trip: indexes."""

from models.migrations.online import create_index, drop_index

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
locks = (
    "SHARE UPDATE EXCLUSIVE on volume_age_detailed, volume_daily, volume_daily_duration, "
    "volume_published while indexes are built: all goes on"
)


def upgrade() -> None:
    create_index(
        "uq_volume_age_detailed_next",
        "volume_age_detailed (starts_on, country_code, nationality_code, partner_code, "
        "centre_code, visa_type_code, trip_purpose, channel, bucket) NULLS NOT DISTINCT",
        is_unique=True,
    )
    create_index(
        "uq_volume_daily_next",
        "volume_daily (starts_on, country_code, nationality_code, partner_code, centre_code, "
        "visa_type_code, trip_purpose, channel) NULLS NOT DISTINCT",
        is_unique=True,
    )
    create_index(
        "uq_volume_daily_duration_next",
        "volume_daily_duration (kind, starts_on, country_code, nationality_code, "
        "partner_code, centre_code, visa_type_code, trip_purpose, channel, bucket) NULLS NOT "
        "DISTINCT",
        is_unique=True,
    )
    create_index(
        "uq_volume_published_next",
        "volume_published (dimension_set, period, starts_on, country_code, nationality_code, "
        "partner_code, centre_code, visa_type_code, trip_purpose, channel, edition) NULLS NOT "
        "DISTINCT",
        is_unique=True,
    )


def downgrade() -> None:
    drop_index("uq_volume_age_detailed_next")
    drop_index("uq_volume_daily_next")
    drop_index("uq_volume_daily_duration_next")
    drop_index("uq_volume_published_next")
