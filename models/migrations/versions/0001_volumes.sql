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
    bucket integer,
    intake integer NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
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

CREATE TABLE volume_daily_turnaround (
    starts_on date NOT NULL,
    country_code text,
    nationality_code text,
    partner_code text,
    centre_code text,
    visa_type_code text,
    channel text,
    bucket integer NOT NULL,
    decisions integer NOT NULL,
    CONSTRAINT uq_volume_daily_turnaround
        UNIQUE NULLS NOT DISTINCT (starts_on, country_code, nationality_code,
            partner_code, centre_code, visa_type_code, channel, bucket)
);

CREATE TABLE volume_monthly (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    intake integer NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    CONSTRAINT uq_volume_monthly UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_turnaround (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    bucket integer NOT NULL,
    decisions integer NOT NULL,
    CONSTRAINT uq_volume_monthly_turnaround
        UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code, bucket)
);

CREATE FUNCTION wib_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE interval '7 hours')::date;

-- The one definition of what an application adds to the figures, day by day. A turnaround of
-- t seconds falls into bucket ceil(50 ln t): buckets grow by 2 %, so their middle is at most 1 % off.
CREATE FUNCTION volume_contribution(
    status text, paid_at timestamptz, closed_at timestamptz, target_due_at timestamptz,
    fee_idr bigint
)
    RETURNS TABLE (
        day date, bucket integer, intake integer, granted integer, refused integer,
        withdrawn integer, lapsed integer, within_target integer, backlog_change integer,
        revenue_idr bigint
    )
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT wib_day(paid_at), NULL::integer, 1, 0, 0, 0, 0, 0, 0, fee_idr
    WHERE paid_at IS NOT NULL
    UNION ALL
    SELECT
        wib_day(closed_at),
        CASE WHEN status IN ('GRANTED', 'REVOKED', 'REFUSED') THEN
            ceil(50 * ln(greatest(extract(epoch FROM closed_at - paid_at), 1)::float8))::integer
        END,
        0,
        (status IN ('GRANTED', 'REVOKED'))::integer,
        (status = 'REFUSED')::integer,
        (status = 'WITHDRAWN')::integer,
        (status = 'LAPSED')::integer,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED') AND closed_at <= target_due_at)::integer,
        -(wib_day(closed_at) > wib_day(target_due_at))::integer,
        0
    WHERE paid_at IS NOT NULL AND closed_at IS NOT NULL
    UNION ALL
    SELECT wib_day(target_due_at), NULL, 0, 0, 0, 0, 0, 0, 1, 0
    WHERE paid_at IS NOT NULL
        AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(target_due_at))
$$;
