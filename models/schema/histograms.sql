-- Histograms of durations: how they are made, added and read.

-- A histogram: its buckets in order, and how many lie in each or before.
CREATE TYPE histogram AS (buckets integer[], ranks integer[]);

-- Buckets grow by 2 %, so their middle is at most 1 % off. Less than a second counts as one.
CREATE FUNCTION duration_bucket(seconds numeric) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ceil(50 * ln(greatest(seconds, 1)::float8))::integer;

-- How many lie in a bucket or before.
CREATE FUNCTION rank_at(buckets integer[], ranks integer[], bucket integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(ranks[width_bucket(bucket, buckets)], 0);

-- How many there are in all.
CREATE FUNCTION total_rank(ranks integer[]) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(ranks[cardinality(ranks)], 0);

-- Ranks of what is taken off.
CREATE FUNCTION negated(ranks integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(
        SELECT -rank FROM unnest(ranks) WITH ORDINALITY AS line (rank, place) ORDER BY place
    );

-- How many lie in each bucket.
CREATE FUNCTION expand_histogram(buckets integer[], ranks integer[])
    RETURNS TABLE (bucket integer, measured integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bucket, rank - lag(rank, 1, 0) OVER (ORDER BY place)
    FROM unnest(buckets, ranks) WITH ORDINALITY AS line (bucket, rank, place)
$$;

-- The sum of two histograms.
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

-- The buckets that so many in a hundred reach of all histograms together: found by halving, so
-- that nothing is expanded, however many lie in them.
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
