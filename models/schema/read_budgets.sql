-- Whom each viewer read within the hour, which the budgets of people read count.

-- The log of reads is what counts: whom a viewer read, and when last. Everybody's reads count, an
-- applicant's own too; what is not counted is not logged, so that nothing is answered: somebody who
-- administers the database may have put a trigger up.
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

-- Whom an entry of the ban list is about is a person like others, and so is who complains: each
-- entry and each complaint counts once. The argument is the column that names it.
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
