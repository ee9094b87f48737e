-- A template, filled in once for insert, update and delete: changes of the figures to the outbox.

CREATE FUNCTION volume_changes_of_{operation}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            channel, kind, bucket, intake, info_requested, granted, refused, withdrawn, lapsed,
            within_target, backlog_change, revenue_idr, measured
        )
        SELECT
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            channel, kind, bucket, sum(sign * intake), sum(sign * info_requested),
            sum(sign * granted), sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * measured)
        FROM ({changed}) AS changed
        CROSS JOIN LATERAL volume_contribution(
            status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
            paused_seconds, was_info_requested, partner_code
        )
        GROUP BY
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            channel, kind, bucket
        HAVING (
            sum(sign * intake), sum(sign * info_requested), sum(sign * granted),
            sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * measured)
        ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        RETURN NULL;
    END
$$;

CREATE TRIGGER volume_changes_of_{operation} AFTER {operation} ON application
    REFERENCING {tables}
    EXECUTE FUNCTION volume_changes_of_{operation}();
