-- Every application into the daily grain, and that into the monthly one.

CREATE TEMPORARY TABLE contribution ON COMMIT DROP AS
    SELECT
        country_code, nationality_code, partner_code, centre_code, visa_type_code, channel, added.*
    FROM application
    CROSS JOIN LATERAL volume_contribution(
        status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
        paused_seconds, was_info_requested, partner_code
    ) AS added;

INSERT INTO volume_daily
    SELECT
        day, country_code, nationality_code, partner_code, centre_code, visa_type_code, channel,
        sum(intake), sum(info_requested), sum(granted), sum(refused), sum(withdrawn), sum(lapsed),
        sum(within_target), sum(backlog_change), sum(revenue_idr)
    FROM contribution
    WHERE kind IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7;

INSERT INTO volume_daily_duration
    SELECT
        kind, day, country_code, nationality_code, partner_code, centre_code, visa_type_code,
        channel, bucket, sum(measured)
    FROM contribution
    WHERE kind IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

INSERT INTO volume_monthly
    SELECT
        date_trunc('month', starts_on::timestamp)::date, partner_code, country_code,
        sum(intake), sum(info_requested), sum(granted), sum(refused), sum(withdrawn), sum(lapsed),
        sum(within_target), sum(backlog_change), sum(revenue_idr)
    FROM volume_daily
    GROUP BY 1, 2, 3;

INSERT INTO volume_monthly_duration
    SELECT
        kind, date_trunc('month', starts_on::timestamp)::date, partner_code, country_code, bucket,
        sum(measured)
    FROM volume_daily_duration
    GROUP BY 1, 2, 3, 4, 5;
