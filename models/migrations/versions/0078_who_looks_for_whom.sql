-- Who looked for whom is never changed and never removed.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON person_lookup
    EXECUTE FUNCTION refuse_change();
