-- Processing volumes: what an application adds to them, the outbox of changes, the grains.

CREATE TABLE volume_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    written_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    day date NOT NULL,
    country_code text,
    nationality_code text,
    partner_code text,
    centre_code text,
    visa_type_code text,
    channel text,
    kind text,
    bucket integer,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    measured integer NOT NULL,
    CONSTRAINT pk_volume_outbox PRIMARY KEY (id)
);

CREATE TABLE volume_daily (
    starts_on date NOT NULL,
    country_code text,
    nationality_code text,
    partner_code text,
    centre_code text,
    visa_type_code text,
    channel text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    CONSTRAINT uq_volume_daily
        UNIQUE NULLS NOT DISTINCT (starts_on, country_code, nationality_code,
            partner_code, centre_code, visa_type_code, channel)
);

CREATE TABLE volume_daily_duration (
    kind text NOT NULL,
    starts_on date NOT NULL,
    country_code text,
    nationality_code text,
    partner_code text,
    centre_code text,
    visa_type_code text,
    channel text,
    bucket integer NOT NULL,
    measured integer NOT NULL,
    CONSTRAINT uq_volume_daily_duration
        UNIQUE NULLS NOT DISTINCT (kind, starts_on, country_code, nationality_code,
            partner_code, centre_code, visa_type_code, channel, bucket)
);

CREATE TABLE volume_monthly (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    CONSTRAINT uq_volume_monthly UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_duration (
    kind text NOT NULL,
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    bucket integer NOT NULL,
    measured integer NOT NULL,
    CONSTRAINT uq_volume_monthly_duration
        UNIQUE NULLS NOT DISTINCT (kind, starts_on, partner_code, country_code, bucket)
);

CREATE FUNCTION wib_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE interval '7 hours')::date;

-- Buckets grow by 2 %, so their middle is at most 1 % off. Less than a second counts as one.
CREATE FUNCTION duration_bucket(seconds numeric) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ceil(50 * ln(greatest(seconds, 1)::float8))::integer;

-- The one definition of what an application adds to the figures, day by day: counts in lines
-- without a kind, each measured duration in a line of its kind.
CREATE FUNCTION volume_contribution(
    status text, submitted_at timestamptz, received_at timestamptz, paid_at timestamptz,
    closed_at timestamptz, target_due_at timestamptz, fee_idr bigint, paused_seconds bigint,
    was_info_requested boolean, partner_code text
)
    RETURNS TABLE (
        day date, kind text, bucket integer, intake integer, info_requested integer,
        granted integer, refused integer, withdrawn integer, lapsed integer,
        within_target integer, backlog_change integer, revenue_idr bigint, measured integer
    )
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT
        wib_day(paid_at), NULL::text, NULL::integer, 1, was_info_requested::integer,
        0, 0, 0, 0, 0, 0, fee_idr, 0
    WHERE paid_at IS NOT NULL
    UNION ALL
    SELECT
        wib_day(closed_at), NULL, NULL, 0, 0,
        (status IN ('GRANTED', 'REVOKED'))::integer,
        (status = 'REFUSED')::integer,
        (status = 'WITHDRAWN')::integer,
        (status = 'LAPSED')::integer,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED') AND closed_at <= target_due_at)::integer,
        -(wib_day(closed_at) > wib_day(target_due_at))::integer,
        0, 0
    WHERE paid_at IS NOT NULL AND closed_at IS NOT NULL
    UNION ALL
    SELECT wib_day(target_due_at), NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0
    WHERE paid_at IS NOT NULL
        AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(target_due_at))
    UNION ALL
    SELECT
        wib_day(closed_at), decided.kind, duration_bucket(decided.seconds),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    FROM (
        VALUES
            ('turnaround', extract(epoch FROM closed_at - paid_at)),
            ('adjusted', extract(epoch FROM closed_at - paid_at) - paused_seconds)
    ) AS decided (kind, seconds)
    WHERE paid_at IS NOT NULL AND status IN ('GRANTED', 'REVOKED', 'REFUSED')
    UNION ALL
    SELECT
        wib_day(received_at), 'handover',
        duration_bucket(extract(epoch FROM received_at - submitted_at)),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    WHERE received_at IS NOT NULL AND partner_code IS NOT NULL
$$;
