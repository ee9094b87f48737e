-- Back to an empty database.

DROP TABLE
    volume_outbox, volume_daily, volume_daily_turnaround, volume_monthly, volume_monthly_turnaround,
    access_event, screening, assignment, decision, application_event, application, identity,
    applicant, centre, partner_country, partner, service_target, fee, visa_type, entry_rule, country
    CASCADE;
DROP FUNCTION
    volume_changes_of_insert, volume_changes_of_update, volume_changes_of_delete,
    volume_contribution, wib_day, refuse_change;
