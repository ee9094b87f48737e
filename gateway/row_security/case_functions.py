"""Functions that tell mutations and guards what of a case their role may not read itself."""

from models.case.crossing import IMMIGRATION_OFFICE
from models.case.decision import IS_LIVE
from models.case.file import OWES_FEE
from models.life.grant_conditions import LARGEST_FAMILY
from models.person.person_link import COUNTING_LINKS

_TIME_OF = """\
CREATE OR REPLACE FUNCTION viewer.time_{}() RETURNS interval
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT days * interval '24 hours' FROM deadline
            WHERE wait = '{}' AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        );
    END
$$;
"""
_TIMES = "".join(_TIME_OF.format(*one) for one in (
    ("to_answer", "ANSWER"), ("to_answer_intention", "INTENTION"), ("to_pay", "PAYMENT"),
    ("of_code", "BILLING_CODE"),
))  # fmt: skip
#: Whether a case is cleared, and which questions may be asked of it: an officer's refusals reveal
#: that much, and no more. Guards call the same functions, so that both judge alike.
CASE_FUNCTIONS = f"""\
CREATE OR REPLACE FUNCTION viewer.questions_of(asked_case uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN CASE WHEN 'CALLING_VISA' = (
            SELECT rule.entry FROM entry_rule AS rule
            JOIN application AS named ON named.nationality_code = rule.country_code
            WHERE named.id = asked_case AND rule.valid_from <= wib_day(clock_timestamp())
            ORDER BY rule.valid_from DESC LIMIT 1
        ) THEN '{{ENTRY_BAN,CLEARANCE}}'::text[] ELSE '{{ENTRY_BAN}}'::text[] END;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.latest_answer(asked_case uuid, question text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT result FROM screening WHERE application_id = asked_case AND kind = question
                AND voided_at IS NULL
            ORDER BY requested_at DESC, id DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.owes_fee(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM application WHERE id = asked_case AND {OWES_FEE});
    END
$$;
CREATE OR REPLACE FUNCTION viewer.is_cleared(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN NOT EXISTS (
            SELECT FROM application WHERE id = asked_case AND (is_held OR {OWES_FEE})
        ) AND NOT viewer.extends_stopped_visa(asked_case) AND NOT EXISTS (
            SELECT FROM unnest(viewer.questions_of(asked_case)) AS question
            WHERE coalesce(viewer.latest_answer(asked_case, question), '')
                NOT IN ('CLEAR', 'NO_MATCH')
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.is_in_own_pools(of_case application) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN NOT EXISTS (SELECT FROM pool WHERE is_open) OR EXISTS (
            SELECT FROM pool WHERE is_open AND code = ANY (viewer.pools(NULL))
                AND (visa_types = '{{}}' OR of_case.visa_type_code = ANY (visa_types))
                AND (channels = '{{}}' OR of_case.channel = ANY (channels))
                AND (nationalities = '{{}}' OR of_case.nationality_code = ANY (nationalities))
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.is_of_family_just_taken(family text, subject text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN family IS NOT NULL AND EXISTS (
            SELECT FROM application AS member
            JOIN assignment AS taken ON taken.application_id = member.id
            WHERE member.group_reference = family AND taken.officer = subject
                AND taken.ended_at IS NULL AND taken.assigned_at >= transaction_timestamp()
        ) AND (
            SELECT count(*) <= {LARGEST_FAMILY} FROM application WHERE group_reference = family
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.extends_stopped_visa(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM application AS extension
            JOIN visa ON visa.visa_number = extension.extends_visa_number
            JOIN application AS first_one ON first_one.id = visa.application_id
            WHERE extension.id = asked_case AND (
                num_nonnulls(revoked_at, superseded_at, returned_at) > 0
                OR viewer.visa_is_held(first_one.id)
            )
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.awaits_first_decision(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM grant_check
            JOIN assignment USING (application_id)
            WHERE application_id = asked_case AND is_decided_twice AND ended_at IS NULL
                AND role = 'OFFICER' AND officer = viewer.subject(NULL)
        ) AND NOT EXISTS (SELECT FROM withheld_decision WHERE application_id = asked_case);
    END
$$;
CREATE OR REPLACE FUNCTION viewer.decided_first(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM withheld_decision
            WHERE application_id = asked_case AND officer = viewer.subject(NULL)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.questions_to_ask(asked_case uuid) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN ARRAY(
            SELECT question FROM unnest(viewer.questions_of(asked_case)) AS question
            WHERE coalesce((
                SELECT result = 'UNAVAILABLE' OR list_version IS NOT NULL FROM screening
                WHERE application_id = asked_case AND kind = question AND voided_at IS NULL
                ORDER BY requested_at DESC, id DESC LIMIT 1
            ), true)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.has_open_hit(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM screening AS hit
            WHERE hit.application_id = asked_case AND hit.result = 'HIT'
                AND hit.voided_at IS NULL
                AND viewer.latest_answer(asked_case, hit.kind) NOT IN ('NO_MATCH', 'MATCH')
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.has_live_visa(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM application
            JOIN visa ON visa.decision_id = application.current_decision_id
            WHERE application.id = asked_case AND {IS_LIVE}
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.has_unused_visa(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM application
            JOIN visa ON visa.decision_id = application.current_decision_id
            WHERE application.id = asked_case
                AND num_nonnulls(revoked_at, superseded_at, returned_at) = 0
                AND use_by >= wib_day(clock_timestamp())
                AND NOT EXISTS (SELECT FROM stay WHERE stay.visa_number = visa.visa_number)
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.extension_of(asked_case uuid) RETURNS TABLE (
    extendability text, visa_number text, applicant_id uuid, nationality_code text,
    visa_type_code text, trip_purpose text, fee_idr bigint, ends_at timestamptz)
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT
        CASE
            WHEN is_multiple_entry OR coalesce(rule.times, 0) = 0 THEN 'NO_RULE'
            WHEN rule.times <= (
                SELECT count(*) FROM application AS extension
                WHERE extension.extends_visa_number = visa.visa_number
                    AND (extension.closed_at IS NULL OR extension.status = 'GRANTED')
            ) THEN 'USED'
            WHEN num_nonnulls(revoked_at, superseded_at, returned_at) > 0
                OR stay.presence = 'DEPARTED' OR last_day < wib_day(clock_timestamp()) THEN 'ENDED'
            ELSE 'POSSIBLE'
        END,
        visa.visa_number, first_one.applicant_id, first_one.nationality_code,
        first_one.visa_type_code, first_one.trip_purpose, rule.amount_idr,
        (last_day + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
    FROM application AS first_one
    JOIN applicant
        ON applicant.id = first_one.applicant_id AND account = viewer.subject('APPLICANT')
    JOIN visa ON visa.decision_id = first_one.current_decision_id
    JOIN visa_type ON visa_type.code = first_one.visa_type_code
    LEFT JOIN stay ON stay.visa_number = visa.visa_number
    LEFT JOIN LATERAL (
        SELECT times, amount_idr FROM extension_rule
        WHERE extension_rule.visa_type_code = first_one.visa_type_code
            AND extension_rule.valid_from <= wib_day(clock_timestamp())
        ORDER BY extension_rule.valid_from DESC LIMIT 1
    ) AS rule ON true
    -- Whose entry nobody reported may have entered on the last day.
    CROSS JOIN LATERAL (
        SELECT coalesce(
            stay.stay_until, use_by + (visa.stay_days + visa.extended_days)::integer
        ) AS last_day
    ) AS ends
    WHERE first_one.id = asked_case
$$;
CREATE OR REPLACE FUNCTION viewer.extendability(asked_case uuid) RETURNS text
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT extendability FROM viewer.extension_of(asked_case)), 'NO_RULE')
$$;
CREATE OR REPLACE FUNCTION viewer.entry_to_record(asked_case uuid) RETURNS TABLE (
    is_known boolean, earliest date, latest date)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN QUERY
            SELECT
                EXISTS (SELECT FROM stay WHERE stay.visa_number = visa.visa_number),
                -- Whoever entered before had no right to stay when asking for more of it.
                greatest(
                    wib_day(issued_at), wib_day(extension.submitted_at) - stay_days::integer
                ),
                least(use_by, wib_day(clock_timestamp()))
            FROM application AS extension
            JOIN visa ON visa.visa_number = extension.extends_visa_number
            WHERE extension.id = asked_case AND extension.officer = viewer.subject('OFFICER');
    END
$$;
CREATE OR REPLACE FUNCTION viewer.record_entry(
    asked_case uuid, entered date, record uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        of_visa text := (SELECT extends_visa_number FROM application WHERE id = asked_case);
    BEGIN
        PERFORM count_stays(of_visa, -1);
        INSERT INTO movement (
            id, applicant_id, visa_number, direction, crossed_at, port, stay_until)
        SELECT
            record, extension.applicant_id, of_visa, 'ENTRY',
            entered::timestamp AT TIME ZONE 'Asia/Jakarta', '{IMMIGRATION_OFFICE}',
            entered + stay_days::integer
        FROM viewer.entry_to_record(asked_case)
        JOIN application AS extension ON extension.id = asked_case
        JOIN visa ON visa.visa_number = of_visa
        WHERE NOT is_known AND entered BETWEEN earliest AND latest
            AND extension.status IN ('IN_VERIFICATION', 'SCREENING');
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an officer records an entry that is not known, of the own desk'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM write_stay(of_visa, record);
        PERFORM count_stays(of_visa, 1);
        PERFORM tell_of_revoked_in_country(application_id, record, viewer.subject(NULL))
        FROM visa WHERE visa_number = of_visa;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.latest_event(asked_case uuid, kinds text[]) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT kind FROM application_event
            WHERE application_id = asked_case AND kind = ANY (kinds)
            ORDER BY sequence DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.fee_of(of_case application) RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN CASE WHEN of_case.extends_visa_number IS NULL THEN (
            SELECT CASE WHEN is_offered THEN amount_idr END FROM fee
            WHERE visa_type_code = of_case.visa_type_code
                AND use_within_days = of_case.use_within_days
                AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        ) ELSE (
            SELECT amount_idr FROM extension_rule
            WHERE visa_type_code = of_case.visa_type_code
                AND valid_from <= wib_day(clock_timestamp())
            ORDER BY valid_from DESC LIMIT 1
        ) END;
    END
$$;
CREATE OR REPLACE FUNCTION viewer.handling_of(asked_case uuid) RETURNS handling_rule
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT rule FROM handling_rule AS rule
            JOIN application AS named USING (visa_type_code)
            WHERE named.id = asked_case AND rule.valid_from <= wib_day(clock_timestamp())
            ORDER BY rule.valid_from DESC LIMIT 1
        );
    END
$$;
CREATE OR REPLACE FUNCTION viewer.grant_stop(asked_case uuid) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        counts_since timestamptz;
        last_step application_event;
    BEGIN
        -- Partners and applicants learn nothing of other files.
        IF viewer.role() IN ('OFFICER', 'SUPERVISOR') THEN
            SELECT max(link.since) INTO counts_since FROM application
            CROSS JOIN LATERAL (
            {COUNTING_LINKS}
            ) AS link
            WHERE application.id = asked_case;
            SELECT * INTO last_step FROM application_event
            WHERE application_id = asked_case AND occurred_at > counts_since
                AND kind IN ('GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED')
            ORDER BY sequence DESC LIMIT 1;
        END IF;
        RETURN CASE
            WHEN counts_since IS NULL OR last_step.kind = 'GRANT_APPROVED' THEN NULL
            WHEN last_step.kind = 'GRANT_PROPOSED' THEN last_step.actor
            ELSE ''
        END;
    END
$$;
{_TIMES}"""
