-- Tables that grow for ever are partitioned by the quarters (UTC) in which their rows were written.
-- The partitions are in a schema of their own, in which nobody has a right but the owner: rows are
-- reached through their table alone, whose row rules, grants and triggers hold for all of them.

CREATE SCHEMA IF NOT EXISTS partitions;

-- The name of a table's partition for an instant.
CREATE FUNCTION partition_name(of_table text, at timestamptz) RETURNS text
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT of_table || to_char(at AT TIME ZONE 'UTC', '"_"YYYY"q"Q')
$$;

-- The partitions that there are, each with its first instant and the first one after it.
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

-- Make a table that can become a partition of another. Its keys are unique in it, and no statement
-- names it: what is written goes through the table of which it is a part.
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

-- Make such a table the partition for the quarter of an instant.
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

-- Make a table's partition for an instant; return whether it was missing.
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

-- Drop a table's partition for an instant, but for the rows that no record of this transaction names:
-- for those another one takes its place. Return how many went: none before the whole quarter has been
-- over for as long as these records say. The table is locked at the very end, for an instant.
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
