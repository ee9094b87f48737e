-- What a budget counts is the log: whom each viewer read, and when it was last.
CREATE FUNCTION count_reads() RETURNS trigger
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

-- A look-up is one by itself, whoever was found.
CREATE FUNCTION count_lookups() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO budgeted_read (actor, actor_role, person, read_at)
        SELECT actor, actor_role, id, occurred_at FROM logged
        WHERE occurred_at > clock_timestamp() - interval '1 hour';
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_reads AFTER INSERT ON access_event
    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_reads();
CREATE TRIGGER count_reads AFTER INSERT ON person_lookup
    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_lookups();

-- An alert is told at once, and closed once: in the own name, by somebody whom it is not about.
CREATE FUNCTION tell_of_alerts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NOTIFY gerbang_change;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_alerts AFTER INSERT ON alert
    EXECUTE FUNCTION tell_of_alerts();

CREATE FUNCTION guard_alert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (OLD.closed_by IS NULL AND NEW.closed_by = viewer.subject(NULL)
            AND NEW.closed_by <> OLD.actor) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'an alert is closed once, by somebody else'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.closed_at := clock_timestamp();
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_alert BEFORE UPDATE ON alert
    FOR EACH ROW WHEN (current_user IN ('gerbang_writing', 'gerbang_supervisor_writing'))
    EXECUTE FUNCTION guard_alert();
