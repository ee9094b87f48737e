CREATE OR REPLACE FUNCTION count_reads() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO budgeted_read AS known (actor, actor_role, person, read_at)
        SELECT actor, actor_role, applicant_id, max(occurred_at) FROM logged
        WHERE occurred_at > clock_timestamp() - interval '1 hour' AND actor_role <> 'APPLICANT'
        GROUP BY actor, actor_role, applicant_id
        ORDER BY actor, actor_role, applicant_id
        ON CONFLICT (actor, actor_role, person)
            DO UPDATE SET read_at = greatest(known.read_at, EXCLUDED.read_at);
        RETURN NULL;
    END
$$;

CREATE OR REPLACE FUNCTION count_ban_reads() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO budgeted_read AS known (actor, actor_role, person, read_at)
        SELECT actor, actor_role, ban_id, max(occurred_at) FROM logged
        WHERE occurred_at > clock_timestamp() - interval '1 hour'
        GROUP BY actor, actor_role, ban_id
        ORDER BY actor, actor_role, ban_id
        ON CONFLICT (actor, actor_role, person)
            DO UPDATE SET read_at = greatest(known.read_at, EXCLUDED.read_at);
        RETURN NULL;
    END
$$;
