-- A template, filled in once for insert, update and delete: changes of the figures to the outbox,
-- and the days whose ages are not what they were.

CREATE FUNCTION volume_changes_of_{operation}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, kind, bucket, intake, info_requested, wip_change, backlog_change, revenue_idr,
            granted, refused, withdrawn, lapsed, within_target, cohort_decided,
            cohort_within_target, measured
        )
        SELECT
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, kind, bucket, sum(sign * intake), sum(sign * info_requested),
            sum(sign * wip_change), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * granted), sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        FROM ({changed}) AS changed
        CROSS JOIN LATERAL volume_contribution(
            status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
            paused_seconds, was_info_requested, partner_code
        )
        GROUP BY
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
            trip_purpose, channel, kind, bucket
        HAVING (
            sum(sign * intake), sum(sign * info_requested), sum(sign * wip_change),
            sum(sign * backlog_change), sum(sign * revenue_idr), sum(sign * granted),
            sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        -- A case that only closes, or closes at another time, is another on the days between;
        -- one that was paid at another time, or is told apart otherwise, from its payment on.
        INSERT INTO volume_stale_days (first_on, last_on)
        SELECT DISTINCT first_on, nullif(last_on, 'infinity')
        FROM (
            SELECT
                CASE
                    WHEN count(*) = 2 AND count(DISTINCT told_by) = 1 THEN min(closed_on)
                    ELSE min(wib_day(paid_at))
                END AS first_on,
                max(closed_on) - 1 AS last_on
            FROM (
                SELECT id, paid_at, told_by, closed_on
                FROM ({changed}) AS changed
                CROSS JOIN LATERAL (
                    SELECT
                        coalesce(wib_day(closed_at), 'infinity') AS closed_on,
                        (
                            paid_at, country_code, nationality_code, partner_code, centre_code,
                            visa_type_code, trip_purpose, channel
                        ) AS told_by
                )
                WHERE paid_at IS NOT NULL
                GROUP BY id, paid_at, told_by, closed_on
                HAVING sum(sign) <> 0
            )
            GROUP BY id
        )
        WHERE first_on <= last_on;
        RETURN NULL;
    END
$$;

CREATE TRIGGER volume_changes_of_{operation} AFTER {operation} ON application
    REFERENCING {tables}
    EXECUTE FUNCTION volume_changes_of_{operation}();
