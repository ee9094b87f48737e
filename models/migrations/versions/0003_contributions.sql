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

-- A histogram: its buckets in order, and how many lie in each or before.
CREATE TYPE histogram AS (buckets integer[], ranks integer[]);

CREATE FUNCTION rank_at(buckets integer[], ranks integer[], bucket integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(ranks[width_bucket(bucket, buckets)], 0);

CREATE FUNCTION total_rank(ranks integer[]) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(ranks[cardinality(ranks)], 0);

CREATE FUNCTION in_buckets(buckets integer[], ranks integer[])
    RETURNS TABLE (bucket integer, measured integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bucket, rank - lag(rank, 1, 0) OVER (ORDER BY place)
    FROM unnest(buckets, ranks) WITH ORDINALITY AS line (bucket, rank, place)
$$;

CREATE FUNCTION ranks_together(
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
            SELECT * FROM in_buckets(buckets, ranks)
            UNION ALL
            SELECT * FROM in_buckets(other_buckets, other_ranks)
        ) AS line
        GROUP BY bucket
        HAVING sum(measured) <> 0
    ) AS ranked
$$;

-- The buckets that so many in a hundred reach of all histograms together: found by halving, so
-- that nothing is unfolded, however many lie in them.
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
                SELECT sum(rank_at(buckets, ranks, middle)) INTO up_to FROM unnest(histograms);
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
