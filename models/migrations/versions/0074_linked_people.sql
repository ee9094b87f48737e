-- What the LINKER read is never changed and never removed.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON linker_read
    EXECUTE FUNCTION refuse_change();
