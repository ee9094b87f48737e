-- Whatever a statement of the writing role says: one of the screening authority proposes an entry,
-- another one agrees or does not; and two people again take it away. Each in the own name, at the
-- database's instant.
CREATE FUNCTION guard_ban() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.proposed_at := clock_timestamp();
            is_allowed := NEW.proposed_by = oneself AND NEW.banned_from >= wib_day(now())
                AND num_nonnulls(
                    NEW.approved_by, NEW.rejected_by, NEW.withdrawal_proposed_by, NEW.withdrawn_by
                ) = 0;
        ELSIF OLD.approved_by IS NULL AND OLD.rejected_by IS NULL THEN
            is_allowed := OLD.proposed_by <> oneself
                AND num_nonnulls(NEW.withdrawal_proposed_by, NEW.withdrawn_by) = 0
                AND CASE
                    WHEN NEW.rejected_by IS NULL THEN NEW.approved_by = oneself
                    ELSE NEW.rejected_by = oneself AND NEW.approved_by IS NULL
                END;
            NEW.approved_at := CASE WHEN NEW.approved_by IS NOT NULL THEN clock_timestamp() END;
            NEW.rejected_at := CASE WHEN NEW.rejected_by IS NOT NULL THEN clock_timestamp() END;
        ELSE
            is_allowed := OLD.rejected_by IS NULL AND OLD.withdrawn_by IS NULL
                AND NEW.approved_by = OLD.approved_by AND NEW.rejected_by IS NULL
                AND NEW.reject_reason IS NULL
                AND CASE
                    WHEN OLD.withdrawal_proposed_by IS NULL
                        THEN NEW.withdrawal_proposed_by = oneself AND NEW.withdrawn_by IS NULL
                    ELSE NEW.withdrawn_by = oneself AND OLD.withdrawal_proposed_by <> oneself
                        AND NEW.withdrawal_proposed_by = OLD.withdrawal_proposed_by
                        AND NEW.withdrawal_reason = OLD.withdrawal_reason
                END;
            IF OLD.withdrawal_proposed_by IS NULL THEN
                NEW.withdrawal_proposed_at := clock_timestamp();
            ELSE
                NEW.withdrawn_at := clock_timestamp();
            END IF;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an entry of the ban list takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_ban BEFORE INSERT OR UPDATE ON ban_entry
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_ban();

-- An entry is acted on as soon as it stands or goes, by whoever links people.
CREATE FUNCTION tell_of_bans() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_bans AFTER UPDATE OF approved_by, withdrawn_by ON ban_entry
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_bans();

-- Who read whom an entry is about is never changed and never removed.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ban_read
    EXECUTE FUNCTION refuse_change();
