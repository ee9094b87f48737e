-- Every figure from the raw rows, but for the ages of open cases.

WITH changes AS (
    SELECT day, country_code, nationality_code, partner_code, centre_code, visa_type_code, channel,
        kind, ground, bucket, intake, info_requested, wip_change, backlog_change, revenue_idr,
        granted, refused, withdrawn, lapsed, within_target, cohort_decided, cohort_within_target,
        measured
    FROM application
    CROSS JOIN LATERAL volume_contribution(
        status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
        paused_seconds, was_info_requested, partner_code
    )
    CROSS JOIN (SELECT NULL::text AS ground) AS no_ground
    UNION ALL
    SELECT
        day, NULL, NULL, NULL, NULL, NULL, NULL, kind, ground, NULL,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, measured
    FROM volume_national_contribution
), clocked AS (
    SELECT clock, date_trunc('month', day::timestamp)::date AS month, changes.*
    FROM changes
    JOIN (
        VALUES
            ('turnaround', 'unpaused'),
            ('turnaround', 'paused'),
            ('adjusted', 'unpaused'),
            ('adjusted', 'adjusted'),
            ('handover', 'handover'),
            ('open', 'open')
    ) AS made_of (clock, part) ON part = kind
), into_volume_yearly AS (
    INSERT INTO volume_yearly (starts_on, partner_code, country_code, intake, info_requested,
        wip_change, backlog_change, revenue_idr, granted, refused, withdrawn, lapsed, within_target,
        cohort_decided, cohort_within_target)
    SELECT date_trunc('year', day::timestamp)::date, partner_code, country_code, sum(intake),
        sum(info_requested), sum(wip_change), sum(backlog_change), sum(revenue_idr), sum(granted),
        sum(refused), sum(withdrawn), sum(lapsed), sum(within_target), sum(cohort_decided),
        sum(cohort_within_target)
    FROM changes
    WHERE kind IS NULL
    GROUP BY 1, 2, 3
), into_volume_monthly AS (
    INSERT INTO volume_monthly (starts_on, partner_code, country_code, intake, info_requested,
        wip_change, backlog_change, revenue_idr, granted, refused, withdrawn, lapsed, within_target,
        cohort_decided, cohort_within_target)
    SELECT date_trunc('month', day::timestamp)::date, partner_code, country_code, sum(intake),
        sum(info_requested), sum(wip_change), sum(backlog_change), sum(revenue_idr), sum(granted),
        sum(refused), sum(withdrawn), sum(lapsed), sum(within_target), sum(cohort_decided),
        sum(cohort_within_target)
    FROM changes
    WHERE kind IS NULL
    GROUP BY 1, 2, 3
), into_volume_monthly_duration AS (
    INSERT INTO volume_monthly_duration (clock, starts_on, partner_code, country_code, buckets,
        ranks)
    SELECT clock, month, partner_code, country_code, array_agg(bucket ORDER BY bucket),
        array_agg(rank ORDER BY bucket)
    FROM (
        SELECT
            clock, month, partner_code, country_code, bucket,
            (
                sum(sum(measured)) OVER (
                    PARTITION BY clock, month, partner_code, country_code ORDER BY bucket
                )
            )::integer AS rank
        FROM clocked
        GROUP BY clock, month, partner_code, country_code, bucket
    ) AS ranked
    GROUP BY clock, month, partner_code, country_code
), into_volume_monthly_type AS (
    INSERT INTO volume_monthly_type (starts_on, partner_code, country_code, visa_type_code, channel,
        intake, info_requested, wip_change, backlog_change, revenue_idr, granted, refused,
        withdrawn, lapsed, within_target, cohort_decided, cohort_within_target)
    SELECT date_trunc('month', day::timestamp)::date, partner_code, country_code, visa_type_code,
        channel, sum(intake), sum(info_requested), sum(wip_change), sum(backlog_change),
        sum(revenue_idr), sum(granted), sum(refused), sum(withdrawn), sum(lapsed),
        sum(within_target), sum(cohort_decided), sum(cohort_within_target)
    FROM changes
    WHERE kind IS NULL
    GROUP BY 1, 2, 3, 4, 5
), into_volume_monthly_type_duration AS (
    INSERT INTO volume_monthly_type_duration (clock, starts_on, partner_code, country_code,
        visa_type_code, channel, buckets, ranks)
    SELECT clock, month, partner_code, country_code, visa_type_code, channel, array_agg(bucket ORDER
        BY bucket), array_agg(rank ORDER BY bucket)
    FROM (
        SELECT
            clock, month, partner_code, country_code, visa_type_code, channel, bucket,
            (
                sum(sum(measured)) OVER (
                    PARTITION BY clock, month, partner_code, country_code, visa_type_code, channel
                        ORDER BY bucket
                )
            )::integer AS rank
        FROM clocked
        GROUP BY clock, month, partner_code, country_code, visa_type_code, channel, bucket
    ) AS ranked
    GROUP BY clock, month, partner_code, country_code, visa_type_code, channel
), into_volume_monthly_nationality AS (
    INSERT INTO volume_monthly_nationality (starts_on, nationality_code, intake, info_requested,
        wip_change, backlog_change, revenue_idr, granted, refused, withdrawn, lapsed, within_target,
        cohort_decided, cohort_within_target)
    SELECT date_trunc('month', day::timestamp)::date, nationality_code, sum(intake),
        sum(info_requested), sum(wip_change), sum(backlog_change), sum(revenue_idr), sum(granted),
        sum(refused), sum(withdrawn), sum(lapsed), sum(within_target), sum(cohort_decided),
        sum(cohort_within_target)
    FROM changes
    WHERE kind IS NULL
    GROUP BY 1, 2
), into_volume_monthly_nationality_duration AS (
    INSERT INTO volume_monthly_nationality_duration (clock, starts_on, nationality_code, buckets,
        ranks)
    SELECT clock, month, nationality_code, array_agg(bucket ORDER BY bucket), array_agg(rank ORDER
        BY bucket)
    FROM (
        SELECT
            clock, month, nationality_code, bucket,
            (
                sum(sum(measured)) OVER (
                    PARTITION BY clock, month, nationality_code ORDER BY bucket
                )
            )::integer AS rank
        FROM clocked
        GROUP BY clock, month, nationality_code, bucket
    ) AS ranked
    GROUP BY clock, month, nationality_code
), into_volume_monthly_nationality_place AS (
    INSERT INTO volume_monthly_nationality_place (starts_on, nationality_code, partner_code,
        country_code, intake, info_requested, wip_change, backlog_change, revenue_idr, granted,
        refused, withdrawn, lapsed, within_target, cohort_decided, cohort_within_target)
    SELECT date_trunc('month', day::timestamp)::date, nationality_code, partner_code, country_code,
        sum(intake), sum(info_requested), sum(wip_change), sum(backlog_change), sum(revenue_idr),
        sum(granted), sum(refused), sum(withdrawn), sum(lapsed), sum(within_target),
        sum(cohort_decided), sum(cohort_within_target)
    FROM changes
    WHERE kind IS NULL
    GROUP BY 1, 2, 3, 4
), into_volume_monthly_nationality_place_duration AS (
    INSERT INTO volume_monthly_nationality_place_duration (clock, starts_on, nationality_code,
        partner_code, country_code, buckets, ranks)
    SELECT clock, month, nationality_code, partner_code, country_code, array_agg(bucket ORDER BY
        bucket), array_agg(rank ORDER BY bucket)
    FROM (
        SELECT
            clock, month, nationality_code, partner_code, country_code, bucket,
            (
                sum(sum(measured)) OVER (
                    PARTITION BY clock, month, nationality_code, partner_code, country_code ORDER BY
                        bucket
                )
            )::integer AS rank
        FROM clocked
        GROUP BY clock, month, nationality_code, partner_code, country_code, bucket
    ) AS ranked
    GROUP BY clock, month, nationality_code, partner_code, country_code
), into_volume_daily AS (
    INSERT INTO volume_daily (starts_on, country_code, nationality_code, partner_code, centre_code,
        visa_type_code, channel, intake, info_requested, wip_change, backlog_change, revenue_idr,
        granted, refused, withdrawn, lapsed, within_target, cohort_decided, cohort_within_target)
    SELECT date_trunc('day', day::timestamp)::date, country_code, nationality_code, partner_code,
        centre_code, visa_type_code, channel, sum(intake), sum(info_requested), sum(wip_change),
        sum(backlog_change), sum(revenue_idr), sum(granted), sum(refused), sum(withdrawn),
        sum(lapsed), sum(within_target), sum(cohort_decided), sum(cohort_within_target)
    FROM changes
    WHERE kind IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), into_volume_daily_duration AS (
    INSERT INTO volume_daily_duration (kind, starts_on, country_code, nationality_code,
        partner_code, centre_code, visa_type_code, channel, bucket, measured)
    SELECT kind, date_trunc('day', day::timestamp)::date, country_code, nationality_code,
        partner_code, centre_code, visa_type_code, channel, bucket, sum(measured)
    FROM changes
    WHERE kind IN ('unpaused', 'paused', 'adjusted', 'handover', 'open')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), into_volume_ground AS (
    INSERT INTO volume_ground (starts_on, ground, refused)
    SELECT day, ground, sum(measured)
    FROM changes
    WHERE kind = 'ground'
    GROUP BY 1, 2
), into_volume_referral AS (
    INSERT INTO volume_referral (starts_on, referred, held)
    SELECT day, sum(CASE kind WHEN 'referral' THEN measured ELSE 0 END), sum(CASE kind WHEN 'hold'
        THEN measured ELSE 0 END)
    FROM changes
    WHERE kind IN ('referral', 'hold')
    GROUP BY 1
)
SELECT count(*) FROM changes;
