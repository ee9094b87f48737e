"""Versions of figures and names, which every change to them renews."""

from models.migrations.scripts import run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
locks = (
    "SHARE ROW EXCLUSIVE on centre, country, partner, visa_type, volume_age, volume_age_detailed,"
    " volume_aged_until, volume_daily, volume_daily_duration, volume_edition, volume_ground,"
    " volume_monthly, volume_monthly_duration, volume_monthly_nationality,"
    " volume_monthly_nationality_duration, volume_monthly_nationality_place,"
    " volume_monthly_nationality_place_duration, volume_monthly_type,"
    " volume_monthly_type_duration, volume_published, volume_referral and volume_yearly: an"
    " instant, in which whoever changes them waits"
)


def upgrade() -> None:
    run("0016_data_versions")


def downgrade() -> None:
    run("0016_undo")
