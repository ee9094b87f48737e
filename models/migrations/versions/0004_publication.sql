-- Published figures: protected before they are written. Only the job reads its notes.

CREATE TABLE volume_edition (
    period text NOT NULL,
    starts_on date NOT NULL,
    edition integer NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT pk_volume_edition PRIMARY KEY (period, starts_on, edition)
);

CREATE TABLE volume_published (
    dimension_set text NOT NULL,
    period text NOT NULL,
    starts_on date NOT NULL,
    country_code text,
    nationality_code text,
    partner_code text,
    centre_code text,
    visa_type_code text,
    channel text,
    edition integer NOT NULL,
    intake bigint,
    decisions bigint,
    refused bigint,
    refusal_rate double precision,
    target_rate double precision,
    turnaround_p50 double precision,
    turnaround_p90 double precision,
    turnaround_adjusted_p50 double precision,
    turnaround_adjusted_p90 double precision,
    CONSTRAINT uq_volume_published
        UNIQUE NULLS NOT DISTINCT (dimension_set, period, starts_on, country_code,
            nationality_code, partner_code, centre_code, visa_type_code, channel, edition)
);

CREATE TABLE volume_publication_note (
    dimension_set text NOT NULL,
    period text NOT NULL,
    starts_on date NOT NULL,
    codes text[] NOT NULL,
    counts bigint[] NOT NULL,
    low bigint[] NOT NULL,
    high bigint[] NOT NULL,
    CONSTRAINT pk_volume_publication_note PRIMARY KEY (dimension_set, period, starts_on, codes)
);
