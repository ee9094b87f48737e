-- What adds to the volumes: an application, a refusal on its ground, a referral or a hold.

CREATE FUNCTION wib_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE interval '7 hours')::date;

CREATE FUNCTION end_of_wib_day(day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (day + 1)::timestamp AT TIME ZONE interval '7 hours';

-- Buckets grow by 2 %, so their middle is at most 1 % off. Less than a second counts as one.
CREATE FUNCTION duration_bucket(seconds numeric) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ceil(50 * ln(greatest(seconds, 1)::float8))::integer;

-- The one definition of what an application adds to the figures, day by day: counts in lines
-- without a kind, each measured duration in a line of its kind. A case that never waited for
-- information has one line for both clocks; an open one has a line on its day of payment, whose
-- bucket is the day on which its target passes.
CREATE FUNCTION volume_contribution(
    status text, submitted_at timestamptz, received_at timestamptz, paid_at timestamptz,
    closed_at timestamptz, target_due_at timestamptz, fee_idr bigint, paused_seconds bigint,
    was_info_requested boolean, partner_code text
)
    RETURNS TABLE (
        day date, kind text, bucket integer, intake integer, info_requested integer,
        wip_change integer, backlog_change integer, revenue_idr bigint, granted integer,
        refused integer, withdrawn integer, lapsed integer, within_target integer,
        cohort_decided integer, cohort_within_target integer, measured integer
    )
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT
        wib_day(paid_at), NULL::text, NULL::integer, 1, was_info_requested::integer, 1, 0, fee_idr,
        0, 0, 0, 0, 0,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED'))::integer,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED') AND closed_at <= target_due_at)::integer, 0
    WHERE paid_at IS NOT NULL
    UNION ALL
    SELECT
        wib_day(closed_at), NULL, NULL, 0, 0, -1,
        -(wib_day(closed_at) > wib_day(target_due_at))::integer, 0,
        (status IN ('GRANTED', 'REVOKED'))::integer,
        (status = 'REFUSED')::integer,
        (status = 'WITHDRAWN')::integer,
        (status = 'LAPSED')::integer,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED') AND closed_at <= target_due_at)::integer,
        0, 0, 0
    WHERE paid_at IS NOT NULL AND closed_at IS NOT NULL
    UNION ALL
    SELECT wib_day(target_due_at), NULL, NULL, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
    WHERE paid_at IS NOT NULL
        AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(target_due_at))
    UNION ALL
    SELECT
        wib_day(paid_at), 'open', wib_day(target_due_at) - date '2000-01-01',
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    WHERE paid_at IS NOT NULL AND closed_at IS NULL
    UNION ALL
    SELECT
        wib_day(closed_at), decided.kind, duration_bucket(decided.seconds),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    FROM (
        VALUES
            ('unpaused', paused_seconds = 0, extract(epoch FROM closed_at - paid_at)),
            ('paused', paused_seconds > 0, extract(epoch FROM closed_at - paid_at)),
            ('adjusted', paused_seconds > 0, extract(epoch FROM closed_at - paid_at) - paused_seconds)
    ) AS decided (kind, is_measured, seconds)
    WHERE decided.is_measured AND paid_at IS NOT NULL
        AND status IN ('GRANTED', 'REVOKED', 'REFUSED')
    UNION ALL
    SELECT
        wib_day(received_at), 'handover',
        duration_bucket(extract(epoch FROM received_at - submitted_at)),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    WHERE received_at IS NOT NULL AND partner_code IS NOT NULL
$$;

-- For the whole country: the ground that stands, on the day of the first decision, on which a
-- refusal counts too; each time that an application was referred to screening, or held.
CREATE VIEW volume_national_contribution AS
    SELECT wib_day(first_one.decided_at) AS day, 'ground' AS kind, standing.ground, 1 AS measured
    FROM decision AS standing
    JOIN decision AS first_one
        ON first_one.application_id = standing.application_id AND first_one.supersedes_id IS NULL
    WHERE standing.ground IS NOT NULL
        AND NOT EXISTS (SELECT FROM decision AS later WHERE later.supersedes_id = standing.id)
    UNION ALL
    SELECT
        wib_day(occurred_at),
        CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
        NULL,
        1
    FROM application_event
    WHERE kind IN ('SCREENING', 'HELD');

-- Cases that were open at the end of a day: those of one day are found without the others.
CREATE INDEX ix_application_open_at_midnight
    ON application USING gist (tstzrange(paid_at, closed_at, '(]'))
    WHERE paid_at IS NOT NULL AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(paid_at));
