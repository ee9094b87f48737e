-- Each new state of a row is noted for the account, in the transaction that writes it. Nobody waits:
-- the outbox has no row that two of them share.
CREATE FUNCTION note_for_account() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id) SELECT TG_TABLE_NAME, id FROM became;
        RETURN NULL;
    END
$$;
