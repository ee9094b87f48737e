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

CREATE TRIGGER count_reads AFTER INSERT ON person_lookup
    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_lookups();
