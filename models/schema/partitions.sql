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

-- Make a table's partition for an instant; return whether it was missing. Its keys are unique in it,
-- and no statement names it: what is written goes through the table.
CREATE FUNCTION make_partition(of_table text, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        partition text := partition_name(of_table, at);
        since timestamp := date_trunc('quarter', at AT TIME ZONE 'UTC');
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('gerbang partitions', 0));
        IF to_regclass(format('partitions.%I', partition)) IS NOT NULL THEN
            RETURN false;
        END IF;
        EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING ALL)', partition, of_table);
        EXECUTE format(
            'ALTER TABLE partitions.%1$I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE UNIQUE INDEX ON partitions.%1$I (id);
            CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
                ON partitions.%1$I EXECUTE FUNCTION refuse_change();
            ALTER TABLE public.%2$I ATTACH PARTITION partitions.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
            partition, of_table,
            since AT TIME ZONE 'UTC', (since + interval '3 months') AT TIME ZONE 'UTC'
        );
        RETURN true;
    END
$$;

-- Make the partitions of this quarter and of the next two that are missing; return how many.
CREATE FUNCTION make_partitions() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT count(*) FILTER (WHERE make_partition(relname::text, at))
            FROM pg_partitioned_table JOIN pg_class ON pg_class.oid = partrelid,
                generate_series(now(), now() + interval '6 months', interval '3 months') AS at
            WHERE relnamespace = 'public'::regnamespace
        );
    END
$$;

-- Drop a table's partition for an instant, but for the rows that stay: those that no record of this
-- transaction names as old enough, for which another partition is made. Return how many went.
CREATE FUNCTION drop_partition(of_table text, at timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        partition text := partition_name(of_table, at);
        dated_by text;
        is_named text;
        rows bigint;
        kept bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('gerbang partitions', 0));
        SELECT attname INTO STRICT dated_by
        FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]
        WHERE partrelid = format('public.%I', of_table)::regclass;
        EXECUTE format(
            'ALTER TABLE public.%1$I DETACH PARTITION partitions.%2$I;
            ALTER TABLE partitions.%2$I RENAME TO dropped',
            of_table, partition
        );
        is_named := format(
            'entry.id IN (
                SELECT row_id FROM account_drop
                CROSS JOIN unnest(firsts, lasts) AS run (first_one, last_one)
                JOIN account_leaf ON position BETWEEN first_one AND last_one
                WHERE dropped_at = now() AND source = %2$L
                    AND entry.%1$I < now() - kept_days * interval ''24 hours''
            )', dated_by, of_table
        );
        EXECUTE format(
            'SELECT count(*), count(*) FILTER (WHERE NOT %s) FROM partitions.dropped AS entry', is_named
        ) INTO rows, kept;
        IF kept > 0 THEN
            PERFORM make_partition(of_table, at);
            EXECUTE format(
                'ALTER TABLE partitions.%1$I DISABLE TRIGGER append_only;
                INSERT INTO partitions.%1$I SELECT * FROM partitions.dropped AS entry WHERE NOT %2$s;
                ALTER TABLE partitions.%1$I ENABLE TRIGGER append_only',
                partition, is_named
            );
        END IF;
        DROP TABLE partitions.dropped;
        RETURN rows - kept;
    END
$$;
