CREATE FUNCTION wib_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE interval '7 hours')::date;

CREATE FUNCTION epoch_hour(instant timestamptz) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM instant) / 3600)::integer;

CREATE FUNCTION end_of_wib_day(day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (day + 1)::timestamp AT TIME ZONE interval '7 hours';

CREATE FUNCTION target_passes(paid timestamptz, due timestamptz, percent int) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    DECLARE
        days date[];
        passed numeric;
    BEGIN
        IF due <> end_of_wib_day(wib_day(due) - 1) THEN
            RETURN paid + (due - paid) * percent / 100;
        END IF;
        days := ARRAY(
            SELECT counted.day::date
            FROM generate_series(wib_day(paid) + 1, wib_day(due) - 1, interval '1 day') AS counted (day)
            LEFT JOIN day_off ON day_off.day = counted.day::date
            WHERE NOT coalesce(is_off, extract(isodow FROM counted.day) > 5)
            ORDER BY counted.day
        );
        passed := cardinality(days) * percent / 100.0;
        IF passed = floor(passed) THEN
            RETURN coalesce(end_of_wib_day(days[passed]), due);
        END IF;
        RETURN end_of_wib_day(days[1 + floor(passed)] - 1) + (passed - floor(passed)) * interval '1 day';
    END
$$;

CREATE TYPE histogram AS (buckets integer[], ranks integer[]);

CREATE FUNCTION duration_bucket(seconds numeric) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ceil(50 * ln(greatest(seconds, 1)::float8))::integer;

CREATE FUNCTION rank_at(buckets integer[], ranks integer[], bucket integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(ranks[width_bucket(bucket, buckets)], 0);

CREATE FUNCTION total_rank(ranks integer[]) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(ranks[cardinality(ranks)], 0);

CREATE FUNCTION negated(ranks integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(
        SELECT -rank FROM unnest(ranks) WITH ORDINALITY AS line (rank, place) ORDER BY place
    );

CREATE FUNCTION expand_histogram(buckets integer[], ranks integer[])
    RETURNS TABLE (bucket integer, measured integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bucket, rank - lag(rank, 1, 0) OVER (ORDER BY place)
    FROM unnest(buckets, ranks) WITH ORDINALITY AS line (bucket, rank, place)
$$;

CREATE FUNCTION merge_histograms(
    buckets integer[], ranks integer[], other_buckets integer[], other_ranks integer[]
)
    RETURNS histogram
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT
        coalesce(array_agg(bucket ORDER BY bucket), '{}'),
        coalesce(array_agg(rank ORDER BY bucket), '{}')
    FROM (
        SELECT bucket, (sum(sum(measured)) OVER (ORDER BY bucket))::integer AS rank
        FROM (
            SELECT * FROM expand_histogram(buckets, ranks)
            UNION ALL
            SELECT * FROM expand_histogram(other_buckets, other_ranks)
        ) AS line
        GROUP BY bucket
        HAVING sum(measured) <> 0
    ) AS ranked
$$;

CREATE FUNCTION percentile_buckets(histograms histogram[], percents integer[]) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        lowest integer;
        highest integer;
        low integer;
        high integer;
        middle integer;
        of_all bigint;
        up_to bigint;
        percent integer;
        one histogram;
        reached integer[] = '{}';
    BEGIN
        SELECT sum(total_rank(ranks)), min(buckets[1]), max(buckets[cardinality(buckets)])
        INTO of_all, lowest, highest
        FROM unnest(histograms);
        FOREACH percent IN ARRAY percents LOOP
            low = lowest;
            high = highest;
            WHILE low < high LOOP
                middle = (low + high) / 2;
                up_to = 0;
                -- An expression costs a tenth of a statement, and most groups have few histograms.
                FOREACH one IN ARRAY histograms LOOP
                    up_to = up_to + rank_at(one.buckets, one.ranks, middle);
                END LOOP;
                IF up_to * 100 >= of_all * percent THEN
                    high = middle;
                ELSE
                    low = middle + 1;
                END IF;
            END LOOP;
            reached = reached || low;
        END LOOP;
        RETURN reached;
    END
$$;

CREATE TABLE volume_yearly (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_yearly UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_type (
    starts_on DATE NOT NULL,
    visa_type_code TEXT,
    channel TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_monthly_type UNIQUE NULLS NOT DISTINCT (starts_on, visa_type_code, channel)
);

CREATE TABLE volume_monthly_type_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    visa_type_code TEXT,
    channel TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_monthly_type_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, visa_type_code, channel)
);

CREATE TABLE volume_monthly (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_monthly UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_monthly_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, partner_code, country_code)
);

CREATE TABLE volume_monthly_centre (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_monthly_centre UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code, centre_code)
);

CREATE TABLE volume_monthly_centre_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_monthly_centre_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, partner_code, country_code, centre_code)
);

CREATE TABLE volume_monthly_type_place (
    starts_on DATE NOT NULL,
    visa_type_code TEXT,
    channel TEXT,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_monthly_type_place UNIQUE NULLS NOT DISTINCT (starts_on, visa_type_code, channel, partner_code, country_code, centre_code)
);

CREATE TABLE volume_monthly_type_place_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    visa_type_code TEXT,
    channel TEXT,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_monthly_type_place_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, visa_type_code, channel, partner_code, country_code, centre_code)
);

CREATE TABLE volume_monthly_nationality (
    starts_on DATE NOT NULL,
    nationality_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality UNIQUE NULLS NOT DISTINCT (starts_on, nationality_code)
);

CREATE TABLE volume_monthly_nationality_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    nationality_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, nationality_code)
);

CREATE TABLE volume_monthly_nationality_place (
    starts_on DATE NOT NULL,
    nationality_code TEXT,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality_place UNIQUE NULLS NOT DISTINCT (starts_on, nationality_code, partner_code, country_code, centre_code)
);

CREATE TABLE volume_monthly_nationality_place_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    nationality_code TEXT,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_monthly_nationality_place_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, nationality_code, partner_code, country_code, centre_code)
);

CREATE TABLE volume_daily_type (
    starts_on DATE NOT NULL,
    visa_type_code TEXT,
    channel TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_daily_type UNIQUE NULLS NOT DISTINCT (starts_on, visa_type_code, channel)
);

CREATE TABLE volume_daily_type_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    visa_type_code TEXT,
    channel TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_daily_type_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, visa_type_code, channel)
);

CREATE TABLE volume_daily_place (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_daily_place UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code)
);

CREATE INDEX ix_volume_daily_place_partner_code_country_code_starts_on ON volume_daily_place (partner_code, country_code, starts_on);

CREATE TABLE volume_daily_place_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_daily_place_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, partner_code, country_code)
);

CREATE INDEX ix_volume_daily_place_duration_partner_code_country_cod_db5e ON volume_daily_place_duration (partner_code, country_code, starts_on);

CREATE TABLE volume_daily_nationality (
    starts_on DATE NOT NULL,
    nationality_code TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_daily_nationality UNIQUE NULLS NOT DISTINCT (starts_on, nationality_code)
);

CREATE TABLE volume_daily_nationality_duration (
    clock TEXT NOT NULL,
    starts_on DATE NOT NULL,
    nationality_code TEXT,
    buckets INTEGER[] NOT NULL,
    ranks INTEGER[] NOT NULL,
    CONSTRAINT uq_volume_daily_nationality_duration UNIQUE NULLS NOT DISTINCT (clock, starts_on, nationality_code)
);

CREATE TABLE volume_daily (
    starts_on DATE NOT NULL,
    country_code TEXT,
    nationality_code TEXT,
    partner_code TEXT,
    centre_code TEXT,
    visa_type_code TEXT,
    trip_purpose TEXT,
    channel TEXT,
    intake INTEGER NOT NULL,
    info_requested INTEGER NOT NULL,
    wip_change INTEGER NOT NULL,
    backlog_change INTEGER NOT NULL,
    revenue_idr BIGINT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    lapsed INTEGER NOT NULL,
    within_target INTEGER NOT NULL,
    cohort_decided INTEGER NOT NULL,
    cohort_within_target INTEGER NOT NULL,
    overturned INTEGER NOT NULL,
    decisions INTEGER GENERATED ALWAYS AS (granted + refused) STORED NOT NULL,
    CONSTRAINT uq_volume_daily UNIQUE NULLS NOT DISTINCT (starts_on, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel)
);

CREATE INDEX ix_volume_daily_partner_code_centre_code_starts_on ON volume_daily (partner_code, centre_code, starts_on);

CREATE INDEX ix_volume_daily_partner_code_country_code_starts_on ON volume_daily (partner_code, country_code, starts_on);

CREATE TABLE volume_daily_duration (
    kind TEXT NOT NULL,
    starts_on DATE NOT NULL,
    country_code TEXT,
    nationality_code TEXT,
    partner_code TEXT,
    centre_code TEXT,
    visa_type_code TEXT,
    trip_purpose TEXT,
    channel TEXT,
    bucket INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    CONSTRAINT uq_volume_daily_duration UNIQUE NULLS NOT DISTINCT (kind, starts_on, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, bucket)
);

CREATE INDEX ix_volume_daily_duration_empty ON volume_daily_duration (kind) WHERE measured = 0;

CREATE INDEX ix_volume_daily_duration_partner_code_centre_code_starts_on ON volume_daily_duration (partner_code, centre_code, starts_on);

CREATE INDEX ix_volume_daily_duration_partner_code_country_code_starts_on ON volume_daily_duration (partner_code, country_code, starts_on);

CREATE TABLE volume_age (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    bucket INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    CONSTRAINT uq_volume_age UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code, bucket)
);

CREATE TABLE volume_age_detailed (
    starts_on DATE NOT NULL,
    country_code TEXT,
    nationality_code TEXT,
    partner_code TEXT,
    centre_code TEXT,
    visa_type_code TEXT,
    trip_purpose TEXT,
    channel TEXT,
    bucket INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    CONSTRAINT uq_volume_age_detailed UNIQUE NULLS NOT DISTINCT (starts_on, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, bucket)
);

CREATE INDEX ix_volume_age_detailed_partner_code_centre_code_starts_on ON volume_age_detailed (partner_code, centre_code, starts_on);

CREATE INDEX ix_volume_age_detailed_partner_code_country_code_starts_on ON volume_age_detailed (partner_code, country_code, starts_on);

CREATE TABLE volume_ground (
    starts_on DATE NOT NULL,
    ground TEXT NOT NULL,
    refused INTEGER NOT NULL,
    CONSTRAINT uq_volume_ground UNIQUE NULLS NOT DISTINCT (starts_on, ground)
);

CREATE TABLE volume_rule (
    starts_on DATE NOT NULL,
    visa_type_code TEXT NOT NULL,
    by_rule INTEGER DEFAULT '0' NOT NULL,
    sample_granted INTEGER DEFAULT '0' NOT NULL,
    sample_refused INTEGER DEFAULT '0' NOT NULL,
    decided_twice INTEGER DEFAULT '0' NOT NULL,
    differing INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT uq_volume_rule UNIQUE NULLS NOT DISTINCT (starts_on, visa_type_code)
);

CREATE TABLE volume_referral (
    starts_on DATE NOT NULL,
    referred INTEGER NOT NULL,
    held INTEGER NOT NULL,
    CONSTRAINT uq_volume_referral UNIQUE NULLS NOT DISTINCT (starts_on)
);

CREATE TABLE volume_outbox (
    written_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    day DATE NOT NULL,
    country_code TEXT,
    nationality_code TEXT,
    partner_code TEXT,
    centre_code TEXT,
    visa_type_code TEXT,
    trip_purpose TEXT,
    channel TEXT,
    kind TEXT,
    ground TEXT,
    done_by TEXT,
    bucket INTEGER,
    intake INTEGER DEFAULT 0 NOT NULL,
    info_requested INTEGER DEFAULT 0 NOT NULL,
    wip_change INTEGER DEFAULT 0 NOT NULL,
    backlog_change INTEGER DEFAULT 0 NOT NULL,
    revenue_idr BIGINT DEFAULT 0 NOT NULL,
    granted INTEGER DEFAULT 0 NOT NULL,
    refused INTEGER DEFAULT 0 NOT NULL,
    withdrawn INTEGER DEFAULT 0 NOT NULL,
    lapsed INTEGER DEFAULT 0 NOT NULL,
    within_target INTEGER DEFAULT 0 NOT NULL,
    cohort_decided INTEGER DEFAULT 0 NOT NULL,
    cohort_within_target INTEGER DEFAULT 0 NOT NULL,
    overturned INTEGER DEFAULT 0 NOT NULL,
    measured INTEGER DEFAULT 0 NOT NULL
);

CREATE TABLE volume_stale_days (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    first_on DATE NOT NULL,
    last_on DATE,
    CONSTRAINT pk_volume_stale_days PRIMARY KEY (id)
);

CREATE TABLE volume_aged_until (
    day DATE NOT NULL,
    CONSTRAINT pk_volume_aged_until PRIMARY KEY (day)
);

CREATE TABLE country (
    code TEXT NOT NULL,
    iso3 TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_id TEXT NOT NULL,
    region TEXT NOT NULL,
    CONSTRAINT pk_country PRIMARY KEY (code),
    CONSTRAINT ck_country_region_is_known CHECK (region IN ('AFRICA', 'AMERICAS', 'EAST_ASIA', 'SOUTHEAST_ASIA', 'SOUTH_AND_CENTRAL_ASIA', 'MIDDLE_EAST', 'EUROPE', 'OCEANIA')),
    CONSTRAINT ck_country_code_is_iso_alpha_2 CHECK (code ~ '^[A-Z]{2}$'),
    CONSTRAINT ck_country_iso3_is_iso_alpha_3 CHECK (iso3 ~ '^[A-Z]{3}$'),
    CONSTRAINT uq_country_iso3 UNIQUE (iso3)
);

CREATE INDEX ix_country_name_en ON country (name_en);

CREATE INDEX ix_country_name_id ON country (name_id);

CREATE TABLE visa_type (
    code TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_id TEXT NOT NULL,
    category TEXT NOT NULL,
    stay_days BIGINT NOT NULL,
    is_multiple_entry BOOLEAN NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    CONSTRAINT pk_visa_type PRIMARY KEY (code),
    CONSTRAINT ck_visa_type_category_is_known CHECK (category IN ('TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT', 'TRANSIT')),
    CONSTRAINT ck_visa_type_stay_is_positive CHECK (stay_days > 0),
    CONSTRAINT ck_visa_type_ends_after_it_begins CHECK (valid_until > valid_from)
);

CREATE TABLE deadline (
    wait TEXT NOT NULL,
    valid_from DATE NOT NULL,
    days BIGINT NOT NULL,
    CONSTRAINT pk_deadline PRIMARY KEY (wait, valid_from),
    CONSTRAINT ck_deadline_wait_is_known CHECK (wait IN ('PAYMENT', 'BILLING_CODE', 'ANSWER', 'INTENTION', 'CROSSING')),
    CONSTRAINT ck_deadline_days_are_positive CHECK (days > 0)
);

CREATE TABLE day_off (
    day DATE NOT NULL,
    name_en TEXT NOT NULL,
    name_id TEXT NOT NULL,
    is_off BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pk_day_off PRIMARY KEY (day)
);

CREATE TABLE volume_complaint (
    kind TEXT NOT NULL,
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    lodged INTEGER NOT NULL,
    CONSTRAINT uq_volume_complaint UNIQUE NULLS NOT DISTINCT (kind, starts_on, partner_code, country_code)
);

CREATE TABLE volume_officer (
    starts_on DATE NOT NULL,
    officer TEXT NOT NULL,
    visa_type_code TEXT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    given_back INTEGER NOT NULL,
    given_back_after_reading INTEGER NOT NULL,
    CONSTRAINT uq_volume_officer UNIQUE NULLS NOT DISTINCT (starts_on, officer, visa_type_code)
);

CREATE TABLE volume_monthly_officer (
    starts_on DATE NOT NULL,
    officer TEXT NOT NULL,
    visa_type_code TEXT NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    given_back INTEGER NOT NULL,
    given_back_after_reading INTEGER NOT NULL,
    CONSTRAINT uq_volume_monthly_officer UNIQUE NULLS NOT DISTINCT (starts_on, officer, visa_type_code)
);

CREATE TABLE volume_outcome (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    broken_down_by TEXT,
    code TEXT,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    CONSTRAINT uq_volume_outcome UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code, broken_down_by, code)
);

CREATE TABLE volume_outcome_place (
    starts_on DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    broken_down_by TEXT,
    code TEXT,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    CONSTRAINT uq_volume_outcome_place UNIQUE NULLS NOT DISTINCT (starts_on, partner_code, country_code, centre_code, broken_down_by, code)
);

CREATE TABLE volume_stay (
    broken_down_by TEXT,
    starts_on DATE NOT NULL,
    code TEXT,
    in_country_change INTEGER DEFAULT '0' NOT NULL,
    overstay_change INTEGER DEFAULT '0' NOT NULL,
    unused INTEGER DEFAULT '0' NOT NULL,
    extensions INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT uq_volume_stay UNIQUE NULLS NOT DISTINCT (broken_down_by, starts_on, code)
);

CREATE TABLE volume_monthly_stay (
    broken_down_by TEXT,
    starts_on DATE NOT NULL,
    code TEXT,
    in_country_change INTEGER DEFAULT '0' NOT NULL,
    overstay_change INTEGER DEFAULT '0' NOT NULL,
    unused INTEGER DEFAULT '0' NOT NULL,
    extensions INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT uq_volume_monthly_stay UNIQUE NULLS NOT DISTINCT (broken_down_by, starts_on, code)
);

CREATE TABLE volume_erased_stay (
    day DATE NOT NULL,
    nationality_code TEXT NOT NULL,
    visa_type_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    measured INTEGER NOT NULL,
    CONSTRAINT uq_volume_erased_stay UNIQUE NULLS NOT DISTINCT (day, nationality_code, visa_type_code, kind)
);

CREATE TABLE data_version (
    data TEXT NOT NULL,
    version UUID DEFAULT gen_random_uuid() NOT NULL,
    changed_in BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    CONSTRAINT pk_data_version PRIMARY KEY (data)
);

CREATE TABLE breach_lookup (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    list TEXT NOT NULL,
    viewer TEXT,
    window_from TIMESTAMP WITH TIME ZONE NOT NULL,
    window_before TIMESTAMP WITH TIME ZONE NOT NULL,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_breach_lookup PRIMARY KEY (id),
    CONSTRAINT ck_breach_lookup_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_breach_lookup_list_is_known CHECK (list IN ('READ', 'IN_REACH')),
    CONSTRAINT ck_breach_lookup_window_is_one CHECK (window_from < window_before)
);

CREATE INDEX ix_breach_lookup_occurred_at_id ON breach_lookup (occurred_at, id);

CREATE TABLE account_outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    source TEXT NOT NULL,
    row_id UUID NOT NULL,
    CONSTRAINT pk_account_outbox PRIMARY KEY (id)
);

CREATE TABLE account_leaf (
    position BIGINT NOT NULL,
    source TEXT NOT NULL,
    row_id UUID NOT NULL,
    hash BYTEA NOT NULL,
    salt BYTEA NOT NULL,
    CONSTRAINT pk_account_leaf PRIMARY KEY (position),
    CONSTRAINT ck_account_leaf_hash_is_whole CHECK (length(hash) = 32),
    CONSTRAINT ck_account_leaf_salt_is_whole CHECK (length(salt) = 16)
);

CREATE INDEX ix_account_leaf_reads ON account_leaf (row_id) WHERE source = 'access_event';

CREATE TABLE account_node (
    level SMALLINT NOT NULL,
    place BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_account_node PRIMARY KEY (level, place)
);

CREATE TABLE account_head (
    is_only BOOLEAN DEFAULT true NOT NULL,
    size BIGINT NOT NULL,
    frontier BYTEA[] NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    uncosigned_since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_account_head PRIMARY KEY (is_only),
    CONSTRAINT ck_account_head_there_is_one CHECK (is_only)
);

CREATE TABLE account_source (
    source TEXT NOT NULL,
    taken_up_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    changes_from BIGINT,
    leaves_from BIGINT,
    CONSTRAINT pk_account_source PRIMARY KEY (source)
);

CREATE TABLE account_drop (
    id UUID NOT NULL,
    dropped_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    before TIMESTAMP WITH TIME ZONE NOT NULL,
    kept_days BIGINT NOT NULL,
    firsts BIGINT[] NOT NULL,
    lasts BIGINT[] NOT NULL,
    public_key BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    CONSTRAINT pk_account_drop PRIMARY KEY (id),
    CONSTRAINT ck_account_drop_kept_long_enough CHECK (kept_days >= 365),
    CONSTRAINT ck_account_drop_of_age CHECK (before + kept_days * interval '24 hours' <= dropped_at),
    CONSTRAINT ck_account_drop_runs_are_whole CHECK (cardinality(firsts) = cardinality(lasts) AND cardinality(firsts) > 0)
);

CREATE TABLE ban_entry (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    ground TEXT NOT NULL,
    reason TEXT NOT NULL,
    banned_from DATE NOT NULL,
    banned_until DATE,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    rejected_by TEXT,
    rejected_at TIMESTAMP WITH TIME ZONE,
    reject_reason TEXT,
    withdrawal_proposed_by TEXT,
    withdrawal_proposed_at TIMESTAMP WITH TIME ZONE,
    withdrawal_reason TEXT,
    withdrawn_by TEXT,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    state TEXT GENERATED ALWAYS AS (CASE WHEN withdrawn_by IS NOT NULL THEN 'WITHDRAWN' WHEN withdrawal_proposed_by IS NOT NULL THEN 'WITHDRAWAL_PROPOSED' WHEN rejected_by IS NOT NULL THEN 'REJECTED' WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE 'PROPOSED' END) STORED NOT NULL,
    is_screened BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_ban_entry PRIMARY KEY (id),
    CONSTRAINT ck_ban_entry_ground_is_known CHECK (ground IN ('OVERSTAY', 'FORGED_DOCUMENT', 'FALSE_STATEMENT', 'UNLAWFUL_ACTIVITY', 'CRIME', 'SECURITY', 'PUBLIC_HEALTH', 'REQUEST_OF_AN_AUTHORITY')),
    CONSTRAINT ck_ban_entry_state_is_known CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWAL_PROPOSED', 'WITHDRAWN')),
    CONSTRAINT ck_ban_entry_ends_after_it_begins CHECK (banned_until >= banned_from),
    CONSTRAINT ck_ban_entry_approved_by_another CHECK (approved_by <> proposed_by),
    CONSTRAINT ck_ban_entry_rejected_by_another CHECK (rejected_by <> proposed_by),
    CONSTRAINT ck_ban_entry_withdrawn_by_another CHECK (withdrawn_by <> withdrawal_proposed_by),
    CONSTRAINT ck_ban_entry_approved_once CHECK (num_nulls(approved_by, approved_at) IN (0, 2)),
    CONSTRAINT ck_ban_entry_rejected_with_reason CHECK (num_nulls(rejected_by, rejected_at, reject_reason) IN (0, 3)),
    CONSTRAINT ck_ban_entry_one_answer CHECK (num_nonnulls(approved_by, rejected_by) < 2),
    CONSTRAINT ck_ban_entry_withdrawal_with_reason CHECK (num_nulls(withdrawal_proposed_by, withdrawal_proposed_at, withdrawal_reason) IN (0, 3) AND (withdrawal_proposed_by IS NULL OR approved_by IS NOT NULL)),
    CONSTRAINT ck_ban_entry_withdrawn_once CHECK (num_nulls(withdrawn_by, withdrawn_at) IN (0, 2) AND (withdrawn_by IS NULL OR withdrawal_proposed_by IS NOT NULL)),
    CONSTRAINT uq_ban_entry_reference UNIQUE (reference)
);

CREATE INDEX ix_ban_entry_proposed_at_id ON ban_entry (proposed_at, id);

CREATE INDEX ix_ban_entry_state_proposed_at_id ON ban_entry (state, proposed_at, id);

CREATE INDEX ix_ban_entry_unscreened ON ban_entry (banned_from) WHERE approved_by IS NOT NULL AND withdrawn_by IS NULL AND NOT is_screened;

CREATE TABLE crossing (
    id UUID NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    reported_by TEXT NOT NULL,
    report_key TEXT NOT NULL,
    direction TEXT NOT NULL,
    crossed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    port TEXT NOT NULL,
    passengers BYTEA[] NOT NULL,
    visa_number TEXT,
    matched_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_crossing PRIMARY KEY (reported_at, id),
    CONSTRAINT ck_crossing_direction_is_known CHECK (direction IN ('ENTRY', 'EXIT')),
    CONSTRAINT ck_crossing_report_key_is_formed CHECK (report_key ~ '^[0-9A-Za-z._:-]{1,64}$'),
    CONSTRAINT ck_crossing_visa_number_is_formed CHECK (visa_number ~ '^[0-9A-Z-]{1,20}$'),
    CONSTRAINT ck_crossing_kept_if_unmatched CHECK (num_nulls(matched_at, visa_number) = 1),
    CONSTRAINT ck_crossing_port_is_a_code CHECK (port ~ '^[0-9A-Z]{3,5}$'),
    CONSTRAINT ck_crossing_somebody_crossed CHECK (cardinality(passengers) BETWEEN 1 AND 9)
)
 PARTITION BY RANGE (reported_at);

CREATE INDEX ix_crossing_crossed_at_id ON crossing (crossed_at, id) WHERE matched_at IS NULL;

CREATE INDEX ix_crossing_kept ON crossing (visa_number) WHERE matched_at IS NULL;

CREATE INDEX ix_crossing_reported_by_report_key ON crossing (reported_by, report_key);

CREATE TABLE crossing_reference (
    reported_by TEXT NOT NULL,
    report_key TEXT NOT NULL,
    row_id UUID NOT NULL,
    CONSTRAINT pk_crossing_reference PRIMARY KEY (reported_by, report_key),
    CONSTRAINT uq_crossing_reference_row_id UNIQUE (row_id)
);

CREATE TABLE overstay_confirmation (
    id UUID NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    confirmed_by TEXT NOT NULL,
    stay_id UUID NOT NULL,
    CONSTRAINT pk_overstay_confirmation PRIMARY KEY (id)
);

CREATE INDEX ix_overstay_confirmation_confirmed_at_id ON overstay_confirmation (confirmed_at, id);

CREATE INDEX ix_overstay_confirmation_stay_id ON overstay_confirmation (stay_id);

CREATE TABLE unmatched_payment (
    id UUID NOT NULL,
    receipt_number TEXT NOT NULL,
    billing_code TEXT NOT NULL,
    amount_idr BIGINT NOT NULL,
    kept_by TEXT NOT NULL,
    kept_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recommended_by TEXT,
    reason TEXT,
    recommended_at TIMESTAMP WITH TIME ZONE,
    recommended_bill TEXT,
    seconded_by TEXT,
    second_reason TEXT,
    seconded_at TIMESTAMP WITH TIME ZONE,
    order_number TEXT,
    ordered_on DATE,
    ordered_by TEXT,
    order_recorded_at TIMESTAMP WITH TIME ZONE,
    assigned_to TEXT,
    assigned_at TIMESTAMP WITH TIME ZONE,
    reversed_at TIMESTAMP WITH TIME ZONE,
    reversal_number TEXT,
    state TEXT GENERATED ALWAYS AS (CASE WHEN reversed_at IS NOT NULL THEN 'REVERSED' WHEN assigned_to IS NOT NULL THEN 'ASSIGNED' WHEN ordered_by IS NOT NULL THEN 'REFUNDED' WHEN seconded_by IS NOT NULL THEN 'REFUND' WHEN recommended_by IS NOT NULL THEN 'RECOMMENDED' ELSE 'KEPT' END) STORED NOT NULL,
    CONSTRAINT pk_unmatched_payment PRIMARY KEY (id),
    CONSTRAINT ck_unmatched_payment_state_is_known CHECK (state IN ('KEPT', 'RECOMMENDED', 'REFUND', 'REFUNDED', 'ASSIGNED', 'REVERSED')),
    CONSTRAINT ck_unmatched_payment_receipt_number_is_formed CHECK (receipt_number ~ '^[0-9A-Z]{16}$'),
    CONSTRAINT ck_unmatched_payment_billing_code_is_a_number CHECK (billing_code ~ '^[0-9]{1,20}$'),
    CONSTRAINT ck_unmatched_payment_amount_is_positive CHECK (amount_idr > 0),
    CONSTRAINT ck_unmatched_payment_recommended_once CHECK (num_nulls(recommended_by, reason, recommended_at) IN (0, 3)),
    CONSTRAINT ck_unmatched_payment_seconded_once CHECK (num_nulls(seconded_by, second_reason, seconded_at) IN (0, 3)),
    CONSTRAINT ck_unmatched_payment_seconded_by_another CHECK (seconded_by <> recommended_by),
    CONSTRAINT ck_unmatched_payment_recommended_before CHECK (seconded_by IS NULL OR recommended_by IS NOT NULL),
    CONSTRAINT ck_unmatched_payment_bill_recommended_by_somebody CHECK (recommended_bill IS NULL OR recommended_by IS NOT NULL AND seconded_by IS NULL),
    CONSTRAINT ck_unmatched_payment_ordered_once CHECK (num_nulls(order_number, ordered_on, ordered_by, order_recorded_at) IN (0, 4)),
    CONSTRAINT ck_unmatched_payment_seconded_before CHECK (ordered_by IS NULL OR seconded_by IS NOT NULL),
    CONSTRAINT ck_unmatched_payment_order_number_is_formed CHECK (order_number ~ '^[0-9A-Z][0-9A-Z/.-]{0,39}$'),
    CONSTRAINT ck_unmatched_payment_assigned_to_something CHECK (num_nulls(assigned_to, assigned_at) IN (0, 2)),
    CONSTRAINT ck_unmatched_payment_settled_once CHECK (num_nonnulls(seconded_by, assigned_to) < 2),
    CONSTRAINT ck_unmatched_payment_reversed_once CHECK (num_nulls(reversed_at, reversal_number) IN (0, 2)),
    CONSTRAINT ck_unmatched_payment_ended_once CHECK (num_nonnulls(assigned_to, ordered_by, reversed_at) < 2),
    CONSTRAINT uq_unmatched_payment_receipt_number UNIQUE (receipt_number)
);

CREATE INDEX ix_unmatched_payment_kept_at_id ON unmatched_payment (kept_at, id);

CREATE INDEX ix_unmatched_payment_state_kept_at_id ON unmatched_payment (state, kept_at, id);

CREATE TABLE payment_reversal (
    id UUID NOT NULL,
    receipt_number TEXT NOT NULL,
    reversal_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_by TEXT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_payment_reversal PRIMARY KEY (id),
    CONSTRAINT ck_payment_reversal_reversal_number_is_formed CHECK (reversal_number ~ '^[0-9A-Z][0-9A-Z/.-]{0,39}$'),
    CONSTRAINT uq_payment_reversal_receipt_number UNIQUE (receipt_number)
);

CREATE TABLE screening_replay (
    id UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    asked_by TEXT NOT NULL,
    reached UUID,
    list_version TEXT,
    rule_version TEXT,
    completed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_screening_replay PRIMARY KEY (id),
    CONSTRAINT ck_screening_replay_compared_by_both CHECK (num_nulls(list_version, rule_version) IN (0, 2)),
    CONSTRAINT ck_screening_replay_completed_by_a_list CHECK (completed_at IS NULL OR list_version IS NOT NULL)
);

CREATE INDEX ix_screening_replay_asked_at_id ON screening_replay (asked_at, id);

CREATE UNIQUE INDEX uq_screening_replay_open ON screening_replay ((completed_at IS NULL)) WHERE completed_at IS NULL;

CREATE TABLE tracking_try (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    file BYTEA NOT NULL,
    source BYTEA NOT NULL,
    kind TEXT DEFAULT 'TRACKING' NOT NULL,
    is_found BOOLEAN NOT NULL,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_tracking_try PRIMARY KEY (occurred_at, id),
    CONSTRAINT ck_tracking_try_kind_is_known CHECK (kind IN ('TRACKING', 'DELIVERY', 'CLAIM')),
    CONSTRAINT ck_tracking_try_digests_are_whole CHECK (length(file) = 16 AND length(source) = 16)
)
 PARTITION BY RANGE (occurred_at);

CREATE INDEX ix_tracking_try_file_occurred_at ON tracking_try (file, occurred_at);

CREATE INDEX ix_tracking_try_source_occurred_at ON tracking_try (source, occurred_at);

CREATE TABLE visa_check (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    passenger BYTEA NOT NULL,
    flight_number TEXT,
    departs_on DATE,
    is_usable BOOLEAN NOT NULL,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_visa_check PRIMARY KEY (occurred_at, id),
    CONSTRAINT ck_visa_check_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_visa_check_passenger_is_whole CHECK (length(passenger) = 32),
    CONSTRAINT ck_visa_check_flight_has_a_day CHECK (num_nulls(flight_number, departs_on) IN (0, 2)),
    CONSTRAINT ck_visa_check_carriers_name_a_flight CHECK (actor_role <> 'CARRIER' OR flight_number IS NOT NULL),
    CONSTRAINT ck_visa_check_flight_number_is_formed CHECK (flight_number ~ '^[A-Z0-9]{3,8}$')
)
 PARTITION BY RANGE (occurred_at);

CREATE INDEX ix_visa_check_actor_occurred_at_id ON visa_check (actor, occurred_at, id);

CREATE INDEX ix_visa_check_passenger_occurred_at ON visa_check (passenger, occurred_at);

CREATE TABLE document_scanner (
    is_set_up BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pk_document_scanner PRIMARY KEY (is_set_up),
    CONSTRAINT ck_document_scanner_is_one CHECK (is_set_up)
);

CREATE TABLE link_count (
    slot BIGINT NOT NULL,
    certain BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    proposed BIGINT NOT NULL,
    CONSTRAINT pk_link_count PRIMARY KEY (slot)
);

CREATE TABLE person_lookup (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    by TEXT NOT NULL,
    found BIGINT NOT NULL,
    sought_key TEXT,
    sought BYTEA,
    found_applicant BOOLEAN,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_person_lookup PRIMARY KEY (id),
    CONSTRAINT ck_person_lookup_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_person_lookup_purpose_is_known CHECK (purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DELIVERY', 'DATA_REQUEST', 'COMPLAINT')),
    CONSTRAINT ck_person_lookup_by_is_known CHECK (by IN ('PASSPORT', 'NAME_AND_BIRTH_DATE')),
    CONSTRAINT ck_person_lookup_found_is_not_negative CHECK (found >= 0),
    CONSTRAINT ck_person_lookup_sought_by_a_key CHECK (num_nulls(sought_key, sought) IN (0, 2)),
    CONSTRAINT ck_person_lookup_sought_is_whole CHECK (length(sought) = 48),
    CONSTRAINT ck_person_lookup_found_applicant_if_any CHECK (found > 0 OR found_applicant IS NOT TRUE)
);

CREATE INDEX ix_person_lookup_actor_occurred_at_id ON person_lookup (actor, occurred_at, id);

CREATE INDEX ix_person_lookup_case_reference ON person_lookup (case_reference) WHERE found_applicant;

CREATE INDEX ix_person_lookup_occurred_at_id ON person_lookup (occurred_at, id);

CREATE TABLE reference_change (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    effective_on DATE,
    targets TEXT[] NOT NULL,
    changed JSONB NOT NULL,
    decree TEXT,
    reason TEXT,
    proposed_by TEXT,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    cancelled_by TEXT,
    cancelled_at TIMESTAMP WITH TIME ZONE,
    cancel_reason TEXT,
    is_initial BOOLEAN DEFAULT false NOT NULL,
    state TEXT GENERATED ALWAYS AS (CASE WHEN is_initial THEN 'INITIAL' WHEN cancelled_by IS NOT NULL THEN 'CANCELLED' WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE 'PROPOSED' END) STORED NOT NULL,
    CONSTRAINT pk_reference_change PRIMARY KEY (id),
    CONSTRAINT ck_reference_change_kind_is_known CHECK (kind IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'NAMED_EVENT', 'GRANT_RULE', 'POOL')),
    CONSTRAINT ck_reference_change_state_is_known CHECK (state IN ('INITIAL', 'PROPOSED', 'APPROVED', 'CANCELLED')),
    CONSTRAINT ck_reference_change_by_a_decree CHECK (num_nulls(decree, reason, proposed_by) = CASE WHEN is_initial THEN 3 ELSE 0 END),
    CONSTRAINT ck_reference_change_approved_by_another CHECK (approved_by <> proposed_by),
    CONSTRAINT ck_reference_change_approved_by_somebody CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT ck_reference_change_cancelled_with_reason CHECK (num_nulls(cancelled_by, cancelled_at, cancel_reason) IN (0, 3)),
    CONSTRAINT ck_reference_change_initial_by_nobody CHECK (NOT is_initial OR num_nonnulls(approved_by, cancelled_by) = 0)
);

CREATE INDEX ix_reference_change_kind_proposed_at_id ON reference_change (kind, proposed_at, id);

CREATE INDEX ix_reference_change_proposed_at_id ON reference_change (proposed_at, id);

CREATE INDEX ix_reference_change_state_proposed_at_id ON reference_change (state, proposed_at, id);

CREATE INDEX ix_reference_change_subject_kind_proposed_at_id ON reference_change (subject, kind, proposed_at, id);

CREATE INDEX ix_reference_change_subject_proposed_at_id ON reference_change (subject, proposed_at, id);

CREATE TABLE breach (
    id UUID NOT NULL,
    description TEXT NOT NULL,
    noticed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    window_from TIMESTAMP WITH TIME ZONE NOT NULL,
    window_before TIMESTAMP WITH TIME ZONE NOT NULL,
    viewer TEXT,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    institution_notice TEXT,
    institution_notified_by TEXT,
    institution_notified_at TIMESTAMP WITH TIME ZONE,
    people_notice TEXT,
    notice_in_english TEXT,
    notice_in_indonesian TEXT,
    people_reached TEXT,
    people_notified BIGINT,
    people_notified_by TEXT,
    people_notified_at TIMESTAMP WITH TIME ZONE,
    close_reason TEXT,
    closed_by TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    is_open BOOLEAN GENERATED ALWAYS AS (closed_at IS NULL) STORED NOT NULL,
    CONSTRAINT pk_breach PRIMARY KEY (id),
    CONSTRAINT ck_breach_people_reached_is_known CHECK (people_reached IN ('READ', 'EVERYBODY', 'OTHERS')),
    CONSTRAINT ck_breach_window_is_one CHECK (window_from < window_before),
    CONSTRAINT ck_breach_noticed_once_begun CHECK (window_from <= noticed_at),
    CONSTRAINT ck_breach_people_are_counted CHECK (people_notified >= 0),
    CONSTRAINT ck_breach_institution_notified_once CHECK (num_nulls(institution_notice, institution_notified_by, institution_notified_at) IN (0, 3)),
    CONSTRAINT ck_breach_people_notified_once CHECK (num_nulls(people_notice, notice_in_english, notice_in_indonesian, people_reached, people_notified, people_notified_by, people_notified_at) IN (0, 7)),
    CONSTRAINT ck_breach_closed_with_reason CHECK (num_nulls(close_reason, closed_by, closed_at) IN (0, 3)),
    CONSTRAINT ck_breach_closed_once_notified CHECK (closed_at IS NULL OR num_nulls(institution_notified_at, people_notified_at) = 0),
    CONSTRAINT ck_breach_closed_by_another CHECK (closed_by NOT IN (recorded_by, institution_notified_by, people_notified_by))
);

CREATE INDEX ix_breach_due_at_id ON breach (due_at, id);

CREATE INDEX ix_breach_is_open_due_at_id ON breach (is_open, due_at, id);

CREATE TABLE key_operation (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    kind TEXT NOT NULL,
    subjects UUID[] NOT NULL,
    reason TEXT,
    used_for TEXT,
    operator TEXT,
    from_key TEXT,
    to_key TEXT,
    keys BIGINT,
    CONSTRAINT pk_key_operation PRIMARY KEY (id),
    CONSTRAINT ck_key_operation_kind_is_known CHECK (kind IN ('BEGIN', 'SWEEP', 'REFUSED', 'ADDED', 'RETIRED', 'ERASED')),
    CONSTRAINT ck_key_operation_used_for_is_known CHECK (used_for IN ('PERSON_INDEX', 'LOOK_UP', 'DATA_KEY', 'ACCESS_LOG', 'CHECKPOINT', 'VISA')),
    CONSTRAINT ck_key_operation_refused_with_reason CHECK ((kind = 'REFUSED') = (reason IS NOT NULL)),
    CONSTRAINT ck_key_operation_sweeps_alone_delete CHECK (kind = 'SWEEP' OR subjects = '{}'),
    CONSTRAINT ck_key_operation_changes_name_keys CHECK ((kind IN ('ADDED', 'RETIRED')) = (used_for IS NOT NULL AND to_key IS NOT NULL)),
    CONSTRAINT ck_key_operation_retired_is_named CHECK ((kind = 'RETIRED') <= (from_key IS NOT NULL)),
    CONSTRAINT ck_key_operation_erased_are_counted CHECK ((kind = 'ERASED') <= (keys > 0))
);

CREATE INDEX ix_key_operation_kind_occurred_at_id ON key_operation (kind, occurred_at, id);

CREATE INDEX ix_key_operation_occurred_at_id ON key_operation (occurred_at, id);

CREATE TABLE budget_exception (
    id UUID NOT NULL,
    viewer TEXT NOT NULL,
    role TEXT NOT NULL,
    reason TEXT NOT NULL,
    most_people BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    ends_at TIMESTAMP WITH TIME ZONE,
    seen BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_budget_exception PRIMARY KEY (id),
    CONSTRAINT ck_budget_exception_role_is_known CHECK (role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_budget_exception_of_who_works CHECK (role IN ('PARTNER_AGENT', 'PARTNER_MANAGER', 'OFFICER', 'SUPERVISOR', 'SCREENING', 'AUDITOR', 'PARTNER_SERVICE')),
    CONSTRAINT ck_budget_exception_limited CHECK (most_people BETWEEN 1 AND 50 AND minutes BETWEEN 1 AND 60),
    CONSTRAINT ck_budget_exception_within_its_limit CHECK (seen BETWEEN 0 AND most_people),
    CONSTRAINT ck_budget_exception_proposed_by_another CHECK (proposed_by <> viewer),
    CONSTRAINT ck_budget_exception_approved_by_another CHECK (approved_by <> proposed_by AND approved_by <> viewer),
    CONSTRAINT ck_budget_exception_approved_once CHECK (num_nulls(approved_by, approved_at, ends_at) IN (0, 3))
);

CREATE INDEX ix_budget_exception_proposed_at_id ON budget_exception (proposed_at, id);

CREATE INDEX ix_budget_exception_viewer_role_proposed_at ON budget_exception (viewer, role, proposed_at);

CREATE TABLE inquiry (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    most_people BIGINT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    ends_at TIMESTAMP WITH TIME ZONE,
    review_due_at TIMESTAMP WITH TIME ZONE,
    lapsed_at TIMESTAMP WITH TIME ZONE,
    seen BIGINT DEFAULT 0 NOT NULL,
    reviewed_by TEXT,
    reviewed_at TIMESTAMP WITH TIME ZONE,
    verdict TEXT,
    review_reason TEXT,
    is_reviewed BOOLEAN GENERATED ALWAYS AS (reviewed_at IS NOT NULL) STORED NOT NULL,
    is_open BOOLEAN GENERATED ALWAYS AS (reviewed_at IS NULL AND lapsed_at IS NULL) STORED NOT NULL,
    CONSTRAINT pk_inquiry PRIMARY KEY (id),
    CONSTRAINT ck_inquiry_verdict_is_known CHECK (verdict IN ('JUSTIFIED', 'UNJUSTIFIED')),
    CONSTRAINT ck_inquiry_reference_is_own CHECK (starts_with(reference, 'INQ-')),
    CONSTRAINT ck_inquiry_limited CHECK (minutes BETWEEN 1 AND 1440 AND most_people BETWEEN 1 AND 500),
    CONSTRAINT ck_inquiry_within_its_limit CHECK (seen BETWEEN 0 AND most_people),
    CONSTRAINT ck_inquiry_large_takes_two CHECK (ends_at IS NULL OR approved_by IS NOT NULL OR minutes <= 60 AND most_people <= 50),
    CONSTRAINT ck_inquiry_lapsed_before_it_began CHECK (lapsed_at IS NULL OR num_nonnulls(approved_by, ends_at) = 0),
    CONSTRAINT ck_inquiry_approved_by_another CHECK (approved_by <> opened_by),
    CONSTRAINT ck_inquiry_approved_once CHECK (num_nulls(approved_by, approved_at) IN (0, 2)),
    CONSTRAINT ck_inquiry_due_once_begun CHECK (num_nulls(ends_at, review_due_at) IN (0, 2)),
    CONSTRAINT ck_inquiry_reviewed_by_another CHECK (reviewed_by <> opened_by AND reviewed_by IS DISTINCT FROM approved_by OR reviewed_by IS NULL),
    CONSTRAINT ck_inquiry_reviewed_with_reason CHECK (num_nulls(reviewed_by, reviewed_at, verdict, review_reason) IN (0, 4)),
    CONSTRAINT uq_inquiry_reference UNIQUE (reference)
);

CREATE INDEX ix_inquiry_is_open_opened_at_id ON inquiry (is_open, opened_at, id);

CREATE INDEX ix_inquiry_is_reviewed_opened_at_id ON inquiry (is_reviewed, opened_at, id);

CREATE INDEX ix_inquiry_opened_at_id ON inquiry (opened_at, id);

CREATE INDEX ix_inquiry_opened_by_opened_at_id ON inquiry (opened_by, opened_at, id);

CREATE TABLE visa_key (
    key_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    first_seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_visa_key PRIMARY KEY (key_id),
    CONSTRAINT ck_visa_key_key_is_whole CHECK (length(public_key) = 44)
);

CREATE INDEX ix_visa_key_first_seen_at_key_id ON visa_key (first_seen_at, key_id);

CREATE TABLE taken_back_list (
    name TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_taken_back_list PRIMARY KEY (name),
    CONSTRAINT ck_taken_back_list_there_is_one CHECK (name = 'visas')
);

CREATE TABLE webhook_cursor (
    is_only BOOLEAN DEFAULT true NOT NULL,
    written_in BIGINT NOT NULL,
    change_id BIGINT NOT NULL,
    CONSTRAINT pk_webhook_cursor PRIMARY KEY (is_only),
    CONSTRAINT ck_webhook_cursor_is_only CHECK (is_only)
);

CREATE TABLE webhook_key (
    is_only BOOLEAN DEFAULT true NOT NULL,
    public_key BYTEA NOT NULL,
    CONSTRAINT pk_webhook_key PRIMARY KEY (is_only),
    CONSTRAINT ck_webhook_key_is_only CHECK (is_only)
);

CREATE TABLE application_change (
    id BIGINT NOT NULL,
    written_in BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    application_id UUID NOT NULL,
    kind TEXT NOT NULL,
    changed TEXT NOT NULL,
    CONSTRAINT pk_application_change PRIMARY KEY (id),
    CONSTRAINT ck_application_change_kind_is_known CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'HELD', 'RELEASED', 'MARKED_URGENT', 'URGENCY_ENDED', 'GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED', 'ANSWER_PROPOSED', 'SCREENED', 'CORRECTION_PROPOSED', 'CORRECTED', 'CORRECTION_REJECTED', 'TRANSFERRED', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED', 'VISA_RETURNED', 'APPEARED', 'TARGET_50', 'TARGET_75', 'TARGET_100')),
    CONSTRAINT ck_application_change_changed_is_known CHECK (changed IN ('STAGE', 'DECISION', 'STATUS', 'HOLD'))
);

CREATE INDEX ix_application_change_written_in_id ON application_change (written_in, id);

CREATE TABLE volume_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    written_in BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    changed TEXT DEFAULT 'FIGURES' NOT NULL,
    CONSTRAINT pk_volume_change PRIMARY KEY (id),
    CONSTRAINT ck_volume_change_changed_is_known CHECK (changed IN ('FIGURES', 'OUTCOMES'))
);

CREATE INDEX ix_volume_change_written_in_id ON volume_change (written_in, id);

CREATE TABLE idempotency (
    key_digest BYTEA NOT NULL,
    input_digest BYTEA NOT NULL,
    answer JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (key_digest)
);

CREATE INDEX ix_idempotency_created_at ON idempotency (created_at);

CREATE TABLE trusted_document (
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    ids TEXT[] NOT NULL,
    clients TEXT[] NOT NULL,
    operation_names TEXT[] NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    registered_by TEXT NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_trusted_document PRIMARY KEY (sha256),
    CONSTRAINT ck_trusted_document_sha256_is_hexadecimal CHECK (sha256 ~ '^[0-9a-f]{64}$')
);

CREATE TABLE job_pass (
    name TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    passed_at TIMESTAMP WITH TIME ZONE,
    milliseconds BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    late_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_job_pass PRIMARY KEY (name)
);

CREATE TABLE saved_view (
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    name TEXT,
    page TEXT NOT NULL,
    query TEXT,
    saved_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_saved_view PRIMARY KEY (id),
    CONSTRAINT ck_saved_view_page_is_known CHECK (page IN ('TODAY', 'VOLUMES')),
    CONSTRAINT ck_saved_view_query_is_formed CHECK (query ~ '^([a-z]+=[A-Za-z0-9_,.-]+(&[a-z]+=[A-Za-z0-9_,.-]+)*)?$'),
    CONSTRAINT ck_saved_view_query_is_short CHECK (length(query) <= 2000),
    CONSTRAINT ck_saved_view_name_is_short CHECK (length(name) BETWEEN 1 AND 80),
    CONSTRAINT ck_saved_view_said_until_removed CHECK (num_nonnulls(name, query) = CASE WHEN removed_at IS NULL THEN 2 ELSE 0 END)
);

CREATE INDEX ix_saved_view_subject_saved_at_id ON saved_view (subject, saved_at, id);

CREATE TABLE partner (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_partner PRIMARY KEY (code)
);

CREATE TABLE pool (
    code TEXT NOT NULL,
    visa_types TEXT[] NOT NULL,
    channels TEXT[] NOT NULL,
    nationalities TEXT[] NOT NULL,
    is_open BOOLEAN NOT NULL,
    CONSTRAINT pk_pool PRIMARY KEY (code),
    CONSTRAINT ck_pool_code_is_formed CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'),
    CONSTRAINT ck_pool_channels_are_known CHECK (channels <@ ARRAY['DIRECT', 'PARTNER_PORTAL', 'PARTNER_CENTRE', 'PARTNER_GROUP'])
);

CREATE TABLE budgeted_read (
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    person UUID NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_budgeted_read PRIMARY KEY (actor, actor_role, person)
);

CREATE TABLE ending_told (
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    applicant_id UUID NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_ending_told PRIMARY KEY (actor, actor_role, applicant_id)
);

CREATE TABLE volume_edition (
    period TEXT NOT NULL,
    starts_on DATE NOT NULL,
    edition INTEGER NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_volume_edition PRIMARY KEY (period, starts_on, edition)
);

CREATE TABLE volume_published (
    dimension_set TEXT NOT NULL,
    period TEXT NOT NULL,
    starts_on DATE NOT NULL,
    region TEXT,
    country_code TEXT,
    nationality_code TEXT,
    visa_type_code TEXT,
    edition INTEGER NOT NULL,
    intake BIGINT,
    decisions BIGINT,
    refused BIGINT,
    refused_below BIGINT,
    refusal_rate DOUBLE PRECISION,
    refusal_rate_below DOUBLE PRECISION,
    target_rate DOUBLE PRECISION,
    turnaround_p50 DOUBLE PRECISION,
    turnaround_p90 DOUBLE PRECISION,
    turnaround_adjusted_p50 DOUBLE PRECISION,
    turnaround_adjusted_p90 DOUBLE PRECISION,
    CONSTRAINT uq_volume_published UNIQUE NULLS NOT DISTINCT (dimension_set, period, starts_on, region, country_code, nationality_code, visa_type_code, edition)
);

CREATE TABLE volume_publication_note (
    dimension_set TEXT NOT NULL,
    period TEXT NOT NULL,
    starts_on DATE NOT NULL,
    codes TEXT[] NOT NULL,
    intake BIGINT NOT NULL,
    intake_low BIGINT NOT NULL,
    intake_high BIGINT NOT NULL,
    decisions BIGINT NOT NULL,
    decisions_low BIGINT NOT NULL,
    decisions_high BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    refused_low BIGINT NOT NULL,
    refused_high BIGINT NOT NULL,
    CONSTRAINT pk_volume_publication_note PRIMARY KEY (dimension_set, period, starts_on, codes)
);

CREATE TABLE entry_rule (
    country_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    entry TEXT NOT NULL,
    CONSTRAINT pk_entry_rule PRIMARY KEY (country_code, valid_from),
    CONSTRAINT ck_entry_rule_entry_is_known CHECK (entry IN ('VISA_FREE', 'VISA_ON_ARRIVAL', 'VISA_REQUIRED', 'CALLING_VISA')),
    CONSTRAINT fk_entry_rule_country_code FOREIGN KEY(country_code) REFERENCES country (code)
);

CREATE TABLE eligibility (
    visa_type_code TEXT NOT NULL,
    entry TEXT NOT NULL,
    purpose TEXT NOT NULL,
    valid_from DATE NOT NULL,
    is_open BOOLEAN NOT NULL,
    CONSTRAINT pk_eligibility PRIMARY KEY (visa_type_code, entry, purpose, valid_from),
    CONSTRAINT ck_eligibility_entry_is_known CHECK (entry IN ('VISA_FREE', 'VISA_ON_ARRIVAL', 'VISA_REQUIRED', 'CALLING_VISA')),
    CONSTRAINT ck_eligibility_purpose_is_known CHECK (purpose IN ('TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT', 'TRANSIT')),
    CONSTRAINT fk_eligibility_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE required_document (
    visa_type_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_from DATE NOT NULL,
    is_required BOOLEAN NOT NULL,
    CONSTRAINT pk_required_document PRIMARY KEY (visa_type_code, kind, valid_from),
    CONSTRAINT ck_required_document_kind_is_known CHECK (kind IN ('PASSPORT_SCAN', 'PHOTOGRAPH', 'RETURN_TICKET', 'ITINERARY', 'ACCOMMODATION', 'BANK_STATEMENT', 'INVITATION_LETTER', 'GUARANTEE_LETTER', 'EMPLOYMENT_LETTER', 'EMPLOYMENT_CONTRACT', 'CURRICULUM_VITAE', 'BUSINESS_LICENCE', 'DEED_OF_ESTABLISHMENT', 'INVESTMENT_PLAN', 'PROOF_OF_INCOME', 'HEALTH_INSURANCE', 'VACCINATION_CERTIFICATE', 'POLICE_CERTIFICATE', 'BIRTH_CERTIFICATE', 'MARRIAGE_CERTIFICATE', 'PARENTAL_CONSENT', 'RESIDENCE_PERMIT')),
    CONSTRAINT fk_required_document_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE passport_rule (
    visa_type_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    months BIGINT NOT NULL,
    CONSTRAINT pk_passport_rule PRIMARY KEY (visa_type_code, valid_from),
    CONSTRAINT ck_passport_rule_months_are_not_negative CHECK (months >= 0),
    CONSTRAINT fk_passport_rule_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE extension_rule (
    visa_type_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    times BIGINT NOT NULL,
    days BIGINT NOT NULL,
    amount_idr BIGINT NOT NULL,
    CONSTRAINT pk_extension_rule PRIMARY KEY (visa_type_code, valid_from),
    CONSTRAINT ck_extension_rule_times_are_not_negative CHECK (times >= 0),
    CONSTRAINT ck_extension_rule_days_are_positive CHECK (days > 0),
    CONSTRAINT ck_extension_rule_amount_is_not_negative CHECK (amount_idr >= 0),
    CONSTRAINT fk_extension_rule_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE handling_rule (
    visa_type_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    is_announced BOOLEAN NOT NULL,
    is_corrected BOOLEAN NOT NULL,
    CONSTRAINT pk_handling_rule PRIMARY KEY (visa_type_code, valid_from),
    CONSTRAINT fk_handling_rule_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE fee (
    visa_type_code TEXT NOT NULL,
    use_within_days BIGINT NOT NULL,
    valid_from DATE NOT NULL,
    amount_idr BIGINT NOT NULL,
    is_offered BOOLEAN NOT NULL,
    CONSTRAINT pk_fee PRIMARY KEY (visa_type_code, use_within_days, valid_from),
    CONSTRAINT ck_fee_use_is_positive CHECK (use_within_days > 0),
    CONSTRAINT ck_fee_amount_is_not_negative CHECK (amount_idr >= 0),
    CONSTRAINT fk_fee_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE service_target (
    visa_type_code TEXT NOT NULL,
    clock TEXT NOT NULL,
    valid_from DATE NOT NULL,
    hours BIGINT,
    working_days BIGINT,
    promised_percent BIGINT,
    CONSTRAINT pk_service_target PRIMARY KEY (visa_type_code, clock, valid_from),
    CONSTRAINT ck_service_target_clock_is_known CHECK (clock IN ('STANDARD', 'CALLING_VISA')),
    CONSTRAINT ck_service_target_hours_are_positive CHECK (hours > 0),
    CONSTRAINT ck_service_target_working_days_are_positive CHECK (working_days > 0),
    CONSTRAINT ck_service_target_in_hours_or_working_days CHECK (num_nulls(hours, working_days) = 1),
    CONSTRAINT ck_service_target_promise_is_a_percentage CHECK (promised_percent BETWEEN 1 AND 100),
    CONSTRAINT fk_service_target_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE banned_person (
    ban_id UUID NOT NULL,
    issuing_state TEXT,
    sealed JSONB DEFAULT '{}' NOT NULL,
    passport_number TEXT,
    full_name TEXT,
    birth_date DATE,
    erased_at TIMESTAMP WITH TIME ZONE,
    keys_deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_banned_person PRIMARY KEY (ban_id),
    CONSTRAINT ck_banned_person_can_be_found CHECK (num_nonnulls(passport_number, sealed -> 'passport_number') = num_nonnulls(issuing_state) AND num_nonnulls(full_name, sealed -> 'full_name') = num_nonnulls(birth_date, sealed -> 'birth_date') AND (num_nonnulls(passport_number, sealed -> 'passport_number') + num_nonnulls(full_name, sealed -> 'full_name') > 0) = (erased_at IS NULL)),
    CONSTRAINT ck_banned_person_hidden_first CHECK (keys_deleted_at IS NULL OR erased_at IS NOT NULL),
    CONSTRAINT fk_banned_person_ban_id FOREIGN KEY(ban_id) REFERENCES ban_entry (id)
);

CREATE INDEX ix_banned_person_unfinished ON banned_person (ban_id) WHERE erased_at IS NOT NULL AND keys_deleted_at IS NULL;

CREATE TABLE ban_index (
    ban_id UUID NOT NULL,
    kind TEXT NOT NULL,
    key_id TEXT NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_ban_index PRIMARY KEY (ban_id, kind, key_id),
    CONSTRAINT ck_ban_index_kind_is_known CHECK (kind IN ('PASSPORT', 'NAME_AND_BIRTH_DATE')),
    CONSTRAINT ck_ban_index_digest_is_whole CHECK (length(digest) = 32),
    CONSTRAINT fk_ban_index_ban_id FOREIGN KEY(ban_id) REFERENCES ban_entry (id)
);

CREATE INDEX ix_ban_index_digest_ban_id ON ban_index (digest, ban_id);

CREATE TABLE ban_read (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    ban_id UUID NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    fields TEXT[] NOT NULL,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_ban_read PRIMARY KEY (id),
    CONSTRAINT ck_ban_read_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_ban_read_purpose_is_known CHECK (purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DELIVERY', 'DATA_REQUEST', 'COMPLAINT')),
    CONSTRAINT fk_ban_read_ban_id FOREIGN KEY(ban_id) REFERENCES ban_entry (id)
);

CREATE INDEX ix_ban_read_ban_id_occurred_at_id ON ban_read (ban_id, occurred_at, id);

CREATE TABLE screening_replay_line (
    id UUID NOT NULL,
    replay_id UUID NOT NULL,
    list_version TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    files BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    candidates BIGINT NOT NULL,
    CONSTRAINT pk_screening_replay_line PRIMARY KEY (id),
    CONSTRAINT uq_screening_replay_line_replay_id_list_version_rule_version UNIQUE (replay_id, list_version, rule_version),
    CONSTRAINT ck_screening_replay_line_counts_files CHECK (least(unread, candidates) >= 0 AND unread + candidates <= files),
    CONSTRAINT fk_screening_replay_line_replay_id FOREIGN KEY(replay_id) REFERENCES screening_replay (id)
);

CREATE INDEX ix_screening_replay_line_replay_id_list_version_id ON screening_replay_line (replay_id, list_version, id);

CREATE TABLE grant_rule (
    code TEXT NOT NULL,
    visa_type_code TEXT NOT NULL,
    version BIGINT NOT NULL,
    nationalities TEXT[] NOT NULL,
    sample_percent BIGINT NOT NULL,
    hours_after_payment BIGINT NOT NULL,
    official TEXT NOT NULL,
    decree TEXT NOT NULL,
    CONSTRAINT pk_grant_rule PRIMARY KEY (code),
    CONSTRAINT uq_grant_rule_visa_type_code_version UNIQUE (visa_type_code, version),
    CONSTRAINT ck_grant_rule_code_says_which CHECK (code = visa_type_code || '-' || version),
    CONSTRAINT ck_grant_rule_version_is_positive CHECK (version > 0),
    CONSTRAINT ck_grant_rule_is_for_somebody CHECK (cardinality(nationalities) > 0),
    CONSTRAINT ck_grant_rule_sample_is_a_percentage CHECK (sample_percent BETWEEN 2 AND 100),
    CONSTRAINT ck_grant_rule_hours_are_bounded CHECK (hours_after_payment BETWEEN 2 AND 240),
    CONSTRAINT fk_grant_rule_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE reference_change_value (
    change_id UUID NOT NULL,
    line BIGINT NOT NULL,
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    before TEXT,
    after TEXT,
    CONSTRAINT pk_reference_change_value PRIMARY KEY (change_id, line, place),
    CONSTRAINT ck_reference_change_value_kind_is_known CHECK (kind IN ('COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'PASSPORT_RULE', 'EXTENSION_RULE', 'HANDLING_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'DAY_OFF', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE', 'NAMED_EVENT', 'GRANT_RULE', 'POOL')),
    CONSTRAINT fk_reference_change_value_change_id FOREIGN KEY(change_id) REFERENCES reference_change (id)
);

CREATE TABLE suspension (
    id UUID NOT NULL,
    partner_code TEXT,
    subject TEXT,
    reason TEXT NOT NULL,
    suspended_by TEXT NOT NULL,
    suspended_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE DEFAULT now() + interval '24 hours',
    confirmed_by TEXT,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    lift_proposed_by TEXT,
    lift_proposed_at TIMESTAMP WITH TIME ZONE,
    lifted_by TEXT,
    lifted_at TIMESTAMP WITH TIME ZONE,
    lift_reason TEXT,
    CONSTRAINT pk_suspension PRIMARY KEY (id),
    CONSTRAINT ck_suspension_partner_or_viewer CHECK (num_nonnulls(partner_code, subject) = 1),
    CONSTRAINT ck_suspension_of_somebody CHECK (subject <> ''),
    CONSTRAINT ck_suspension_confirmed_by_another CHECK (confirmed_by <> suspended_by),
    CONSTRAINT ck_suspension_confirmed_by_somebody CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT ck_suspension_lift_proposed_with_reason CHECK (num_nulls(lift_proposed_by, lift_proposed_at, lift_reason) IN (0, 3)),
    CONSTRAINT ck_suspension_lifted_by_somebody CHECK ((lifted_by IS NULL) = (lifted_at IS NULL)),
    CONSTRAINT ck_suspension_lifted_by_another CHECK (lifted_by IS NULL OR coalesce(lifted_by <> lift_proposed_by, false)),
    CONSTRAINT ck_suspension_endless_if_confirmed CHECK ((ends_at IS NULL) <= (confirmed_by IS NOT NULL)),
    CONSTRAINT ck_suspension_ends_when_lifted CHECK (lifted_at IS NULL OR ends_at <= lifted_at),
    CONSTRAINT fk_suspension_partner_code FOREIGN KEY(partner_code) REFERENCES partner (code)
);

CREATE INDEX ix_suspension_suspended_at_id ON suspension (suspended_at, id);

CREATE TABLE webhook_endpoint (
    id UUID NOT NULL,
    partner_code TEXT NOT NULL,
    country_code TEXT NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA,
    previous_secret BYTEA,
    secret_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    registered_by TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    paused_by TEXT,
    paused_at TIMESTAMP WITH TIME ZONE,
    resumed_by TEXT,
    resumed_at TIMESTAMP WITH TIME ZONE,
    removed_by TEXT,
    removed_at TIMESTAMP WITH TIME ZONE,
    redeliver_from BIGINT,
    redeliver_through BIGINT,
    redeliver_by TEXT,
    state TEXT GENERATED ALWAYS AS (CASE WHEN removed_at IS NOT NULL THEN 'REMOVED' WHEN paused_at IS NOT NULL THEN 'PAUSED' WHEN approved_at IS NOT NULL THEN 'LIVE' ELSE 'PROPOSED' END) STORED NOT NULL,
    CONSTRAINT pk_webhook_endpoint PRIMARY KEY (id),
    CONSTRAINT ck_webhook_endpoint_state_is_known CHECK (state IN ('PROPOSED', 'LIVE', 'PAUSED', 'REMOVED')),
    CONSTRAINT ck_webhook_endpoint_url_is_formed CHECK (url ~ '^https?://[A-Za-z0-9.:\[\]-]{1,253}(/[!-~]*)?$' AND length(url) <= 500),
    CONSTRAINT ck_webhook_endpoint_secret_until_removed CHECK ((secret IS NULL) = (removed_at IS NOT NULL)),
    CONSTRAINT ck_webhook_endpoint_approved_by_another CHECK (approved_by <> registered_by),
    CONSTRAINT ck_webhook_endpoint_approved_once CHECK (num_nulls(approved_by, approved_at) IN (0, 2)),
    CONSTRAINT ck_webhook_endpoint_removed_once CHECK (num_nulls(removed_by, removed_at) IN (0, 2)),
    CONSTRAINT ck_webhook_endpoint_redelivered_for_somebody CHECK (num_nulls(redeliver_from, redeliver_through, redeliver_by) IN (0, 3)),
    CONSTRAINT fk_webhook_endpoint_partner_code FOREIGN KEY(partner_code) REFERENCES partner (code),
    CONSTRAINT fk_webhook_endpoint_country_code FOREIGN KEY(country_code) REFERENCES country (code)
);

CREATE INDEX ix_webhook_endpoint_partner_code_country_code_registered_at_id ON webhook_endpoint (partner_code, country_code, registered_at, id);

CREATE INDEX ix_webhook_endpoint_registered_at_id ON webhook_endpoint (registered_at, id);

CREATE TABLE applicant (
    id UUID NOT NULL,
    account TEXT,
    nationality_code TEXT NOT NULL,
    passport_last_four TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_applicant PRIMARY KEY (id),
    CONSTRAINT uq_applicant_id_nationality_code UNIQUE (id, nationality_code),
    CONSTRAINT ck_applicant_passport_last_four_is_four CHECK (passport_last_four ~ '^[A-Z0-9]{4}$'),
    CONSTRAINT uq_applicant_account UNIQUE (account),
    CONSTRAINT fk_applicant_nationality_code FOREIGN KEY(nationality_code) REFERENCES country (code)
);

CREATE INDEX ix_applicant_created_at_id ON applicant (created_at, id);

CREATE TABLE month_note (
    id UUID NOT NULL,
    author TEXT NOT NULL,
    month DATE NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    text TEXT,
    written_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_month_note PRIMARY KEY (id),
    CONSTRAINT ck_month_note_whole_month CHECK (month = date_trunc('month', month::timestamp)::date),
    CONSTRAINT ck_month_note_text_is_short CHECK (length(text) BETWEEN 1 AND 500),
    CONSTRAINT ck_month_note_said_until_removed CHECK ((text IS NULL) = (removed_at IS NOT NULL)),
    CONSTRAINT fk_month_note_partner_code FOREIGN KEY(partner_code) REFERENCES partner (code),
    CONSTRAINT fk_month_note_country_code FOREIGN KEY(country_code) REFERENCES country (code)
);

CREATE INDEX ix_month_note_author_id ON month_note (author, id);

CREATE INDEX ix_month_note_month_id ON month_note (month, id);

CREATE TABLE named_event (
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    began_on DATE NOT NULL,
    ended_on DATE NOT NULL,
    country_code TEXT,
    was_screening_out BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_named_event PRIMARY KEY (code),
    CONSTRAINT ck_named_event_kind_is_known CHECK (kind IN ('OUTAGE', 'HOLIDAY_RUSH', 'DISASTER', 'STRIKE', 'RULE_CHANGE')),
    CONSTRAINT ck_named_event_code_says_what_and_when CHECK (code = concat_ws('-', kind, to_char(began_on, 'YYYY-MM-DD'), country_code)),
    CONSTRAINT ck_named_event_days_are_few CHECK (ended_on BETWEEN began_on AND began_on + 30),
    CONSTRAINT ck_named_event_screening_is_an_outage CHECK (kind = 'OUTAGE' OR NOT was_screening_out),
    CONSTRAINT fk_named_event_country_code FOREIGN KEY(country_code) REFERENCES country (code)
);

CREATE INDEX ix_named_event_began_on_code ON named_event (began_on, code);

CREATE TABLE partner_country (
    partner_code TEXT NOT NULL,
    country_code TEXT NOT NULL,
    opened_on DATE NOT NULL,
    closed_on DATE,
    successor_code TEXT,
    CONSTRAINT pk_partner_country PRIMARY KEY (partner_code, country_code),
    CONSTRAINT ck_partner_country_closes_after_it_opens CHECK (closed_on > opened_on),
    CONSTRAINT ck_partner_country_succeeded_once_closed CHECK (successor_code IS NULL OR closed_on IS NOT NULL),
    CONSTRAINT fk_partner_country_partner_code FOREIGN KEY(partner_code) REFERENCES partner (code),
    CONSTRAINT fk_partner_country_country_code FOREIGN KEY(country_code) REFERENCES country (code)
);

CREATE INDEX ix_partner_country_country_code ON partner_country (country_code);

CREATE TABLE access_event (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    applicant_id UUID NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    actor_partner_code TEXT,
    actor_country_code TEXT,
    purpose TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    fields TEXT[] NOT NULL,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_access_event PRIMARY KEY (occurred_at, id),
    CONSTRAINT ck_access_event_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_access_event_purpose_is_known CHECK (purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DELIVERY', 'DATA_REQUEST', 'COMPLAINT')),
    CONSTRAINT fk_access_event_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
)
 PARTITION BY RANGE (occurred_at);

CREATE INDEX ix_access_event_actor_occurred_at_id ON access_event (actor, occurred_at, id);

CREATE INDEX ix_access_event_actor_partner_code_actor_country_code_o_1d9f ON access_event (actor_partner_code, actor_country_code, occurred_at, id);

CREATE INDEX ix_access_event_actor_purpose_occurred_at_id ON access_event (actor, purpose, occurred_at, id);

CREATE INDEX ix_access_event_actor_role_occurred_at_id ON access_event (actor_role, occurred_at, id);

CREATE INDEX ix_access_event_applicant_id_occurred_at_id ON access_event (applicant_id, occurred_at, id);

CREATE INDEX ix_access_event_case_reference_occurred_at_id ON access_event (case_reference, occurred_at, id);

CREATE INDEX ix_access_event_purpose_occurred_at_id ON access_event (purpose, occurred_at, id);

CREATE TABLE person_index (
    applicant_id UUID NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    key_id TEXT NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_person_index PRIMARY KEY (applicant_id, version, kind, key_id),
    CONSTRAINT ck_person_index_kind_is_known CHECK (kind IN ('PASSPORT', 'NAME_AND_BIRTH_DATE', 'PASSPORT_AND_BIRTH_DATE')),
    CONSTRAINT ck_person_index_digest_is_whole CHECK (length(digest) = 32),
    CONSTRAINT fk_person_index_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_person_index_digest_applicant_id ON person_index (digest, applicant_id);

CREATE TABLE linker_read (
    id UUID NOT NULL,
    reader TEXT DEFAULT 'LINKER' NOT NULL,
    applicant_id UUID NOT NULL,
    version BIGINT NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    fields TEXT[] NOT NULL,
    CONSTRAINT pk_linker_read PRIMARY KEY (read_at, id),
    CONSTRAINT ck_linker_read_reader_is_known CHECK (reader IN ('LINKER', 'SCREENER', 'GRANTER', 'MAILER', 'SCANNER')),
    CONSTRAINT fk_linker_read_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
)
 PARTITION BY RANGE (read_at);

CREATE INDEX ix_linker_read_applicant_id_read_at_id ON linker_read (applicant_id, read_at, id);

CREATE TABLE grant_rule_stop (
    id UUID NOT NULL,
    rule_code TEXT NOT NULL,
    stopped_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    stopped_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_grant_rule_stop PRIMARY KEY (id),
    CONSTRAINT uq_grant_rule_stop_rule_code UNIQUE (rule_code),
    CONSTRAINT fk_grant_rule_stop_rule_code FOREIGN KEY(rule_code) REFERENCES grant_rule (code)
);

CREATE TABLE breach_notice (
    breach_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    fields TEXT[] NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_breach_notice PRIMARY KEY (breach_id, applicant_id),
    CONSTRAINT fk_breach_notice_breach_id FOREIGN KEY(breach_id) REFERENCES breach (id),
    CONSTRAINT fk_breach_notice_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_breach_notice_applicant_id_told_at_breach_id ON breach_notice (applicant_id, told_at, breach_id);

CREATE TABLE data_request (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    applicant_id UUID,
    account TEXT,
    lodged_by TEXT NOT NULL,
    lodged_role TEXT NOT NULL,
    lodged_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT (clock_timestamp() + '72:00:00'::interval) NOT NULL,
    outcome TEXT,
    reason TEXT,
    answered_by TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    lookups_proposed_by TEXT,
    lookups_approved_by TEXT,
    lookups_compared_at TIMESTAMP WITH TIME ZONE,
    lookups UUID[],
    state TEXT GENERATED ALWAYS AS (coalesce(outcome, 'OPEN')) STORED NOT NULL,
    CONSTRAINT pk_data_request PRIMARY KEY (id),
    CONSTRAINT ck_data_request_kind_is_known CHECK (kind IN ('ACCESS', 'RECTIFICATION', 'ERASURE')),
    CONSTRAINT ck_data_request_state_is_known CHECK (state IN ('OPEN', 'GRANTED', 'REFUSED')),
    CONSTRAINT ck_data_request_lodged_role_is_known CHECK (lodged_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_data_request_outcome_is_an_answer CHECK (outcome <> 'OPEN'),
    CONSTRAINT ck_data_request_answered_with_reason CHECK (num_nulls(outcome, reason, answered_by, answered_at) IN (0, 4)),
    CONSTRAINT ck_data_request_granted_to_somebody CHECK (applicant_id IS NOT NULL OR outcome IS DISTINCT FROM 'GRANTED'),
    CONSTRAINT ck_data_request_answered_after_lodging CHECK (answered_at >= lodged_at),
    CONSTRAINT ck_data_request_lookups_of_somebody CHECK (lookups_proposed_by IS NULL OR applicant_id IS NOT NULL),
    CONSTRAINT ck_data_request_lookups_by_two CHECK (lookups_approved_by <> lookups_proposed_by),
    CONSTRAINT ck_data_request_lookups_proposed_first CHECK (lookups_proposed_by IS NOT NULL OR lookups_approved_by IS NULL),
    CONSTRAINT ck_data_request_lookups_compared_once_approved CHECK (lookups_approved_by IS NOT NULL OR num_nonnulls(lookups_compared_at, lookups) = 0),
    CONSTRAINT uq_data_request_reference UNIQUE (reference),
    CONSTRAINT fk_data_request_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_data_request_account_due_at_id ON data_request (account, due_at, id);

CREATE INDEX ix_data_request_due_at_id ON data_request (due_at, id);

CREATE INDEX ix_data_request_kind_due_at_id ON data_request (kind, due_at, id);

CREATE INDEX ix_data_request_lookups ON data_request (id) WHERE lookups_approved_by IS NOT NULL AND lookups_compared_at IS NULL;

CREATE INDEX ix_data_request_opened ON data_request (applicant_id) WHERE lookups IS NOT NULL;

CREATE INDEX ix_data_request_state_due_at_id ON data_request (state, due_at, id);

CREATE UNIQUE INDEX uq_data_request_open ON data_request (applicant_id, kind) WHERE outcome IS NULL;

CREATE TABLE inquiry_person (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    applicant_id UUID NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_inquiry_person PRIMARY KEY (id),
    CONSTRAINT uq_inquiry_person_reference_applicant_id UNIQUE (reference, applicant_id),
    CONSTRAINT fk_inquiry_person_reference FOREIGN KEY(reference) REFERENCES inquiry (reference),
    CONSTRAINT fk_inquiry_person_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_inquiry_person_applicant_id_reference ON inquiry_person (applicant_id, reference);

CREATE INDEX ix_inquiry_person_reference_opened_at_id ON inquiry_person (reference, opened_at, id);

CREATE TABLE webhook_delivery (
    endpoint_id UUID NOT NULL,
    last_number BIGINT DEFAULT 0 NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE,
    failures BIGINT DEFAULT 0 NOT NULL,
    failing_since TIMESTAMP WITH TIME ZONE,
    failure TEXT,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (endpoint_id),
    CONSTRAINT fk_webhook_delivery_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoint (id)
);

CREATE TABLE passport_ending (
    applicant_id UUID NOT NULL,
    last_four TEXT NOT NULL,
    CONSTRAINT pk_passport_ending PRIMARY KEY (applicant_id),
    CONSTRAINT ck_passport_ending_last_four_is_four CHECK (last_four ~ '^[A-Z0-9]{4}$'),
    CONSTRAINT fk_passport_ending_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE identity (
    applicant_id UUID NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    versions JSONB DEFAULT '{}' NOT NULL,
    full_name TEXT,
    passport_number TEXT,
    birth_date DATE,
    email TEXT,
    phone TEXT,
    sex TEXT,
    place_of_birth TEXT,
    passport_issuing_state TEXT,
    passport_expires_on DATE,
    CONSTRAINT pk_identity PRIMARY KEY (applicant_id),
    CONSTRAINT ck_identity_sex_is_known CHECK (sex IN ('F', 'M', 'X')),
    CONSTRAINT ck_identity_passport_number_is_icao CHECK (passport_number ~ '^[A-Z0-9]{5,12}$'),
    CONSTRAINT fk_identity_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id),
    CONSTRAINT fk_identity_passport_issuing_state FOREIGN KEY(passport_issuing_state) REFERENCES country (code)
);

CREATE TABLE identity_version (
    applicant_id UUID NOT NULL,
    number BIGINT NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    versions JSONB DEFAULT '{}' NOT NULL,
    full_name TEXT,
    passport_number TEXT,
    birth_date DATE,
    email TEXT,
    phone TEXT,
    sex TEXT,
    place_of_birth TEXT,
    passport_issuing_state TEXT,
    passport_expires_on DATE,
    passport_last_four TEXT,
    nationality_code TEXT,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE,
    valid_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_identity_version PRIMARY KEY (applicant_id, number),
    CONSTRAINT ck_identity_version_sex_is_known CHECK (sex IN ('F', 'M', 'X')),
    CONSTRAINT ck_identity_version_number_is_positive CHECK (number > 0),
    CONSTRAINT ck_identity_version_passport_number_is_icao CHECK (passport_number ~ '^[A-Z0-9]{5,12}$'),
    CONSTRAINT ck_identity_version_passport_last_four_is_four CHECK (passport_last_four ~ '^[A-Z0-9]{4}$'),
    CONSTRAINT ck_identity_version_ends_after_it_begins CHECK (valid_until >= valid_from),
    CONSTRAINT ck_identity_version_ends_if_it_began CHECK (valid_until IS NULL OR valid_from IS NOT NULL),
    CONSTRAINT fk_identity_version_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id),
    CONSTRAINT fk_identity_version_passport_issuing_state FOREIGN KEY(passport_issuing_state) REFERENCES country (code),
    CONSTRAINT fk_identity_version_nationality_code FOREIGN KEY(nationality_code) REFERENCES country (code)
);

CREATE TABLE centre (
    code TEXT NOT NULL,
    partner_code TEXT NOT NULL,
    country_code TEXT NOT NULL,
    city TEXT NOT NULL,
    opened_on DATE NOT NULL,
    closed_on DATE,
    successor_code TEXT,
    CONSTRAINT pk_centre PRIMARY KEY (code),
    CONSTRAINT fk_centre_partner_code_country_code FOREIGN KEY(partner_code, country_code) REFERENCES partner_country (partner_code, country_code),
    CONSTRAINT uq_centre_code_partner_code_country_code UNIQUE (code, partner_code, country_code),
    CONSTRAINT ck_centre_closes_after_it_opens CHECK (closed_on > opened_on),
    CONSTRAINT ck_centre_succeeded_once_closed CHECK (successor_code IS NULL OR closed_on IS NOT NULL),
    CONSTRAINT ck_centre_succeeded_by_another CHECK (successor_code <> code),
    CONSTRAINT fk_centre_successor_code FOREIGN KEY(successor_code) REFERENCES centre (code)
);

CREATE INDEX ix_centre_country_code_code ON centre (country_code, code);

CREATE INDEX ix_centre_partner_code_country_code_code ON centre (partner_code, country_code, code);

CREATE TABLE application (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    applicant_id UUID NOT NULL,
    nationality_code TEXT NOT NULL,
    visa_type_code TEXT NOT NULL,
    trip_purpose TEXT,
    entry_on DATE,
    use_within_days BIGINT,
    channel TEXT NOT NULL,
    partner_code TEXT,
    country_code TEXT,
    centre_code TEXT,
    successor_centre_code TEXT,
    successor_country_code TEXT,
    successor_partner_code TEXT,
    left_partner_at TIMESTAMP WITH TIME ZONE,
    holder_partner_code TEXT GENERATED ALWAYS AS (coalesce(successor_partner_code, partner_code)) STORED,
    holder_country_code TEXT GENERATED ALWAYS AS (coalesce(successor_country_code, country_code)) STORED,
    holder_place TEXT GENERATED ALWAYS AS (coalesce(successor_centre_code, centre_code, country_code)) STORED,
    extends_visa_number TEXT,
    group_reference TEXT,
    guardian_kind TEXT,
    status TEXT NOT NULL,
    stage TEXT GENERATED ALWAYS AS (CASE status WHEN 'SUBMITTED' THEN 'SUBMITTED' WHEN 'AWAITING_PAYMENT' THEN 'WAITING_FOR_APPLICANT' WHEN 'PAID' THEN 'IN_PROCESS' WHEN 'IN_VERIFICATION' THEN 'IN_PROCESS' WHEN 'INFO_REQUESTED' THEN 'WAITING_FOR_APPLICANT' WHEN 'REFUSAL_INTENDED' THEN 'WAITING_FOR_APPLICANT' WHEN 'SCREENING' THEN 'IN_PROCESS' WHEN 'GRANTED' THEN 'CLOSED' WHEN 'REFUSED' THEN 'CLOSED' WHEN 'WITHDRAWN' THEN 'CLOSED' WHEN 'LAPSED' THEN 'CLOSED' WHEN 'PAYMENT_EXPIRED' THEN 'CLOSED' WHEN 'REVOKED' THEN 'CLOSED' END) STORED NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE,
    paid_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    target_due_at TIMESTAMP WITH TIME ZONE,
    pay_by TIMESTAMP WITH TIME ZONE,
    answer_by TIMESTAMP WITH TIME ZONE,
    fee_idr BIGINT,
    paused_seconds BIGINT DEFAULT 0 NOT NULL,
    was_info_requested BOOLEAN DEFAULT false NOT NULL,
    is_referred BOOLEAN DEFAULT false NOT NULL,
    is_held BOOLEAN DEFAULT false NOT NULL,
    has_open_hit BOOLEAN DEFAULT false NOT NULL,
    hand_in_by DATE,
    is_urgent BOOLEAN DEFAULT false NOT NULL,
    is_visa_held BOOLEAN DEFAULT false NOT NULL,
    is_linked BOOLEAN DEFAULT false NOT NULL,
    current_decision_id UUID,
    officer TEXT,
    supervisor TEXT,
    is_assigned BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_application PRIMARY KEY (id),
    CONSTRAINT fk_application_applicant_id_nationality_code FOREIGN KEY(applicant_id, nationality_code) REFERENCES applicant (id, nationality_code),
    CONSTRAINT fk_application_partner_code_country_code FOREIGN KEY(partner_code, country_code) REFERENCES partner_country (partner_code, country_code),
    CONSTRAINT fk_application_centre_code_partner_code_country_code FOREIGN KEY(centre_code, partner_code, country_code) REFERENCES centre (code, partner_code, country_code),
    CONSTRAINT fk_application_successor FOREIGN KEY(successor_centre_code, successor_partner_code, successor_country_code) REFERENCES centre (code, partner_code, country_code),
    CONSTRAINT ck_application_channel_is_known CHECK (channel IN ('DIRECT', 'PARTNER_PORTAL', 'PARTNER_CENTRE', 'PARTNER_GROUP')),
    CONSTRAINT ck_application_trip_purpose_is_known CHECK (trip_purpose IN ('TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT', 'TRANSIT')),
    CONSTRAINT ck_application_status_is_known CHECK (status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')),
    CONSTRAINT ck_application_stage_is_known CHECK (stage IN ('SUBMITTED', 'IN_PROCESS', 'WAITING_FOR_APPLICANT', 'CLOSED')),
    CONSTRAINT ck_application_reference_is_formed CHECK (reference ~ '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$'),
    CONSTRAINT ck_application_group_reference_is_formed CHECK (group_reference ~ '^G(-[0-9A-Z]{4}){3}$'),
    CONSTRAINT ck_application_group_through_a_partner CHECK (group_reference IS NULL OR channel <> 'DIRECT'),
    CONSTRAINT ck_application_extended_by_its_holder CHECK (extends_visa_number IS NULL OR channel = 'DIRECT'),
    CONSTRAINT ck_application_validity_of_a_visa CHECK ((extends_visa_number IS NULL) = (use_within_days IS NOT NULL)),
    CONSTRAINT ck_application_use_is_positive CHECK (use_within_days > 0),
    CONSTRAINT ck_application_partner_unless_direct CHECK ((channel = 'DIRECT') = (partner_code IS NULL)),
    CONSTRAINT ck_application_country_with_partner CHECK ((partner_code IS NULL) = (country_code IS NULL)),
    CONSTRAINT ck_application_centre_where_taken CHECK ((channel = 'PARTNER_CENTRE') = (centre_code IS NOT NULL)),
    CONSTRAINT ck_application_successor_in_a_country CHECK (num_nulls(successor_centre_code, successor_country_code, successor_partner_code) IN (0, 3)),
    CONSTRAINT ck_application_left_its_partner CHECK (partner_code IS NOT NULL AND successor_centre_code IS NULL OR left_partner_at IS NULL),
    CONSTRAINT ck_application_closed_when_closed CHECK ((status IN ('GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')) = (closed_at IS NOT NULL)),
    CONSTRAINT ck_application_paid_before_work CHECK (NOT (status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'REVOKED')) OR paid_at IS NOT NULL),
    CONSTRAINT ck_application_paid_with_fee_and_target CHECK (num_nulls(paid_at, fee_idr, target_due_at) IN (0, 3)),
    CONSTRAINT ck_application_guardian_kind_is_known CHECK (guardian_kind IN ('IN_GROUP', 'NAMED')),
    CONSTRAINT ck_application_company_is_a_group CHECK (guardian_kind <> 'IN_GROUP' OR group_reference IS NOT NULL),
    CONSTRAINT ck_application_decided_with_decision CHECK ((status IN ('GRANTED', 'REFUSED', 'REVOKED')) = (current_decision_id IS NOT NULL)),
    CONSTRAINT ck_application_expired_unpaid CHECK (status <> 'PAYMENT_EXPIRED' OR paid_at IS NULL),
    CONSTRAINT ck_application_paid_after_submission CHECK (paid_at >= submitted_at),
    CONSTRAINT ck_application_received_after_submission CHECK (received_at >= submitted_at),
    CONSTRAINT ck_application_closed_last CHECK (closed_at >= coalesce(paid_at, submitted_at)),
    CONSTRAINT ck_application_fee_is_not_negative CHECK (fee_idr >= 0),
    CONSTRAINT ck_application_pause_is_not_negative CHECK (paused_seconds >= 0),
    CONSTRAINT uq_application_reference UNIQUE (reference),
    CONSTRAINT fk_application_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE INDEX ix_application_applicant_id_submitted_at_id ON application (applicant_id, submitted_at, id);

CREATE INDEX ix_application_centre_code ON application (centre_code);

CREATE INDEX ix_application_closed_at_id ON application (closed_at, id);

CREATE INDEX ix_application_country_code ON application (country_code);

CREATE INDEX ix_application_extends_visa_number ON application (extends_visa_number) WHERE extends_visa_number IS NOT NULL;

CREATE INDEX ix_application_free ON application (target_due_at, id) WHERE NOT is_assigned AND stage = 'IN_PROCESS';

CREATE INDEX ix_application_group_reference ON application (group_reference) WHERE group_reference IS NOT NULL;

CREATE INDEX ix_application_holder_country_code ON application (holder_country_code);

CREATE INDEX ix_application_holder_place_submitted_at_id ON application (holder_place, submitted_at, id);

CREATE INDEX ix_application_nationality_code ON application (nationality_code);

CREATE INDEX ix_application_of_officer ON application (officer, target_due_at, id) WHERE officer IS NOT NULL;

CREATE INDEX ix_application_of_supervisor ON application (supervisor, target_due_at, id) WHERE supervisor IS NOT NULL;

CREATE INDEX ix_application_open ON application (target_due_at, id) WHERE stage <> 'CLOSED';

CREATE INDEX ix_application_open_at_midnight ON application USING gist (tstzrange(paid_at, closed_at, '(]')) WHERE paid_at IS NOT NULL AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(paid_at));

CREATE INDEX ix_application_paid_at_id ON application (paid_at, id);

CREATE INDEX ix_application_status ON application (status);

CREATE INDEX ix_application_submitted_at_id ON application (submitted_at, id);

CREATE INDEX ix_application_successor ON application (successor_centre_code) WHERE successor_centre_code IS NOT NULL;

CREATE INDEX ix_application_supervised ON application (target_due_at, id) WHERE is_held OR is_visa_held OR has_open_hit;

CREATE INDEX ix_application_target_due_at_id ON application (target_due_at, id);

CREATE INDEX ix_application_to_hand_in ON application (hand_in_by) WHERE hand_in_by IS NOT NULL;

CREATE INDEX ix_application_unlinked ON application (id) WHERE NOT is_linked;

CREATE INDEX ix_application_urgent ON application (target_due_at, id) WHERE is_urgent AND stage <> 'CLOSED';

CREATE INDEX ix_application_visa_type_code ON application (visa_type_code);

CREATE TABLE erasure (
    id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    data_request_id UUID,
    cause TEXT NOT NULL,
    ordered_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    keys_deleted_at TIMESTAMP WITH TIME ZONE,
    copies_end_at TIMESTAMP WITH TIME ZONE,
    index_removed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_erasure PRIMARY KEY (id),
    CONSTRAINT ck_erasure_cause_is_known CHECK (cause IN ('REQUEST', 'RETENTION', 'RESTORED')),
    CONSTRAINT ck_erasure_as_asked CHECK ((cause = 'REQUEST') = (data_request_id IS NOT NULL)),
    CONSTRAINT ck_erasure_erased_after_order CHECK (erased_at >= ordered_at),
    CONSTRAINT ck_erasure_copies_end_with_keys CHECK (num_nulls(keys_deleted_at, copies_end_at) IN (0, 2)),
    CONSTRAINT ck_erasure_hidden_first CHECK (erased_at IS NOT NULL OR num_nonnulls(keys_deleted_at, index_removed_at) = 0),
    CONSTRAINT uq_erasure_applicant_id UNIQUE (applicant_id),
    CONSTRAINT fk_erasure_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id),
    CONSTRAINT fk_erasure_data_request_id FOREIGN KEY(data_request_id) REFERENCES data_request (id)
);

CREATE INDEX ix_erasure_ordered_at_id ON erasure (ordered_at, id);

CREATE INDEX ix_erasure_unfinished ON erasure (id) WHERE keys_deleted_at IS NULL OR index_removed_at IS NULL;

CREATE UNIQUE INDEX ix_erasure_data_request_id ON erasure (data_request_id);

CREATE TABLE mail_subscription (
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    role TEXT NOT NULL,
    own_partner TEXT,
    own_countries TEXT[] NOT NULL,
    own_centres TEXT[] NOT NULL,
    occasion TEXT NOT NULL,
    country_code TEXT,
    partner_code TEXT,
    centre_code TEXT,
    visa_type_code TEXT,
    language TEXT NOT NULL,
    address TEXT,
    subscribed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    renewals BIGINT DEFAULT 0 NOT NULL,
    renewed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE DEFAULT (clock_timestamp() + '90 days'::interval) NOT NULL,
    is_ended BOOLEAN DEFAULT false NOT NULL,
    mailed_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    found TEXT[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_mail_subscription PRIMARY KEY (id),
    CONSTRAINT ck_mail_subscription_role_is_known CHECK (role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_mail_subscription_occasion_is_known CHECK (occasion IN ('WEEKLY', 'MONTHLY', 'TARGET_MISSED', 'LATER_THAN_USUAL', 'MORE_REFUSALS', 'MORE_REQUESTS', 'SLOWER_HANDOVER', 'GROWING_BACKLOG')),
    CONSTRAINT ck_mail_subscription_language_is_known CHECK (language IN ('EN', 'ID')),
    CONSTRAINT ck_mail_subscription_address_is_formed CHECK (address ~ '^[!-~]{1,64}@[A-Za-z0-9.-]{1,190}$'),
    CONSTRAINT ck_mail_subscription_address_until_ended CHECK ((address IS NULL) = is_ended),
    CONSTRAINT ck_mail_subscription_of_one_place CHECK (num_nonnulls(country_code, partner_code, centre_code) <= 1),
    CONSTRAINT ck_mail_subscription_visa_type_of_an_alert CHECK (visa_type_code IS NULL OR occasion NOT IN ('WEEKLY', 'MONTHLY')),
    CONSTRAINT fk_mail_subscription_country_code FOREIGN KEY(country_code) REFERENCES country (code),
    CONSTRAINT fk_mail_subscription_partner_code FOREIGN KEY(partner_code) REFERENCES partner (code),
    CONSTRAINT fk_mail_subscription_centre_code FOREIGN KEY(centre_code) REFERENCES centre (code),
    CONSTRAINT fk_mail_subscription_visa_type_code FOREIGN KEY(visa_type_code) REFERENCES visa_type (code)
);

CREATE INDEX ix_mail_subscription_ends_at ON mail_subscription (ends_at) WHERE NOT is_ended;

CREATE INDEX ix_mail_subscription_subject_subscribed_at_id ON mail_subscription (subject, subscribed_at, id);

CREATE UNIQUE INDEX uq_mail_subscription_lasting ON mail_subscription (subject, role, occasion, country_code, partner_code, centre_code, visa_type_code) NULLS NOT DISTINCT WHERE NOT is_ended;

CREATE TABLE application_event (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    application_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    actor TEXT,
    actor_role TEXT,
    reason TEXT,
    CONSTRAINT pk_application_event PRIMARY KEY (id),
    CONSTRAINT ck_application_event_kind_is_known CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'HELD', 'RELEASED', 'MARKED_URGENT', 'URGENCY_ENDED', 'GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED', 'ANSWER_PROPOSED', 'SCREENED', 'CORRECTION_PROPOSED', 'CORRECTED', 'CORRECTION_REJECTED', 'TRANSFERRED', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED', 'VISA_RETURNED', 'APPEARED', 'TARGET_50', 'TARGET_75', 'TARGET_100')),
    CONSTRAINT ck_application_event_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_application_event_sequence_is_positive CHECK (sequence > 0),
    CONSTRAINT ck_application_event_reason_is_bounded CHECK (length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT fk_application_event_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE UNIQUE INDEX ix_application_event_application_id_sequence ON application_event (application_id, sequence);

CREATE TABLE ban_match (
    id UUID NOT NULL,
    ban_id UUID NOT NULL,
    application_id UUID NOT NULL,
    by TEXT NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_ban_match PRIMARY KEY (id),
    CONSTRAINT uq_ban_match_application_id_ban_id_by UNIQUE (application_id, ban_id, by),
    CONSTRAINT ck_ban_match_by_is_known CHECK (by IN ('PASSPORT', 'NAME_AND_BIRTH_DATE', 'LIKENESS')),
    CONSTRAINT fk_ban_match_ban_id FOREIGN KEY(ban_id) REFERENCES ban_entry (id),
    CONSTRAINT fk_ban_match_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_ban_match_lasting ON ban_match (ban_id) WHERE ended_at IS NULL;

CREATE TABLE assignment (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    application_id UUID NOT NULL,
    officer TEXT NOT NULL,
    role TEXT DEFAULT 'OFFICER' NOT NULL,
    assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    assigned_by TEXT,
    ended_by TEXT,
    reason TEXT,
    CONSTRAINT pk_assignment PRIMARY KEY (id),
    CONSTRAINT ck_assignment_role_is_known CHECK (role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_assignment_ends_after_it_begins CHECK (ended_at >= assigned_at),
    CONSTRAINT fk_assignment_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_assignment_application_id_assigned_at_id ON assignment (application_id, assigned_at, id);

CREATE INDEX ix_assignment_officer_application_id ON assignment (officer, application_id);

CREATE UNIQUE INDEX uq_assignment_current ON assignment (application_id) WHERE ended_at IS NULL;

CREATE TABLE decision (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    grounds TEXT[] DEFAULT '{}' NOT NULL,
    is_incomplete BOOLEAN DEFAULT false NOT NULL,
    public_reasons TEXT[] DEFAULT '{}' NOT NULL,
    conditions TEXT[] DEFAULT '{}' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    officer TEXT NOT NULL,
    grant_rule_code TEXT,
    internal_note TEXT,
    supersedes_id UUID,
    CONSTRAINT pk_decision PRIMARY KEY (id),
    CONSTRAINT uq_decision_id_application_id UNIQUE (id, application_id),
    CONSTRAINT fk_decision_supersedes_id_application_id FOREIGN KEY(supersedes_id, application_id) REFERENCES decision (id, application_id),
    CONSTRAINT ck_decision_outcome_is_known CHECK (outcome IN ('GRANTED', 'REFUSED')),
    CONSTRAINT ck_decision_grounds_are_known CHECK (cardinality(grounds) = num_nonnulls(array_position(grounds, 'ENTRY_BAN'), array_position(grounds, 'INVALID_TRAVEL_DOCUMENT'), array_position(grounds, 'FORGED_DOCUMENT'), array_position(grounds, 'FALSE_STATEMENT'), array_position(grounds, 'INSUFFICIENT_MEANS'), array_position(grounds, 'PURPOSE_NOT_CREDIBLE'), array_position(grounds, 'PUBLIC_HEALTH'), array_position(grounds, 'SECURITY'), array_position(grounds, 'INCOMPLETE'))),
    CONSTRAINT ck_decision_ground_when_refused CHECK ((outcome = 'REFUSED') = (grounds <> '{}')),
    CONSTRAINT ck_decision_conditions_are_known CHECK (cardinality(conditions) = num_nonnulls(array_position(conditions, 'NO_EMPLOYMENT'), array_position(conditions, 'REPORT_TO_OFFICE'), array_position(conditions, 'ONWARD_TICKET'), array_position(conditions, 'WITH_FAMILY'))),
    CONSTRAINT ck_decision_conditions_of_a_grant CHECK (outcome = 'GRANTED' OR conditions = '{}'),
    CONSTRAINT ck_decision_rules_grant CHECK (grant_rule_code IS NULL OR outcome = 'GRANTED' AND conditions = '{}' AND supersedes_id IS NULL),
    CONSTRAINT ck_decision_is_incomplete_as_decided CHECK (is_incomplete = ('INCOMPLETE' = ANY (grounds))),
    CONSTRAINT ck_decision_public_reasons_as_decided CHECK (public_reasons = CASE WHEN outcome = 'REFUSED' AND array_remove(array_remove(grounds, 'ENTRY_BAN'), 'SECURITY') = '{}' THEN '{NOT_DISCLOSED}' ELSE array_remove(array_remove(grounds, 'ENTRY_BAN'), 'SECURITY') END),
    CONSTRAINT fk_decision_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_decision_grant_rule_code FOREIGN KEY(grant_rule_code) REFERENCES grant_rule (code),
    CONSTRAINT uq_decision_supersedes_id UNIQUE (supersedes_id)
);

CREATE INDEX ix_decision_application_id_decided_at_id ON decision (application_id, decided_at, id);

CREATE INDEX ix_decision_decided_at_id ON decision (decided_at, id);

CREATE UNIQUE INDEX uq_decision_first ON decision (application_id) WHERE supersedes_id IS NULL;

CREATE TABLE withheld_decision (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    grounds TEXT[] DEFAULT '{}' NOT NULL,
    conditions TEXT[] DEFAULT '{}' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    officer TEXT NOT NULL,
    internal_note TEXT,
    CONSTRAINT pk_withheld_decision PRIMARY KEY (id),
    CONSTRAINT ck_withheld_decision_outcome_is_known CHECK (outcome IN ('GRANTED', 'REFUSED')),
    CONSTRAINT ck_withheld_decision_grounds_are_known CHECK (cardinality(grounds) = num_nonnulls(array_position(grounds, 'ENTRY_BAN'), array_position(grounds, 'INVALID_TRAVEL_DOCUMENT'), array_position(grounds, 'FORGED_DOCUMENT'), array_position(grounds, 'FALSE_STATEMENT'), array_position(grounds, 'INSUFFICIENT_MEANS'), array_position(grounds, 'PURPOSE_NOT_CREDIBLE'), array_position(grounds, 'PUBLIC_HEALTH'), array_position(grounds, 'SECURITY'), array_position(grounds, 'INCOMPLETE'))),
    CONSTRAINT ck_withheld_decision_ground_when_refused CHECK ((outcome = 'REFUSED') = (grounds <> '{}')),
    CONSTRAINT ck_withheld_decision_conditions_are_known CHECK (cardinality(conditions) = num_nonnulls(array_position(conditions, 'NO_EMPLOYMENT'), array_position(conditions, 'REPORT_TO_OFFICE'), array_position(conditions, 'ONWARD_TICKET'), array_position(conditions, 'WITH_FAMILY'))),
    CONSTRAINT ck_withheld_decision_conditions_of_a_grant CHECK (outcome = 'GRANTED' OR conditions = '{}'),
    CONSTRAINT uq_withheld_decision_application_id UNIQUE (application_id),
    CONSTRAINT fk_withheld_decision_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE TABLE bill (
    billing_code TEXT NOT NULL,
    application_id UUID,
    family_id UUID,
    family_code TEXT,
    family_fee_idr BIGINT,
    paid_under TEXT GENERATED ALWAYS AS (coalesce(family_code, billing_code)) STORED NOT NULL,
    amount_idr BIGINT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    receipt_number TEXT,
    reversed_at TIMESTAMP WITH TIME ZONE,
    reversal_number TEXT,
    reversal_effect TEXT,
    CONSTRAINT pk_bill PRIMARY KEY (billing_code),
    CONSTRAINT ck_bill_reversal_effect_is_known CHECK (reversal_effect IN ('HELD', 'NONE')),
    CONSTRAINT ck_bill_of_file_or_family CHECK (num_nonnulls(application_id, family_id) = 1),
    CONSTRAINT ck_bill_share_of_a_file CHECK (family_code IS NULL OR family_id IS NULL),
    CONSTRAINT ck_bill_family_fee_of_a_share CHECK (family_fee_idr IS NULL OR family_code IS NOT NULL),
    CONSTRAINT ck_bill_billing_code_is_formed CHECK (billing_code ~ '^[0-9]{15}$'),
    CONSTRAINT ck_bill_receipt_number_is_formed CHECK (receipt_number ~ '^[0-9A-Z]{16}$'),
    CONSTRAINT ck_bill_amount_is_not_negative CHECK (amount_idr >= 0),
    CONSTRAINT ck_bill_due_after_issue CHECK (due_at > issued_at),
    CONSTRAINT ck_bill_paid_after_issue CHECK (paid_at >= issued_at),
    CONSTRAINT ck_bill_paid_with_receipt CHECK ((paid_at IS NULL) = (receipt_number IS NULL)),
    CONSTRAINT ck_bill_reversed_once CHECK (num_nulls(reversed_at, reversal_number, reversal_effect) IN (0, 3)),
    CONSTRAINT ck_bill_reversed_after_payment CHECK (reversed_at >= paid_at),
    CONSTRAINT uq_bill_application_id UNIQUE (application_id),
    CONSTRAINT fk_bill_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_bill_family_code FOREIGN KEY(family_code) REFERENCES bill (billing_code) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_bill_due_at_billing_code ON bill (due_at, billing_code);

CREATE INDEX ix_bill_family_code ON bill (family_code) WHERE family_code IS NOT NULL;

CREATE INDEX ix_bill_issued_at_billing_code ON bill (issued_at, billing_code);

CREATE INDEX ix_bill_paid_at_billing_code ON bill (paid_at, billing_code);

CREATE INDEX ix_bill_paid_under ON bill (paid_under);

CREATE INDEX ix_bill_reversed_at_billing_code ON bill (reversed_at, billing_code) WHERE reversed_at IS NOT NULL;

CREATE UNIQUE INDEX uq_bill_family_id ON bill (family_id) WHERE family_id IS NOT NULL;

CREATE UNIQUE INDEX uq_bill_receipt_of_code ON bill (receipt_number, coalesce(family_code || billing_code, ''));

CREATE TABLE former_bill (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    family_id UUID,
    billing_code TEXT NOT NULL,
    replaced_by TEXT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    receipt_number TEXT,
    reversed_at TIMESTAMP WITH TIME ZONE,
    reversal_number TEXT,
    renewed_by TEXT NOT NULL,
    renewed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_former_bill PRIMARY KEY (id),
    CONSTRAINT ck_former_bill_replaced_by_is_formed CHECK (replaced_by ~ '^[0-9]{15}$'),
    CONSTRAINT fk_former_bill_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT uq_former_bill_billing_code UNIQUE (billing_code),
    CONSTRAINT uq_former_bill_replaced_by UNIQUE (replaced_by),
    CONSTRAINT uq_former_bill_receipt_number UNIQUE (receipt_number)
);

CREATE INDEX ix_former_bill_application_id ON former_bill (application_id);

CREATE INDEX ix_former_bill_family_id ON former_bill (family_id) WHERE family_id IS NOT NULL;

CREATE INDEX ix_former_bill_renewed_at_id ON former_bill (renewed_at, id);

CREATE TABLE case_document (
    application_id UUID NOT NULL,
    kind TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE,
    recorded_by TEXT,
    CONSTRAINT pk_case_document PRIMARY KEY (application_id, kind),
    CONSTRAINT ck_case_document_kind_is_known CHECK (kind IN ('PASSPORT_SCAN', 'PHOTOGRAPH', 'RETURN_TICKET', 'ITINERARY', 'ACCOMMODATION', 'BANK_STATEMENT', 'INVITATION_LETTER', 'GUARANTEE_LETTER', 'EMPLOYMENT_LETTER', 'EMPLOYMENT_CONTRACT', 'CURRICULUM_VITAE', 'BUSINESS_LICENCE', 'DEED_OF_ESTABLISHMENT', 'INVESTMENT_PLAN', 'PROOF_OF_INCOME', 'HEALTH_INSURANCE', 'VACCINATION_CERTIFICATE', 'POLICE_CERTIFICATE', 'BIRTH_CERTIFICATE', 'MARRIAGE_CERTIFICATE', 'PARENTAL_CONSENT', 'RESIDENCE_PERMIT')),
    CONSTRAINT ck_case_document_recorded_by_somebody CHECK ((recorded_at IS NULL) = (recorded_by IS NULL)),
    CONSTRAINT fk_case_document_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE TABLE requested_item (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    kind TEXT NOT NULL,
    note TEXT,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    answered_by TEXT,
    CONSTRAINT pk_requested_item PRIMARY KEY (id),
    CONSTRAINT ck_requested_item_kind_is_known CHECK (kind IN ('PASSPORT_SCAN', 'PHOTOGRAPH', 'RETURN_TICKET', 'ITINERARY', 'ACCOMMODATION', 'BANK_STATEMENT', 'INVITATION_LETTER', 'GUARANTEE_LETTER', 'EMPLOYMENT_LETTER', 'EMPLOYMENT_CONTRACT', 'CURRICULUM_VITAE', 'BUSINESS_LICENCE', 'DEED_OF_ESTABLISHMENT', 'INVESTMENT_PLAN', 'PROOF_OF_INCOME', 'HEALTH_INSURANCE', 'VACCINATION_CERTIFICATE', 'POLICE_CERTIFICATE', 'BIRTH_CERTIFICATE', 'MARRIAGE_CERTIFICATE', 'PARENTAL_CONSENT', 'RESIDENCE_PERMIT', 'FULL_NAME', 'BIRTH_DATE', 'BIRTH_PLACE', 'SEX', 'NATIONALITY', 'PASSPORT_NUMBER', 'PASSPORT_EXPIRY', 'EMAIL', 'PHONE', 'OCCUPATION', 'TRIP_PURPOSE', 'ARRIVAL_DATE', 'LENGTH_OF_STAY', 'ADDRESS_IN_INDONESIA')),
    CONSTRAINT ck_requested_item_note_is_bounded CHECK (length(note) BETWEEN 1 AND 500),
    CONSTRAINT ck_requested_item_answered_after_request CHECK (answered_at >= requested_at),
    CONSTRAINT ck_requested_item_answered_by_somebody CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CONSTRAINT fk_requested_item_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_requested_item_application_id_requested_at_id ON requested_item (application_id, requested_at, id);

CREATE TABLE refusal_intention (
    application_id UUID NOT NULL,
    grounds TEXT[] NOT NULL,
    note TEXT,
    announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    announced_by TEXT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    answered_by TEXT,
    documents TEXT[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_refusal_intention PRIMARY KEY (application_id),
    CONSTRAINT ck_refusal_intention_grounds_are_known CHECK (cardinality(grounds) = num_nonnulls(array_position(grounds, 'INVALID_TRAVEL_DOCUMENT'), array_position(grounds, 'FALSE_STATEMENT'), array_position(grounds, 'INSUFFICIENT_MEANS'), array_position(grounds, 'PURPOSE_NOT_CREDIBLE'), array_position(grounds, 'PUBLIC_HEALTH'), array_position(grounds, 'INCOMPLETE'))),
    CONSTRAINT ck_refusal_intention_documents_are_known CHECK (cardinality(documents) = num_nonnulls(array_position(documents, 'PASSPORT_SCAN'), array_position(documents, 'PHOTOGRAPH'), array_position(documents, 'RETURN_TICKET'), array_position(documents, 'ITINERARY'), array_position(documents, 'ACCOMMODATION'), array_position(documents, 'BANK_STATEMENT'), array_position(documents, 'INVITATION_LETTER'), array_position(documents, 'GUARANTEE_LETTER'), array_position(documents, 'EMPLOYMENT_LETTER'), array_position(documents, 'EMPLOYMENT_CONTRACT'), array_position(documents, 'CURRICULUM_VITAE'), array_position(documents, 'BUSINESS_LICENCE'), array_position(documents, 'DEED_OF_ESTABLISHMENT'), array_position(documents, 'INVESTMENT_PLAN'), array_position(documents, 'PROOF_OF_INCOME'), array_position(documents, 'HEALTH_INSURANCE'), array_position(documents, 'VACCINATION_CERTIFICATE'), array_position(documents, 'POLICE_CERTIFICATE'), array_position(documents, 'BIRTH_CERTIFICATE'), array_position(documents, 'MARRIAGE_CERTIFICATE'), array_position(documents, 'PARENTAL_CONSENT'), array_position(documents, 'RESIDENCE_PERMIT'))),
    CONSTRAINT ck_refusal_intention_is_of_some_ground CHECK (grounds <> '{}'),
    CONSTRAINT ck_refusal_intention_note_is_bounded CHECK (length(note) BETWEEN 1 AND 500),
    CONSTRAINT ck_refusal_intention_ended_after_announcement CHECK (ended_at >= announced_at),
    CONSTRAINT ck_refusal_intention_answer_ends_it CHECK (answered_at IS NULL OR answered_at = ended_at),
    CONSTRAINT ck_refusal_intention_answered_by_somebody CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CONSTRAINT ck_refusal_intention_documents_of_an_answer CHECK (answered_at IS NOT NULL OR documents = '{}'),
    CONSTRAINT fk_refusal_intention_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE TABLE case_note (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    author TEXT NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    first_of_two TEXT,
    sealed JSONB DEFAULT '{}' NOT NULL,
    as_text TEXT,
    CONSTRAINT pk_case_note PRIMARY KEY (id),
    CONSTRAINT ck_case_note_text_is_sealed CHECK (as_text IS NULL),
    CONSTRAINT ck_case_note_kept_for_its_author CHECK (first_of_two = author),
    CONSTRAINT fk_case_note_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_case_note_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_case_note_applicant_id ON case_note (applicant_id);

CREATE INDEX ix_case_note_application_id_written_at_applicant_id ON case_note (application_id, written_at, applicant_id);

CREATE TABLE screening (
    id UUID NOT NULL,
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    written_in BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    application_id UUID NOT NULL,
    kind TEXT NOT NULL,
    result TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    referral_reason TEXT,
    referral_note TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    proposed TEXT,
    proposed_by TEXT,
    reason TEXT,
    answered_by TEXT,
    confirmed_by TEXT,
    voided_at TIMESTAMP WITH TIME ZONE,
    list_version TEXT,
    rule_version TEXT,
    ban_id UUID,
    kept_from TEXT[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_screening PRIMARY KEY (id),
    CONSTRAINT ck_screening_kind_is_known CHECK (kind IN ('ENTRY_BAN', 'CLEARANCE')),
    CONSTRAINT ck_screening_result_is_known CHECK (result IN ('CLEAR', 'HIT', 'PENDING', 'UNAVAILABLE', 'NO_MATCH', 'MATCH')),
    CONSTRAINT ck_screening_proposed_is_known CHECK (proposed IN ('CLEAR', 'HIT', 'PENDING', 'UNAVAILABLE', 'NO_MATCH', 'MATCH')),
    CONSTRAINT ck_screening_referral_reason_is_known CHECK (referral_reason IN ('ROUTINE', 'IDENTITY_IN_DOUBT', 'DOCUMENTS_IN_DOUBT', 'PURPOSE_IN_DOUBT', 'TRAVEL_HISTORY', 'INFORMATION_RECEIVED')),
    CONSTRAINT ck_screening_referral_note_is_bounded CHECK (length(referral_note) <= 2000),
    CONSTRAINT ck_screening_pending_unanswered CHECK ((result = 'PENDING') = (answered_at IS NULL)),
    CONSTRAINT ck_screening_answered_after_request CHECK (answered_at >= requested_at),
    CONSTRAINT ck_screening_proposed_by_somebody CHECK ((proposed IS NULL) = (proposed_by IS NULL)),
    CONSTRAINT ck_screening_answered_by_whom CHECK (answered_by IS NULL OR answered_at IS NOT NULL),
    CONSTRAINT ck_screening_confirmed_by_another CHECK (confirmed_by <> answered_by),
    CONSTRAINT ck_screening_system_clears CHECK (num_nulls(list_version, rule_version) = 2 OR num_nulls(list_version, rule_version) = 0 AND kind = 'ENTRY_BAN' AND result = 'CLEAR' AND num_nonnulls(answered_by, proposed, ban_id) = 0),
    CONSTRAINT ck_screening_resolved_with_reason_by_two CHECK (result NOT IN ('NO_MATCH', 'MATCH') OR num_nulls(reason, confirmed_by) = 0),
    CONSTRAINT ck_screening_clearance_by_two CHECK (answered_by IS NULL OR kind <> 'CLEARANCE' OR result = 'UNAVAILABLE' OR confirmed_by IS NOT NULL),
    CONSTRAINT fk_screening_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_screening_ban_id FOREIGN KEY(ban_id) REFERENCES ban_entry (id)
);

CREATE INDEX ix_screening_application_id_requested_at_id ON screening (application_id, requested_at, id);

CREATE INDEX ix_screening_ban ON screening (ban_id) WHERE ban_id IS NOT NULL;

CREATE INDEX ix_screening_followed ON screening (written_in, number) WHERE answered_at IS NULL;

CREATE INDEX ix_screening_open ON screening (requested_at, id) WHERE answered_at IS NULL;

CREATE TABLE screening_replay_candidate (
    id UUID NOT NULL,
    replay_id UUID NOT NULL,
    application_id UUID NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    list_version TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    CONSTRAINT pk_screening_replay_candidate PRIMARY KEY (id),
    CONSTRAINT uq_screening_replay_candidate_replay_id_application_id UNIQUE (replay_id, application_id),
    CONSTRAINT fk_screening_replay_candidate_replay_id FOREIGN KEY(replay_id) REFERENCES screening_replay (id),
    CONSTRAINT fk_screening_replay_candidate_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_screening_replay_candidate_replay_id_found_at_id ON screening_replay_candidate (replay_id, found_at, id);

CREATE TABLE document_upload (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BYTEA,
    locator TEXT,
    registered_sha256 BYTEA,
    requested_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    requested_by TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    refused_at TIMESTAMP WITH TIME ZONE,
    state TEXT GENERATED ALWAYS AS (
    CASE WHEN refused_at IS NOT NULL THEN 'REFUSED'
        WHEN completed_at IS NOT NULL THEN CASE
            WHEN sha256 <> registered_sha256 THEN 'CHANGED'
            WHEN locator IS NOT NULL THEN 'REGISTERED'
            ELSE 'THERE' END
        WHEN sent_at IS NOT NULL THEN 'PENDING'
        ELSE 'AWAITED' END
) STORED NOT NULL,
    replaced_at TIMESTAMP WITH TIME ZONE,
    removed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_document_upload PRIMARY KEY (id),
    CONSTRAINT ck_document_upload_kind_is_known CHECK (kind IN ('PASSPORT_SCAN', 'PHOTOGRAPH', 'RETURN_TICKET', 'ITINERARY', 'ACCOMMODATION', 'BANK_STATEMENT', 'INVITATION_LETTER', 'GUARANTEE_LETTER', 'EMPLOYMENT_LETTER', 'EMPLOYMENT_CONTRACT', 'CURRICULUM_VITAE', 'BUSINESS_LICENCE', 'DEED_OF_ESTABLISHMENT', 'INVESTMENT_PLAN', 'PROOF_OF_INCOME', 'HEALTH_INSURANCE', 'VACCINATION_CERTIFICATE', 'POLICE_CERTIFICATE', 'BIRTH_CERTIFICATE', 'MARRIAGE_CERTIFICATE', 'PARENTAL_CONSENT', 'RESIDENCE_PERMIT')),
    CONSTRAINT ck_document_upload_media_type_is_known CHECK (media_type IN ('PDF', 'JPEG', 'PNG')),
    CONSTRAINT ck_document_upload_size_is_positive CHECK (size > 0),
    CONSTRAINT ck_document_upload_digest_is_whole CHECK (length(sha256) = 32),
    CONSTRAINT ck_document_upload_digest_until_erased CHECK (sha256 IS NOT NULL OR replaced_at IS NOT NULL),
    CONSTRAINT ck_document_upload_locator_says_nothing CHECK (locator ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'),
    CONSTRAINT ck_document_upload_registered_counts CHECK (locator IS NULL OR completed_at IS NOT NULL),
    CONSTRAINT ck_document_upload_expires_after_request CHECK (expires_at > requested_at),
    CONSTRAINT ck_document_upload_answered_once_sent CHECK (num_nonnulls(completed_at, refused_at) < CASE WHEN sent_at IS NULL THEN 1 ELSE 2 END),
    CONSTRAINT ck_document_upload_removed_once_replaced CHECK (removed_at IS NULL OR completed_at IS NULL OR replaced_at IS NOT NULL),
    CONSTRAINT fk_document_upload_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_document_upload_to_remove ON document_upload (requested_at, id) WHERE removed_at IS NULL AND (completed_at IS NULL OR replaced_at IS NOT NULL);

CREATE INDEX ix_document_upload_to_scan ON document_upload (sent_at, id) WHERE sent_at IS NOT NULL AND completed_at IS NULL AND refused_at IS NULL AND replaced_at IS NULL;

CREATE UNIQUE INDEX uq_document_upload_awaited ON document_upload (application_id, kind) WHERE completed_at IS NULL AND replaced_at IS NULL;

CREATE UNIQUE INDEX uq_document_upload_current ON document_upload (application_id, kind) WHERE completed_at IS NOT NULL AND replaced_at IS NULL;

CREATE TABLE person_link (
    id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    linked_id UUID NOT NULL,
    reason TEXT NOT NULL,
    state TEXT,
    found_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT,
    resolved_in UUID,
    resolution TEXT,
    CONSTRAINT pk_person_link PRIMARY KEY (id),
    CONSTRAINT ck_person_link_reason_is_known CHECK (reason IN ('PASSPORT', 'NAME_AND_BIRTH_DATE', 'GROUP')),
    CONSTRAINT ck_person_link_state_is_known CHECK (state IN ('CERTAIN', 'PROPOSED', 'CONFIRMED', 'REJECTED')),
    CONSTRAINT ck_person_link_links_two CHECK (applicant_id <> linked_id),
    CONSTRAINT ck_person_link_state_unless_group CHECK ((reason = 'GROUP') = (state IS NULL)),
    CONSTRAINT ck_person_link_certain_by_passport CHECK ((reason = 'PASSPORT') = (state = 'CERTAIN')),
    CONSTRAINT ck_person_link_resolved_by_whom CHECK (num_nulls(resolved_at, resolved_by, resolved_in, resolution) IN (0, 4)),
    CONSTRAINT ck_person_link_resolved_if_said CHECK (coalesce(state IN ('CONFIRMED', 'REJECTED'), false) = (resolved_at IS NOT NULL)),
    CONSTRAINT ck_person_link_resolution_is_bounded CHECK (length(resolution) BETWEEN 1 AND 2000),
    CONSTRAINT fk_person_link_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id),
    CONSTRAINT fk_person_link_linked_id FOREIGN KEY(linked_id) REFERENCES applicant (id),
    CONSTRAINT fk_person_link_resolved_in FOREIGN KEY(resolved_in) REFERENCES application (id)
);

CREATE INDEX ix_person_link_applicant_id_found_at_id ON person_link (applicant_id, found_at, id);

CREATE INDEX ix_person_link_linked_id_applicant_id ON person_link (linked_id, applicant_id);

CREATE UNIQUE INDEX uq_person_link ON person_link (applicant_id, linked_id, reason);

CREATE TABLE grant_check (
    application_id UUID NOT NULL,
    rule_code TEXT NOT NULL,
    verdict TEXT NOT NULL,
    unmet TEXT[] NOT NULL,
    is_decided_twice BOOLEAN DEFAULT false NOT NULL,
    version BIGINT,
    checked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_grant_check PRIMARY KEY (application_id),
    CONSTRAINT ck_grant_check_verdict_is_known CHECK (verdict IN ('WAITS', 'SAMPLED', 'GRANTED')),
    CONSTRAINT ck_grant_check_waits_for_something CHECK ((verdict = 'WAITS') = (cardinality(unmet) > 0)),
    CONSTRAINT ck_grant_check_twice_of_the_sample CHECK (verdict = 'SAMPLED' OR NOT is_decided_twice),
    CONSTRAINT fk_grant_check_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_grant_check_rule_code FOREIGN KEY(rule_code) REFERENCES grant_rule (code)
);

CREATE TABLE complaint (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    applicant_id UUID NOT NULL,
    account TEXT NOT NULL,
    application_id UUID,
    centre_code TEXT,
    partner_code TEXT,
    country_code TEXT,
    lodged_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    kind TEXT DEFAULT 'UNSORTED' NOT NULL,
    sorted_by TEXT,
    sorted_at TIMESTAMP WITH TIME ZONE,
    entrusted_to TEXT,
    entrusted_by TEXT,
    entrusted_at TIMESTAMP WITH TIME ZONE,
    answered_by TEXT,
    answered_role TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    is_open BOOLEAN GENERATED ALWAYS AS (answered_at IS NULL) STORED NOT NULL,
    CONSTRAINT pk_complaint PRIMARY KEY (id),
    CONSTRAINT ck_complaint_kind_is_known CHECK (kind IN ('UNSORTED', 'SERVICE', 'INTEGRITY')),
    CONSTRAINT ck_complaint_answered_role_is_known CHECK (answered_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_complaint_about_one_thing CHECK (num_nonnulls(application_id, centre_code) < 2),
    CONSTRAINT ck_complaint_sorted_by_somebody CHECK (num_nulls(sorted_by, sorted_at) = CASE kind WHEN 'UNSORTED' THEN 2 ELSE 0 END),
    CONSTRAINT ck_complaint_entrusted_by_somebody CHECK (num_nulls(entrusted_to, entrusted_by, entrusted_at) IN (0, 3)),
    CONSTRAINT ck_complaint_entrusted_of_integrity CHECK (entrusted_to IS NULL OR kind = 'INTEGRITY'),
    CONSTRAINT ck_complaint_entrusted_to_another CHECK (entrusted_to <> entrusted_by),
    CONSTRAINT ck_complaint_answered_by_somebody CHECK (num_nulls(answered_by, answered_role, answered_at) IN (0, 3)),
    CONSTRAINT ck_complaint_sorted_first CHECK (answered_at IS NULL OR kind <> 'UNSORTED'),
    CONSTRAINT uq_complaint_reference UNIQUE (reference),
    CONSTRAINT fk_complaint_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id),
    CONSTRAINT fk_complaint_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_complaint_centre_code FOREIGN KEY(centre_code) REFERENCES centre (code),
    CONSTRAINT fk_complaint_partner_code FOREIGN KEY(partner_code) REFERENCES partner (code),
    CONSTRAINT fk_complaint_country_code FOREIGN KEY(country_code) REFERENCES country (code)
);

CREATE INDEX ix_complaint_account_due_at_id ON complaint (account, due_at, id);

CREATE INDEX ix_complaint_applicant_id ON complaint (applicant_id);

CREATE INDEX ix_complaint_application_id ON complaint (application_id);

CREATE INDEX ix_complaint_due_at_id ON complaint (due_at, id);

CREATE INDEX ix_complaint_is_open_due_at_id ON complaint (is_open, due_at, id);

CREATE INDEX ix_complaint_kind_due_at_id ON complaint (kind, due_at, id);

CREATE INDEX ix_complaint_partner_code_country_code_due_at_id ON complaint (partner_code, country_code, due_at, id);

CREATE TABLE legal_hold (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    reason TEXT NOT NULL,
    held_by TEXT NOT NULL,
    held_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    released_by TEXT,
    released_at TIMESTAMP WITH TIME ZONE,
    release_reason TEXT,
    CONSTRAINT pk_legal_hold PRIMARY KEY (id),
    CONSTRAINT ck_legal_hold_released_with_reason CHECK (num_nulls(released_by, released_at, release_reason) IN (0, 3)),
    CONSTRAINT fk_legal_hold_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_legal_hold_application_id_held_at_id ON legal_hold (application_id, held_at, id);

CREATE INDEX ix_legal_hold_held_at_id ON legal_hold (held_at, id);

CREATE UNIQUE INDEX uq_legal_hold_lasting ON legal_hold (application_id) WHERE released_at IS NULL;

CREATE TABLE webhook_notice (
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    number BIGINT NOT NULL,
    application_id UUID NOT NULL,
    stage TEXT NOT NULL,
    target_percent BIGINT,
    written_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    tried_from TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    attempts BIGINT DEFAULT 0 NOT NULL,
    failure TEXT,
    state TEXT DEFAULT 'WAITING' NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_notice PRIMARY KEY (id),
    CONSTRAINT ck_webhook_notice_stage_is_known CHECK (stage IN ('SUBMITTED', 'IN_PROCESS', 'WAITING_FOR_APPLICANT', 'CLOSED')),
    CONSTRAINT ck_webhook_notice_state_is_known CHECK (state IN ('WAITING', 'DELIVERED', 'DEAD', 'WITHHELD')),
    CONSTRAINT ck_webhook_notice_waits_until_settled CHECK ((state = 'WAITING') = (settled_at IS NULL)),
    CONSTRAINT uq_webhook_notice_endpoint_id_number UNIQUE (endpoint_id, number),
    CONSTRAINT fk_webhook_notice_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoint (id),
    CONSTRAINT fk_webhook_notice_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_webhook_notice_application_id ON webhook_notice (application_id);

CREATE INDEX ix_webhook_notice_of_case ON webhook_notice (endpoint_id, application_id, number) WHERE state = 'WAITING';

CREATE INDEX ix_webhook_notice_state_written_at_id ON webhook_notice (state, written_at, id);

CREATE INDEX ix_webhook_notice_waiting ON webhook_notice (endpoint_id, number) WHERE state = 'WAITING';

CREATE INDEX ix_webhook_notice_written_at_id ON webhook_notice (written_at, id);

CREATE TABLE file_claim (
    application_id UUID NOT NULL,
    account TEXT NOT NULL,
    code BYTEA NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_file_claim PRIMARY KEY (application_id),
    CONSTRAINT fk_file_claim_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_file_claim_account_claimed_at ON file_claim (account, claimed_at);

CREATE TABLE contact_digest (
    digest BYTEA NOT NULL,
    application_id UUID NOT NULL,
    CONSTRAINT pk_contact_digest PRIMARY KEY (digest, application_id),
    CONSTRAINT ck_contact_digest_digest_is_whole CHECK (length(digest) = 32),
    CONSTRAINT fk_contact_digest_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_contact_digest_application_id ON contact_digest (application_id);

CREATE TABLE mail (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    language TEXT,
    path TEXT NOT NULL,
    subject TEXT,
    partner_code TEXT,
    address TEXT,
    application_id UUID,
    posted_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    attempts BIGINT DEFAULT 0 NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE,
    withheld_at TIMESTAMP WITH TIME ZONE,
    failed_at TIMESTAMP WITH TIME ZONE,
    failure TEXT,
    CONSTRAINT pk_mail PRIMARY KEY (id),
    CONSTRAINT ck_mail_kind_is_known CHECK (kind IN ('REPORT', 'ALERT', 'RENEWAL', 'BILL', 'REQUEST', 'DECISION', 'CLAIM')),
    CONSTRAINT ck_mail_language_is_known CHECK (language IN ('EN', 'ID')),
    CONSTRAINT ck_mail_path_is_local CHECK (starts_with(path, '/')),
    CONSTRAINT ck_mail_address_is_formed CHECK (address ~ '^[!-~]{1,64}@[A-Za-z0-9.-]{1,190}$'),
    CONSTRAINT ck_mail_address_until_done CHECK (num_nonnulls(address, application_id, delivered_at, withheld_at, failed_at) = 1),
    CONSTRAINT ck_mail_applicants_by_case CHECK (num_nulls(subject, language) = CASE WHEN kind IN ('BILL', 'REQUEST', 'DECISION', 'CLAIM') THEN 2 ELSE 0 END AND (application_id IS NULL OR subject IS NULL) AND (address IS NULL OR subject IS NOT NULL)),
    CONSTRAINT uq_mail_cause UNIQUE (cause),
    CONSTRAINT fk_mail_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_mail_to_applicants ON mail (application_id, posted_at, id) WHERE application_id IS NOT NULL;

CREATE INDEX ix_mail_waiting ON mail (address, posted_at, id) WHERE address IS NOT NULL;

CREATE TABLE sent_code (
    application_id UUID NOT NULL,
    kind TEXT NOT NULL,
    digest BYTEA NOT NULL,
    mailed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_sent_code PRIMARY KEY (application_id, kind),
    CONSTRAINT ck_sent_code_kind_has_a_code CHECK (kind IN ('DECISION', 'CLAIM')),
    CONSTRAINT ck_sent_code_digest_is_whole CHECK (length(digest) = 16),
    CONSTRAINT fk_sent_code_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE TABLE correction (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_role TEXT NOT NULL,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_by TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_by TEXT,
    reason TEXT,
    CONSTRAINT pk_correction PRIMARY KEY (id),
    CONSTRAINT fk_correction_applicant_id_version FOREIGN KEY(applicant_id, version) REFERENCES identity_version (applicant_id, number),
    CONSTRAINT ck_correction_state_is_known CHECK (state IN ('PROPOSED', 'APPROVED', 'IN_EFFECT', 'REJECTED', 'LAPSED')),
    CONSTRAINT ck_correction_proposed_role_is_known CHECK (proposed_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_correction_approved_by_whom CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CONSTRAINT ck_correction_approved_by_two CHECK (closed_by <> approved_by OR state = 'REJECTED'),
    CONSTRAINT ck_correction_rejected_with_reason CHECK ((state = 'REJECTED') = (reason IS NOT NULL)),
    CONSTRAINT ck_correction_open_until_closed CHECK ((state IN ('PROPOSED', 'APPROVED')) = (closed_at IS NULL)),
    CONSTRAINT ck_correction_closed_after_proposal CHECK (closed_at >= proposed_at),
    CONSTRAINT fk_correction_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_correction_application_id_proposed_at_id ON correction (application_id, proposed_at, id);

CREATE UNIQUE INDEX uq_correction_open ON correction (applicant_id) WHERE state IN ('PROPOSED', 'APPROVED');

CREATE UNIQUE INDEX uq_correction_version ON correction (applicant_id, version);

CREATE TABLE guarantor (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    version BIGINT,
    kind TEXT NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    name TEXT,
    registration_number TEXT,
    street TEXT,
    city TEXT,
    province TEXT,
    postal_code TEXT,
    valid_from TIMESTAMP WITH TIME ZONE,
    valid_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_guarantor PRIMARY KEY (id),
    CONSTRAINT ck_guarantor_kind_is_known CHECK (kind IN ('PERSON', 'COMPANY')),
    CONSTRAINT fk_guarantor_applicant_id_version FOREIGN KEY(applicant_id, version) REFERENCES identity_version (applicant_id, number),
    CONSTRAINT uq_guarantor_application_id_version UNIQUE NULLS NOT DISTINCT (application_id, version),
    CONSTRAINT ck_guarantor_values_are_sealed CHECK (num_nonnulls(name, registration_number, street, city, province, postal_code) = 0),
    CONSTRAINT ck_guarantor_handed_in_holds CHECK (version IS NOT NULL OR valid_from IS NOT NULL),
    CONSTRAINT ck_guarantor_ends_after_it_begins CHECK (valid_until >= valid_from),
    CONSTRAINT ck_guarantor_ends_if_it_began CHECK (valid_until IS NULL OR valid_from IS NOT NULL),
    CONSTRAINT fk_guarantor_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_guarantor_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_guarantor_applicant_id ON guarantor (applicant_id);

CREATE TABLE guardian (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    version BIGINT,
    kind TEXT,
    sealed JSONB DEFAULT '{}' NOT NULL,
    name TEXT,
    relation TEXT,
    phone TEXT,
    consented_at TIMESTAMP WITH TIME ZONE,
    valid_from TIMESTAMP WITH TIME ZONE,
    valid_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_guardian PRIMARY KEY (id),
    CONSTRAINT ck_guardian_kind_is_known CHECK (kind IN ('IN_GROUP', 'NAMED')),
    CONSTRAINT fk_guardian_applicant_id_version FOREIGN KEY(applicant_id, version) REFERENCES identity_version (applicant_id, number),
    CONSTRAINT uq_guardian_application_id_version UNIQUE NULLS NOT DISTINCT (application_id, version),
    CONSTRAINT ck_guardian_values_are_sealed CHECK (num_nonnulls(name, relation, phone) = 0),
    CONSTRAINT ck_guardian_consents CHECK ((kind IS NULL) = (consented_at IS NULL)),
    CONSTRAINT ck_guardian_handed_in_holds CHECK (version IS NOT NULL OR valid_from IS NOT NULL),
    CONSTRAINT ck_guardian_ends_after_it_begins CHECK (valid_until >= valid_from),
    CONSTRAINT ck_guardian_ends_if_it_began CHECK (valid_until IS NULL OR valid_from IS NOT NULL),
    CONSTRAINT fk_guardian_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_guardian_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_guardian_applicant_id ON guardian (applicant_id);

CREATE TABLE visa (
    visa_number TEXT NOT NULL,
    application_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    use_by DATE NOT NULL,
    stay_days BIGINT NOT NULL,
    extended_days BIGINT DEFAULT 0 NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    superseded_at TIMESTAMP WITH TIME ZONE,
    returned_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_visa PRIMARY KEY (visa_number),
    CONSTRAINT fk_visa_decision_id_application_id FOREIGN KEY(decision_id, application_id) REFERENCES decision (id, application_id),
    CONSTRAINT ck_visa_visa_number_is_formed CHECK (visa_number ~ '^ID[0-9A-HJKMNP-TV-Z]{12}$'),
    CONSTRAINT ck_visa_stay_is_positive CHECK (stay_days > 0),
    CONSTRAINT ck_visa_extension_is_not_negative CHECK (extended_days >= 0),
    CONSTRAINT ck_visa_revoked_after_issue CHECK (revoked_at >= issued_at),
    CONSTRAINT ck_visa_superseded_after_issue CHECK (superseded_at >= issued_at),
    CONSTRAINT ck_visa_returned_after_issue CHECK (returned_at >= issued_at),
    CONSTRAINT uq_visa_decision_id UNIQUE (decision_id)
);

CREATE INDEX ix_visa_application_id ON visa (application_id);

CREATE TABLE item_answer (
    item_id UUID NOT NULL,
    application_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    as_text TEXT,
    as_day DATE,
    as_country TEXT,
    street TEXT,
    city TEXT,
    province TEXT,
    postal_code TEXT,
    CONSTRAINT pk_item_answer PRIMARY KEY (item_id),
    CONSTRAINT ck_item_answer_values_are_sealed CHECK (num_nonnulls(as_text, as_day, as_country, street, city, province, postal_code) = 0),
    CONSTRAINT fk_item_answer_item_id FOREIGN KEY(item_id) REFERENCES requested_item (id),
    CONSTRAINT fk_item_answer_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_item_answer_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_item_answer_applicant_id ON item_answer (applicant_id);

CREATE INDEX ix_item_answer_application_id ON item_answer (application_id);

CREATE TABLE intention_answer (
    application_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    as_text TEXT,
    CONSTRAINT pk_intention_answer PRIMARY KEY (application_id),
    CONSTRAINT ck_intention_answer_text_is_sealed CHECK (as_text IS NULL),
    CONSTRAINT fk_intention_answer_application_id FOREIGN KEY(application_id) REFERENCES refusal_intention (application_id),
    CONSTRAINT fk_intention_answer_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_intention_answer_applicant_id ON intention_answer (applicant_id);

CREATE TABLE document_content (
    upload_id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    content TEXT,
    CONSTRAINT pk_document_content PRIMARY KEY (upload_id),
    CONSTRAINT ck_document_content_content_is_sealed CHECK (content IS NULL),
    CONSTRAINT fk_document_content_upload_id FOREIGN KEY(upload_id) REFERENCES document_upload (id),
    CONSTRAINT fk_document_content_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_document_content_applicant_id ON document_content (applicant_id);

CREATE TABLE complaint_text (
    complaint_id UUID NOT NULL,
    sealed JSONB DEFAULT '{}' NOT NULL,
    complaint TEXT,
    answer TEXT,
    erased_at TIMESTAMP WITH TIME ZONE,
    keys_deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_complaint_text PRIMARY KEY (complaint_id),
    CONSTRAINT ck_complaint_text_hidden_first CHECK (keys_deleted_at IS NULL OR erased_at IS NOT NULL),
    CONSTRAINT fk_complaint_text_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id)
);

CREATE INDEX ix_complaint_text_unfinished ON complaint_text (complaint_id) WHERE erased_at IS NOT NULL AND keys_deleted_at IS NULL;

CREATE TABLE complaint_read (
    id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    complaint_id UUID NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    fields TEXT[] NOT NULL,
    trace_id TEXT NOT NULL,
    mac_key TEXT,
    mac BYTEA,
    CONSTRAINT pk_complaint_read PRIMARY KEY (id),
    CONSTRAINT ck_complaint_read_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_complaint_read_purpose_is_known CHECK (purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA', 'DELIVERY', 'DATA_REQUEST', 'COMPLAINT')),
    CONSTRAINT fk_complaint_read_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id)
);

CREATE INDEX ix_complaint_read_complaint_id_occurred_at_id ON complaint_read (complaint_id, occurred_at, id);

CREATE TABLE alert (
    id UUID NOT NULL,
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    written_in BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    inquiry_id UUID,
    breach_id UUID,
    complaint_id UUID,
    application_id UUID,
    applicant_id UUID,
    ban_id UUID,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_by TEXT,
    close_reason TEXT,
    is_open BOOLEAN GENERATED ALWAYS AS (closed_at IS NULL) STORED NOT NULL,
    CONSTRAINT pk_alert PRIMARY KEY (id),
    CONSTRAINT ck_alert_kind_is_known CHECK (kind IN ('READ_BUDGET', 'BUDGET_EXCEPTION', 'INQUIRY', 'REVIEW_OVERDUE', 'NOTICE_OVERDUE', 'TAMPERED', 'UNLOGGED', 'REPEATED_CHECK', 'COMPLAINT_OVERDUE', 'INFECTED_DOCUMENT', 'TRIES_SPENT', 'HIT', 'REFERRAL', 'DECISIONS_DIFFER', 'GRANT_PROPOSED', 'REVOKED_IN_COUNTRY')),
    CONSTRAINT ck_alert_actor_role_is_known CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER', 'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'PARTNER_SERVICE', 'SCREENING', 'TREASURY', 'ADMINISTRATOR', 'BORDER', 'CARRIER', 'ANONYMOUS')),
    CONSTRAINT ck_alert_closed_with_reason CHECK (num_nulls(closed_at, closed_by, close_reason) IN (0, 3)),
    CONSTRAINT ck_alert_closed_by_another CHECK (closed_by <> actor),
    CONSTRAINT ck_alert_about_whom CHECK (num_nonnulls(applicant_id, ban_id) = (kind = 'TAMPERED')::integer),
    CONSTRAINT uq_alert_number UNIQUE (number),
    CONSTRAINT fk_alert_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES inquiry (id),
    CONSTRAINT uq_alert_breach_id UNIQUE (breach_id),
    CONSTRAINT fk_alert_breach_id FOREIGN KEY(breach_id) REFERENCES breach (id),
    CONSTRAINT uq_alert_complaint_id UNIQUE (complaint_id),
    CONSTRAINT fk_alert_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id),
    CONSTRAINT fk_alert_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_alert_actor_kind_raised_at ON alert (actor, kind, raised_at);

CREATE INDEX ix_alert_is_open_raised_at_id ON alert (is_open, raised_at, id);

CREATE INDEX ix_alert_raised_at_id ON alert (raised_at, id);

CREATE INDEX ix_alert_written_in_number ON alert (written_in, number);

CREATE UNIQUE INDEX ix_alert_inquiry_id_kind ON alert (inquiry_id, kind);

CREATE UNIQUE INDEX ix_alert_of_a_case ON alert (application_id, kind) WHERE closed_at IS NULL AND (kind = 'HIT' OR kind = 'REFERRAL' OR kind = 'GRANT_PROPOSED' OR kind = 'REVOKED_IN_COUNTRY');

CREATE TABLE movement (
    id UUID NOT NULL,
    applicant_id UUID NOT NULL,
    visa_number TEXT NOT NULL,
    direction TEXT NOT NULL,
    crossed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    port TEXT NOT NULL,
    stay_until DATE,
    CONSTRAINT pk_movement PRIMARY KEY (id),
    CONSTRAINT ck_movement_direction_is_known CHECK (direction IN ('ENTRY', 'EXIT')),
    CONSTRAINT ck_movement_an_entry_begins_a_stay CHECK (direction = 'ENTRY' OR stay_until IS NULL),
    CONSTRAINT fk_movement_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id),
    CONSTRAINT fk_movement_visa_number FOREIGN KEY(visa_number) REFERENCES visa (visa_number)
);

CREATE INDEX ix_movement_applicant_id_id ON movement (applicant_id, id);

CREATE INDEX ix_movement_visa_number_crossed_at ON movement (visa_number, crossed_at);

CREATE TABLE stay (
    id UUID NOT NULL,
    visa_number TEXT NOT NULL,
    application_id UUID NOT NULL,
    presence TEXT NOT NULL,
    is_used BOOLEAN NOT NULL,
    entered_on DATE,
    departed_on DATE,
    stay_until DATE,
    overstays_at TIMESTAMP WITH TIME ZONE,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    removed_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_stay PRIMARY KEY (id),
    CONSTRAINT ck_stay_presence_is_known CHECK (presence IN ('IN_COUNTRY', 'DEPARTED')),
    CONSTRAINT ck_stay_an_overstay_is_confirmed CHECK (overstays_at IS NOT NULL OR confirmed_at IS NULL),
    CONSTRAINT ck_stay_departed_in_time CHECK (presence = 'IN_COUNTRY' OR overstays_at IS NULL),
    CONSTRAINT uq_stay_visa_number UNIQUE (visa_number),
    CONSTRAINT fk_stay_visa_number FOREIGN KEY(visa_number) REFERENCES visa (visa_number),
    CONSTRAINT fk_stay_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);

CREATE INDEX ix_stay_application_id ON stay (application_id);

CREATE INDEX ix_stay_departed_on ON stay (departed_on) WHERE departed_on IS NOT NULL;

CREATE INDEX ix_stay_overstays_at_id ON stay (overstays_at, id);

CREATE TABLE visa_document (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    visa_number TEXT NOT NULL,
    applicant_id UUID NOT NULL,
    ordered_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE,
    digest BYTEA,
    key_id TEXT,
    sealed JSONB DEFAULT '{}' NOT NULL,
    code TEXT,
    proof TEXT,
    proven_at TIMESTAMP WITH TIME ZONE,
    refused_at TIMESTAMP WITH TIME ZONE,
    replaced_at TIMESTAMP WITH TIME ZONE,
    fetched_at TIMESTAMP WITH TIME ZONE,
    fetched_by TEXT,
    CONSTRAINT pk_visa_document PRIMARY KEY (id),
    CONSTRAINT ck_visa_document_code_is_sealed CHECK (code IS NULL),
    CONSTRAINT ck_visa_document_digest_is_whole CHECK (length(digest) = 32),
    CONSTRAINT ck_visa_document_issued_as_a_whole CHECK (num_nulls(issued_at, digest, key_id) IN (0, 3) AND (issued_at IS NOT NULL OR sealed = '{}')),
    CONSTRAINT ck_visa_document_proven_once_issued CHECK (num_nulls(proof, proven_at) IN (0, 2) AND (proven_at IS NULL OR issued_at IS NOT NULL)),
    CONSTRAINT ck_visa_document_refused_or_issued CHECK (num_nonnulls(refused_at, issued_at) < 2),
    CONSTRAINT ck_visa_document_fetched_once_proven CHECK (num_nulls(fetched_at, fetched_by) IN (0, 2) AND (fetched_at IS NULL OR proven_at IS NOT NULL)),
    CONSTRAINT fk_visa_document_visa_number FOREIGN KEY(visa_number) REFERENCES visa (visa_number),
    CONSTRAINT fk_visa_document_applicant_id FOREIGN KEY(applicant_id) REFERENCES applicant (id)
);

CREATE INDEX ix_visa_document_applicant_id ON visa_document (applicant_id);

CREATE INDEX ix_visa_document_unfinished ON visa_document (ordered_at, id) WHERE proven_at IS NULL AND refused_at IS NULL;

CREATE UNIQUE INDEX uq_visa_document_current ON visa_document (visa_number) WHERE replaced_at IS NULL;

ALTER TABLE application ADD CONSTRAINT fk_application_current_decision_id_id FOREIGN KEY(current_decision_id, id) REFERENCES decision (id, application_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE application ADD CONSTRAINT fk_application_extends_visa_number FOREIGN KEY(extends_visa_number) REFERENCES visa (visa_number);

ALTER TABLE partner_country ADD CONSTRAINT fk_partner_country_successor_code FOREIGN KEY(successor_code) REFERENCES centre (code);

CREATE FUNCTION queue_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT coalesce(TG_ARGV[0], TG_TABLE_NAME), id FROM became;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON access_event
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON account_drop
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON alert
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON ban_entry
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON ban_read
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON breach
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON breach_lookup
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON budget_exception
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON case_note
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON complaint
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON complaint_read
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON crossing
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON data_request
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON decision
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON document_upload
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON erasure
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON former_bill
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON grant_rule_stop
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON inquiry
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON key_operation
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON legal_hold
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON linker_read
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON overstay_confirmation
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON payment_reversal
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON person_lookup
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON reference_change
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON screening_replay
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON suspension
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON tracking_try
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON unmatched_payment
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON visa_check
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON webhook_endpoint
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON withheld_decision
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON account_drop
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON ban_entry
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON breach
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON budget_exception
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON complaint
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON data_request
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON document_upload
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON erasure
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON inquiry
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON legal_hold
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON reference_change
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON suspension
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON unmatched_payment
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON webhook_endpoint
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account();

CREATE TRIGGER queue_closing_for_account AFTER UPDATE ON alert
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_for_account('alert_closing');

CREATE FUNCTION queue_answers_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT entry.source, id
        FROM became
        CROSS JOIN LATERAL (
            VALUES ('screening', true), ('screening_voiding', voided_at IS NOT NULL)
        ) AS entry (source, is_there)
        WHERE result <> 'PENDING' AND is_there;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON screening
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_answers_for_account();

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON screening
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_answers_for_account();

CREATE FUNCTION queue_desks_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT TG_ARGV[0], lpad(to_hex(id), 32, '0')::uuid FROM became
        WHERE TG_OP = 'INSERT' OR ended_at IS NOT NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_inserts_for_account AFTER INSERT ON assignment
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_desks_for_account('assignment');

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON assignment
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_desks_for_account('assignment_end');

CREATE FUNCTION guard_account_drop() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.dropped_at := now();
        ELSIF (to_jsonb(NEW) - '{public_key,signature}'::text[])
            <> (to_jsonb(OLD) - '{public_key,signature}'::text[])
        THEN
            RAISE EXCEPTION 'what was let go stays as it was written'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_account_drop BEFORE INSERT OR UPDATE ON account_drop
    FOR EACH ROW EXECUTE FUNCTION guard_account_drop();

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END
$$;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON account_drop
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON application_event
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON breach_notice
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON former_bill
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON withheld_decision
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only
    BEFORE UPDATE OF
        id, application_id, outcome, grounds, conditions, decided_at, officer, internal_note,
        supersedes_id
    OR DELETE OR TRUNCATE ON decision
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only
    BEFORE UPDATE OF application_id, grounds, note, announced_at, announced_by
    OR DELETE OR TRUNCATE ON refusal_intention
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only
    BEFORE UPDATE OF id, application_id, applicant_id, author, written_at, first_of_two, as_text
    OR DELETE OR TRUNCATE ON case_note
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER sealed_once BEFORE UPDATE OF sealed ON case_note
    FOR EACH ROW WHEN (NEW.sealed NOT IN (OLD.sealed, '{}'))
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only
    BEFORE UPDATE OF id, reported_at, reported_by, report_key, direction, crossed_at, port, passengers
    OR TRUNCATE ON crossing
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON access_event
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON ban_read
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON breach_lookup
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON complaint_read
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON linker_read
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON overstay_confirmation
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON payment_reversal
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON person_lookup
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON tracking_try
    EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON visa_check
    EXECUTE FUNCTION refuse_change();

CREATE FUNCTION require_retention_elapsed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        refused bigint;
    BEGIN
        EXECUTE format(
            'SELECT count(*) FROM gone WHERE NOT EXISTS (
                SELECT FROM account_drop
                WHERE dropped_at = now() AND gone.%I < now() - kept_days * interval ''24 hours''
            ) OR id NOT IN (
                SELECT row_id FROM account_drop
                CROSS JOIN unnest(firsts, lasts) AS run (first_one, last_one)
                JOIN account_leaf ON position BETWEEN first_one AND last_one
                WHERE dropped_at = now() AND source = %L
            )', TG_ARGV[0], TG_TABLE_NAME
        ) INTO refused;
        IF refused > 0 THEN
            RAISE EXCEPTION '% is append-only: DELETE of what is not of age refused', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON access_event
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON ban_read
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON breach_lookup
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON complaint_read
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON person_lookup
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON tracking_try
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON visa_check
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('occurred_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON linker_read
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('read_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON crossing
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('reported_at');

CREATE TRIGGER require_retention_elapsed AFTER DELETE ON overstay_confirmation
    REFERENCING OLD TABLE AS gone
    EXECUTE FUNCTION require_retention_elapsed('confirmed_at');

CREATE FUNCTION copy_desk(of_case uuid, moving_on text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        desk assignment;
        of_officer text;
        of_supervisor text;
    BEGIN
        SELECT * INTO desk FROM assignment WHERE application_id = of_case AND ended_at IS NULL;
        of_officer := CASE WHEN desk.role = 'OFFICER' THEN desk.officer END;
        of_supervisor := CASE WHEN desk.role = 'SUPERVISOR' THEN desk.officer END;
        UPDATE application
        SET officer = of_officer, supervisor = of_supervisor, is_assigned = desk.id IS NOT NULL
        WHERE id = of_case AND status <> ALL (moving_on)
            AND (officer, supervisor, is_assigned)
                IS DISTINCT FROM (of_officer, of_supervisor, desk.id IS NOT NULL);
    END
$$;

CREATE FUNCTION copy_assignee() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM copy_desk(NEW.application_id, coalesce(TG_ARGV, '{}'));
        RETURN NULL;
    END
$$;

CREATE TRIGGER copy_assignee_of_new AFTER INSERT ON assignment
    FOR EACH ROW WHEN (NEW.ended_at IS NULL)
    EXECUTE FUNCTION copy_assignee('PAID');

CREATE TRIGGER copy_assignee_of_changed AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (OLD.ended_at IS NULL OR NEW.ended_at IS NULL)
    EXECUTE FUNCTION copy_assignee('PAID');

CREATE CONSTRAINT TRIGGER copy_assignee_at_last AFTER INSERT OR UPDATE ON assignment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION copy_assignee();

CREATE FUNCTION set_assignee() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        desk assignment;
    BEGIN
        IF NEW.closed_at IS NULL THEN
            SELECT * INTO desk FROM assignment WHERE application_id = NEW.id AND ended_at IS NULL;
        END IF;
        NEW.officer := CASE WHEN desk.role = 'OFFICER' THEN desk.officer END;
        NEW.supervisor := CASE WHEN desk.role = 'SUPERVISOR' THEN desk.officer END;
        NEW.is_assigned := desk.id IS NOT NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER set_assignee BEFORE UPDATE ON application
    FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION set_assignee();

CREATE FUNCTION copy_desk_of_closed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM copy_desk(NEW.id, '{}');
        RETURN NULL;
    END
$$;

CREATE CONSTRAINT TRIGGER copy_desk_of_closed AFTER UPDATE ON application
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION copy_desk_of_closed();

CREATE FUNCTION write_checklist() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO case_document (application_id, kind)
        SELECT became.id, rule.kind
        FROM became
        CROSS JOIN LATERAL (
            SELECT DISTINCT ON (kind) kind, is_required
            FROM required_document
            WHERE visa_type_code = became.visa_type_code AND became.extends_visa_number IS NULL
                AND valid_from <= wib_day(became.submitted_at)
            ORDER BY kind, valid_from DESC
        ) AS rule
        WHERE rule.is_required;
        RETURN NULL;
    END
$$;

CREATE TRIGGER write_checklist AFTER INSERT ON application
    REFERENCING NEW TABLE AS became FOR EACH STATEMENT
    EXECUTE FUNCTION write_checklist();

CREATE FUNCTION set_public_reasons() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.is_incomplete := 'INCOMPLETE' = ANY (NEW.grounds);
        NEW.public_reasons := array_remove(array_remove(NEW.grounds, 'ENTRY_BAN'), 'SECURITY');
        IF NEW.outcome = 'REFUSED' AND NEW.public_reasons = '{}' THEN
            NEW.public_reasons := '{NOT_DISCLOSED}';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER set_public_reasons BEFORE INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION set_public_reasons();

CREATE FUNCTION lapse_corrections_of_case() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.is_visa_held := false;
        UPDATE correction SET state = 'LAPSED', closed_at = greatest(now(), proposed_at)
        WHERE application_id = NEW.id AND state IN ('PROPOSED', 'APPROVED');
        RETURN NEW;
    END
$$;

CREATE TRIGGER lapse_corrections_of_case BEFORE UPDATE ON application
    FOR EACH ROW WHEN (
        OLD.status <> NEW.status
        AND NEW.status IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')
    )
    EXECUTE FUNCTION lapse_corrections_of_case();

CREATE FUNCTION annul_previous_screenings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE screening SET voided_at = NEW.requested_at
        WHERE application_id = NEW.application_id AND kind = NEW.kind AND voided_at IS NULL
            AND (
                SELECT status FROM application WHERE id = NEW.application_id
            ) = 'GRANTED'
            AND (
                SELECT latest.result FROM screening AS latest
                WHERE latest.application_id = NEW.application_id AND latest.kind = NEW.kind
                    AND latest.voided_at IS NULL
                ORDER BY latest.requested_at DESC, latest.id DESC LIMIT 1
            ) IN ('CLEAR', 'NO_MATCH', 'UNAVAILABLE');
        RETURN NEW;
    END
$$;

CREATE TRIGGER annul_previous_screenings BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.result = 'PENDING' AND NEW.proposed IS NULL)
    EXECUTE FUNCTION annul_previous_screenings();

CREATE FUNCTION hold_visa_of_hit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET is_visa_held = true
        WHERE id = NEW.application_id AND status = 'GRANTED' AND NOT is_visa_held;
        RETURN NULL;
    END
$$;

CREATE TRIGGER hold_visa_of_hit AFTER INSERT OR UPDATE ON screening
    FOR EACH ROW WHEN (NEW.result = 'HIT' AND NEW.voided_at IS NULL)
    EXECUTE FUNCTION hold_visa_of_hit();

CREATE FUNCTION release_cleared_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET is_visa_held = false
        WHERE id = NEW.application_id AND is_visa_held AND NOT EXISTS (
            SELECT FROM (
                SELECT DISTINCT ON (kind) result
                FROM screening
                WHERE application_id = NEW.application_id AND voided_at IS NULL
                ORDER BY kind, requested_at DESC, id DESC
            ) AS latest
            WHERE result NOT IN ('CLEAR', 'NO_MATCH')
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER release_cleared_visa AFTER UPDATE ON screening
    FOR EACH ROW WHEN (OLD.result = 'PENDING' AND NEW.result IN ('CLEAR', 'NO_MATCH'))
    EXECUTE FUNCTION release_cleared_visa();

CREATE FUNCTION set_excluded_proposers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.kept_from := ARRAY(
            SELECT DISTINCT ban_entry.proposed_by
            FROM screening AS hit
            JOIN ban_entry ON ban_entry.id = hit.ban_id
            WHERE hit.application_id = NEW.application_id AND hit.kind = NEW.kind
                AND hit.voided_at IS NULL
        );
        RETURN NEW;
    END
$$;

CREATE TRIGGER set_excluded_proposers BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.proposed IS NOT NULL)
    EXECUTE FUNCTION set_excluded_proposers();

CREATE FUNCTION assign_unmatched_payment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE unmatched_payment
        SET assigned_to = NEW.billing_code, assigned_at = clock_timestamp()
        WHERE receipt_number = NEW.receipt_number;
        RETURN NULL;
    END
$$;

CREATE TRIGGER assign_unmatched_payment AFTER UPDATE OF receipt_number ON bill
    FOR EACH ROW WHEN (NEW.family_code IS NULL)
    EXECUTE FUNCTION assign_unmatched_payment();

CREATE FUNCTION renew_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        it application;
        was bill;
    BEGIN
        NEW.renewed_at := clock_timestamp();
        SELECT * INTO it FROM application WHERE id = NEW.application_id FOR NO KEY UPDATE;
        SELECT * INTO was FROM bill WHERE billing_code = (
            SELECT paid_under FROM bill WHERE application_id = it.id
        ) FOR NO KEY UPDATE;
        IF (was.reversed_at IS NOT NULL OR was.paid_at IS NULL AND was.due_at <= NEW.renewed_at
            AND (it.paid_at IS NOT NULL OR it.status IN ('SUBMITTED', 'AWAITING_PAYMENT')
                AND it.pay_by > NEW.renewed_at)) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'the bill can still be paid, or the case does not wait for it'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.family_id := was.family_id;
        NEW.billing_code := was.billing_code;
        NEW.issued_at := was.issued_at;
        NEW.due_at := was.due_at;
        NEW.paid_at := was.paid_at;
        NEW.receipt_number := was.receipt_number;
        NEW.reversed_at := was.reversed_at;
        NEW.reversal_number := was.reversal_number;
        -- The clock runs from the first payment: from then on the case does not wait for the money.
        UPDATE bill
        SET billing_code = NEW.replaced_by, issued_at = NEW.renewed_at,
            due_at = least(
                NEW.renewed_at + viewer.time_of_code(), CASE WHEN it.paid_at IS NULL THEN it.pay_by END
            ),
            paid_at = NULL, receipt_number = NULL,
            reversed_at = NULL, reversal_number = NULL, reversal_effect = NULL
        WHERE billing_code = was.billing_code;
        UPDATE bill AS share
        SET issued_at = whole.issued_at, due_at = whole.due_at, paid_at = NULL, receipt_number = NULL,
            reversed_at = NULL, reversal_number = NULL, reversal_effect = NULL
        FROM bill AS whole
        WHERE share.family_code = whole.billing_code AND whole.billing_code = NEW.replaced_by;
        INSERT INTO account_outbox (source, row_id)
        SELECT source, application_id FROM bill, (
            VALUES ('bill', true), ('bill_payment', was.paid_at IS NOT NULL)
        ) AS entry (source, is_changed)
        WHERE is_changed AND paid_under = NEW.replaced_by AND application_id IS NOT NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER renew_bill BEFORE INSERT ON former_bill
    FOR EACH ROW EXECUTE FUNCTION renew_bill();

CREATE FUNCTION queue_payment_anew() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT 'bill_payment', NEW.application_id WHERE EXISTS (
            SELECT FROM former_bill
            WHERE receipt_number IS NOT NULL AND (application_id = NEW.application_id OR family_id = (
                SELECT family_id FROM bill WHERE billing_code = NEW.family_code
            ))
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_payment_anew AFTER UPDATE OF receipt_number ON bill
    FOR EACH ROW WHEN (NEW.receipt_number IS NOT NULL AND NEW.application_id IS NOT NULL)
    EXECUTE FUNCTION queue_payment_anew();

CREATE FUNCTION reverse_payment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.reported_at := clock_timestamp();
        IF current_setting('role') LIKE 'gerbang%writing' AND (
            NEW.reported_by IS DISTINCT FROM viewer.subject(NULL) OR viewer.role() <> 'TREASURY'
        ) THEN
            RAISE EXCEPTION 'the treasury reports reversals, in its own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM FROM application WHERE id IN (
            SELECT application_id FROM bill WHERE receipt_number = NEW.receipt_number
        ) ORDER BY id FOR UPDATE;
        UPDATE bill
        SET reversed_at = NEW.reported_at, reversal_number = NEW.reversal_number,
            reversal_effect = CASE WHEN EXISTS (
                SELECT FROM bill AS one JOIN application ON application.id = one.application_id
                WHERE bill.billing_code IN (one.billing_code, one.family_code)
                    AND one.receipt_number = NEW.receipt_number AND closed_at IS NULL
            ) THEN 'HELD' ELSE 'NONE' END
        WHERE receipt_number = NEW.receipt_number AND reversed_at IS NULL;
        IF FOUND THEN
            UPDATE application SET fee_idr = 0 WHERE id IN (
                SELECT application_id FROM bill WHERE receipt_number = NEW.receipt_number
            );
            RETURN NEW;
        END IF;
        UPDATE unmatched_payment
        SET reversed_at = NEW.reported_at, reversal_number = NEW.reversal_number
        WHERE receipt_number = NEW.receipt_number
            AND num_nonnulls(assigned_to, ordered_by, reversed_at) = 0;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the receipt is of no payment that could be gone, or it is reversed'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER reverse_payment BEFORE INSERT ON payment_reversal
    FOR EACH ROW EXECUTE FUNCTION reverse_payment();

CREATE FUNCTION join_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO bill (billing_code, family_id, amount_idr, issued_at, due_at)
        VALUES (NEW.family_code, gen_random_uuid(), NEW.amount_idr, NEW.issued_at, NEW.due_at)
        ON CONFLICT (billing_code) DO UPDATE SET amount_idr = bill.amount_idr + excluded.amount_idr
        WHERE bill.family_id IS NOT NULL AND bill.issued_at = excluded.issued_at;
        IF NOT FOUND OR (
            SELECT count(*) > 20 OR count(DISTINCT group_reference) <> 1
                OR count(*) > count(group_reference)
            FROM bill JOIN application ON application.id = application_id
            WHERE family_code = NEW.family_code
        ) THEN
            RAISE EXCEPTION 'up to twenty files of one group are billed together, as they come in'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE bill AS share SET family_fee_idr = whole.amount_idr FROM bill AS whole
        WHERE share.family_code = whole.billing_code AND whole.billing_code = NEW.family_code;
        RETURN NULL;
    END
$$;

CREATE TRIGGER join_family_bill AFTER INSERT ON bill
    FOR EACH ROW WHEN (NEW.family_code IS NOT NULL)
    EXECUTE FUNCTION join_family_bill();

CREATE FUNCTION leave_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        share bill;
        rest bigint;
    BEGIN
        LOOP
            SELECT * INTO share FROM bill WHERE application_id = NEW.id;
            IF share.family_code IS NULL OR share.paid_at IS NOT NULL THEN
                RETURN NULL;
            END IF;
            UPDATE bill SET amount_idr = amount_idr - share.amount_idr
            WHERE billing_code = share.family_code RETURNING amount_idr INTO rest;
            EXIT WHEN FOUND;  -- otherwise it has another code by now
        END LOOP;
        UPDATE bill SET family_code = NULL, family_fee_idr = NULL WHERE application_id = NEW.id;
        UPDATE bill SET family_fee_idr = rest WHERE family_code = share.family_code;
        INSERT INTO account_outbox (source, row_id) VALUES ('bill', NEW.id);
        RETURN NULL;
    END
$$;

CREATE TRIGGER leave_family_bill AFTER UPDATE OF status ON application
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.paid_at IS NULL)
    EXECUTE FUNCTION leave_family_bill();

CREATE FUNCTION pay_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE bill SET paid_at = NEW.paid_at, receipt_number = NEW.receipt_number
        WHERE billing_code = NEW.family_code AND NOT EXISTS (
            SELECT FROM bill AS share
            WHERE share.family_code = NEW.family_code
                AND share.receipt_number IS DISTINCT FROM NEW.receipt_number
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER pay_family_bill AFTER UPDATE OF receipt_number ON bill
    FOR EACH ROW WHEN (NEW.family_code IS NOT NULL AND NEW.receipt_number IS NOT NULL)
    EXECUTE FUNCTION pay_family_bill();

CREATE FUNCTION refuse_part_of_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM bill
            WHERE billing_code = NEW.family_code AND receipt_number = NEW.receipt_number
        ) THEN
            RAISE EXCEPTION 'the bill of a family is paid as a whole'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    END
$$;

CREATE CONSTRAINT TRIGGER refuse_part_of_family_bill AFTER UPDATE OF receipt_number ON bill
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.family_code IS NOT NULL AND NEW.receipt_number IS NOT NULL)
    EXECUTE FUNCTION refuse_part_of_family_bill();

CREATE FUNCTION end_of_working_days(instant timestamptz, days integer) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT end_of_wib_day(counted.day)
    FROM (
        SELECT wib_day(instant) + later AS day FROM generate_series(1, days + 90) AS later
    ) AS counted
    LEFT JOIN day_off ON day_off.day = counted.day
    WHERE NOT coalesce(is_off, extract(isodow FROM counted.day) > 5)
    ORDER BY counted.day OFFSET days - 1 LIMIT 1
$$;

CREATE FUNCTION guard_complaint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        acting text := viewer.role();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.lodged_at := clock_timestamp();
            NEW.due_at := end_of_working_days(NEW.lodged_at, 5);
            SELECT partner_code, country_code INTO NEW.partner_code, NEW.country_code FROM (
                SELECT holder_partner_code AS partner_code, holder_country_code AS country_code
                FROM application WHERE id = NEW.application_id
                UNION ALL SELECT partner_code, country_code FROM centre WHERE code = NEW.centre_code
            ) AS about;
            is_allowed := acting = 'APPLICANT' AND NEW.account = oneself AND NEW.kind = 'UNSORTED'
                AND num_nonnulls(NEW.sorted_by, NEW.entrusted_to, NEW.answered_by) = 0
                AND EXISTS (
                    SELECT FROM applicant WHERE id = NEW.applicant_id AND account = oneself
                )
                AND (NEW.application_id IS NULL OR EXISTS (
                    SELECT FROM application
                    WHERE id = NEW.application_id AND applicant_id = NEW.applicant_id
                ));
        ELSE
            -- One step at a time: by whom it is done is the first column of each.
            step := CASE
                WHEN NEW.answered_by IS NOT NULL THEN '{answered_by,answered_role}'
                WHEN OLD.kind = 'UNSORTED' THEN '{sorted_by,kind}'
                ELSE '{entrusted_by,entrusted_to}'
            END;
            is_allowed := OLD.answered_by IS NULL AND NEW.kind <> 'UNSORTED'
                AND to_jsonb(NEW) - step - 'is_open'::text = to_jsonb(OLD) - step - 'is_open'::text
                AND to_jsonb(OLD) ->> step[1] IS NULL AND to_jsonb(NEW) ->> step[1] = oneself
                AND CASE step[1]
                    WHEN 'sorted_by' THEN acting = 'AUDITOR'
                    WHEN 'entrusted_by' THEN acting = 'AUDITOR' AND OLD.kind = 'INTEGRITY'
                        AND NEW.entrusted_to <> oneself
                    ELSE NEW.answered_role = acting AND CASE OLD.kind
                        WHEN 'SERVICE' THEN acting IN ('SUPERVISOR', 'PARTNER_MANAGER')
                        WHEN 'INTEGRITY' THEN
                            acting = 'AUDITOR' OR acting = 'SUPERVISOR' AND OLD.entrusted_to = oneself
                    END
                END;
            CASE step[1]
                WHEN 'sorted_by' THEN NEW.sorted_at := clock_timestamp();
                WHEN 'entrusted_by' THEN NEW.entrusted_at := clock_timestamp();
                ELSE NEW.answered_at := clock_timestamp();
            END CASE;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a complaint is lodged, sorted, entrusted and answered once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_complaint BEFORE INSERT OR UPDATE ON complaint
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_complaint();

CREATE FUNCTION guard_complaint_text() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        acting text := viewer.role();
        written text := CASE TG_OP WHEN 'INSERT' THEN 'complaint' ELSE 'answer' END;
    BEGIN
        IF (ARRAY(SELECT jsonb_object_keys(NEW.sealed)) = ARRAY[written]
            AND EXISTS (
                SELECT FROM complaint WHERE id = NEW.complaint_id AND CASE TG_OP
                    WHEN 'INSERT' THEN acting = 'APPLICANT' AND account = oneself
                    ELSE answered_by = oneself AND answered_role = acting
                END
            )
            AND (TG_OP = 'INSERT' OR OLD.erased_at IS NULL AND NOT OLD.sealed ? 'answer')
        ) IS NOT TRUE THEN
            RAISE EXCEPTION 'a complaint and its answer are written once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'UPDATE' THEN
            NEW.sealed := OLD.sealed || NEW.sealed;
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_complaint_text BEFORE INSERT OR UPDATE ON complaint_text
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_complaint_text();

CREATE FUNCTION close_alert_of_complaint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE alert
        SET closed_at = NEW.answered_at, closed_by = NEW.answered_by, close_reason = 'Answered.'
        WHERE complaint_id = NEW.id AND closed_at IS NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER close_alert_of_complaint AFTER UPDATE OF answered_by ON complaint
    FOR EACH ROW WHEN (NEW.answered_at IS NOT NULL)
    EXECUTE FUNCTION close_alert_of_complaint();

CREATE VIEW volume_complaint_contribution AS
    SELECT
        date_trunc('month', wib_day(lodged_at)::timestamp)::date AS starts_on, kind,
        CASE kind WHEN 'SERVICE' THEN partner_code END AS partner_code,
        CASE kind WHEN 'SERVICE' THEN country_code END AS country_code,
        1 AS lodged
    FROM complaint;

CREATE FUNCTION count_complaint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_complaint AS kept (starts_on, kind, partner_code, country_code, lodged)
        SELECT
            date_trunc('month', wib_day(NEW.lodged_at)::timestamp)::date, of_kind,
            CASE of_kind WHEN 'SERVICE' THEN NEW.partner_code END,
            CASE of_kind WHEN 'SERVICE' THEN NEW.country_code END,
            change
        FROM (VALUES (OLD.kind, -1), (NEW.kind, 1)) AS counted (of_kind, change)
        WHERE of_kind IS NOT NULL AND OLD.kind IS DISTINCT FROM NEW.kind
        ON CONFLICT ON CONSTRAINT uq_volume_complaint
            DO UPDATE SET lodged = kept.lodged + excluded.lodged;
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_complaint AFTER INSERT OR UPDATE OF kind ON complaint
    FOR EACH ROW EXECUTE FUNCTION count_complaint();

CREATE FUNCTION write_stay(of_visa text, first_id uuid) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO stay (
        id, visa_number, application_id, presence, is_used, entered_on, departed_on, stay_until,
        overstays_at
    )
    SELECT
        first_id, of_visa, visa.application_id, now_is.presence, NOT is_multiple_entry, now_is.entered_on,
        now_is.departed_on, now_is.stay_until + extended_days::integer,
        CASE WHEN now_is.presence = 'IN_COUNTRY' THEN
            (now_is.stay_until + extended_days::integer + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
        END
    FROM visa
    JOIN application ON application.id = visa.application_id
    JOIN visa_type ON code = visa_type_code
    CROSS JOIN (
        SELECT
            CASE (array_agg(direction ORDER BY crossed_at DESC, direction DESC))[1]
                WHEN 'ENTRY' THEN 'IN_COUNTRY' ELSE 'DEPARTED'
            END AS presence,
            wib_day(max(crossed_at) FILTER (WHERE direction = 'ENTRY')) AS entered_on,
            wib_day(max(crossed_at) FILTER (WHERE direction = 'EXIT')) AS departed_on,
            (array_agg(stay_until ORDER BY crossed_at DESC) FILTER (WHERE direction = 'ENTRY'))[1]
                AS stay_until
        FROM movement WHERE visa_number = of_visa
    ) AS now_is
    WHERE visa.visa_number = of_visa
    ON CONFLICT (visa_number) DO UPDATE SET
        presence = excluded.presence, entered_on = excluded.entered_on,
        departed_on = excluded.departed_on, stay_until = excluded.stay_until,
        overstays_at = excluded.overstays_at,
        confirmed_at = CASE
            WHEN stay.overstays_at = excluded.overstays_at AND stay.entered_on = excluded.entered_on
            THEN stay.confirmed_at
        END
$$;

CREATE VIEW volume_stay_contribution AS
    SELECT application_id, movement.visa_number, change.day, change.kind, change.measured
    FROM (
        SELECT
            visa_number, direction, crossed_at, stay_until,
            lag(direction) OVER life IS NOT DISTINCT FROM 'ENTRY' AS was_there,
            wib_day(lead(crossed_at) OVER life) AS ended_on
        FROM movement
        WINDOW life AS (PARTITION BY visa_number ORDER BY crossed_at, direction)
    ) AS movement
    JOIN visa USING (visa_number)
    CROSS JOIN LATERAL (SELECT stay_until + extended_days::integer AS last_day) AS extended
    CROSS JOIN LATERAL (
        VALUES
            (wib_day(crossed_at), 'in_country', (direction = 'ENTRY')::integer - was_there::integer),
            (last_day + 1, 'overstay', (ended_on IS NULL OR ended_on > last_day)::integer),
            (ended_on, 'overstay', -(ended_on > last_day)::integer)
    ) AS change (day, kind, measured)
    WHERE change.measured <> 0 AND change.day IS NOT NULL
    UNION ALL
    SELECT application_id, visa_number, use_by, 'unused', 1
    FROM visa
    WHERE num_nonnulls(revoked_at, superseded_at, returned_at) = 0
        AND NOT EXISTS (SELECT FROM stay WHERE stay.visa_number = visa.visa_number)
    UNION ALL
    SELECT id, extends_visa_number, wib_day(closed_at), 'extension', 1
    FROM application
    WHERE extends_visa_number IS NOT NULL AND status IN ('GRANTED', 'REVOKED');

CREATE FUNCTION count_stays(of_visa text, sign integer) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO volume_outbox (day, nationality_code, visa_type_code, kind, measured)
    SELECT day, nationality_code, visa_type_code, kind, sign * measured
    FROM volume_stay_contribution
    JOIN application ON application.id = application_id
    WHERE visa_number = of_visa
$$;

CREATE FUNCTION count_stays_of_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM count_stays(NEW.visa_number, CASE TG_WHEN WHEN 'BEFORE' THEN -1 ELSE 1 END);
        RETURN NEW;
    END
$$;

CREATE TRIGGER count_stays_before
    BEFORE UPDATE OF use_by, extended_days, revoked_at, superseded_at, returned_at ON visa
    FOR EACH ROW EXECUTE FUNCTION count_stays_of_visa();

CREATE TRIGGER count_stays_after
    AFTER INSERT OR UPDATE OF use_by, extended_days, revoked_at, superseded_at, returned_at ON visa
    FOR EACH ROW EXECUTE FUNCTION count_stays_of_visa();

CREATE FUNCTION tell_of_revoked_in_country(of_case uuid, alert_id uuid, told_by text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        has_visa boolean := EXISTS (
            SELECT FROM visa
            WHERE application_id = of_case
                AND num_nonnulls(revoked_at, superseded_at, returned_at) = 0
        );
    BEGIN
        IF NOT has_visa AND EXISTS (
            SELECT FROM stay WHERE application_id = of_case AND presence = 'IN_COUNTRY'
        ) THEN
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (alert_id, 'REVOKED_IN_COUNTRY', 'keeper', 'ANONYMOUS', of_case)
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE alert
            SET closed_at = clock_timestamp(), closed_by = told_by,
                close_reason = CASE WHEN has_visa THEN 'GRANTED' ELSE 'DEPARTED' END
            WHERE application_id = of_case AND kind = 'REVOKED_IN_COUNTRY' AND closed_at IS NULL;
        END IF;
    END
$$;

CREATE FUNCTION tell_of_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM tell_of_revoked_in_country(
            NEW.application_id, NEW.decision_id,
            (SELECT officer FROM decision WHERE decision.id = NEW.decision_id)
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_visa AFTER INSERT OR UPDATE OF revoked_at, superseded_at, returned_at ON visa
    FOR EACH ROW EXECUTE FUNCTION tell_of_visa();

CREATE FUNCTION days_of_extension(visa_type text, asked_at timestamptz) RETURNS integer
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT days FROM extension_rule
    WHERE visa_type_code = visa_type AND valid_from <= wib_day(asked_at)
    ORDER BY valid_from DESC LIMIT 1
$$;

CREATE FUNCTION extend_stay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE visa SET extended_days = coalesce((
            SELECT sum(days_of_extension(visa_type_code, submitted_at)) FROM application
            WHERE extends_visa_number = NEW.extends_visa_number AND status = 'GRANTED'
        ), 0)
        WHERE visa_number = NEW.extends_visa_number;
        PERFORM write_stay(visa_number, id) FROM stay
        WHERE visa_number = NEW.extends_visa_number AND entered_on IS NOT NULL;
        INSERT INTO volume_outbox (day, nationality_code, visa_type_code, kind, measured)
        SELECT wib_day(NEW.closed_at), NEW.nationality_code, NEW.visa_type_code, 'extension', change
        FROM (
            SELECT (NEW.status IN ('GRANTED', 'REVOKED'))::integer
                - (OLD.status IN ('GRANTED', 'REVOKED'))::integer
        ) AS counted (change)
        WHERE change <> 0;
        RETURN NULL;
    END
$$;

CREATE TRIGGER extend_stay AFTER UPDATE OF status ON application
    FOR EACH ROW WHEN (NEW.extends_visa_number IS NOT NULL AND OLD.status <> NEW.status)
    EXECUTE FUNCTION extend_stay();

CREATE FUNCTION write_movement(report crossing) RETURNS boolean
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        holder uuid;
        days integer;
        of_case uuid;
        was stay;
        became stay;
    BEGIN
        SELECT applicant_id, visa.stay_days, application.id INTO holder, days, of_case
        FROM visa
        JOIN application ON application.id = visa.application_id
        JOIN person_index AS known USING (applicant_id)
        WHERE visa.visa_number = report.visa_number AND kind = 'PASSPORT'
            AND sha256(convert_to(visa.visa_number, 'UTF8') || known.digest) = ANY (report.passengers)
        LIMIT 1;
        IF holder IS NULL THEN
            RETURN false;
        END IF;
        SELECT * INTO was FROM stay WHERE visa_number = report.visa_number FOR NO KEY UPDATE;
        IF report.crossed_at <= was.removed_until THEN
            RETURN true;
        END IF;
        PERFORM count_stays(report.visa_number, -1);
        INSERT INTO movement (id, applicant_id, visa_number, direction, crossed_at, port, stay_until)
        VALUES (
            report.id, holder, report.visa_number, report.direction, report.crossed_at, report.port,
            CASE report.direction WHEN 'ENTRY' THEN wib_day(report.crossed_at) + days END
        );
        PERFORM write_stay(report.visa_number, report.id);
        PERFORM count_stays(report.visa_number, 1);
        -- What is reported late of earlier stays tells nothing new.
        SELECT * INTO became FROM stay WHERE visa_number = report.visa_number;
        IF (was.presence, was.entered_on) IS DISTINCT FROM (became.presence, became.entered_on) THEN
            PERFORM tell_of_revoked_in_country(of_case, report.id, report.reported_by);
        END IF;
        RETURN true;
    END
$$;

CREATE FUNCTION match_crossing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF write_movement(NEW) THEN
            NEW.visa_number := NULL;
            NEW.matched_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER match_crossing BEFORE INSERT ON crossing
    FOR EACH ROW EXECUTE FUNCTION match_crossing();

CREATE FUNCTION match_kept_crossings(of_visas text[]) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        kept crossing;
    BEGIN
        FOR kept IN
            SELECT * FROM crossing
            WHERE matched_at IS NULL AND visa_number = ANY (of_visas)
            ORDER BY crossed_at, id FOR UPDATE
        LOOP
            IF write_movement(kept) THEN
                UPDATE crossing SET visa_number = NULL, matched_at = clock_timestamp()
                WHERE reported_at = kept.reported_at AND id = kept.id;
            END IF;
        END LOOP;
    END
$$;

CREATE FUNCTION match_crossings_of_visas() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM match_kept_crossings(ARRAY(SELECT visa_number FROM became));
        RETURN NULL;
    END
$$;

CREATE TRIGGER match_crossings AFTER INSERT ON visa
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION match_crossings_of_visas();

CREATE FUNCTION match_crossings_of_passports() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM match_kept_crossings(ARRAY(
            SELECT visa_number FROM visa
            JOIN application ON application.id = application_id
            JOIN became ON became.applicant_id = application.applicant_id
            WHERE became.kind = 'PASSPORT'
        ));
        RETURN NULL;
    END
$$;

CREATE TRIGGER match_crossings AFTER INSERT ON person_index
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION match_crossings_of_passports();

CREATE FUNCTION note_crossing_references() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO crossing_reference (reported_by, report_key, row_id)
        SELECT reported_by, report_key, id FROM became;
        RETURN NULL;
    END
$$;

CREATE TRIGGER note_references AFTER INSERT ON crossing
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION note_crossing_references();

CREATE FUNCTION guard_crossing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.reported_by IS DISTINCT FROM viewer.subject(NULL) OR viewer.role() <> 'BORDER' THEN
            RAISE EXCEPTION 'border control reports crossings, in its own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_crossing BEFORE INSERT ON crossing
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_crossing();

CREATE FUNCTION confirm_overstay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.confirmed_at := clock_timestamp();
        IF current_setting('role') LIKE 'gerbang%writing' AND (
            NEW.confirmed_by IS DISTINCT FROM viewer.subject(NULL) OR viewer.role() <> 'BORDER'
        ) THEN
            RAISE EXCEPTION 'border control confirms overstays, in its own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE stay SET confirmed_at = NEW.confirmed_at
        WHERE id = NEW.stay_id AND overstays_at <= NEW.confirmed_at AND confirmed_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'nobody overstays there, or it was confirmed'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER confirm_overstay BEFORE INSERT ON overstay_confirmation
    FOR EACH ROW EXECUTE FUNCTION confirm_overstay();

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
        wib_day(paid_at), 'open', epoch_hour(target_due_at),
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

CREATE VIEW decision_on_visa AS
    SELECT decision.* FROM decision
    JOIN application ON application.id = application_id
    WHERE extends_visa_number IS NULL;

CREATE VIEW volume_national_contribution AS
    SELECT wib_day(first_one.decided_at) AS day, 'ground' AS kind, standing.grounds[1] AS ground, 1 AS measured
    FROM decision AS standing
    JOIN decision_on_visa AS first_one
        ON first_one.application_id = standing.application_id AND first_one.supersedes_id IS NULL
    WHERE standing.grounds <> '{}'
        AND NOT EXISTS (SELECT FROM decision AS later WHERE later.supersedes_id = standing.id)
    UNION ALL
    SELECT
        wib_day(occurred_at),
        CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
        NULL,
        1
    FROM application_event
    JOIN application ON application.id = application_id
    WHERE kind IN ('SCREENING', 'HELD') AND extends_visa_number IS NULL;

CREATE VIEW volume_overturned AS
    SELECT wib_day(first_one.decided_at) AS day, overturned.application_id
    FROM (
        SELECT later.application_id
        FROM decision AS later
        JOIN decision AS superseded ON superseded.id = later.supersedes_id
        WHERE (later.outcome, later.grounds[1])
            IS DISTINCT FROM (superseded.outcome, superseded.grounds[1])
        UNION ALL
        SELECT application_id FROM application_event WHERE kind = 'REVOKED'
    ) AS overturned
    JOIN decision_on_visa AS first_one
        ON first_one.application_id = overturned.application_id
        AND first_one.supersedes_id IS NULL;

CREATE VIEW volume_first_decision AS
    SELECT
        wib_day(decided_at) AS day,
        CASE outcome WHEN 'GRANTED' THEN 'first_granted' ELSE 'first_refused' END AS kind,
        application_id
    FROM decision_on_visa
    WHERE supersedes_id IS NULL;

CREATE VIEW second_decision AS
    SELECT
        withheld.id,
        decision.application_id,
        decision.decided_at,
        (decision.outcome, decision.grounds[1])
            IS DISTINCT FROM (withheld.outcome, withheld.grounds[1]) AS differs
    FROM withheld_decision AS withheld
    JOIN decision USING (application_id)
    WHERE supersedes_id IS NULL AND EXISTS (
        SELECT FROM assignment
        WHERE assignment.application_id = withheld.application_id
            AND assignment.officer = decision.officer AND role = 'OFFICER'
    );

CREATE VIEW volume_rule_contribution AS
    SELECT
        wib_day(decided_at) AS day,
        visa_type_code,
        CASE
            WHEN grant_rule_code IS NOT NULL THEN 'by_rule'
            WHEN outcome = 'GRANTED' THEN 'sample_granted'
            ELSE 'sample_refused'
        END AS kind,
        application_id
    FROM decision
    JOIN application ON application.id = application_id
    WHERE supersedes_id IS NULL AND (
        grant_rule_code IS NOT NULL OR EXISTS (
            SELECT FROM grant_check
            WHERE grant_check.application_id = decision.application_id AND verdict = 'SAMPLED'
        )
    )
    UNION ALL
    SELECT wib_day(decided_at), visa_type_code, kind, application_id
    FROM second_decision
    JOIN application ON application.id = application_id
    CROSS JOIN unnest(
        CASE WHEN differs THEN '{decided_twice,differing}'::text[] ELSE '{decided_twice}' END
    ) AS kind;

CREATE FUNCTION queue_volume_changes_of_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket, intake, info_requested, wip_change, backlog_change,
            revenue_idr, granted, refused, withdrawn, lapsed, within_target, cohort_decided,
            cohort_within_target, measured
        )
        SELECT
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket, sum(sign * intake), sum(sign * info_requested),
            sum(sign * wip_change), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * granted), sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        FROM (SELECT 1 AS sign, * FROM became) AS changed
        CROSS JOIN LATERAL volume_contribution(
            status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
            paused_seconds, was_info_requested, partner_code
        )
        WHERE extends_visa_number IS NULL
        GROUP BY
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket
        HAVING (
            sum(sign * intake), sum(sign * info_requested), sum(sign * wip_change),
            sum(sign * backlog_change), sum(sign * revenue_idr), sum(sign * granted),
            sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        -- A case that only closes, or closes at another time, is another on the days between;
        -- one that was paid at another time, or counts under other dimensions, from its payment on.
        INSERT INTO volume_stale_days (first_on, last_on)
        SELECT DISTINCT first_on, nullif(last_on, 'infinity')
        FROM (
            SELECT
                CASE
                    WHEN count(*) = 2 AND count(DISTINCT counted_under) = 1 THEN min(closed_on)
                    ELSE min(wib_day(paid_at))
                END AS first_on,
                max(closed_on) - 1 AS last_on
            FROM (
                SELECT id, paid_at, counted_under, closed_on
                FROM (SELECT 1 AS sign, * FROM became) AS changed
                CROSS JOIN LATERAL (
                    SELECT
                        coalesce(wib_day(closed_at), 'infinity') AS closed_on,
                        (paid_at, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel) AS counted_under
                )
                WHERE paid_at IS NOT NULL AND extends_visa_number IS NULL
                GROUP BY id, paid_at, counted_under, closed_on
                HAVING sum(sign) <> 0
            )
            GROUP BY id
        )
        WHERE first_on <= last_on;
        RETURN NULL;
    END
$$;

CREATE FUNCTION queue_volume_changes_of_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket, intake, info_requested, wip_change, backlog_change,
            revenue_idr, granted, refused, withdrawn, lapsed, within_target, cohort_decided,
            cohort_within_target, measured
        )
        SELECT
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket, sum(sign * intake), sum(sign * info_requested),
            sum(sign * wip_change), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * granted), sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        FROM (SELECT 1 AS sign, * FROM became UNION ALL SELECT -1, * FROM was) AS changed
        CROSS JOIN LATERAL volume_contribution(
            status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
            paused_seconds, was_info_requested, partner_code
        )
        WHERE extends_visa_number IS NULL
        GROUP BY
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket
        HAVING (
            sum(sign * intake), sum(sign * info_requested), sum(sign * wip_change),
            sum(sign * backlog_change), sum(sign * revenue_idr), sum(sign * granted),
            sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        -- A case that only closes, or closes at another time, is another on the days between;
        -- one that was paid at another time, or counts under other dimensions, from its payment on.
        INSERT INTO volume_stale_days (first_on, last_on)
        SELECT DISTINCT first_on, nullif(last_on, 'infinity')
        FROM (
            SELECT
                CASE
                    WHEN count(*) = 2 AND count(DISTINCT counted_under) = 1 THEN min(closed_on)
                    ELSE min(wib_day(paid_at))
                END AS first_on,
                max(closed_on) - 1 AS last_on
            FROM (
                SELECT id, paid_at, counted_under, closed_on
                FROM (SELECT 1 AS sign, * FROM became UNION ALL SELECT -1, * FROM was) AS changed
                CROSS JOIN LATERAL (
                    SELECT
                        coalesce(wib_day(closed_at), 'infinity') AS closed_on,
                        (paid_at, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel) AS counted_under
                )
                WHERE paid_at IS NOT NULL AND extends_visa_number IS NULL
                GROUP BY id, paid_at, counted_under, closed_on
                HAVING sum(sign) <> 0
            )
            GROUP BY id
        )
        WHERE first_on <= last_on;
        RETURN NULL;
    END
$$;

CREATE FUNCTION queue_volume_changes_of_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket, intake, info_requested, wip_change, backlog_change,
            revenue_idr, granted, refused, withdrawn, lapsed, within_target, cohort_decided,
            cohort_within_target, measured
        )
        SELECT
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket, sum(sign * intake), sum(sign * info_requested),
            sum(sign * wip_change), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * granted), sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        FROM (SELECT -1 AS sign, * FROM was) AS changed
        CROSS JOIN LATERAL volume_contribution(
            status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
            paused_seconds, was_info_requested, partner_code
        )
        WHERE extends_visa_number IS NULL
        GROUP BY
            day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, bucket
        HAVING (
            sum(sign * intake), sum(sign * info_requested), sum(sign * wip_change),
            sum(sign * backlog_change), sum(sign * revenue_idr), sum(sign * granted),
            sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        -- A case that only closes, or closes at another time, is another on the days between;
        -- one that was paid at another time, or counts under other dimensions, from its payment on.
        INSERT INTO volume_stale_days (first_on, last_on)
        SELECT DISTINCT first_on, nullif(last_on, 'infinity')
        FROM (
            SELECT
                CASE
                    WHEN count(*) = 2 AND count(DISTINCT counted_under) = 1 THEN min(closed_on)
                    ELSE min(wib_day(paid_at))
                END AS first_on,
                max(closed_on) - 1 AS last_on
            FROM (
                SELECT id, paid_at, counted_under, closed_on
                FROM (SELECT -1 AS sign, * FROM was) AS changed
                CROSS JOIN LATERAL (
                    SELECT
                        coalesce(wib_day(closed_at), 'infinity') AS closed_on,
                        (paid_at, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel) AS counted_under
                )
                WHERE paid_at IS NOT NULL AND extends_visa_number IS NULL
                GROUP BY id, paid_at, counted_under, closed_on
                HAVING sum(sign) <> 0
            )
            GROUP BY id
        )
        WHERE first_on <= last_on;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes_of_insert AFTER insert ON application
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_volume_changes_of_insert();

CREATE TRIGGER queue_volume_changes_of_update AFTER update ON application
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    EXECUTE FUNCTION queue_volume_changes_of_update();

CREATE TRIGGER queue_volume_changes_of_delete AFTER delete ON application
    REFERENCING OLD TABLE AS was
    EXECUTE FUNCTION queue_volume_changes_of_delete();

CREATE FUNCTION queue_volume_changes_of_decisions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, ground, measured)
        SELECT wib_day(first_one.decided_at), 'ground', changed.ground, sum(changed.sign)
        FROM (
            SELECT 1 AS sign, application_id, grounds[1] AS ground FROM became
            UNION ALL
            SELECT -1, superseded.application_id, superseded.grounds[1]
            FROM became
            JOIN decision AS superseded ON superseded.id = became.supersedes_id
        ) AS changed
        JOIN decision_on_visa AS first_one
            ON first_one.application_id = changed.application_id
            AND first_one.supersedes_id IS NULL
        WHERE changed.ground IS NOT NULL
        GROUP BY 1, 3
        HAVING sum(changed.sign) <> 0;
        INSERT INTO volume_outbox (day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, overturned)
        SELECT wib_day(first_one.decided_at), country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, count(*)
        FROM became
        JOIN decision AS superseded ON superseded.id = became.supersedes_id
            AND (superseded.outcome, superseded.grounds[1])
                IS DISTINCT FROM (became.outcome, became.grounds[1])
        JOIN decision_on_visa AS first_one
            ON first_one.application_id = became.application_id
            AND first_one.supersedes_id IS NULL
        JOIN application ON application.id = became.application_id
        GROUP BY wib_day(first_one.decided_at), country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel;
        INSERT INTO volume_outbox (day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, measured)
        SELECT first_one.day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, first_one.kind, count(*)
        FROM became
        JOIN volume_first_decision AS first_one
            ON first_one.application_id = became.application_id
        JOIN application ON application.id = became.application_id
        WHERE became.supersedes_id IS NULL
        GROUP BY first_one.day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, first_one.kind;
        INSERT INTO volume_outbox (day, visa_type_code, kind, measured)
        SELECT first_one.day, first_one.visa_type_code, first_one.kind, count(*)
        FROM became
        -- Joined without OFFSET, each decision would read all that there are.
        CROSS JOIN LATERAL (
            SELECT day, visa_type_code, kind FROM volume_rule_contribution
            WHERE application_id = became.application_id OFFSET 0
        ) AS first_one
        WHERE became.supersedes_id IS NULL
        GROUP BY first_one.day, first_one.visa_type_code, first_one.kind;
        -- Where two officers differ, it is a supervisor's to look at: the alert has the key of what
        -- was withheld.
        INSERT INTO alert (id, kind, actor, actor_role, application_id)
        SELECT twice.id, 'DECISIONS_DIFFER', 'keeper', 'ANONYMOUS', twice.application_id
        FROM became
        JOIN second_decision AS twice USING (application_id)
        WHERE became.supersedes_id IS NULL AND differs;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes AFTER INSERT ON decision
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_volume_changes_of_decisions();

CREATE FUNCTION queue_volume_changes_of_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, measured)
        SELECT
            wib_day(occurred_at),
            CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
            count(*)
        FROM became
        JOIN application ON application.id = application_id
        WHERE kind IN ('SCREENING', 'HELD') AND extends_visa_number IS NULL
        GROUP BY 1, 2;
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        SELECT
            wib_day(became.occurred_at),
            application.visa_type_code,
            CASE became.kind WHEN 'GRANTED' THEN 'officer_granted' ELSE 'officer_refused' END,
            became.actor,
            count(*)
        FROM became
        JOIN application ON application.id = became.application_id
        WHERE became.kind IN ('GRANTED', 'REFUSED') AND became.actor_role = 'OFFICER'
            AND extends_visa_number IS NULL
        GROUP BY 1, 2, 3, 4;
        INSERT INTO volume_outbox (day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, overturned)
        SELECT wib_day(first_one.decided_at), country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, count(*)
        FROM became
        JOIN decision_on_visa AS first_one
            ON first_one.application_id = became.application_id
            AND first_one.supersedes_id IS NULL
        JOIN application ON application.id = became.application_id
        WHERE became.kind = 'REVOKED'
        GROUP BY wib_day(first_one.decided_at), country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes AFTER INSERT ON application_event
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_volume_changes_of_events();

CREATE FUNCTION queue_volume_changes_of_assignments() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        given_back record;
    BEGIN
        SELECT visa_type_code, applicant_id INTO given_back
        FROM application
        WHERE id = NEW.application_id AND extends_visa_number IS NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        VALUES (
            wib_day(NEW.ended_at), given_back.visa_type_code, 'officer_given_back', NEW.officer, 1
        );
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        SELECT
            wib_day(NEW.ended_at), given_back.visa_type_code, 'officer_given_back_after_reading',
            NEW.officer, 1
        WHERE EXISTS (
            SELECT FROM access_event
            WHERE applicant_id = given_back.applicant_id AND actor = NEW.officer
                AND occurred_at BETWEEN NEW.assigned_at AND NEW.ended_at
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (
        OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.role = 'OFFICER'
        AND NEW.ended_by = NEW.officer AND NEW.reason IS NOT NULL
    )
    EXECUTE FUNCTION queue_volume_changes_of_assignments();

CREATE FUNCTION queue_volume_changes_of_moved_decisions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, overturned)
        SELECT day, of_case.country_code, of_case.nationality_code, of_case.partner_code, of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose, of_case.channel, sign * count(*)
        FROM volume_overturned
        CROSS JOIN (VALUES (OLD.country_code, OLD.nationality_code, OLD.partner_code, OLD.centre_code, OLD.visa_type_code, OLD.trip_purpose, OLD.channel, -1), (NEW.country_code, NEW.nationality_code, NEW.partner_code, NEW.centre_code, NEW.visa_type_code, NEW.trip_purpose, NEW.channel, 1))
            AS of_case (country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, sign)
        WHERE application_id = NEW.id
        GROUP BY day, of_case.country_code, of_case.nationality_code, of_case.partner_code, of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose, of_case.channel, sign;
        INSERT INTO volume_outbox (day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, measured)
        SELECT day, of_case.country_code, of_case.nationality_code, of_case.partner_code, of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose, of_case.channel, kind, sign
        FROM volume_first_decision
        CROSS JOIN (VALUES (OLD.country_code, OLD.nationality_code, OLD.partner_code, OLD.centre_code, OLD.visa_type_code, OLD.trip_purpose, OLD.channel, -1), (NEW.country_code, NEW.nationality_code, NEW.partner_code, NEW.centre_code, NEW.visa_type_code, NEW.trip_purpose, NEW.channel, 1))
            AS of_case (country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, sign)
        WHERE application_id = NEW.id;
        INSERT INTO volume_outbox (day, country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, kind, measured)
        SELECT day, of_case.country_code, of_case.nationality_code, of_case.partner_code, of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose, of_case.channel, kind, sign * sum(measured)
        FROM volume_stay_contribution
        CROSS JOIN (VALUES (OLD.country_code, OLD.nationality_code, OLD.partner_code, OLD.centre_code, OLD.visa_type_code, OLD.trip_purpose, OLD.channel, -1), (NEW.country_code, NEW.nationality_code, NEW.partner_code, NEW.centre_code, NEW.visa_type_code, NEW.trip_purpose, NEW.channel, 1))
            AS of_case (country_code, nationality_code, partner_code, centre_code, visa_type_code, trip_purpose, channel, sign)
        WHERE application_id = NEW.id
        GROUP BY day, of_case.country_code, of_case.nationality_code, of_case.partner_code, of_case.centre_code, of_case.visa_type_code, of_case.trip_purpose, of_case.channel, kind, sign;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes_of_moved_decisions AFTER UPDATE ON application
    FOR EACH ROW WHEN ((OLD.country_code, OLD.nationality_code, OLD.partner_code, OLD.centre_code, OLD.visa_type_code, OLD.trip_purpose, OLD.channel) IS DISTINCT FROM (NEW.country_code, NEW.nationality_code, NEW.partner_code, NEW.centre_code, NEW.visa_type_code, NEW.trip_purpose, NEW.channel))
    EXECUTE FUNCTION queue_volume_changes_of_moved_decisions();

CREATE FUNCTION guard_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF (OLD.closed_by IS NULL AND NEW.closed_by = viewer.subject(NULL)
            AND NEW.closed_by <> OLD.actor AND NOT EXISTS (
                SELECT FROM budget_exception AS one
                WHERE one.id = OLD.id AND NEW.closed_by IN (one.proposed_by, one.viewer)
            )) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'an alert is closed once, by somebody else'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.closed_at := clock_timestamp();
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_alert BEFORE UPDATE ON alert
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_alert();

CREATE FUNCTION guard_ban() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.proposed_at := clock_timestamp();
            is_allowed := NEW.proposed_by = oneself AND NEW.banned_from >= wib_day(now())
                AND num_nonnulls(
                    NEW.approved_by, NEW.rejected_by, NEW.withdrawal_proposed_by, NEW.withdrawn_by
                ) = 0;
        ELSIF OLD.approved_by IS NULL AND OLD.rejected_by IS NULL THEN
            is_allowed := OLD.proposed_by <> oneself
                AND num_nonnulls(NEW.withdrawal_proposed_by, NEW.withdrawn_by) = 0
                AND CASE
                    WHEN NEW.rejected_by IS NULL THEN NEW.approved_by = oneself
                    ELSE NEW.rejected_by = oneself AND NEW.approved_by IS NULL
                END;
            NEW.approved_at := CASE WHEN NEW.approved_by IS NOT NULL THEN clock_timestamp() END;
            NEW.rejected_at := CASE WHEN NEW.rejected_by IS NOT NULL THEN clock_timestamp() END;
        ELSE
            is_allowed := OLD.rejected_by IS NULL AND OLD.withdrawn_by IS NULL
                AND NEW.approved_by = OLD.approved_by AND NEW.rejected_by IS NULL
                AND NEW.reject_reason IS NULL
                AND CASE
                    WHEN OLD.withdrawal_proposed_by IS NULL
                        THEN NEW.withdrawal_proposed_by = oneself AND NEW.withdrawn_by IS NULL
                    ELSE NEW.withdrawn_by = oneself AND OLD.withdrawal_proposed_by <> oneself
                        AND NEW.withdrawal_proposed_by = OLD.withdrawal_proposed_by
                        AND NEW.withdrawal_reason = OLD.withdrawal_reason
                END;
            IF OLD.withdrawal_proposed_by IS NULL THEN
                NEW.withdrawal_proposed_at := clock_timestamp();
            ELSE
                NEW.withdrawn_at := clock_timestamp();
            END IF;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an entry of the ban list takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_ban BEFORE INSERT OR UPDATE ON ban_entry
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_ban();

CREATE FUNCTION guard_correction() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        role text := viewer.role();
        subject text := viewer.subject(NULL);
        status text := (
            SELECT application.status FROM application
            WHERE id = NEW.application_id AND applicant_id = NEW.applicant_id
        );
        is_worked_on boolean := status IN (
            'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING'
        );
        hands_in boolean := role IN ('PARTNER_AGENT', 'APPLICANT', 'PARTNER_SERVICE');
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            is_allowed := NEW.proposed_by = subject AND NEW.proposed_role = role
                AND NEW.approved_by IS NULL AND CASE
                    WHEN status IN ('SUBMITTED', 'AWAITING_PAYMENT')
                        THEN hands_in AND NEW.state = 'IN_EFFECT' AND NEW.closed_by = subject AND NOT EXISTS (
                            SELECT FROM application
                            WHERE applicant_id = NEW.applicant_id AND application.status IN (
                                'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED',
                                'SCREENING', 'GRANTED'
                            )
                        )
                    WHEN is_worked_on
                        THEN hands_in AND NEW.state = 'PROPOSED'
                    ELSE status = 'GRANTED' AND role = 'APPLICANT' AND NEW.state = 'PROPOSED'
                END;
        ELSE
            is_allowed := OLD.proposed_by <> subject AND CASE
                WHEN role = 'OFFICER'
                    THEN is_worked_on AND OLD.state = 'PROPOSED' AND NEW.closed_by = subject
                    AND NEW.state IN ('IN_EFFECT', 'REJECTED') AND NEW.approved_by IS NULL
                    AND EXISTS (
                        SELECT FROM assignment
                        WHERE application_id = NEW.application_id AND officer = subject
                            AND assignment.role = 'OFFICER' AND ended_at IS NULL
                    )
                WHEN role <> 'SUPERVISOR' OR status <> 'GRANTED' THEN false
                WHEN NEW.state = 'APPROVED'
                    THEN OLD.state = 'PROPOSED' AND NEW.approved_by = subject
                WHEN NEW.state = 'IN_EFFECT'
                    THEN OLD.state = 'APPROVED' AND OLD.approved_by <> subject
                    AND NEW.approved_by = OLD.approved_by AND NEW.closed_by = subject
                WHEN NEW.state = 'REJECTED'
                    THEN OLD.state IN ('PROPOSED', 'APPROVED') AND NEW.closed_by = subject
                    AND NEW.approved_by IS NOT DISTINCT FROM OLD.approved_by
                ELSE false
                END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a correction is proposed, approved and confirmed by others'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_correction BEFORE INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_correction();

CREATE FUNCTION guard_data_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.lodged_at := clock_timestamp();
            NEW.due_at := NEW.lodged_at + interval '72 hours';
            is_allowed := NEW.lodged_by = oneself AND NEW.lodged_role = viewer.role()
                AND num_nonnulls(
                    NEW.outcome, NEW.reason, NEW.answered_by, NEW.lookups_proposed_by
                ) = 0
                AND CASE viewer.role()
                    WHEN 'APPLICANT' THEN NEW.account = oneself AND EXISTS (
                        SELECT FROM applicant WHERE id = NEW.applicant_id AND account = oneself
                    )
                    WHEN 'AUDITOR' THEN NEW.account IS NULL
                END;
        ELSE
            -- One step at a time: by whom it is done is the first column of each.
            step := CASE
                WHEN NEW.outcome IS NOT NULL
                    THEN '{answered_by,outcome,reason,answered_at,state}'
                WHEN OLD.applicant_id IS NULL THEN '{applicant_id}'
                WHEN OLD.lookups_proposed_by IS NULL THEN '{lookups_proposed_by}'
                ELSE '{lookups_approved_by}'
            END;
            step := step || 'state'::text;
            is_allowed := viewer.role() = 'AUDITOR' AND OLD.outcome IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step
                AND to_jsonb(OLD) ->> step[1] IS NULL
                AND CASE step[1]
                    WHEN 'applicant_id' THEN NEW.applicant_id IS NOT NULL
                    ELSE to_jsonb(NEW) ->> step[1] = oneself
                END;
            NEW.answered_at := CASE WHEN NEW.outcome IS NOT NULL THEN clock_timestamp() END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a request of a data subject is lodged and answered once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_data_request BEFORE INSERT OR UPDATE ON data_request
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_data_request();

CREATE FUNCTION guard_erasure() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.ordered_at := clock_timestamp();
        IF NOT EXISTS (
            SELECT FROM data_request
            WHERE id = NEW.data_request_id AND kind = 'ERASURE' AND outcome = 'GRANTED'
                AND applicant_id = NEW.applicant_id AND answered_by = viewer.subject(NULL)
        ) THEN
            RAISE EXCEPTION 'somebody is erased whose request was granted'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_erasure BEFORE INSERT OR UPDATE ON erasure
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_erasure();

CREATE FUNCTION guard_inquiry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz;
        begins boolean;
        is_allowed boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7234, hashtext(coalesce(OLD.opened_by, NEW.opened_by)));
        instant := clock_timestamp();
        IF TG_OP = 'INSERT' THEN
            NEW.opened_at := instant;
            begins := NEW.minutes <= 60 AND NEW.most_people <= 50 AND NOT EXISTS (
                SELECT FROM inquiry WHERE opened_by = NEW.opened_by
                    AND greatest(ends_at, ends_at - minutes * interval '1 minute' + interval '1 hour')
                        > instant
            );
            is_allowed := NEW.opened_by = oneself AND NEW.seen = 0
                AND num_nonnulls(
                    NEW.approved_by, NEW.ends_at, NEW.lapsed_at, NEW.reviewed_by, NEW.verdict,
                    NEW.review_reason
                ) = 0;
        ELSIF OLD.ends_at IS NULL THEN
            begins := true;
            is_allowed := NEW.approved_by = oneself AND OLD.opened_by <> oneself
                AND OLD.lapsed_at IS NULL AND OLD.opened_at > instant - interval '24 hours'
                AND num_nonnulls(NEW.reviewed_by, NEW.verdict, NEW.review_reason) = 0;
            NEW.approved_at := instant;
        ELSE
            begins := false;
            is_allowed := OLD.ends_at <= instant AND OLD.reviewed_by IS NULL
                AND NEW.reviewed_by = oneself AND OLD.opened_by <> oneself
                AND OLD.approved_by IS DISTINCT FROM oneself
                AND NEW.approved_by IS NOT DISTINCT FROM OLD.approved_by;
            NEW.reviewed_at := instant;
        END IF;
        IF begins THEN
            NEW.ends_at := instant + NEW.minutes * interval '1 minute';
            NEW.review_due_at := instant + interval '72 hours';
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an inquiry is opened, agreed to and reviewed by different people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_inquiry BEFORE INSERT OR UPDATE ON inquiry
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_inquiry();

CREATE FUNCTION guard_budget_exception() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz;
        is_allowed boolean;
        is_in_time boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7235, hashtext(NEW.role || ' ' || NEW.viewer));
        instant := clock_timestamp();
        IF TG_OP = 'INSERT' THEN
            NEW.proposed_at := instant;
            is_allowed := NEW.proposed_by = oneself AND NEW.viewer <> oneself AND NEW.seen = 0
                AND num_nonnulls(NEW.approved_by, NEW.approved_at, NEW.ends_at) = 0;
            is_in_time := NOT EXISTS (
                SELECT FROM budget_exception AS other
                WHERE other.viewer = NEW.viewer AND other.role = NEW.role
                    AND coalesce(other.ends_at, other.proposed_at + interval '60 minutes') > instant
            );
        ELSE
            is_allowed := OLD.approved_by IS NULL AND NEW.approved_by = oneself
                AND oneself NOT IN (OLD.proposed_by, OLD.viewer);
            is_in_time := OLD.proposed_at > instant - interval '60 minutes';
            NEW.approved_at := instant;
            NEW.ends_at := instant + NEW.minutes * interval '1 minute';
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an exception from a budget is proposed and agreed to by two others'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN CASE WHEN is_in_time THEN NEW END;
    END
$$;

CREATE TRIGGER guard_budget_exception BEFORE INSERT OR UPDATE ON budget_exception
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_budget_exception();

CREATE FUNCTION guard_legal_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.held_at := clock_timestamp();
            PERFORM FROM application WHERE id = NEW.application_id FOR KEY SHARE;
            is_allowed := NEW.held_by = oneself AND NEW.released_by IS NULL AND NOT EXISTS (
                SELECT FROM application JOIN applicant ON applicant.id = applicant_id
                WHERE application.id = NEW.application_id AND erased_at IS NOT NULL
            );
        ELSE
            NEW.released_at := clock_timestamp();
            is_allowed := OLD.released_by IS NULL AND NEW.released_by = oneself;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'SUPERVISOR' THEN
            RAISE EXCEPTION 'a legal hold is set and released by a supervisor'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_legal_hold BEFORE INSERT OR UPDATE ON legal_hold
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_legal_hold();

CREATE FUNCTION guard_breach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz := clock_timestamp();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.recorded_at := instant;
            NEW.due_at := NEW.noticed_at + interval '72 hours';
            is_allowed := NEW.recorded_by = oneself
                AND NEW.noticed_at <= instant + interval '1 minute'
                AND num_nonnulls(
                    NEW.institution_notified_by, NEW.people_notified_by, NEW.closed_by
                ) = 0;
        ELSIF NEW.closed_by IS NOT NULL THEN
            step := '{close_reason,closed_by,closed_at}';
            is_allowed := NEW.closed_by = oneself;
            NEW.closed_at := instant;
        ELSIF OLD.institution_notified_by IS NULL AND NEW.institution_notified_by IS NOT NULL THEN
            step := '{institution_notice,institution_notified_by,institution_notified_at}';
            is_allowed := NEW.institution_notified_by = oneself;
            NEW.institution_notified_at := instant;
        ELSE
            step := '{people_notice,notice_in_english,notice_in_indonesian,people_reached,'
                'people_notified,people_notified_by,people_notified_at}';
            is_allowed := OLD.people_notified_by IS NULL AND NEW.people_notified_by = oneself;
            NEW.people_notified_at := instant;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            step := step || 'is_open'::text;
            is_allowed := is_allowed AND OLD.closed_by IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'AUDITOR' THEN
            RAISE EXCEPTION 'a breach is recorded, notified and closed once, in the own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_breach BEFORE INSERT OR UPDATE ON breach
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_breach();

CREATE FUNCTION tell_people_of_breach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO breach_notice (breach_id, applicant_id, fields)
        SELECT NEW.id, applicant_id, array_agg(DISTINCT field ORDER BY field)
        FROM access_event, unnest(fields) AS field
        WHERE occurred_at >= NEW.window_from AND occurred_at < NEW.window_before
            AND (NEW.viewer IS NULL OR actor = NEW.viewer)
        GROUP BY applicant_id;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_people_of_breach AFTER UPDATE ON breach
    FOR EACH ROW WHEN (OLD.people_notified_at IS NULL AND NEW.people_reached = 'READ')
    EXECUTE FUNCTION tell_people_of_breach();

CREATE FUNCTION guard_unmatched_payment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz := clock_timestamp();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.kept_at := instant;
            is_allowed := NEW.kept_by = oneself
                AND num_nonnulls(
                    NEW.recommended_by, NEW.seconded_by, NEW.assigned_to, NEW.ordered_by,
                    NEW.reversed_at
                ) = 0
                AND NOT EXISTS (SELECT FROM bill WHERE receipt_number = NEW.receipt_number)
                AND NOT EXISTS (
                    SELECT FROM former_bill WHERE receipt_number = NEW.receipt_number
                );
        ELSIF OLD.seconded_by IS NOT NULL THEN
            step := '{order_number,ordered_on,ordered_by,order_recorded_at,state}';
            is_allowed := OLD.ordered_by IS NULL AND NEW.ordered_by = oneself
                AND NEW.ordered_on <= wib_day(instant);
            NEW.order_recorded_at := instant;
        ELSIF NEW.seconded_by IS NULL THEN
            step := '{recommended_by,reason,recommended_at,recommended_bill,state}';
            is_allowed := NEW.recommended_by = oneself
                AND (OLD.recommended_by IS NULL
                    OR NEW.recommended_bill IS DISTINCT FROM OLD.recommended_bill)
                AND (NEW.recommended_bill IS NULL OR EXISTS (
                    SELECT FROM bill
                    WHERE billing_code = NEW.recommended_bill AND amount_idr = NEW.amount_idr
                        AND family_code IS NULL
                ));
            NEW.recommended_at := instant;
        ELSE
            step := '{seconded_by,second_reason,seconded_at,state}';
            is_allowed := OLD.recommended_bill IS NULL AND NEW.seconded_by = oneself;
            NEW.seconded_at := instant;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            is_allowed := is_allowed AND OLD.assigned_to IS NULL AND OLD.reversed_at IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'TREASURY' THEN
            RAISE EXCEPTION 'a payment is kept once, and two people settle it'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_unmatched_payment BEFORE INSERT OR UPDATE ON unmatched_payment
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_unmatched_payment();

CREATE FUNCTION guard_excluded_proposers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF viewer.role() = 'SCREENING' AND viewer.subject(NULL) = ANY (OLD.kept_from) THEN
            RAISE EXCEPTION 'a hit is kept from whoever proposed the entry'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_excluded_proposers BEFORE UPDATE ON screening
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_excluded_proposers();

CREATE FUNCTION guard_mail_subscription() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.subscribed_at := clock_timestamp();
            is_allowed := NEW.subject = oneself AND NOT NEW.is_ended AND (
                SELECT count(*) < 20 FROM mail_subscription WHERE subject = oneself AND NOT is_ended
            );
        ELSE
            is_allowed := OLD.subject = oneself AND NOT OLD.is_ended
                AND NEW.renewals = OLD.renewals + CASE WHEN NEW.is_ended THEN 0 ELSE 1 END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a subscription is one''s own, renewed or ended'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.is_ended THEN
            NEW.address := NULL;
            NEW.ends_at := clock_timestamp();
            RETURN NEW;
        END IF;
        NEW.role := viewer.role();
        NEW.own_partner := viewer.partner(NULL);
        NEW.own_countries := coalesce(viewer.countries(NULL), '{}');
        NEW.own_centres := coalesce(viewer.centres(NULL), '{}');
        NEW.renewed_at := clock_timestamp();
        NEW.seen_at := NEW.renewed_at;
        NEW.ends_at := NEW.renewed_at + interval '90 days';
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_mail_subscription BEFORE INSERT OR UPDATE ON mail_subscription
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_mail_subscription();

CREATE FUNCTION guard_saved_view() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.saved_at := clock_timestamp();
        END IF;
        IF (
            NEW.subject = oneself AND CASE TG_OP
                WHEN 'INSERT' THEN NEW.removed_at IS NULL AND 50 > (
                    SELECT count(*) FROM saved_view WHERE subject = oneself AND removed_at IS NULL
                )
                ELSE OLD.removed_at IS NULL
                    AND (NEW.removed_at IS NOT NULL OR NEW.query = OLD.query)
            END
        ) IS NOT TRUE THEN
            RAISE EXCEPTION 'a view is one''s own, renamed or removed'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.removed_at IS NOT NULL THEN
            NEW.removed_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_saved_view BEFORE INSERT OR UPDATE ON saved_view
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_saved_view();

CREATE FUNCTION guard_month_note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.written_at := clock_timestamp();
        ELSIF NEW.removed_at IS NOT NULL THEN
            NEW.removed_at := clock_timestamp();
        END IF;
        IF (
            NEW.author = oneself AND CASE TG_OP
                WHEN 'INSERT' THEN NEW.removed_at IS NULL AND 500 > (
                    SELECT count(*) FROM month_note WHERE author = oneself AND removed_at IS NULL
                ) AND (viewer.role() = 'LEADERSHIP' OR (
                    NEW.partner_code = viewer.partner(NULL)
                    AND NEW.country_code = ANY (viewer.countries(NULL))
                ))
                ELSE OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL
            END
        ) IS NOT TRUE THEN
            RAISE EXCEPTION 'a note is one''s own, in the own scope'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_month_note BEFORE INSERT OR UPDATE ON month_note
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_month_note();

CREATE FUNCTION guard_suspension() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        last suspension;
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            SELECT * INTO last FROM suspension
            WHERE partner_code = NEW.partner_code OR subject = NEW.subject
            ORDER BY suspended_at DESC, id DESC LIMIT 1;
            is_allowed := NEW.suspended_by = oneself
                AND (last.suspended_by = oneself AND last.confirmed_by IS NULL) IS NOT TRUE;
        ELSIF NEW.lifted_by IS DISTINCT FROM OLD.lifted_by THEN
            is_allowed := NEW.lifted_by = oneself AND OLD.lift_proposed_by <> oneself
                AND ROW(NEW.confirmed_by, NEW.lift_proposed_by, NEW.lift_reason)
                    IS NOT DISTINCT FROM ROW(OLD.confirmed_by, OLD.lift_proposed_by, OLD.lift_reason);
            NEW.lifted_at := clock_timestamp();
            NEW.ends_at := NEW.lifted_at;
        ELSIF NEW.lift_proposed_by IS DISTINCT FROM OLD.lift_proposed_by THEN
            is_allowed := OLD.lift_proposed_by IS NULL AND NEW.lift_proposed_by = oneself
                AND NEW.confirmed_by IS NOT DISTINCT FROM OLD.confirmed_by;
            NEW.lift_proposed_at := clock_timestamp();
        ELSE
            is_allowed := OLD.confirmed_by IS NULL AND NEW.confirmed_by = oneself
                AND NEW.confirmed_by <> OLD.suspended_by
                AND NEW.lift_reason IS NOT DISTINCT FROM OLD.lift_reason;
            NEW.confirmed_at := clock_timestamp();
            NEW.ends_at := NULL;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.ends_at <= clock_timestamp() THEN
            is_allowed := false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a suspension takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_suspension BEFORE INSERT OR UPDATE ON suspension
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_suspension();

CREATE FUNCTION stage_after(kind text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN kind = 'SUBMITTED' THEN 'SUBMITTED'
        WHEN kind IN ('AWAITING_PAYMENT', 'INFO_REQUESTED', 'REFUSAL_INTENDED') THEN 'WAITING_FOR_APPLICANT'
        WHEN kind IN ('PAID', 'IN_VERIFICATION', 'SCREENING') THEN 'IN_PROCESS'
        WHEN kind IN ('GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')
            THEN 'CLOSED'
    END;

CREATE FUNCTION waits_for_partner(case_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM application
        WHERE id = case_id AND received_at IS NULL AND stage = 'IN_PROCESS' AND channel <> 'DIRECT'
    )
$$;

CREATE FUNCTION announce_application_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO application_change (id, application_id, kind, changed)
        SELECT
            event.id, event.application_id, event.kind,
            CASE
                WHEN event.kind IN ('HELD', 'RELEASED', 'ANSWER_PROPOSED', 'SCREENED') THEN 'HOLD'
                WHEN event.kind IN ('SUBMITTED', 'PAID', 'RECEIVED', 'TRANSFERRED') THEN 'STAGE'
                WHEN event.kind LIKE 'TARGET%' AND waits_for_partner(event.application_id) THEN 'STAGE'
                WHEN stage_after(event.kind) <> before.stage THEN 'STAGE'
                WHEN event.kind IN ('GRANTED', 'REFUSED', 'REVOKED', 'VISA_RETURNED') THEN 'DECISION'
                ELSE 'STATUS'
            END
        FROM happened AS event
        LEFT JOIN LATERAL (
            SELECT stage_after(earlier.kind) AS stage
            FROM application_event AS earlier
            WHERE earlier.application_id = event.application_id
                AND earlier.sequence < event.sequence
                AND stage_after(earlier.kind) IS NOT NULL
            ORDER BY earlier.sequence DESC
            LIMIT 1
        ) AS before ON true;
        NOTIFY gerbang_change;
        RETURN NULL;
    END
$$;

CREATE TRIGGER announce_changes AFTER INSERT ON application_event
    REFERENCING NEW TABLE AS happened
    EXECUTE FUNCTION announce_application_changes();

CREATE FUNCTION announce_volume_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_change (partner_code, country_code, changed)
        SELECT
            partner_code, country_code,
            CASE
                WHEN bool_and(kind IS NULL AND (
                    intake, info_requested, wip_change, backlog_change, revenue_idr,
                    granted + refused, withdrawn, lapsed, within_target, cohort_decided,
                    cohort_within_target
                ) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) THEN 'OUTCOMES'
                ELSE 'FIGURES'
            END
        FROM folded
        WHERE done_by IS NULL
        GROUP BY partner_code, country_code;
        IF FOUND THEN
            NOTIFY gerbang_change;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER announce_changes AFTER DELETE ON volume_outbox
    REFERENCING OLD TABLE AS folded
    EXECUTE FUNCTION announce_volume_changes();

CREATE FUNCTION announce_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NOTIFY gerbang_change;
        RETURN NULL;
    END
$$;

CREATE TRIGGER announce_alert AFTER INSERT ON alert
    EXECUTE FUNCTION announce_alert();

CREATE FUNCTION announce_question() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            NEW.number := nextval(pg_get_serial_sequence('screening', 'number'));
            NEW.written_in := pg_current_xact_id()::text::bigint;
        END IF;
        NOTIFY gerbang_change;
        RETURN NEW;
    END
$$;

CREATE TRIGGER number_question BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.answered_at IS NULL)
    EXECUTE FUNCTION announce_question();

CREATE TRIGGER number_question_again BEFORE UPDATE ON screening
    FOR EACH ROW WHEN (NEW.answered_at IS NULL AND NEW.proposed IS DISTINCT FROM OLD.proposed)
    EXECUTE FUNCTION announce_question();

CREATE FUNCTION raise_screening_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.result = 'HIT' THEN
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (
                NEW.id, 'HIT', coalesce(NEW.answered_by, 'keeper'),
                CASE WHEN NEW.answered_by IS NULL THEN 'ANONYMOUS' ELSE 'SCREENING' END,
                NEW.application_id
            )
            ON CONFLICT DO NOTHING;
        ELSE
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (
                NEW.id, 'REFERRAL', viewer.subject(NULL), viewer.role(), NEW.application_id
            )
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER raise_alert_of_referral AFTER INSERT ON screening
    FOR EACH ROW WHEN (
        NEW.result = 'PENDING' AND NEW.referral_reason <> 'ROUTINE'
        AND current_user LIKE 'gerbang%writing'
    )
    EXECUTE FUNCTION raise_screening_alert();

CREATE TRIGGER raise_alert_of_hit AFTER INSERT ON screening
    FOR EACH ROW WHEN (NEW.result = 'HIT')
    EXECUTE FUNCTION raise_screening_alert();

CREATE TRIGGER raise_alert_of_answer AFTER UPDATE OF result ON screening
    FOR EACH ROW WHEN (OLD.result = 'PENDING' AND NEW.result = 'HIT')
    EXECUTE FUNCTION raise_screening_alert();

CREATE FUNCTION close_screening_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE alert
        SET closed_at = clock_timestamp(), closed_by = NEW.answered_by,
            close_reason = coalesce(NEW.reason, NEW.result)
        WHERE application_id = NEW.application_id AND closed_at IS NULL
            AND kind = CASE WHEN NEW.result IN ('MATCH', 'NO_MATCH') THEN 'HIT' ELSE 'REFERRAL' END
            AND actor <> NEW.answered_by;
        RETURN NULL;
    END
$$;

CREATE TRIGGER close_alert_of_answered AFTER UPDATE OF result ON screening
    FOR EACH ROW WHEN (
        OLD.result = 'PENDING' AND NEW.result <> 'UNAVAILABLE' AND NEW.answered_by IS NOT NULL
    )
    EXECUTE FUNCTION close_screening_alert();

CREATE FUNCTION tell_of_proposed_grant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.kind = 'GRANT_PROPOSED' THEN
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (
                gen_random_uuid(), 'GRANT_PROPOSED', NEW.actor, NEW.actor_role, NEW.application_id
            )
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE alert
            SET closed_at = clock_timestamp(), close_reason = NEW.kind,
                closed_by = CASE
                    WHEN NEW.kind = 'GRANT_APPROVED' THEN NEW.actor
                    -- Whoever takes it back closes no alert of their own.
                    WHEN NEW.kind = 'GRANT_REJECTED' AND NEW.actor <> actor THEN NEW.actor
                    ELSE 'keeper'
                END
            WHERE application_id = NEW.application_id AND kind = 'GRANT_PROPOSED'
                AND closed_at IS NULL;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_proposed_grant AFTER INSERT ON application_event
    FOR EACH ROW WHEN (NEW.kind IN (
        'GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED', 'GRANTED', 'REFUSED', 'WITHDRAWN',
        'LAPSED'
    ))
    EXECUTE FUNCTION tell_of_proposed_grant();

CREATE FUNCTION notify_linker() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER notify_linker AFTER INSERT ON application
    FOR EACH STATEMENT EXECUTE FUNCTION notify_linker();

CREATE TRIGGER notify_linker AFTER UPDATE OF approved_by, withdrawn_by ON ban_entry
    FOR EACH STATEMENT EXECUTE FUNCTION notify_linker();

CREATE FUNCTION request_relinking() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET is_linked = false
        WHERE applicant_id = NEW.applicant_id AND is_linked;
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER request_relinking AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION request_relinking();

CREATE FUNCTION raise_inquiry_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO alert (id, kind, actor, actor_role, inquiry_id)
        VALUES (NEW.id, 'INQUIRY', NEW.opened_by, 'SUPERVISOR', NEW.id);
        RETURN NULL;
    END
$$;

CREATE TRIGGER raise_inquiry_alert AFTER INSERT ON inquiry
    FOR EACH ROW EXECUTE FUNCTION raise_inquiry_alert();

CREATE FUNCTION raise_budget_exception_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO alert (id, kind, actor, actor_role)
        VALUES (NEW.id, 'BUDGET_EXCEPTION', NEW.approved_by, 'SUPERVISOR');
        RETURN NULL;
    END
$$;

CREATE TRIGGER raise_budget_exception_alert AFTER UPDATE OF approved_by ON budget_exception
    FOR EACH ROW WHEN (NEW.approved_by IS NOT NULL AND OLD.approved_by IS NULL)
    EXECUTE FUNCTION raise_budget_exception_alert();

CREATE FUNCTION disclose_reviewed_inquiry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE inquiry_person SET told_at = NEW.reviewed_at WHERE reference = NEW.reference;
        UPDATE alert SET closed_at = NEW.reviewed_at, closed_by = NEW.reviewed_by,
            close_reason = NEW.review_reason
        WHERE (id = NEW.id OR inquiry_id = NEW.id) AND closed_at IS NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER disclose_reviewed_inquiry AFTER UPDATE OF reviewed_by ON inquiry
    FOR EACH ROW WHEN (NEW.reviewed_by IS NOT NULL AND OLD.reviewed_by IS NULL)
    EXECUTE FUNCTION disclose_reviewed_inquiry();

CREATE FUNCTION renew_data_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE data_version
        SET version = gen_random_uuid(), changed_in = pg_current_xact_id()::text::bigint
        WHERE data = TG_ARGV[0] AND changed_in <> pg_current_xact_id()::text::bigint;
        RETURN NULL;
    END
$$;

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON centre
    EXECUTE FUNCTION renew_data_version('names');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON country
    EXECUTE FUNCTION renew_data_version('names');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON partner
    EXECUTE FUNCTION renew_data_version('names');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON visa_type
    EXECUTE FUNCTION renew_data_version('names');

CREATE TRIGGER renew_version_of_figures AFTER INSERT OR UPDATE OF region OR DELETE ON country
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_edition
    EXECUTE FUNCTION renew_data_version('published');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_published
    EXECUTE FUNCTION renew_data_version('published');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_age
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_age_detailed
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_nationality
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_nationality_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_place
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_place_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_type
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_type_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_ground
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_centre
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_centre_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_place
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_place_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_stay
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type_place
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type_place_duration
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_outcome
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_outcome_place
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_referral
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_stay
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_yearly
    EXECUTE FUNCTION renew_data_version('figures');

CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE ON volume_aged_until
    FOR EACH ROW EXECUTE FUNCTION renew_data_version('figures');

CREATE SCHEMA IF NOT EXISTS partitions;

CREATE FUNCTION partition_name(of_table text, at timestamptz) RETURNS text
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT of_table || to_char(at AT TIME ZONE 'UTC', '"_"YYYY"q"Q')
$$;

CREATE FUNCTION partitions_made() RETURNS TABLE (
    of_table text, partition oid, since timestamptz, before timestamptz
)
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT parent.relname::text, made.oid, (bounds[1])::timestamptz, (bounds[2])::timestamptz
    FROM pg_partitioned_table
    JOIN pg_class AS parent ON parent.oid = partrelid
    JOIN pg_inherits ON inhparent = parent.oid
    JOIN pg_class AS made ON made.oid = inhrelid
    CROSS JOIN LATERAL regexp_match(
        pg_get_expr(made.relpartbound, made.oid), $q$FROM \('(.*)'\) TO \('(.*)'\)$q$
    ) AS bounds
    WHERE parent.relnamespace = 'public'::regnamespace
$$;

CREATE FUNCTION prepare_partition(named text, of_table text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        EXECUTE format(
            'CREATE TABLE partitions.%1$I (LIKE public.%2$I INCLUDING ALL);
            CREATE UNIQUE INDEX ON partitions.%1$I (id);
            ALTER TABLE partitions.%1$I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
                ON partitions.%1$I EXECUTE FUNCTION refuse_change()',
            named, of_table
        );
    END
$$;

CREATE FUNCTION attach_partition(of_table text, at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        since timestamp := date_trunc('quarter', at AT TIME ZONE 'UTC');
    BEGIN
        EXECUTE format(
            'ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)',
            of_table, partition_name(of_table, at),
            since AT TIME ZONE 'UTC', (since + interval '3 months') AT TIME ZONE 'UTC'
        );
    END
$$;

CREATE FUNCTION make_partition(of_table text, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        named text := partition_name(of_table, at);
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('gerbang partitions', 0));
        IF to_regclass(format('partitions.%I', named)) IS NOT NULL THEN
            RETURN false;
        END IF;
        PERFORM prepare_partition(named, of_table);
        PERFORM attach_partition(of_table, at);
        RETURN true;
    END
$$;

CREATE FUNCTION drop_partition(of_table text, at timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        named text := partition_name(of_table, at);
        rest text := named || '_rest';
        days bigint := (SELECT max(kept_days) FROM account_drop WHERE dropped_at = now());
        rows bigint;
        kept bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('gerbang partitions', 0));
        IF NOT EXISTS (
            SELECT FROM partitions_made() AS made
            WHERE made.partition = to_regclass(format('partitions.%I', named))
                AND made.before <= now() - days * interval '24 hours'
        ) THEN
            RETURN 0;
        END IF;
        EXECUTE format('LOCK TABLE partitions.%I IN SHARE MODE', named);
        EXECUTE format('SELECT count(*) FROM partitions.%I', named) INTO rows;
        PERFORM prepare_partition(rest, of_table);
        EXECUTE format('ALTER TABLE partitions.%I DISABLE TRIGGER append_only', rest);
        EXECUTE format(
            'INSERT INTO partitions.%1$I SELECT * FROM partitions.%2$I AS entry WHERE NOT EXISTS (
                SELECT FROM account_drop
                CROSS JOIN unnest(firsts, lasts) AS run (first_one, last_one)
                JOIN account_leaf ON position BETWEEN first_one AND last_one
                WHERE dropped_at = now() AND source = %3$L AND row_id = entry.id
            )', rest, named, of_table
        );
        GET DIAGNOSTICS kept = ROW_COUNT;
        EXECUTE format('ALTER TABLE partitions.%I ENABLE TRIGGER append_only', rest);
        IF kept < rows THEN
            EXECUTE format('DROP TABLE partitions.%I', named);
        END IF;
        IF kept IN (0, rows) THEN
            EXECUTE format('DROP TABLE partitions.%I', rest);
        ELSE
            EXECUTE format('ALTER TABLE partitions.%I RENAME TO %I', rest, named);
            PERFORM attach_partition(of_table, at);
        END IF;
        RETURN rows - kept;
    END
$$;

CREATE FUNCTION move_passport_ending() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.erased_at IS NOT NULL THEN
            DELETE FROM passport_ending WHERE applicant_id = NEW.id;
        ELSIF NEW.passport_last_four IS NOT NULL THEN
            INSERT INTO passport_ending (applicant_id, last_four)
            VALUES (NEW.id, NEW.passport_last_four)
            ON CONFLICT (applicant_id) DO UPDATE SET last_four = EXCLUDED.last_four;
        END IF;
        IF TG_OP = 'INSERT' THEN
            UPDATE applicant SET passport_last_four = NULL
            WHERE id = NEW.id AND passport_last_four IS NOT NULL;
        END IF;
        NEW.passport_last_four := NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER move_new_passport_ending AFTER INSERT ON applicant
    FOR EACH ROW EXECUTE FUNCTION move_passport_ending();

CREATE TRIGGER move_passport_ending BEFORE UPDATE OF passport_last_four, erased_at ON applicant
    FOR EACH ROW EXECUTE FUNCTION move_passport_ending();

CREATE FUNCTION is_corrected(
    was identity, becomes identity_version, name text, was_plain text, becomes_plain text
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(CASE
        WHEN becomes.sealed ? name AND was.sealed ? name
            THEN left(becomes.sealed ->> name, 20) <> left(was.sealed ->> name, 20)
        WHEN becomes.sealed ? name OR becomes_plain IS NOT NULL AND was.sealed ? name THEN true
        ELSE becomes_plain <> was_plain
    END, false)
$$;

CREATE FUNCTION correct_identity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        was identity;
        nationality text;
        becomes identity_version;
        is_another boolean;
        stays jsonb;
    BEGIN
        PERFORM FROM application WHERE applicant_id = NEW.applicant_id
        ORDER BY id FOR NO KEY UPDATE;
        SELECT * INTO STRICT was FROM identity WHERE applicant_id = NEW.applicant_id FOR UPDATE;
        SELECT nationality_code INTO STRICT nationality FROM applicant
        WHERE id = NEW.applicant_id;
        SELECT * INTO STRICT becomes FROM identity_version
        WHERE applicant_id = NEW.applicant_id AND number = NEW.version AND valid_from IS NULL;
        is_another := is_corrected(was, becomes, 'full_name', was.full_name, becomes.full_name)
            OR is_corrected(
                was, becomes, 'birth_date', was.birth_date::text, becomes.birth_date::text)
            OR is_corrected(
                was, becomes, 'passport_number', was.passport_number, becomes.passport_number)
            OR coalesce(
                becomes.passport_issuing_state IS DISTINCT FROM was.passport_issuing_state
                AND becomes.passport_issuing_state IS NOT NULL, false)
            OR coalesce(becomes.nationality_code <> nationality, false);
        UPDATE identity_version SET valid_until = NEW.closed_at
        WHERE applicant_id = NEW.applicant_id AND valid_from IS NOT NULL AND valid_until IS NULL;
        IF NOT FOUND THEN
            INSERT INTO identity_version (
                applicant_id, number, full_name, passport_number, birth_date, email, phone, sex,
                place_of_birth, passport_issuing_state, passport_expires_on, nationality_code,
                sealed, versions, written_at, valid_from, valid_until
            )
            SELECT
                id, 1, was.full_name, was.passport_number, was.birth_date, was.email, was.phone,
                was.sex, was.place_of_birth, was.passport_issuing_state, was.passport_expires_on,
                nationality_code, was.sealed, was.versions, created_at, created_at, NEW.closed_at
            FROM applicant WHERE id = NEW.applicant_id;
        END IF;
        -- A plain value takes the place of one that was sealed.
        stays := was.sealed - ARRAY(
            SELECT proposed.key FROM jsonb_each_text(to_jsonb(becomes)) AS proposed
            WHERE proposed.value IS NOT NULL
        );
        UPDATE identity SET
            sealed = stays || becomes.sealed,
            -- Each value keeps the version that first had it: it is bound to that.
            versions = (
                SELECT coalesce(jsonb_object_agg(
                    name, coalesce(was.versions -> name, to_jsonb(1))), '{}')
                FROM jsonb_object_keys(stays) AS name
            ) || (
                SELECT coalesce(jsonb_object_agg(
                    name, coalesce(becomes.versions -> name, to_jsonb(NEW.version))), '{}')
                FROM jsonb_object_keys(becomes.sealed) AS name
            ),
            full_name = CASE WHEN becomes.sealed ? 'full_name' THEN NULL
                ELSE coalesce(becomes.full_name, full_name) END,
            passport_number = CASE WHEN becomes.sealed ? 'passport_number' THEN NULL
                ELSE coalesce(becomes.passport_number, passport_number) END,
            birth_date = CASE WHEN becomes.sealed ? 'birth_date' THEN NULL
                ELSE coalesce(becomes.birth_date, birth_date) END,
            email = CASE WHEN becomes.sealed ? 'email' THEN NULL
                ELSE coalesce(becomes.email, email) END,
            phone = CASE WHEN becomes.sealed ? 'phone' THEN NULL
                ELSE coalesce(becomes.phone, phone) END,
            sex = CASE WHEN becomes.sealed ? 'sex' THEN NULL
                ELSE coalesce(becomes.sex, sex) END,
            place_of_birth = CASE WHEN becomes.sealed ? 'place_of_birth' THEN NULL
                ELSE coalesce(becomes.place_of_birth, place_of_birth) END,
            passport_expires_on = CASE WHEN becomes.sealed ? 'passport_expires_on' THEN NULL
                ELSE coalesce(becomes.passport_expires_on, passport_expires_on) END,
            passport_issuing_state =
                coalesce(becomes.passport_issuing_state, passport_issuing_state)
        WHERE applicant_id = NEW.applicant_id
        RETURNING * INTO STRICT was;
        nationality := coalesce(becomes.nationality_code, nationality);
        UPDATE identity_version SET
            sealed = was.sealed,
            versions = was.versions,
            full_name = was.full_name,
            passport_number = was.passport_number,
            birth_date = was.birth_date,
            email = was.email,
            phone = was.phone,
            sex = was.sex,
            place_of_birth = was.place_of_birth,
            passport_issuing_state = was.passport_issuing_state,
            passport_expires_on = was.passport_expires_on,
            nationality_code = nationality,
            valid_from = NEW.closed_at
        WHERE applicant_id = NEW.applicant_id AND number = NEW.version;
        -- In one statement: each file has the nationality of its applicant.
        WITH files AS (
            UPDATE application SET nationality_code = nationality
            WHERE applicant_id = NEW.applicant_id AND nationality_code <> nationality
        )
        UPDATE applicant SET
            nationality_code = nationality,
            passport_last_four = coalesce(
                becomes.passport_last_four, right(becomes.passport_number, 4), passport_last_four)
        WHERE id = NEW.applicant_id;
        IF is_another THEN
            WITH latest AS (
                SELECT DISTINCT ON (application_id, kind) application_id, kind, result, proposed
                FROM screening
                WHERE voided_at IS NULL AND application_id IN (
                    SELECT id FROM application
                    WHERE applicant_id = NEW.applicant_id
                        AND (closed_at IS NULL OR status = 'GRANTED')
                )
                ORDER BY application_id, kind, requested_at DESC, id DESC
            )
            UPDATE screening SET voided_at = NEW.closed_at
            FROM latest
            WHERE screening.application_id = latest.application_id
                AND screening.kind = latest.kind AND screening.voided_at IS NULL
                AND (
                    latest.result IN ('CLEAR', 'NO_MATCH', 'UNAVAILABLE')
                    OR latest.result = 'PENDING' AND latest.proposed IN ('CLEAR', 'HIT')
                );
            UPDATE application SET is_visa_held = true
            WHERE applicant_id = NEW.applicant_id AND status = 'GRANTED';
        END IF;
        -- The case in which it was proposed has its event from whoever took the step.
        INSERT INTO application_event (
            application_id, sequence, kind, occurred_at, actor, actor_role
        )
        SELECT
            application.id, 1 + max(event.sequence), 'CORRECTED', NEW.closed_at, NEW.closed_by,
            viewer.role()
        FROM application
        JOIN application_event AS event ON event.application_id = application.id
        WHERE applicant_id = NEW.applicant_id AND application.id <> NEW.application_id
            AND (closed_at IS NULL OR status = 'GRANTED')
        GROUP BY application.id;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_identity AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_identity();

CREATE FUNCTION correct_guarantor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE guarantor SET valid_until = NEW.closed_at
        WHERE application_id = NEW.application_id
            AND valid_from IS NOT NULL AND valid_until IS NULL AND EXISTS (
                SELECT FROM guarantor AS becomes
                WHERE becomes.application_id = NEW.application_id AND becomes.version = NEW.version
            );
        UPDATE guarantor SET valid_from = NEW.closed_at
        WHERE application_id = NEW.application_id AND version = NEW.version;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_guarantor AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_guarantor();

CREATE FUNCTION correct_guardian() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE guardian SET valid_until = NEW.closed_at
        FROM guardian AS becomes
        WHERE becomes.applicant_id = NEW.applicant_id AND becomes.version = NEW.version
            AND guardian.application_id = becomes.application_id
            AND guardian.valid_from IS NOT NULL AND guardian.valid_until IS NULL;
        WITH became AS (
            UPDATE guardian SET valid_from = NEW.closed_at
            WHERE applicant_id = NEW.applicant_id AND version = NEW.version
            RETURNING application_id, kind
        )
        UPDATE application SET guardian_kind = became.kind
        FROM became
        WHERE application.id = became.application_id
            AND guardian_kind IS DISTINCT FROM became.kind;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_guardian AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_guardian();

CREATE FUNCTION take_claim_code() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM sent_code
            WHERE application_id = NEW.application_id AND kind = 'CLAIM' AND digest = NEW.code
                AND mailed_at > now() - interval '24 hours';
        RETURN CASE WHEN found THEN NEW END;
    END
$$;

CREATE TRIGGER take_claim_code BEFORE INSERT ON file_claim
    FOR EACH ROW EXECUTE FUNCTION take_claim_code();

CREATE FUNCTION count_links_after_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO link_count AS counted (slot, certain, confirmed, rejected, proposed)
        SELECT
            pg_backend_pid() % 64,
            coalesce(sum(sign) FILTER (WHERE state = 'CERTAIN'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'CONFIRMED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'REJECTED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'PROPOSED'), 0)
        FROM (SELECT 1 AS sign, * FROM became) AS changed
        WHERE applicant_id < linked_id AND state IS NOT NULL
        HAVING count(*) > 0
        ON CONFLICT (slot) DO UPDATE SET
            certain = counted.certain + EXCLUDED.certain,
            confirmed = counted.confirmed + EXCLUDED.confirmed,
            rejected = counted.rejected + EXCLUDED.rejected,
            proposed = counted.proposed + EXCLUDED.proposed;
        RETURN NULL;
    END
$$;

CREATE FUNCTION count_links_after_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO link_count AS counted (slot, certain, confirmed, rejected, proposed)
        SELECT
            pg_backend_pid() % 64,
            coalesce(sum(sign) FILTER (WHERE state = 'CERTAIN'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'CONFIRMED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'REJECTED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'PROPOSED'), 0)
        FROM (SELECT 1 AS sign, * FROM became UNION ALL SELECT -1, * FROM was) AS changed
        WHERE applicant_id < linked_id AND state IS NOT NULL
        HAVING count(*) > 0
        ON CONFLICT (slot) DO UPDATE SET
            certain = counted.certain + EXCLUDED.certain,
            confirmed = counted.confirmed + EXCLUDED.confirmed,
            rejected = counted.rejected + EXCLUDED.rejected,
            proposed = counted.proposed + EXCLUDED.proposed;
        RETURN NULL;
    END
$$;

CREATE FUNCTION count_links_after_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO link_count AS counted (slot, certain, confirmed, rejected, proposed)
        SELECT
            pg_backend_pid() % 64,
            coalesce(sum(sign) FILTER (WHERE state = 'CERTAIN'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'CONFIRMED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'REJECTED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'PROPOSED'), 0)
        FROM (SELECT -1 AS sign, * FROM was) AS changed
        WHERE applicant_id < linked_id AND state IS NOT NULL
        HAVING count(*) > 0
        ON CONFLICT (slot) DO UPDATE SET
            certain = counted.certain + EXCLUDED.certain,
            confirmed = counted.confirmed + EXCLUDED.confirmed,
            rejected = counted.rejected + EXCLUDED.rejected,
            proposed = counted.proposed + EXCLUDED.proposed;
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_links_after_insert AFTER insert ON person_link
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION count_links_after_insert();

CREATE TRIGGER count_links_after_update AFTER update ON person_link
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    EXECUTE FUNCTION count_links_after_update();

CREATE TRIGGER count_links_after_delete AFTER delete ON person_link
    REFERENCING OLD TABLE AS was
    EXECUTE FUNCTION count_links_after_delete();

CREATE FUNCTION count_reads() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        since timestamptz := clock_timestamp() - interval '1 hour';
        counted bigint;
    BEGIN
        INSERT INTO budgeted_read AS known (actor, actor_role, person, read_at)
        SELECT actor, actor_role, applicant_id, max(occurred_at) FROM logged
        WHERE occurred_at > since
        GROUP BY actor, actor_role, applicant_id
        ORDER BY actor, actor_role, applicant_id
        ON CONFLICT (actor, actor_role, person)
            DO UPDATE SET read_at = greatest(known.read_at, EXCLUDED.read_at);
        GET DIAGNOSTICS counted = ROW_COUNT;
        IF counted <> (
            SELECT count(DISTINCT (actor, actor_role, applicant_id)) FROM logged
            WHERE occurred_at > since
        ) THEN
            RAISE EXCEPTION 'a read was not counted' USING ERRCODE = 'data_exception';
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_reads AFTER INSERT ON access_event
    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_reads();

CREATE FUNCTION count_reads_by() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        since timestamptz := clock_timestamp() - interval '1 hour';
        counted bigint;
        read bigint;
    BEGIN
        EXECUTE format(
            'INSERT INTO budgeted_read AS known (actor, actor_role, person, read_at)
            SELECT actor, actor_role, %1$I, max(occurred_at) FROM logged
            WHERE occurred_at > $1
            GROUP BY actor, actor_role, %1$I
            ORDER BY actor, actor_role, %1$I
            ON CONFLICT (actor, actor_role, person)
                DO UPDATE SET read_at = greatest(known.read_at, EXCLUDED.read_at)', TG_ARGV[0]
        ) USING since;
        GET DIAGNOSTICS counted = ROW_COUNT;
        EXECUTE format(
            'SELECT count(DISTINCT (actor, actor_role, %I)) FROM logged WHERE occurred_at > $1',
            TG_ARGV[0]
        ) INTO read USING since;
        IF counted <> read THEN
            RAISE EXCEPTION 'a read was not counted' USING ERRCODE = 'data_exception';
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_reads AFTER INSERT ON ban_read
    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_reads_by('ban_id');

CREATE TRIGGER count_reads AFTER INSERT ON complaint_read
    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_reads_by('complaint_id');

CREATE FUNCTION reference_days(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN name IN ('country', 'partner', 'named_event', 'grant_rule', 'pool') THEN '{}'
        WHEN name IN ('partner_country', 'centre') THEN '{opened_on,closed_on}'
        WHEN name = 'visa_type' THEN '{valid_from,valid_until}'
        WHEN name = 'day_off' THEN '{day}'
        ELSE '{valid_from}'
    END::text[]
$$;

CREATE FUNCTION reference_key(name text, image jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(attname, image -> attname::text)
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
    WHERE conrelid = name::regclass AND contype = 'p'
$$;

CREATE FUNCTION reference_subject(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN name IN (
            'eligibility', 'required_document', 'passport_rule', 'extension_rule', 'handling_rule',
            'fee', 'service_target'
        )
            THEN 'visa_type_code'
        WHEN name = 'entry_rule' THEN 'country_code'
        WHEN name = 'partner_country' THEN 'partner_code'
        WHEN name = 'deadline' THEN 'wait'
        WHEN name = 'day_off' THEN 'day'
        ELSE 'code'
    END
$$;

CREATE FUNCTION reference_row(name text, image jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
    DECLARE
        found jsonb;
    BEGIN
        EXECUTE format('SELECT to_jsonb(one) FROM %I AS one WHERE to_jsonb(one) @> $1', name)
        INTO found USING reference_key(name, image);
        RETURN found;
    END
$$;

CREATE FUNCTION reference_in_force(name text, image jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        found jsonb;
    BEGIN
        IF reference_days(name) <> '{valid_from}' THEN
            RETURN reference_row(name, image);
        END IF;
        EXECUTE format(
            'SELECT to_jsonb(one) FROM %I AS one WHERE to_jsonb(one) @> $1 AND valid_from <= $2'
            ' ORDER BY valid_from DESC LIMIT 1', name
        )
        INTO found USING reference_key(name, image) - 'valid_from', (image ->> 'valid_from')::date;
        RETURN found;
    END
$$;

CREATE FUNCTION reference_change_day(name text, was jsonb, becomes jsonb) RETURNS date
    LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN days = '{}' THEN NULL
        WHEN was IS NULL OR days[2] IS NULL
            OR was - days - 'successor_code' <> becomes - days - 'successor_code'
            THEN (becomes ->> days[1])::date
        ELSE least(
            CASE WHEN was -> days[1] <> becomes -> days[1]
                THEN least((was ->> days[1])::date, (becomes ->> days[1])::date) END,
            CASE WHEN was -> days[2] <> becomes -> days[2]
                OR was -> 'successor_code' <> becomes -> 'successor_code'
                THEN least((was ->> days[2])::date, (becomes ->> days[2])::date) END
        )
    END
    FROM reference_days(name) AS days
$$;

CREATE FUNCTION is_reference_change_allowed(name text, was jsonb, becomes jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        today date := wib_day(clock_timestamp());
        begins text := (reference_days(name))[1];
        ends text := (reference_days(name))[2];
        is_begun boolean := (was ->> begins)::date < today OR (becomes ->> begins)::date < today;
    BEGIN
        IF name = 'partner' THEN
            RETURN was IS NULL AND becomes ->> 'code' <> 'DIRECT';
        ELSIF name = 'grant_rule' THEN  -- a version is never changed, and the next one is the newest
            RETURN was IS NULL AND (becomes ->> 'version')::bigint = 1 + coalesce((
                SELECT max(version) FROM grant_rule
                WHERE visa_type_code = becomes ->> 'visa_type_code'), 0);
        ELSIF begins IS NULL THEN
            RETURN true;
        ELSIF ends IS NULL OR was IS NULL THEN
            RETURN (becomes ->> begins)::date >= today;
        END IF;
        RETURN coalesce((was ->> ends)::date >= today, true)
            AND coalesce((becomes ->> ends)::date >= today, true)
            AND (was - ends - 'successor_code' = becomes - ends - 'successor_code'
                OR NOT is_begun);
    END
$$;

CREATE FUNCTION compare_reference_rows(kind text, proposed jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        row_proposed jsonb;
        name text;
        becomes jsonb;
        was jsonb;
        compared jsonb := '[]';
    BEGIN
        IF kind NOT IN (
            'COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT',
            'PASSPORT_RULE', 'FEE', 'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY',
            'CENTRE', 'NAMED_EVENT', 'DAY_OFF', 'GRANT_RULE', 'EXTENSION_RULE',
            'HANDLING_RULE', 'POOL'
        ) THEN
            RETURN NULL;
        END IF;
        FOR row_proposed IN SELECT jsonb_array_elements(proposed) LOOP
            name := row_proposed ->> 'table';
            IF name = lower(kind) AND compared = '[]'
                OR kind = 'VISA_TYPE' AND compared <> '[]'
                    AND name IN ('passport_rule', 'fee', 'service_target', 'eligibility')
            THEN
                EXECUTE format('SELECT to_jsonb(jsonb_populate_record(NULL::%I, $1))', name)
                INTO becomes USING row_proposed -> 'after';
                was := reference_row(name, becomes);
                IF is_reference_change_allowed(name, was, becomes) AND (
                    compared = '[]' OR becomes ->> reference_subject(name)
                    = compared -> 0 -> 'after' ->> reference_subject(lower(kind))
                ) THEN
                    compared := compared || jsonb_build_object(
                        'table', name, 'before', was, 'after', becomes,
                        'in_force', reference_in_force(name, becomes)
                    );
                    CONTINUE;
                END IF;
            END IF;
            RETURN NULL;
        END LOOP;
        RETURN nullif(compared, '[]');
    END
$$;

CREATE FUNCTION write_reference_row(name text, key_of jsonb, becomes jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
    DECLARE
        columns text;
        keys text;
        changing text;
    BEGIN
        IF becomes IS NULL OR becomes = 'null' THEN
            EXECUTE format('DELETE FROM %I AS one WHERE to_jsonb(one) @> $1', name)
            USING reference_key(name, key_of);
            RETURN;
        END IF;
        SELECT
            string_agg(quote_ident(attname), ', ' ORDER BY attnum),
            string_agg(quote_ident(attname), ', ') FILTER (WHERE is_key),
            string_agg(format('%1$I = excluded.%1$I', attname), ', ') FILTER (WHERE NOT is_key)
        INTO columns, keys, changing
        FROM (
            SELECT attname, attnum, reference_key(name, becomes) ? attname::text AS is_key
            FROM pg_attribute
            WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped
                AND attgenerated = ''
        ) AS of_table;
        EXECUTE format(
            'INSERT INTO %1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$I, $1)'
            ' ON CONFLICT (%3$s) DO UPDATE SET %4$s', name, columns, keys, changing
        )
        USING becomes;
    END
$$;

CREATE FUNCTION is_proposed_in_time(kind text, changed jsonb, today date) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS $$
    SELECT kind <> 'NAMED_EVENT'
        OR (changed -> 0 -> 'after' ->> 'began_on')::date BETWEEN today - 14 AND today
$$;

CREATE FUNCTION guard_reference_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        today date := wib_day(clock_timestamp());
        acting text := viewer.role();
        approving text := CASE NEW.kind
            WHEN 'NAMED_EVENT' THEN 'AUDITOR' WHEN 'GRANT_RULE' THEN 'SUPERVISOR'
            WHEN 'POOL' THEN 'SUPERVISOR' ELSE 'ADMINISTRATOR' END;
        one jsonb;
        is_allowed boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7461005);
        IF TG_OP = 'INSERT' THEN
            NEW.changed := compare_reference_rows(NEW.kind, NEW.changed);
            is_allowed := NEW.proposed_by = oneself AND acting = 'ADMINISTRATOR'
                AND NEW.changed IS NOT NULL
                AND is_proposed_in_time(NEW.kind, NEW.changed, today);
            NEW.subject :=
                NEW.changed -> 0 -> 'after' ->> reference_subject(lower(NEW.kind));
            SELECT
                array_agg(each ->> 'table' || reference_key(each ->> 'table', each -> 'after')),
                min(reference_change_day(
                    each ->> 'table', nullif(each -> 'before', 'null'), each -> 'after'))
            INTO NEW.targets, NEW.effective_on
            FROM jsonb_array_elements(NEW.changed) AS each;
            IF is_allowed AND EXISTS (
                SELECT FROM reference_change AS other
                WHERE targets && NEW.targets AND NOT is_initial AND cancelled_by IS NULL
                    AND CASE WHEN approved_by IS NULL THEN coalesce(effective_on >= today, true)
                        ELSE effective_on > today END
            ) THEN
                RETURN NULL;
            END IF;
        ELSIF NEW.cancelled_by IS DISTINCT FROM OLD.cancelled_by THEN
            is_allowed := NEW.cancelled_by = oneself AND OLD.cancelled_by IS NULL
                AND acting IN (approving, 'ADMINISTRATOR')
                AND NOT OLD.is_initial AND NEW.approved_by IS NOT DISTINCT FROM OLD.approved_by
                AND (OLD.approved_by IS NULL OR OLD.effective_on > today);
            NEW.cancelled_at := clock_timestamp();
        ELSE
            is_allowed := NEW.approved_by = oneself AND OLD.approved_by IS NULL
                AND acting = approving
                AND OLD.proposed_by <> oneself AND OLD.cancelled_by IS NULL
                AND NEW.cancel_reason IS NULL AND coalesce(OLD.effective_on >= today, true);
            NEW.approved_at := clock_timestamp();
            NEW.effective_on := coalesce(OLD.effective_on, today);
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a change of reference data takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'INSERT' OR OLD.approved_by IS NULL AND NEW.approved_by IS NULL THEN
            RETURN NEW;
        END IF;
        IF NEW.cancelled_by IS NULL THEN
            NEW.changed := compare_reference_rows(NEW.kind, OLD.changed);
            IF NEW.changed IS NULL OR EXISTS (
                SELECT FROM jsonb_array_elements(OLD.changed) WITH ORDINALITY AS of(was, line)
                JOIN jsonb_array_elements(NEW.changed) WITH ORDINALITY AS by_now(row_now, line)
                    USING (line)
                WHERE was -> 'before' <> row_now -> 'before'
            ) THEN
                RETURN NULL;
            END IF;
            FOR one IN SELECT jsonb_array_elements(OLD.changed) LOOP
                PERFORM write_reference_row(one ->> 'table', one -> 'after', one -> 'after');
            END LOOP;
        ELSE
            FOR one IN
                SELECT each FROM jsonb_array_elements(OLD.changed) WITH ORDINALITY AS of(each, line)
                ORDER BY line DESC
            LOOP
                IF reference_row(one ->> 'table', one -> 'after') IS DISTINCT FROM one -> 'after'
                THEN
                    RETURN NULL;
                END IF;
                PERFORM write_reference_row(one ->> 'table', one -> 'after', one -> 'before');
            END LOOP;
        END IF;
        RETURN NEW;
    EXCEPTION WHEN foreign_key_violation OR unique_violation THEN
        RETURN NULL;  -- something else builds on it by now, or has its code
    END
$$;

CREATE TRIGGER guard_reference_change BEFORE INSERT OR UPDATE ON reference_change
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_reference_change();

CREATE FUNCTION reference_field(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(left(camel, 1)) || substr(camel, 2)
    FROM replace(initcap(replace(regexp_replace(name, '_code$', ''), '_', ' ')), ' ', '') AS camel
$$;

CREATE FUNCTION list_reference_change_values() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM reference_change_value WHERE change_id = NEW.id;
        INSERT INTO reference_change_value (change_id, line, place, kind, name, before, after)
        SELECT
            NEW.id, line, attnum, upper(one ->> 'table'), reference_field(attname),
            one -> 'in_force' ->> attname, one -> 'after' ->> attname
        FROM jsonb_array_elements(NEW.changed) WITH ORDINALITY AS of(one, line)
        JOIN pg_attribute ON attrelid = (one ->> 'table')::regclass
        WHERE attnum > 0 AND NOT attisdropped
            AND num_nonnulls(one -> 'in_force' ->> attname, one -> 'after' ->> attname) > 0
            AND attname <> reference_subject(one ->> 'table')
            AND (attname <> 'valid_from' OR reference_days(one ->> 'table') <> '{valid_from}');
        RETURN NULL;
    END
$$;

CREATE TRIGGER list_reference_change_values AFTER INSERT OR UPDATE OF approved_by ON reference_change
    FOR EACH ROW EXECUTE FUNCTION list_reference_change_values();

CREATE FUNCTION find_unrecorded_reference_rows() RETURNS TABLE (
    number bigint, kind text, subject text, effective_on date, targets text[], changed jsonb
) LANGUAGE sql STABLE AS $$
    WITH standing AS (
        SELECT 1 AS place, 'country' AS name, to_jsonb(one) AS image FROM country AS one
        UNION ALL SELECT 2, 'entry_rule', to_jsonb(one) FROM entry_rule AS one
        UNION ALL SELECT 3, 'visa_type', to_jsonb(one) FROM visa_type AS one
        UNION ALL SELECT 4, 'eligibility', to_jsonb(one) FROM eligibility AS one
        UNION ALL SELECT 5, 'fee', to_jsonb(one) FROM fee AS one
        UNION ALL SELECT 6, 'service_target', to_jsonb(one) FROM service_target AS one
        UNION ALL SELECT 7, 'deadline', to_jsonb(one) FROM deadline AS one
        UNION ALL SELECT 8, 'partner', to_jsonb(one) FROM partner AS one
        UNION ALL SELECT 9, 'partner_country', to_jsonb(one) FROM partner_country AS one
        UNION ALL SELECT 10, 'centre', to_jsonb(one) FROM centre AS one
        UNION ALL SELECT 11, 'required_document', to_jsonb(one) FROM required_document AS one
        UNION ALL SELECT 12, 'passport_rule', to_jsonb(one) FROM passport_rule AS one
        UNION ALL SELECT 13, 'named_event', to_jsonb(one) FROM named_event AS one
        UNION ALL SELECT 14, 'day_off', to_jsonb(one) FROM day_off AS one
        UNION ALL SELECT 15, 'grant_rule', to_jsonb(one) FROM grant_rule AS one
        UNION ALL SELECT 16, 'extension_rule', to_jsonb(one) FROM extension_rule AS one
        UNION ALL SELECT 17, 'pool', to_jsonb(one) FROM pool AS one
        UNION ALL SELECT 18, 'handling_rule', to_jsonb(one) FROM handling_rule AS one
    ), recorded AS (
        SELECT DISTINCT unnest(reference_change.targets) AS target FROM reference_change
    )
    SELECT
        row_number() OVER (ORDER BY place, target), upper(name), image ->> reference_subject(name),
        (image ->> (reference_days(name))[1])::date, ARRAY[target],
        jsonb_build_array(jsonb_build_object(
            'table', name, 'before', NULL, 'in_force', NULL, 'after', image))
    FROM (SELECT *, name || reference_key(name, image) AS target FROM standing) AS named
    WHERE target NOT IN (SELECT target FROM recorded)
$$;

CREATE FUNCTION guard_document_upload() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz := clock_timestamp();
        is_allowed boolean;
    BEGIN
        PERFORM FROM application WHERE id = NEW.application_id AND closed_at IS NULL FOR KEY SHARE;
        is_allowed := FOUND AND NEW.requested_by = oneself;
        IF TG_OP = 'INSERT' THEN
            NEW.requested_at := instant;
            NEW.expires_at := instant + interval '24 hours';
            is_allowed := is_allowed
                AND num_nonnulls(
                    NEW.sent_at, NEW.completed_at, NEW.refused_at, NEW.replaced_at, NEW.removed_at
                ) = 0;
            UPDATE document_upload SET replaced_at = instant
            WHERE application_id = NEW.application_id AND kind = NEW.kind
                AND completed_at IS NULL AND replaced_at IS NULL AND is_allowed;
            IF NEW.locator IS NOT NULL THEN
                NEW.sent_at := instant;
                NEW.completed_at := instant;
            END IF;
        ELSE
            -- All of it is there, or it is something else.
            is_allowed := is_allowed AND num_nonnulls(OLD.sent_at, OLD.replaced_at) = 0
                AND OLD.expires_at > instant
                AND num_nonnulls(NEW.sent_at, NEW.replaced_at) = 1
                AND to_jsonb(NEW) - '{sent_at,replaced_at,state}'::text[]
                    = to_jsonb(OLD) - '{sent_at,replaced_at,state}'::text[];
            IF is_allowed AND NEW.sent_at IS NULL THEN
                NEW.replaced_at := instant;
            ELSIF is_allowed THEN
                NEW.sent_at := instant;
                IF NOT EXISTS (SELECT FROM document_scanner) THEN
                    NEW.completed_at := instant;
                END IF;
            END IF;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a document is announced and sent in the own name, to an open case'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_document_upload BEFORE INSERT OR UPDATE ON document_upload
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_document_upload();

CREATE FUNCTION count_document_upload() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        registered bytea;
    BEGIN
        UPDATE document_upload AS former SET replaced_at = NEW.completed_at
        WHERE application_id = NEW.application_id AND kind = NEW.kind
            AND completed_at IS NOT NULL AND replaced_at IS NULL
        RETURNING CASE WHEN NOT EXISTS (
            SELECT FROM requested_item AS item
            WHERE item.application_id = former.application_id AND item.kind = former.kind
                AND item.requested_at > former.completed_at
        ) THEN registered_sha256 END INTO registered;
        NEW.registered_sha256 := coalesce(
            registered, CASE WHEN NEW.locator IS NOT NULL THEN NEW.sha256 END
        );
        UPDATE case_document SET recorded_at = NEW.completed_at, recorded_by = NEW.requested_by
        WHERE application_id = NEW.application_id AND kind = NEW.kind AND recorded_at IS NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER hold_latest_document_upload BEFORE UPDATE ON document_upload
    FOR EACH ROW WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL)
    EXECUTE FUNCTION count_document_upload();

CREATE TRIGGER hold_registered_document BEFORE INSERT ON document_upload
    FOR EACH ROW WHEN (NEW.locator IS NOT NULL)
    EXECUTE FUNCTION count_document_upload();

CREATE FUNCTION guard_document_content() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM document_upload AS upload
            JOIN application ON application.id = upload.application_id
            WHERE upload.id = NEW.upload_id AND application.applicant_id = NEW.applicant_id
                AND upload.requested_by = viewer.subject(NULL) AND upload.replaced_at IS NULL
                AND upload.sent_at
                    BETWEEN transaction_timestamp() AND clock_timestamp()
        ) THEN
            RAISE EXCEPTION 'a content belongs to an upload that was just sent, and its person'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_document_content BEFORE INSERT OR UPDATE ON document_content
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_document_content();

CREATE FUNCTION hand_in_day(file application) RETURNS date
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT closing.day + 59
    FROM partner_country AS country
    LEFT JOIN centre ON centre.code = coalesce(file.successor_centre_code, file.centre_code)
    CROSS JOIN LATERAL (SELECT least(centre.closed_on, country.closed_on) AS day) AS closing
    LEFT JOIN centre AS successor ON successor.code = coalesce(
        CASE WHEN centre.closed_on = closing.day THEN centre.successor_code END,
        CASE WHEN country.closed_on = closing.day THEN country.successor_code END
    )
    WHERE country.partner_code = coalesce(file.successor_partner_code, file.partner_code)
        AND country.country_code = coalesce(file.successor_country_code, file.country_code)
        AND num_nonnulls(file.closed_at, file.left_partner_at) = 0
        AND successor.partner_code IS DISTINCT FROM country.partner_code
        AND EXISTS (
            SELECT FROM document_upload
            WHERE application_id = file.id AND locator IS NOT NULL AND replaced_at IS NULL
        )
$$;

CREATE FUNCTION set_hand_in_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET hand_in_by = hand_in_day(application)
        WHERE id = NEW.application_id AND hand_in_by IS DISTINCT FROM hand_in_day(application);
        RETURN NULL;
    END
$$;

CREATE TRIGGER set_hand_in_day AFTER INSERT ON document_upload
    FOR EACH ROW WHEN (NEW.locator IS NOT NULL)
    EXECUTE FUNCTION set_hand_in_day();

CREATE TRIGGER set_hand_in_day_of_replaced AFTER UPDATE ON document_upload
    FOR EACH ROW WHEN (OLD.locator IS NOT NULL AND OLD.replaced_at IS DISTINCT FROM NEW.replaced_at)
    EXECUTE FUNCTION set_hand_in_day();

CREATE FUNCTION unset_hand_in_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.hand_in_by := NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER unset_hand_in_day BEFORE UPDATE ON application
    FOR EACH ROW WHEN (
        OLD.hand_in_by IS NOT NULL AND (
            NEW.closed_at IS NOT NULL OR NEW.left_partner_at IS NOT NULL
            OR OLD.successor_centre_code IS DISTINCT FROM NEW.successor_centre_code
        )
    )
    EXECUTE FUNCTION unset_hand_in_day();

CREATE FUNCTION order_visa_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO visa_document (visa_number, applicant_id)
        SELECT NEW.visa_number, applicant_id FROM application
        WHERE id = NEW.application_id
            AND NEW.use_by + NEW.stay_days::integer >= wib_day(clock_timestamp());
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER order_visa_document AFTER INSERT ON visa
    FOR EACH ROW EXECUTE FUNCTION order_visa_document();

CREATE FUNCTION make_documents_anew(replaced bigint[], at timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        made bigint;
    BEGIN
        UPDATE visa_document SET replaced_at = at WHERE id = ANY (replaced);
        INSERT INTO visa_document (visa_number, applicant_id)
        SELECT visa_number, applicant_id FROM visa_document AS document
        JOIN visa USING (visa_number)
        WHERE document.id = ANY (replaced)
            AND num_nonnulls(visa.revoked_at, superseded_at, returned_at) = 0
            AND use_by + (stay_days + extended_days)::integer >= wib_day(clock_timestamp());
        GET DIAGNOSTICS made = ROW_COUNT;
        NOTIFY gerbang_unlinked;
        RETURN made;
    END
$$;

CREATE FUNCTION replace_documents_of_holder() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM make_documents_anew(ARRAY(
            SELECT id FROM visa_document
            WHERE applicant_id = NEW.applicant_id AND replaced_at IS NULL
        ), NEW.closed_at);
        RETURN NULL;
    END
$$;

CREATE TRIGGER replace_documents_of_holder AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION replace_documents_of_holder();

CREATE FUNCTION replace_document_of_stay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM make_documents_anew(ARRAY(
            SELECT id FROM visa_document
            WHERE visa_number = NEW.visa_number AND replaced_at IS NULL
        ), clock_timestamp());
        RETURN NULL;
    END
$$;

CREATE TRIGGER replace_document_of_stay AFTER UPDATE OF extended_days ON visa
    FOR EACH ROW WHEN (OLD.extended_days <> NEW.extended_days)
    EXECUTE FUNCTION replace_document_of_stay();

CREATE FUNCTION queue_document_for_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT TG_TABLE_NAME, lpad(to_hex(became.id), 32, '0')::uuid FROM became JOIN was USING (id)
        WHERE became.issued_at IS NOT NULL AND was.issued_at IS NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_updates_for_account AFTER UPDATE ON visa_document
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    EXECUTE FUNCTION queue_document_for_account();

CREATE FUNCTION guard_visa_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF (OLD.issued_at IS NOT NULL AND
            (NEW.issued_at, NEW.digest, NEW.key_id, NEW.visa_number, NEW.applicant_id)
            IS DISTINCT FROM
            (OLD.issued_at, OLD.digest, OLD.key_id, OLD.visa_number, OLD.applicant_id))
            OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
            OR (OLD.fetched_at IS NOT NULL AND
                (NEW.fetched_at, NEW.fetched_by) IS DISTINCT FROM (OLD.fetched_at, OLD.fetched_by))
        THEN
            RAISE EXCEPTION 'a document stays as it was issued'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.fetched_at IS DISTINCT FROM OLD.fetched_at THEN
            NEW.fetched_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_visa_document BEFORE UPDATE ON visa_document
    FOR EACH ROW EXECUTE FUNCTION guard_visa_document();

CREATE FUNCTION guard_webhook_endpoint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        acting text := viewer.role();
        instant timestamptz := clock_timestamp();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.registered_at := instant;
            NEW.secret_at := instant;
            is_allowed := acting = 'PARTNER_SERVICE' AND NEW.registered_by = oneself
                AND NEW.partner_code = viewer.partner(NULL)
                AND NEW.country_code = ANY (viewer.countries(NULL))
                AND 5 > (
                    SELECT count(*) FROM webhook_endpoint AS other
                    WHERE other.partner_code = NEW.partner_code
                        AND other.country_code = NEW.country_code AND other.removed_at IS NULL
                );
        ELSIF NEW.removed_by IS NOT NULL AND OLD.removed_by IS NULL THEN
            step := '{removed_by,removed_at,secret,previous_secret}';
            is_allowed := NEW.removed_by = oneself;
            NEW.removed_at := instant;
            NEW.secret := NULL;
            NEW.previous_secret := NULL;
        ELSIF NEW.approved_by IS NOT NULL AND OLD.approved_by IS NULL THEN
            step := '{approved_by,approved_at}';
            is_allowed := acting = 'PARTNER_MANAGER' AND NEW.approved_by = oneself;
            NEW.approved_at := instant;
        ELSIF NEW.secret <> OLD.secret THEN
            step := '{secret,previous_secret,secret_at}';
            is_allowed := acting = 'PARTNER_SERVICE';
            NEW.previous_secret := OLD.secret;
            NEW.secret_at := instant;
        ELSIF NEW.redeliver_by IS NOT NULL THEN
            step := '{redeliver_from,redeliver_through,redeliver_by}';
            is_allowed := NEW.redeliver_by = oneself;
        ELSIF NEW.paused_by IS NOT NULL AND OLD.paused_by IS NULL THEN
            step := '{paused_by,paused_at}';
            is_allowed := NEW.paused_by = oneself;
            NEW.paused_at := instant;
        ELSE
            step := '{paused_by,paused_at,resumed_by,resumed_at}';
            is_allowed := NEW.resumed_by = oneself AND NEW.paused_by IS NULL;
            NEW.paused_at := NULL;
            NEW.resumed_at := instant;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            step := step || '{state}'::text[];
            is_allowed := is_allowed AND OLD.removed_by IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an endpoint is registered by a system, and approved by a manager'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_webhook_endpoint BEFORE INSERT OR UPDATE ON webhook_endpoint
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_webhook_endpoint();

INSERT INTO data_version (data) VALUES ('figures'), ('published'), ('names');

INSERT INTO deadline (wait, valid_from, days) VALUES
    ('PAYMENT', '2019-01-01', 14), ('BILLING_CODE', '2019-01-01', 7), ('ANSWER', '2019-01-01', 14),
    ('INTENTION', '2019-01-01', 14);

SELECT make_partition(relname::text, now() + quarters * interval '3 months')
FROM pg_partitioned_table JOIN pg_class ON pg_class.oid = partrelid, generate_series(0, 2) AS quarters
WHERE relnamespace = 'public'::regnamespace;
