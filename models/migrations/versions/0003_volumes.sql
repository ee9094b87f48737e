-- Processing volumes: the outbox of changes, the grains, what else is counted.

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
    ground text,
    bucket integer,
    intake integer DEFAULT 0 NOT NULL,
    info_requested integer DEFAULT 0 NOT NULL,
    wip_change integer DEFAULT 0 NOT NULL,
    backlog_change integer DEFAULT 0 NOT NULL,
    revenue_idr bigint DEFAULT 0 NOT NULL,
    granted integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    withdrawn integer DEFAULT 0 NOT NULL,
    lapsed integer DEFAULT 0 NOT NULL,
    within_target integer DEFAULT 0 NOT NULL,
    cohort_decided integer DEFAULT 0 NOT NULL,
    cohort_within_target integer DEFAULT 0 NOT NULL,
    measured integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_volume_outbox PRIMARY KEY (id)
);

CREATE TABLE volume_yearly (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    wip_change integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    cohort_decided integer NOT NULL,
    cohort_within_target integer NOT NULL,
    CONSTRAINT uq_volume_yearly
        UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    wip_change integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    cohort_decided integer NOT NULL,
    cohort_within_target integer NOT NULL,
    CONSTRAINT uq_volume_monthly
        UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_duration (
    clock text NOT NULL,
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    buckets integer[] NOT NULL,
    ranks integer[] NOT NULL,
    CONSTRAINT uq_volume_monthly_duration
        UNIQUE NULLS NOT DISTINCT (clock, starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_type (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    visa_type_code text,
    channel text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    wip_change integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    cohort_decided integer NOT NULL,
    cohort_within_target integer NOT NULL,
    CONSTRAINT uq_volume_monthly_type
        UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code,
            visa_type_code, channel)
);

CREATE TABLE volume_monthly_type_duration (
    clock text NOT NULL,
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    visa_type_code text,
    channel text,
    buckets integer[] NOT NULL,
    ranks integer[] NOT NULL,
    CONSTRAINT uq_volume_monthly_type_duration
        UNIQUE NULLS NOT DISTINCT (clock, starts_on, partner_code,
            country_code, visa_type_code, channel)
);

CREATE TABLE volume_monthly_nationality (
    starts_on date NOT NULL,
    nationality_code text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    wip_change integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    cohort_decided integer NOT NULL,
    cohort_within_target integer NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality
        UNIQUE NULLS NOT DISTINCT (starts_on, nationality_code)
);

CREATE TABLE volume_monthly_nationality_duration (
    clock text NOT NULL,
    starts_on date NOT NULL,
    nationality_code text,
    buckets integer[] NOT NULL,
    ranks integer[] NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality_duration
        UNIQUE NULLS NOT DISTINCT (clock, starts_on, nationality_code)
);

CREATE TABLE volume_monthly_nationality_place (
    starts_on date NOT NULL,
    nationality_code text,
    partner_code text,
    country_code text,
    intake integer NOT NULL,
    info_requested integer NOT NULL,
    wip_change integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    cohort_decided integer NOT NULL,
    cohort_within_target integer NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality_place
        UNIQUE NULLS NOT DISTINCT (starts_on, nationality_code, partner_code, country_code)
);

CREATE TABLE volume_monthly_nationality_place_duration (
    clock text NOT NULL,
    starts_on date NOT NULL,
    nationality_code text,
    partner_code text,
    country_code text,
    buckets integer[] NOT NULL,
    ranks integer[] NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality_place_duration
        UNIQUE NULLS NOT DISTINCT (clock, starts_on, nationality_code,
            partner_code, country_code)
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
    wip_change integer NOT NULL,
    backlog_change integer NOT NULL,
    revenue_idr bigint NOT NULL,
    granted integer NOT NULL,
    refused integer NOT NULL,
    withdrawn integer NOT NULL,
    lapsed integer NOT NULL,
    within_target integer NOT NULL,
    cohort_decided integer NOT NULL,
    cohort_within_target integer NOT NULL,
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
        UNIQUE NULLS NOT DISTINCT (kind, starts_on, country_code,
            nationality_code, partner_code, centre_code, visa_type_code, channel, bucket)
);
CREATE INDEX ix_volume_daily_duration_empty ON volume_daily_duration (kind) WHERE measured = 0;

CREATE TABLE volume_age (
    starts_on date NOT NULL,
    partner_code text,
    country_code text,
    bucket integer NOT NULL,
    measured integer NOT NULL,
    CONSTRAINT uq_volume_age
        UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code, bucket)
);

CREATE TABLE volume_age_detailed (
    starts_on date NOT NULL,
    country_code text,
    nationality_code text,
    partner_code text,
    centre_code text,
    visa_type_code text,
    channel text,
    bucket integer NOT NULL,
    measured integer NOT NULL,
    CONSTRAINT uq_volume_age_detailed
        UNIQUE NULLS NOT DISTINCT (starts_on, country_code, nationality_code,
            partner_code, centre_code, visa_type_code, channel, bucket)
);

CREATE TABLE volume_ground (
    starts_on date NOT NULL,
    ground text NOT NULL,
    refused integer NOT NULL,
    CONSTRAINT uq_volume_ground
        UNIQUE NULLS NOT DISTINCT (starts_on, ground)
);

CREATE TABLE volume_referral (
    starts_on date NOT NULL,
    referred integer NOT NULL,
    held integer NOT NULL,
    CONSTRAINT uq_volume_referral
        UNIQUE NULLS NOT DISTINCT (starts_on)
);

CREATE TABLE volume_stale_days (
    id bigint GENERATED ALWAYS AS IDENTITY,
    first_on date NOT NULL,
    last_on date,
    CONSTRAINT pk_volume_stale_days PRIMARY KEY (id)
);

CREATE TABLE volume_aged_until (
    day date NOT NULL,
    CONSTRAINT pk_volume_aged_until PRIMARY KEY (day)
);
