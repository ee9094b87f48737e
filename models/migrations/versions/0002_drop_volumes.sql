-- The volumes of either revision, before those of the other are made. Nobody writes meanwhile.

LOCK TABLE application IN ACCESS EXCLUSIVE MODE;
DROP FUNCTION volume_changes_of_insert, volume_changes_of_update, volume_changes_of_delete CASCADE;
DROP FUNCTION volume_contribution, wib_day;
DROP FUNCTION IF EXISTS duration_bucket;
DROP TABLE volume_outbox, volume_daily, volume_monthly;
DROP TABLE IF EXISTS
    volume_daily_turnaround, volume_monthly_turnaround,
    volume_daily_duration, volume_monthly_duration;
