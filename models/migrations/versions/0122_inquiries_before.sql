-- As in 0103.
CREATE OR REPLACE FUNCTION guard_inquiry() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz;
        begins boolean;
        is_allowed boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7234, hashtext(coalesce(OLD.opened_by, NEW.opened_by)));
        instant := clock_timestamp();
        IF TG_OP = 'INSERT' THEN
            NEW.opened_at := instant;
            begins := NEW.minutes <= 60 AND NEW.most_people <= 50 AND NOT EXISTS (
                SELECT FROM inquiry WHERE opened_by = NEW.opened_by
                    AND greatest(ends_at, ends_at - minutes * interval '1 minute' + interval '1 hour')
                        > instant
            );
            is_allowed := NEW.opened_by = oneself AND NEW.seen = 0
                AND num_nonnulls(
                    NEW.approved_by, NEW.ends_at, NEW.reviewed_by, NEW.verdict, NEW.review_reason
                ) = 0;
        ELSIF OLD.ends_at IS NULL THEN
            begins := true;
            is_allowed := NEW.approved_by = oneself AND OLD.opened_by <> oneself
                AND num_nonnulls(NEW.reviewed_by, NEW.verdict, NEW.review_reason) = 0;
            NEW.approved_at := instant;
        ELSE
            begins := false;
            is_allowed := OLD.ends_at <= instant AND OLD.reviewed_by IS NULL
                AND NEW.reviewed_by = oneself AND OLD.opened_by <> oneself
                AND OLD.approved_by IS DISTINCT FROM oneself
                AND NEW.approved_by IS NOT DISTINCT FROM OLD.approved_by;
            NEW.reviewed_at := instant;
        END IF;
        IF begins THEN
            NEW.ends_at := instant + NEW.minutes * interval '1 minute';
            NEW.review_due_at := instant + interval '72 hours';
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an inquiry is opened, agreed to and reviewed by different people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE OR REPLACE FUNCTION raise_inquiry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO alert (id, kind, actor, actor_role)
        VALUES (NEW.id, 'INQUIRY', NEW.opened_by, 'SUPERVISOR');
        RETURN NULL;
    END
$$;

CREATE OR REPLACE FUNCTION tell_of_inquiry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE inquiry_person SET told_at = NEW.reviewed_at WHERE reference = NEW.reference;
        UPDATE alert SET closed_at = NEW.reviewed_at, closed_by = NEW.reviewed_by,
            close_reason = NEW.review_reason
        WHERE id = NEW.id AND closed_at IS NULL;
        RETURN NULL;
    END
$$;
