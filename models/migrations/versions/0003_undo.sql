-- What the volumes of this revision have beside those of the one before.

DROP FUNCTION volume_changes_of_decisions, volume_changes_of_events CASCADE;
DROP VIEW volume_national_contribution;
DROP INDEX ix_application_open_at_midnight;
DROP FUNCTION end_of_wib_day;
DROP TABLE
    volume_age, volume_age_detailed, volume_ground, volume_referral, volume_stale_days,
    volume_aged_until;
