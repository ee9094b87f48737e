-- What the volumes of this revision have beside those of the one before.

DROP FUNCTION volume_changes_of_decisions, volume_changes_of_events CASCADE;
DROP VIEW volume_national_contribution;
DROP INDEX ix_application_open_at_midnight;
DROP FUNCTION end_of_wib_day, percentile_buckets, ranks_together, in_buckets, total_rank, rank_at;
DROP TYPE histogram;
DROP TABLE
    volume_yearly, volume_monthly_type, volume_monthly_type_duration,
    volume_monthly_nationality, volume_monthly_nationality_duration,
    volume_monthly_nationality_place, volume_monthly_nationality_place_duration,
    volume_age, volume_age_detailed, volume_ground, volume_referral, volume_stale_days,
    volume_aged_until;
