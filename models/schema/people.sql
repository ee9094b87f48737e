-- People on file: their passports, and what a correction changes once it takes effect.

-- The last characters of a passport number, written with the applicant, move to a row of their own,
-- which has row rules of its own. Of whoever is erased, nothing stays. A new applicant's move once
-- the row is there: one that gives way to another of the same account leaves nothing.
CREATE FUNCTION move_passport_ending() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.erased_at IS NOT NULL THEN
            DELETE FROM passport_ending WHERE applicant_id = NEW.id;
        ELSIF NEW.passport_last_four IS NOT NULL THEN
            INSERT INTO passport_ending (applicant_id, last_four)
            VALUES (NEW.id, NEW.passport_last_four)
            ON CONFLICT (applicant_id) DO UPDATE SET last_four = EXCLUDED.last_four;
        END IF;
        IF TG_OP = 'INSERT' THEN
            UPDATE applicant SET passport_last_four = NULL
            WHERE id = NEW.id AND passport_last_four IS NOT NULL;
        END IF;
        NEW.passport_last_four := NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER move_new_passport_ending AFTER INSERT ON applicant
    FOR EACH ROW EXECUTE FUNCTION move_passport_ending();

CREATE TRIGGER move_passport_ending BEFORE UPDATE OF passport_last_four, erased_at ON applicant
    FOR EACH ROW EXECUTE FUNCTION move_passport_ending();

-- Whether a proposed value differs from the one on file. Sealed ones differ by their marks, the first
-- letters; where one of the two is sealed and the other is not, they count as different.
CREATE FUNCTION is_corrected(
    was identity, becomes identity_version, name text, was_plain text, becomes_plain text
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(CASE
        WHEN becomes.sealed ? name AND was.sealed ? name
            THEN left(becomes.sealed ->> name, 20) <> left(was.sealed ->> name, 20)
        WHEN becomes.sealed ? name OR becomes_plain IS NOT NULL AND was.sealed ? name THEN true
        ELSE becomes_plain <> was_plain
    END, false)
$$;

-- The proposal becomes the identity; what it was stays as a version. Where it means another person,
-- earlier screenings of all of the person's files are void, and a granted visa is held. A hit stays
-- a hit until a supervisor has said what it is.
CREATE FUNCTION correct_identity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        was identity;
        nationality text;
        becomes identity_version;
        is_another boolean;
        stays jsonb;
    BEGIN
        PERFORM FROM application WHERE applicant_id = NEW.applicant_id
        ORDER BY id FOR NO KEY UPDATE;
        SELECT * INTO STRICT was FROM identity WHERE applicant_id = NEW.applicant_id FOR UPDATE;
        SELECT nationality_code INTO STRICT nationality FROM applicant
        WHERE id = NEW.applicant_id;
        SELECT * INTO STRICT becomes FROM identity_version
        WHERE applicant_id = NEW.applicant_id AND number = NEW.version AND valid_from IS NULL;
        is_another := is_corrected(was, becomes, 'full_name', was.full_name, becomes.full_name)
            OR is_corrected(
                was, becomes, 'birth_date', was.birth_date::text, becomes.birth_date::text)
            OR is_corrected(
                was, becomes, 'passport_number', was.passport_number, becomes.passport_number)
            OR coalesce(
                becomes.passport_issuing_state IS DISTINCT FROM was.passport_issuing_state
                AND becomes.passport_issuing_state IS NOT NULL, false)
            OR coalesce(becomes.nationality_code <> nationality, false);
        UPDATE identity_version SET valid_until = NEW.closed_at
        WHERE applicant_id = NEW.applicant_id AND valid_from IS NOT NULL AND valid_until IS NULL;
        IF NOT FOUND THEN
            INSERT INTO identity_version (
                applicant_id, number, full_name, passport_number, birth_date, email, phone, sex,
                place_of_birth, passport_issuing_state, passport_expires_on, nationality_code,
                sealed, versions, written_at, valid_from, valid_until
            )
            SELECT
                id, 1, was.full_name, was.passport_number, was.birth_date, was.email, was.phone,
                was.sex, was.place_of_birth, was.passport_issuing_state, was.passport_expires_on,
                nationality_code, was.sealed, was.versions, created_at, created_at, NEW.closed_at
            FROM applicant WHERE id = NEW.applicant_id;
        END IF;
        -- A plain value takes the place of one that was sealed.
        stays := was.sealed - ARRAY(
            SELECT proposed.key FROM jsonb_each_text(to_jsonb(becomes)) AS proposed
            WHERE proposed.value IS NOT NULL
        );
        UPDATE identity SET
            sealed = stays || becomes.sealed,
            -- Each value keeps the version that first had it: it is bound to that.
            versions = (
                SELECT coalesce(jsonb_object_agg(
                    name, coalesce(was.versions -> name, to_jsonb(1))), '{}')
                FROM jsonb_object_keys(stays) AS name
            ) || (
                SELECT coalesce(jsonb_object_agg(
                    name, coalesce(becomes.versions -> name, to_jsonb(NEW.version))), '{}')
                FROM jsonb_object_keys(becomes.sealed) AS name
            ),
            full_name = CASE WHEN becomes.sealed ? 'full_name' THEN NULL
                ELSE coalesce(becomes.full_name, full_name) END,
            passport_number = CASE WHEN becomes.sealed ? 'passport_number' THEN NULL
                ELSE coalesce(becomes.passport_number, passport_number) END,
            birth_date = CASE WHEN becomes.sealed ? 'birth_date' THEN NULL
                ELSE coalesce(becomes.birth_date, birth_date) END,
            email = CASE WHEN becomes.sealed ? 'email' THEN NULL
                ELSE coalesce(becomes.email, email) END,
            phone = CASE WHEN becomes.sealed ? 'phone' THEN NULL
                ELSE coalesce(becomes.phone, phone) END,
            sex = CASE WHEN becomes.sealed ? 'sex' THEN NULL
                ELSE coalesce(becomes.sex, sex) END,
            place_of_birth = CASE WHEN becomes.sealed ? 'place_of_birth' THEN NULL
                ELSE coalesce(becomes.place_of_birth, place_of_birth) END,
            passport_expires_on = CASE WHEN becomes.sealed ? 'passport_expires_on' THEN NULL
                ELSE coalesce(becomes.passport_expires_on, passport_expires_on) END,
            passport_issuing_state =
                coalesce(becomes.passport_issuing_state, passport_issuing_state)
        WHERE applicant_id = NEW.applicant_id
        RETURNING * INTO STRICT was;
        nationality := coalesce(becomes.nationality_code, nationality);
        UPDATE identity_version SET
            sealed = was.sealed,
            versions = was.versions,
            full_name = was.full_name,
            passport_number = was.passport_number,
            birth_date = was.birth_date,
            email = was.email,
            phone = was.phone,
            sex = was.sex,
            place_of_birth = was.place_of_birth,
            passport_issuing_state = was.passport_issuing_state,
            passport_expires_on = was.passport_expires_on,
            nationality_code = nationality,
            valid_from = NEW.closed_at
        WHERE applicant_id = NEW.applicant_id AND number = NEW.version;
        -- In one statement: each file has the nationality of its applicant.
        WITH files AS (
            UPDATE application SET nationality_code = nationality
            WHERE applicant_id = NEW.applicant_id AND nationality_code <> nationality
        )
        UPDATE applicant SET
            nationality_code = nationality,
            passport_last_four = coalesce(
                becomes.passport_last_four, right(becomes.passport_number, 4), passport_last_four)
        WHERE id = NEW.applicant_id;
        IF is_another THEN
            WITH latest AS (
                SELECT DISTINCT ON (application_id, kind) application_id, kind, result, proposed
                FROM screening
                WHERE voided_at IS NULL AND application_id IN (
                    SELECT id FROM application
                    WHERE applicant_id = NEW.applicant_id
                        AND (closed_at IS NULL OR status = 'GRANTED')
                )
                ORDER BY application_id, kind, requested_at DESC, id DESC
            )
            UPDATE screening SET voided_at = NEW.closed_at
            FROM latest
            WHERE screening.application_id = latest.application_id
                AND screening.kind = latest.kind AND screening.voided_at IS NULL
                AND (
                    latest.result IN ('CLEAR', 'NO_MATCH', 'UNAVAILABLE')
                    OR latest.result = 'PENDING' AND latest.proposed IN ('CLEAR', 'HIT')
                );
            UPDATE application SET is_visa_held = true
            WHERE applicant_id = NEW.applicant_id AND status = 'GRANTED';
        END IF;
        -- The case in which it was proposed has its event from whoever took the step.
        INSERT INTO application_event (
            application_id, sequence, kind, occurred_at, actor, actor_role
        )
        SELECT
            application.id, 1 + max(event.sequence), 'CORRECTED', NEW.closed_at, NEW.closed_by,
            viewer.role()
        FROM application
        JOIN application_event AS event ON event.application_id = application.id
        WHERE applicant_id = NEW.applicant_id AND application.id <> NEW.application_id
            AND (closed_at IS NULL OR status = 'GRANTED')
        GROUP BY application.id;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_identity AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_identity();

-- Whoever a correction names as guarantor answers from then on, and who did before no longer.
CREATE FUNCTION correct_guarantor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE guarantor SET valid_until = NEW.closed_at
        WHERE application_id = NEW.application_id
            AND valid_from IS NOT NULL AND valid_until IS NULL AND EXISTS (
                SELECT FROM guarantor AS becomes
                WHERE becomes.application_id = NEW.application_id AND becomes.version = NEW.version
            );
        UPDATE guarantor SET valid_from = NEW.closed_at
        WHERE application_id = NEW.application_id AND version = NEW.version;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_guarantor AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_guarantor();

-- The same of who accompanies a minor, in each file that the correction names; the file says how.
CREATE FUNCTION correct_guardian() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE guardian SET valid_until = NEW.closed_at
        FROM guardian AS becomes
        WHERE becomes.applicant_id = NEW.applicant_id AND becomes.version = NEW.version
            AND guardian.application_id = becomes.application_id
            AND guardian.valid_from IS NOT NULL AND guardian.valid_until IS NULL;
        WITH became AS (
            UPDATE guardian SET valid_from = NEW.closed_at
            WHERE applicant_id = NEW.applicant_id AND version = NEW.version
            RETURNING application_id, kind
        )
        UPDATE application SET guardian_kind = became.kind
        FROM became
        WHERE application.id = became.application_id
            AND guardian_kind IS DISTINCT FROM became.kind;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_guardian AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_guardian();

-- A file is claimed by the code that was mailed last, which serves once: without it nothing is written,
-- whatever statement asks for it.
CREATE FUNCTION take_claim_code() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM sent_code
            WHERE application_id = NEW.application_id AND kind = 'CLAIM' AND digest = NEW.code
                AND mailed_at > now() - interval '24 hours';
        RETURN CASE WHEN found THEN NEW END;
    END
$$;

CREATE TRIGGER take_claim_code BEFORE INSERT ON file_claim
    FOR EACH ROW EXECUTE FUNCTION take_claim_code();

-- Supervision learns how many pairs are linked without a look at each. A link is there from both
-- sides, and a group has no state.
CREATE FUNCTION count_links_after_{operation}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO link_count AS counted (slot, certain, confirmed, rejected, proposed)
        SELECT
            pg_backend_pid() % 64,
            coalesce(sum(sign) FILTER (WHERE state = 'CERTAIN'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'CONFIRMED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'REJECTED'), 0),
            coalesce(sum(sign) FILTER (WHERE state = 'PROPOSED'), 0)
        FROM ({changed}) AS changed
        WHERE applicant_id < linked_id AND state IS NOT NULL
        HAVING count(*) > 0
        ON CONFLICT (slot) DO UPDATE SET
            certain = counted.certain + EXCLUDED.certain,
            confirmed = counted.confirmed + EXCLUDED.confirmed,
            rejected = counted.rejected + EXCLUDED.rejected,
            proposed = counted.proposed + EXCLUDED.proposed;
        RETURN NULL;
    END
$$;

CREATE TRIGGER count_links_after_{operation} AFTER {operation} ON person_link
    REFERENCING {tables}
    EXECUTE FUNCTION count_links_after_{operation}();
