-- Documents: who announces, sends and registers them, and what they take the place of.

-- An upload is announced in the own name while the case is open, and awaited for a day; what is in
-- the partner's own store counts at once. Both take the place of one that is still awaited.
CREATE FUNCTION guard_document_upload() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz := clock_timestamp();
        is_allowed boolean;
    BEGIN
        PERFORM FROM application WHERE id = NEW.application_id AND closed_at IS NULL FOR KEY SHARE;
        is_allowed := FOUND AND NEW.requested_by = oneself;
        IF TG_OP = 'INSERT' THEN
            NEW.requested_at := instant;
            NEW.expires_at := instant + interval '24 hours';
            is_allowed := is_allowed
                AND num_nonnulls(
                    NEW.sent_at, NEW.completed_at, NEW.refused_at, NEW.replaced_at, NEW.removed_at
                ) = 0;
            UPDATE document_upload SET replaced_at = instant
            WHERE application_id = NEW.application_id AND kind = NEW.kind
                AND completed_at IS NULL AND replaced_at IS NULL AND is_allowed;
            IF NEW.locator IS NOT NULL THEN
                NEW.sent_at := instant;
                NEW.completed_at := instant;
            END IF;
        ELSE
            -- All of it is there, or it is something else.
            is_allowed := is_allowed AND num_nonnulls(OLD.sent_at, OLD.replaced_at) = 0
                AND OLD.expires_at > instant
                AND num_nonnulls(NEW.sent_at, NEW.replaced_at) = 1
                AND to_jsonb(NEW) - '{sent_at,replaced_at,state}'::text[]
                    = to_jsonb(OLD) - '{sent_at,replaced_at,state}'::text[];
            IF is_allowed AND NEW.sent_at IS NULL THEN
                NEW.replaced_at := instant;
            ELSIF is_allowed THEN
                NEW.sent_at := instant;
                IF NOT EXISTS (SELECT FROM document_scanner) THEN
                    NEW.completed_at := instant;
                END IF;
            END IF;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a document is announced and sent in the own name, to an open case'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_document_upload BEFORE INSERT OR UPDATE ON document_upload
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_document_upload();

-- What begins to count takes the place of the one that counted, and ticks its line of the checklist.
-- It is compared with what was registered first, until an officer asks for the document anew.
CREATE FUNCTION count_document_upload() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        registered bytea;
    BEGIN
        UPDATE document_upload AS former SET replaced_at = NEW.completed_at
        WHERE application_id = NEW.application_id AND kind = NEW.kind
            AND completed_at IS NOT NULL AND replaced_at IS NULL
        RETURNING CASE WHEN NOT EXISTS (
            SELECT FROM requested_item AS item
            WHERE item.application_id = former.application_id AND item.kind = former.kind
                AND item.requested_at > former.completed_at
        ) THEN registered_sha256 END INTO registered;
        NEW.registered_sha256 := coalesce(
            registered, CASE WHEN NEW.locator IS NOT NULL THEN NEW.sha256 END
        );
        UPDATE case_document SET recorded_at = NEW.completed_at, recorded_by = NEW.requested_by
        WHERE application_id = NEW.application_id AND kind = NEW.kind AND recorded_at IS NULL;
        RETURN NEW;
    END
$$;

-- By its name it comes after the guard, which says when that is where no scanner is set up.
CREATE TRIGGER hold_latest_document_upload BEFORE UPDATE ON document_upload
    FOR EACH ROW WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL)
    EXECUTE FUNCTION count_document_upload();

CREATE TRIGGER hold_registered_document BEFORE INSERT ON document_upload
    FOR EACH ROW WHEN (NEW.locator IS NOT NULL)
    EXECUTE FUNCTION count_document_upload();

-- By what a content is opened is written once, by whoever has just sent it.
CREATE FUNCTION guard_document_content() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM document_upload AS upload
            JOIN application ON application.id = upload.application_id
            WHERE upload.id = NEW.upload_id AND application.applicant_id = NEW.applicant_id
                AND upload.requested_by = viewer.subject(NULL) AND upload.replaced_at IS NULL
                AND upload.sent_at
                    BETWEEN transaction_timestamp() AND clock_timestamp()
        ) THEN
            RAISE EXCEPTION 'a content belongs to an upload that was just sent, and its person'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_document_content BEFORE INSERT OR UPDATE ON document_content
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_document_content();

-- The last day on which the partner of an open file can hand in what is in a store of its own: sixty
-- days after its place has closed, the file goes to another partner, or to the directorate. Null where
-- there is no such document, and where the partner keeps the file.
CREATE FUNCTION hand_in_day(file application) RETURNS date
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT closing.day + 59
    FROM partner_country AS country
    LEFT JOIN centre ON centre.code = coalesce(file.successor_centre_code, file.centre_code)
    CROSS JOIN LATERAL (SELECT least(centre.closed_on, country.closed_on) AS day) AS closing
    LEFT JOIN centre AS successor ON successor.code = coalesce(
        CASE WHEN centre.closed_on = closing.day THEN centre.successor_code END,
        CASE WHEN country.closed_on = closing.day THEN country.successor_code END
    )
    WHERE country.partner_code = coalesce(file.successor_partner_code, file.partner_code)
        AND country.country_code = coalesce(file.successor_country_code, file.country_code)
        AND num_nonnulls(file.closed_at, file.left_partner_at) = 0
        AND successor.partner_code IS DISTINCT FROM country.partner_code
        AND EXISTS (
            SELECT FROM document_upload
            WHERE application_id = file.id AND locator IS NOT NULL AND replaced_at IS NULL
        )
$$;

CREATE FUNCTION set_hand_in_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET hand_in_by = hand_in_day(application)
        WHERE id = NEW.application_id AND hand_in_by IS DISTINCT FROM hand_in_day(application);
        RETURN NULL;
    END
$$;

CREATE TRIGGER set_hand_in_day AFTER INSERT ON document_upload
    FOR EACH ROW WHEN (NEW.locator IS NOT NULL)
    EXECUTE FUNCTION set_hand_in_day();

CREATE TRIGGER set_hand_in_day_of_replaced AFTER UPDATE ON document_upload
    FOR EACH ROW WHEN (OLD.locator IS NOT NULL AND OLD.replaced_at IS DISTINCT FROM NEW.replaced_at)
    EXECUTE FUNCTION set_hand_in_day();

-- Of what is closed, or has left its place, nothing is to be handed in. By its name the trigger comes
-- after the guard, to which no step writes this.
CREATE FUNCTION unset_hand_in_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.hand_in_by := NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER unset_hand_in_day BEFORE UPDATE ON application
    FOR EACH ROW WHEN (
        OLD.hand_in_by IS NOT NULL AND (
            NEW.closed_at IS NOT NULL OR NEW.left_partner_at IS NOT NULL
            OR OLD.successor_centre_code IS DISTINCT FROM NEW.successor_centre_code
        )
    )
    EXECUTE FUNCTION unset_hand_in_day();
