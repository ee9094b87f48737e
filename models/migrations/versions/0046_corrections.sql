-- Whatever a statement of the writing role says: a correction is proposed by agent or applicant,
-- and takes effect at once before payment; then the officer on whose desk the case is approves it,
-- and after a grant two supervisors do.
CREATE FUNCTION guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        role text := viewer.role();
        subject text := viewer.subject(NULL);
        status text := (
            SELECT application.status FROM application
            WHERE id = NEW.application_id AND applicant_id = NEW.applicant_id
        );
        is_worked_on boolean := status IN (
            'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING'
        );
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            is_allowed := NEW.proposed_by = subject AND NEW.proposed_role = role
                AND NEW.approved_by IS NULL AND CASE
                    WHEN status IN ('SUBMITTED', 'AWAITING_PAYMENT')
                        THEN role IN ('PARTNER_AGENT', 'APPLICANT') AND NEW.state = 'IN_EFFECT'
                        AND NEW.closed_by = subject AND NOT EXISTS (
                            SELECT FROM application
                            WHERE applicant_id = NEW.applicant_id AND application.status IN (
                                'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING', 'GRANTED'
                            )
                        )
                    WHEN is_worked_on
                        THEN role IN ('PARTNER_AGENT', 'APPLICANT') AND NEW.state = 'PROPOSED'
                    ELSE status = 'GRANTED' AND role = 'APPLICANT' AND NEW.state = 'PROPOSED'
                END;
        ELSE
            is_allowed := OLD.proposed_by <> subject AND CASE
                WHEN role = 'OFFICER'
                    THEN is_worked_on AND OLD.state = 'PROPOSED' AND NEW.closed_by = subject
                    AND NEW.state IN ('IN_EFFECT', 'REJECTED') AND NEW.approved_by IS NULL
                    AND EXISTS (
                        SELECT FROM assignment
                        WHERE application_id = NEW.application_id AND officer = subject
                            AND assignment.role = 'OFFICER' AND ended_at IS NULL
                    )
                WHEN role <> 'SUPERVISOR' OR status <> 'GRANTED' THEN false
                WHEN NEW.state = 'APPROVED'
                    THEN OLD.state = 'PROPOSED' AND NEW.approved_by = subject
                WHEN NEW.state = 'IN_EFFECT'
                    THEN OLD.state = 'APPROVED' AND OLD.approved_by <> subject
                    AND NEW.approved_by = OLD.approved_by AND NEW.closed_by = subject
                WHEN NEW.state = 'REJECTED'
                    THEN OLD.state IN ('PROPOSED', 'APPROVED') AND NEW.closed_by = subject
                    AND NEW.approved_by IS NOT DISTINCT FROM OLD.approved_by
                ELSE false
                END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a correction is proposed, approved and confirmed by others'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_correction BEFORE INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_correction();

-- What was proposed becomes the identity; what it was stays as a version. Where it says that the
-- person is another one, answers of before count no more, in each of the person's files, and a
-- visa that was granted is held. A hit stays a hit until a supervisor has said what it is.
CREATE FUNCTION correct_identity() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        was identity;
        nationality text;
        becomes identity_version;
        is_another boolean;
    BEGIN
        PERFORM FROM application WHERE applicant_id = NEW.applicant_id
        ORDER BY id FOR NO KEY UPDATE;
        SELECT * INTO STRICT was FROM identity WHERE applicant_id = NEW.applicant_id FOR UPDATE;
        SELECT nationality_code INTO STRICT nationality FROM applicant
        WHERE id = NEW.applicant_id;
        SELECT * INTO STRICT becomes FROM identity_version
        WHERE applicant_id = NEW.applicant_id AND number = NEW.version AND valid_from IS NULL;
        is_another := coalesce(becomes.full_name <> was.full_name, false)
            OR coalesce(becomes.birth_date <> was.birth_date, false)
            OR coalesce(becomes.passport_number <> was.passport_number, false)
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
                written_at, valid_from, valid_until
            )
            SELECT
                id, 1, was.full_name, was.passport_number, was.birth_date, was.email, was.phone,
                was.sex, was.place_of_birth, was.passport_issuing_state, was.passport_expires_on,
                nationality_code, created_at, created_at, NEW.closed_at
            FROM applicant WHERE id = NEW.applicant_id;
        END IF;
        UPDATE identity SET
            full_name = coalesce(becomes.full_name, full_name),
            passport_number = coalesce(becomes.passport_number, passport_number),
            birth_date = coalesce(becomes.birth_date, birth_date),
            email = coalesce(becomes.email, email),
            phone = coalesce(becomes.phone, phone),
            sex = coalesce(becomes.sex, sex),
            place_of_birth = coalesce(becomes.place_of_birth, place_of_birth),
            passport_issuing_state =
                coalesce(becomes.passport_issuing_state, passport_issuing_state),
            passport_expires_on = coalesce(becomes.passport_expires_on, passport_expires_on)
        WHERE applicant_id = NEW.applicant_id
        RETURNING * INTO STRICT was;
        nationality := coalesce(becomes.nationality_code, nationality);
        UPDATE identity_version SET
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
            nationality_code = nationality, passport_last_four = right(was.passport_number, 4)
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
            application.id, 1 + max(told.sequence), 'CORRECTED', NEW.closed_at, NEW.closed_by,
            viewer.role()
        FROM application
        JOIN application_event AS told ON told.application_id = application.id
        WHERE applicant_id = NEW.applicant_id AND application.id <> NEW.application_id
            AND (closed_at IS NULL OR status = 'GRANTED')
        GROUP BY application.id;
        RETURN NULL;
    END
$$;

CREATE TRIGGER correct_identity AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION correct_identity();
