-- The LINKER is told of whatever is handed in, whoever it is, once that is committed.
CREATE FUNCTION tell_linker() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_linker AFTER INSERT ON application
    FOR EACH STATEMENT EXECUTE FUNCTION tell_linker();
