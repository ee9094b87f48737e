-- Nobody follows anything any more.

DROP TRIGGER tell_of_changes ON application_event;
DROP TRIGGER tell_of_changes ON volume_outbox;
DROP FUNCTION tell_of_application_changes, tell_of_volume_changes, stage_after;
DROP TABLE application_change, volume_change;
