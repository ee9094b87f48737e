"""What would contradict itself in a synthetic world, as statements that must find no row."""

#: Everything that an application shows, derived from its events alone; what it is compared with.
STATE_BY_EVENTS = """
    SELECT
        application_id AS id,
        min(occurred_at) FILTER (WHERE kind = 'SUBMITTED') AS submitted_at,
        min(occurred_at) FILTER (WHERE kind = 'RECEIVED') AS received_at,
        min(occurred_at) FILTER (WHERE kind = 'PAID') AS paid_at,
        min(occurred_at) FILTER (WHERE kind = ANY($1::text[])) AS closed_at,
        (array_agg(kind ORDER BY sequence DESC)
            FILTER (WHERE kind NOT IN ('RECEIVED', 'HELD', 'RELEASED', 'SCREENED',
                'ANSWER_PROPOSED', 'CORRECTION_PROPOSED', 'CORRECTED', 'CORRECTION_REJECTED',
                'APPEARED'))
        )[1] AS status,
        count(*) FILTER (WHERE kind = 'INFO_REQUESTED') > 0 AS was_info_requested,
        count(*) FILTER (WHERE kind = 'HELD') > count(*) FILTER (WHERE kind = 'RELEASED')
            AS is_held,
        coalesce(
            extract(epoch FROM sum(waited) FILTER (
                WHERE kind IN ('INFO_REQUESTED', 'REFUSAL_INTENDED')
            )), 0
        )::bigint AS paused_seconds
    FROM (
        SELECT
            *,
            lead(occurred_at) OVER (PARTITION BY application_id ORDER BY sequence) - occurred_at
                AS waited
        FROM application_event
    ) AS event
    GROUP BY application_id
"""

#: A case that reached screening without a question to the ban list.
MISSING_SCREENINGS = """
    SELECT FROM application_event AS event
    WHERE kind = 'SCREENING' AND NOT EXISTS (
        SELECT FROM screening
        WHERE screening.application_id = event.application_id AND screening.kind = 'ENTRY_BAN'
    )
"""

#: A visa in spite of the last answer.
GRANTS_WITHOUT_ANSWER = """
    SELECT FROM application
    JOIN LATERAL (
        SELECT result FROM screening WHERE application_id = application.id
        AND kind = 'ENTRY_BAN' ORDER BY requested_at DESC LIMIT 1
    ) AS last ON true
    WHERE status = 'GRANTED' AND result NOT IN ('CLEAR', 'NO_MATCH')
"""

#: An answer of two people, which nobody proposed before.
ANSWERS_OF_ONE = """
    SELECT FROM screening
    WHERE answered_at IS NOT NULL AND proposed IS NOT NULL AND NOT EXISTS (
        SELECT FROM application_event AS event
        WHERE event.application_id = screening.application_id AND event.kind = 'ANSWER_PROPOSED'
            AND event.actor = proposed_by AND event.actor <> screening.confirmed_by
            AND occurred_at BETWEEN requested_at AND answered_at
            AND actor_role = CASE WHEN proposed IN ('MATCH', 'NO_MATCH') THEN 'SUPERVISOR'
                ELSE 'SCREENING' END
    )
"""

#: A correction with other versions: the one in force is the identity, and one thing in it is new.
MISTAKEN_VERSIONS = """
    SELECT FROM correction
    JOIN identity USING (applicant_id)
    JOIN identity_version AS now ON now.applicant_id = correction.applicant_id
        AND now.number = correction.version
    LEFT JOIN identity_version AS before ON before.applicant_id = correction.applicant_id
        AND before.number = 1
    WHERE CASE WHEN state <> 'IN_EFFECT' THEN before.number IS NOT NULL
        OR now.valid_from IS NOT NULL
        ELSE (now.full_name, now.phone, now.email, now.passport_number)
            <> (identity.full_name, identity.phone, identity.email, identity.passport_number)
        OR num_nonnulls(
            nullif(before.full_name, now.full_name), nullif(before.phone, now.phone),
            nullif(before.email, now.email)
        ) <> 1
        OR (before.valid_until, now.valid_from, now.valid_until)
            IS DISTINCT FROM (correction.closed_at, correction.closed_at, NULL)
    END
"""

#: A correction that its case does not tell: who proposed it, and the officer who had the case.
CORRECTIONS_WITHOUT_EVENT = """
    SELECT FROM correction
    WHERE NOT EXISTS (
        SELECT FROM application_event AS event
        WHERE event.application_id = correction.application_id
            AND kind = 'CORRECTION_PROPOSED' AND occurred_at = proposed_at
            AND (actor, actor_role) = (proposed_by, proposed_role)
    ) OR state <> 'PROPOSED' AND NOT EXISTS (
        SELECT FROM application_event AS event
        JOIN assignment AS desk USING (application_id)
        WHERE event.application_id = correction.application_id AND occurred_at = closed_at
            AND kind = CASE state WHEN 'IN_EFFECT' THEN 'CORRECTED'
                ELSE 'CORRECTION_REJECTED' END
            AND (actor, actor_role) = (closed_by, 'OFFICER') AND desk.officer = actor
            AND closed_at BETWEEN assigned_at AND coalesce(ended_at, closed_at)
    )
"""

#: A case that was given back, and did not go to somebody else at once.
CASES_NOT_PASSED_ON = """
    SELECT FROM assignment AS first
    WHERE reason IS NOT NULL AND NOT EXISTS (
        SELECT FROM assignment AS next
        WHERE next.application_id = first.application_id
            AND next.assigned_at = first.ended_at AND next.officer <> first.officer
    )
"""

#: A step of an officer who did not have the case on the desk.
STEPS_WITHOUT_DESK = """
    SELECT FROM application_event AS event
    WHERE actor_role = 'OFFICER' AND NOT EXISTS (
        SELECT FROM assignment
        WHERE assignment.application_id = event.application_id AND officer = actor
            AND occurred_at BETWEEN assigned_at AND coalesce(ended_at, occurred_at)
    )
"""

#: A case that officers work on and nobody has on the desk, or the other way round.
OPEN_CASES_WITHOUT_DESK = """
    SELECT FROM application
    LEFT JOIN assignment ON application_id = application.id AND ended_at IS NULL
    WHERE (status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING'))
        <> (assignment.id IS NOT NULL)
"""

#: A case that does not say itself whose desk it is on: no trigger runs while a world is loaded.
CASES_ON_ANOTHER_DESK = """
    SELECT FROM application
    LEFT JOIN assignment ON application_id = application.id AND ended_at IS NULL
    WHERE is_assigned <> (assignment.id IS NOT NULL)
        OR application.officer IS DISTINCT FROM
            CASE role WHEN 'OFFICER' THEN assignment.officer END
        OR application.supervisor IS DISTINCT FROM
            CASE role WHEN 'SUPERVISOR' THEN assignment.officer END
"""

#: An entry before the file was handed in or after the visa serves, a passport that is too short for
#: it, and a group whose people enter on different days.
MISTAKEN_TRIPS = """
    SELECT reference FROM application
    JOIN passport_rule USING (visa_type_code)
    JOIN identity USING (applicant_id)
    WHERE extends_visa_number IS NULL AND (
        entry_on BETWEEN wib_day(submitted_at) AND wib_day(submitted_at) + use_within_days::int
        AND passport_expires_on >= entry_on + make_interval(months => months::int)
    ) IS NOT TRUE
    UNION ALL
    SELECT group_reference FROM application WHERE group_reference IS NOT NULL
    GROUP BY group_reference HAVING count(DISTINCT entry_on) > 1
"""

#: A validity that was not offered as it was asked for, a bill of another one, a visa that serves
#: for longer or shorter; and what is offered and nobody chose.
MISTAKEN_VALIDITIES = """
    SELECT reference FROM application
    LEFT JOIN bill ON bill.application_id = application.id
    LEFT JOIN visa ON visa.application_id = application.id
    WHERE extends_visa_number IS NULL AND NOT EXISTS (
        SELECT FROM fee
        WHERE fee.visa_type_code = application.visa_type_code
            AND fee.use_within_days = application.use_within_days AND is_offered
            AND valid_from <= wib_day(submitted_at)
            AND fee.amount_idr = coalesce(bill.amount_idr, fee.amount_idr)
            AND wib_day(visa.issued_at) + fee.use_within_days::int IS NOT DISTINCT FROM use_by
    )
    UNION ALL
    SELECT visa_type_code FROM fee WHERE NOT EXISTS (
        SELECT FROM application AS asked WHERE asked.visa_type_code = fee.visa_type_code
            AND asked.use_within_days = fee.use_within_days
    )
"""

#: An extension that nobody could have asked for: for another's visa, or before the entry was known,
#: after the stay or after leaving; at another fee; that could be paid after the stay; of which
#: officers decided though nobody had appeared, or that yielded a visa or left it as it was. And a
#: visa that has the days of another number of extensions, or was extended more often than allowed.
MISTAKEN_EXTENSIONS = """
    SELECT extension.reference FROM application AS extension
    JOIN bill ON bill.application_id = extension.id
    JOIN extension_rule ON extension_rule.visa_type_code = extension.visa_type_code
    LEFT JOIN visa ON visa.visa_number = extension.extends_visa_number
    LEFT JOIN application AS first_one ON first_one.id = visa.application_id
    LEFT JOIN movement AS entry ON entry.visa_number = visa.visa_number
        AND entry.direction = 'ENTRY'
    LEFT JOIN movement AS exit ON exit.visa_number = visa.visa_number
        AND exit.direction = 'EXIT'
    CROSS JOIN LATERAL (
        SELECT (entry.stay_until + 1)::timestamp AT TIME ZONE 'Asia/Jakarta' AS ends_at
    ) AS stay
    WHERE extension.extends_visa_number IS NOT NULL AND (
        (extension.applicant_id, extension.visa_type_code, extension.trip_purpose)
            = (first_one.applicant_id, first_one.visa_type_code, first_one.trip_purpose)
        AND first_one.status = 'GRANTED' AND num_nonnulls(revoked_at, superseded_at) = 0
        AND extension.submitted_at BETWEEN to_timestamp(
            ('x' || left(replace(entry.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0
        ) AND ends_at
        AND (exit.crossed_at IS NULL OR extension.submitted_at < exit.crossed_at AND CASE
            WHEN extension.current_decision_id IS NULL THEN extension.closed_at IS NOT NULL
            ELSE extension.closed_at < exit.crossed_at
        END)
        AND bill.amount_idr = extension_rule.amount_idr
        AND extension.pay_by = least(bill.issued_at + interval '14 days', ends_at)
        AND bill.due_at = least(bill.issued_at + interval '7 days', ends_at)
        AND coalesce(bill.paid_at < ends_at, true)
        AND NOT EXISTS (SELECT FROM visa AS own WHERE own.application_id = extension.id)
        AND NOT EXISTS (SELECT FROM case_document WHERE application_id = extension.id)
        AND (extension.current_decision_id IS NULL OR EXISTS (
            SELECT FROM application_event AS appeared
            JOIN application_event AS taken USING (application_id)
            WHERE application_id = extension.id AND appeared.kind = 'APPEARED'
                AND taken.kind = 'IN_VERIFICATION' AND appeared.sequence > taken.sequence
                AND appeared.occurred_at <= extension.closed_at
        ))
    ) IS NOT TRUE
    UNION ALL
    SELECT visa.visa_number FROM visa
    LEFT JOIN application AS extension ON extends_visa_number = visa.visa_number
    LEFT JOIN extension_rule USING (visa_type_code)
    GROUP BY visa.visa_number
    HAVING count(extension.id) > 1 OR extended_days
        <> coalesce(sum(days) FILTER (WHERE extension.status = 'GRANTED'), 0)
"""

#: Somebody with another passport than its ending says, a real address, or impossible dates.
IMPOSSIBLE_PEOPLE = """
    SELECT FROM applicant JOIN identity ON identity.applicant_id = id
    LEFT JOIN passport_ending ON passport_ending.applicant_id = id
    WHERE last_four IS DISTINCT FROM right(passport_number, 4)
        OR email !~ '^[a-z0-9.-]+@example\\.org$' OR phone !~ '^\\+999'
        OR birth_date >= created_at OR passport_expires_on < created_at::date + 365
        OR num_nulls(sex, place_of_birth, passport_issuing_state) > 0
"""

#: An answer of the system that did not follow within a minute upon what made the file complete and
#: paid, or upon a correction that voided the answer before. Those of an outage came later.
ANSWERS_OUT_OF_TURN = """
    SELECT FROM screening
    JOIN application ON application.id = screening.application_id
    CROSS JOIN named_event
    WHERE list_version IS NOT NULL AND NOT EXISTS (
        SELECT FROM (
            SELECT greatest(paid_at, received_at)
            UNION ALL
            SELECT voided_at FROM screening AS earlier
            WHERE earlier.application_id = screening.application_id AND earlier.id <> screening.id
        ) AS turn (at)
        WHERE screening.answered_at > at AND at > screening.answered_at - interval '1 minute'
    ) AND wib_day(answered_at) NOT BETWEEN began_on AND ended_on
"""

#: Of each case that a rule could grant: when it could at the earliest, and when it was decided. Who
#: signs in to a demo has an officer.
_RULED = """
    SELECT
        application.id, application.status, closed_at, applicant_id, decided_at, grant_rule_code,
        decision.officer, rule.official,
        greatest(cleared.answered_at, paid_at + hours_after_payment * interval '1 hour') AS due_at,
        cleared.answered_at AS cleared_at,
        (SELECT min(assigned_at) FROM assignment WHERE application_id = application.id) AS taken_at,
        (SELECT verdict FROM grant_check WHERE application_id = application.id) AS verdict,
        was_info_requested OR EXISTS (
            SELECT FROM correction WHERE application_id = application.id
        ) AS is_to_be_read,
        decision.outcome,
        group_reference IS NULL AND extends_visa_number IS NULL
            AND application.nationality_code = ANY (nationalities)
            AND paid_at >= reference_change.approved_at
            AND birth_date + interval '18 years' <= decided_at
            AND NOT EXISTS (
                SELECT FROM identity AS same
                JOIN application AS other USING (applicant_id)
                JOIN decision AS earlier ON earlier.application_id = other.id
                    AND earlier.outcome = 'REFUSED' AND earlier.decided_at < decision.decided_at
                WHERE other.id <> application.id AND (
                    (same.full_name, same.birth_date) = (identity.full_name, identity.birth_date)
                    OR same.passport_number = identity.passport_number
                )
            ) AS is_in_reach
    FROM application
    JOIN identity USING (applicant_id)
    JOIN applicant ON applicant.id = applicant_id AND account IS NULL
    JOIN grant_rule AS rule USING (visa_type_code)
    JOIN reference_change ON kind = 'GRANT_RULE' AND subject = rule.code
    JOIN decision ON application_id = application.id AND supersedes_id IS NULL
    LEFT JOIN LATERAL (
        SELECT max(answered_at) AS answered_at FROM screening
        WHERE application_id = application.id AND list_version IS NOT NULL
    ) AS cleared ON true
"""

#: A grant by rule that the table of conditions forbids.
MISTAKEN_GRANTS_BY_RULE = f"""
    SELECT FROM ({_RULED}) AS ruled
    WHERE (grant_rule_code IS NOT NULL) <> coalesce(verdict = 'GRANTED', false)
        OR grant_rule_code IS NOT NULL AND (
            is_in_reach AND decided_at >= due_at AND cleared_at > decided_at - interval '24 hours'
            AND taken_at IS NULL AND NOT is_to_be_read AND officer = official
        ) IS NOT TRUE
"""

#: A case of the sample that an officer had before it was drawn.
MISTAKEN_SAMPLES = f"""
    SELECT FROM ({_RULED}) AS ruled
    WHERE verdict = 'SAMPLED' AND (is_in_reach AND taken_at >= due_at) IS NOT TRUE
"""

#: A case that the rule would have granted before anybody took it, and did not.
FORGOTTEN_GRANTS = f"""
    SELECT FROM ({_RULED}) AS ruled
    WHERE is_in_reach AND verdict IS NULL AND cleared_at IS NOT NULL
        AND taken_at > due_at + interval '1 minute'
"""

#: The first of two decisions by somebody who did not have the case until then, or was the second
#: as well.
MISTAKEN_FIRST_DECISIONS = """
    SELECT FROM withheld_decision AS first
    JOIN decision USING (application_id)
    LEFT JOIN assignment AS desk ON desk.application_id = first.application_id
        AND desk.officer = first.officer AND ended_at = first.decided_at AND reason IS NULL
    LEFT JOIN grant_check ON grant_check.application_id = first.application_id
        AND is_decided_twice
    WHERE supersedes_id IS NULL
        AND (desk.officer <> decision.officer AND grant_check.verdict = 'SAMPLED') IS NOT TRUE
"""

#: Two who decided differently, of which no supervisor was told then.
DIFFERENCES_UNTOLD = """
    SELECT FROM second_decision
    LEFT JOIN alert USING (id, application_id)
    WHERE differs <> (kind IS NOT NULL AND kind = 'DECISIONS_DIFFER' AND raised_at = decided_at)
"""
