-- What each row adds to the figures, and how its changes reach the outbox of the figures.
-- {dimensions} stands for the columns of all dimensions, {OLD.dimensions} for those of OLD.

-- The one definition of what an application adds to the figures, day by day: counts in lines
-- without a kind, each measured duration in a line of its kind. A case that never waited for
-- information has one line for both clocks; an open one has a line on its day of payment, whose
-- bucket is the hour in which its target passes.
CREATE FUNCTION volume_contribution(
    status text, submitted_at timestamptz, received_at timestamptz, paid_at timestamptz,
    closed_at timestamptz, target_due_at timestamptz, fee_idr bigint, paused_seconds bigint,
    was_info_requested boolean, partner_code text
)
    RETURNS TABLE (
        day date, kind text, bucket integer, intake integer, info_requested integer,
        wip_change integer, backlog_change integer, revenue_idr bigint, granted integer,
        refused integer, withdrawn integer, lapsed integer, within_target integer,
        cohort_decided integer, cohort_within_target integer, measured integer
    )
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT
        wib_day(paid_at), NULL::text, NULL::integer, 1, was_info_requested::integer, 1, 0, fee_idr,
        0, 0, 0, 0, 0,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED'))::integer,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED') AND closed_at <= target_due_at)::integer, 0
    WHERE paid_at IS NOT NULL
    UNION ALL
    SELECT
        wib_day(closed_at), NULL, NULL, 0, 0, -1,
        -(wib_day(closed_at) > wib_day(target_due_at))::integer, 0,
        (status IN ('GRANTED', 'REVOKED'))::integer,
        (status = 'REFUSED')::integer,
        (status = 'WITHDRAWN')::integer,
        (status = 'LAPSED')::integer,
        (status IN ('GRANTED', 'REVOKED', 'REFUSED') AND closed_at <= target_due_at)::integer,
        0, 0, 0
    WHERE paid_at IS NOT NULL AND closed_at IS NOT NULL
    UNION ALL
    SELECT wib_day(target_due_at), NULL, NULL, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
    WHERE paid_at IS NOT NULL
        AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(target_due_at))
    UNION ALL
    SELECT
        wib_day(paid_at), 'open', epoch_hour(target_due_at),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    WHERE paid_at IS NOT NULL AND closed_at IS NULL
    UNION ALL
    SELECT
        wib_day(closed_at), decided.kind, duration_bucket(decided.seconds),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    FROM (
        VALUES
            ('unpaused', paused_seconds = 0, extract(epoch FROM closed_at - paid_at)),
            ('paused', paused_seconds > 0, extract(epoch FROM closed_at - paid_at)),
            ('adjusted', paused_seconds > 0, extract(epoch FROM closed_at - paid_at) - paused_seconds)
    ) AS decided (kind, is_measured, seconds)
    WHERE decided.is_measured AND paid_at IS NOT NULL
        AND status IN ('GRANTED', 'REVOKED', 'REFUSED')
    UNION ALL
    SELECT
        wib_day(received_at), 'handover',
        duration_bucket(extract(epoch FROM received_at - submitted_at)),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    WHERE received_at IS NOT NULL AND partner_code IS NOT NULL
$$;

-- What asks for more days of a stay asks for no visa, and is in no figure of visas: neither is its
-- application, as long as whoever sums contributions leaves it out, nor its decision, nor its events.
CREATE VIEW decision_on_visa AS
    SELECT decision.* FROM decision
    JOIN application ON application.id = application_id
    WHERE extends_visa_number IS NULL;

-- For the whole country: the main ground that stands, on the day of the first decision, on which a
-- refusal counts too; each time that an application was referred to screening, or held.
CREATE VIEW volume_national_contribution AS
    SELECT wib_day(first_one.decided_at) AS day, 'ground' AS kind, standing.grounds[1] AS ground, 1 AS measured
    FROM decision AS standing
    JOIN decision_on_visa AS first_one
        ON first_one.application_id = standing.application_id AND first_one.supersedes_id IS NULL
    WHERE standing.grounds <> '{}'
        AND NOT EXISTS (SELECT FROM decision AS later WHERE later.supersedes_id = standing.id)
    UNION ALL
    SELECT
        wib_day(occurred_at),
        CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
        NULL,
        1
    FROM application_event
    JOIN application ON application.id = application_id
    WHERE kind IN ('SCREENING', 'HELD') AND extends_visa_number IS NULL;

-- Which decisions did not stand, on the day of the first decision of the case: superseded by another
-- outcome or main ground, or a visa that was revoked. What is superseded by the same outcome on the
-- same main ground stands: a revocation was set aside, or the other grounds were corrected.
CREATE VIEW volume_overturned AS
    SELECT wib_day(first_one.decided_at) AS day, overturned.application_id
    FROM (
        SELECT later.application_id
        FROM decision AS later
        JOIN decision AS superseded ON superseded.id = later.supersedes_id
        WHERE (later.outcome, later.grounds[1])
            IS DISTINCT FROM (superseded.outcome, superseded.grounds[1])
        UNION ALL
        SELECT application_id FROM application_event WHERE kind = 'REVOKED'
    ) AS overturned
    JOIN decision_on_visa AS first_one
        ON first_one.application_id = overturned.application_id
        AND first_one.supersedes_id IS NULL;

-- How each case was first decided, on the day of that decision, whatever came of it later.
CREATE VIEW volume_first_decision AS
    SELECT
        wib_day(decided_at) AS day,
        CASE outcome WHEN 'GRANTED' THEN 'first_granted' ELSE 'first_refused' END AS kind,
        application_id
    FROM decision_on_visa
    WHERE supersedes_id IS NULL;

-- What two officers decided, each for themselves, and whether they differ: in the outcome, or in the
-- main ground of a refusal. What a supervisor refuses meanwhile, because of a hit, is no second decision.
CREATE VIEW second_decision AS
    SELECT
        withheld.id,
        decision.application_id,
        decision.decided_at,
        (decision.outcome, decision.grounds[1])
            IS DISTINCT FROM (withheld.outcome, withheld.grounds[1]) AS differs
    FROM withheld_decision AS withheld
    JOIN decision USING (application_id)
    WHERE supersedes_id IS NULL AND EXISTS (
        SELECT FROM assignment
        WHERE assignment.application_id = withheld.application_id
            AND assignment.officer = decision.officer AND role = 'OFFICER'
    );

-- What rules granted, and how people first decided what was sampled of what rules would have granted.
CREATE VIEW volume_rule_contribution AS
    SELECT
        wib_day(decided_at) AS day,
        visa_type_code,
        CASE
            WHEN grant_rule_code IS NOT NULL THEN 'by_rule'
            WHEN outcome = 'GRANTED' THEN 'sample_granted'
            ELSE 'sample_refused'
        END AS kind,
        application_id
    FROM decision
    JOIN application ON application.id = application_id
    WHERE supersedes_id IS NULL AND (
        grant_rule_code IS NOT NULL OR EXISTS (
            SELECT FROM grant_check
            WHERE grant_check.application_id = decision.application_id AND verdict = 'SAMPLED'
        )
    )
    UNION ALL
    SELECT wib_day(decided_at), visa_type_code, kind, application_id
    FROM second_decision
    JOIN application ON application.id = application_id
    CROSS JOIN unnest(
        CASE WHEN differs THEN '{decided_twice,differing}'::text[] ELSE '{decided_twice}' END
    ) AS kind;

-- A template, filled in for insert, update and delete: changes of the figures, and the days whose
-- open cases have other ages.
CREATE FUNCTION queue_volume_changes_of_{operation}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (
            day, {dimensions}, kind, bucket, intake, info_requested, wip_change, backlog_change,
            revenue_idr, granted, refused, withdrawn, lapsed, within_target, cohort_decided,
            cohort_within_target, measured
        )
        SELECT
            day, {dimensions}, kind, bucket, sum(sign * intake), sum(sign * info_requested),
            sum(sign * wip_change), sum(sign * backlog_change), sum(sign * revenue_idr),
            sum(sign * granted), sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        FROM ({changed}) AS changed
        CROSS JOIN LATERAL volume_contribution(
            status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
            paused_seconds, was_info_requested, partner_code
        )
        WHERE extends_visa_number IS NULL
        GROUP BY
            day, {dimensions}, kind, bucket
        HAVING (
            sum(sign * intake), sum(sign * info_requested), sum(sign * wip_change),
            sum(sign * backlog_change), sum(sign * revenue_idr), sum(sign * granted),
            sum(sign * refused), sum(sign * withdrawn), sum(sign * lapsed),
            sum(sign * within_target), sum(sign * cohort_decided),
            sum(sign * cohort_within_target), sum(sign * measured)
        ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        -- A case that only closes, or closes at another time, is another on the days between;
        -- one that was paid at another time, or counts under other dimensions, from its payment on.
        INSERT INTO volume_stale_days (first_on, last_on)
        SELECT DISTINCT first_on, nullif(last_on, 'infinity')
        FROM (
            SELECT
                CASE
                    WHEN count(*) = 2 AND count(DISTINCT counted_under) = 1 THEN min(closed_on)
                    ELSE min(wib_day(paid_at))
                END AS first_on,
                max(closed_on) - 1 AS last_on
            FROM (
                SELECT id, paid_at, counted_under, closed_on
                FROM ({changed}) AS changed
                CROSS JOIN LATERAL (
                    SELECT
                        coalesce(wib_day(closed_at), 'infinity') AS closed_on,
                        (paid_at, {dimensions}) AS counted_under
                )
                WHERE paid_at IS NOT NULL AND extends_visa_number IS NULL
                GROUP BY id, paid_at, counted_under, closed_on
                HAVING sum(sign) <> 0
            )
            GROUP BY id
        )
        WHERE first_on <= last_on;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes_of_{operation} AFTER {operation} ON application
    REFERENCING {tables}
    EXECUTE FUNCTION queue_volume_changes_of_{operation}();

-- Decisions are only ever added.
CREATE FUNCTION queue_volume_changes_of_decisions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, ground, measured)
        SELECT wib_day(first_one.decided_at), 'ground', changed.ground, sum(changed.sign)
        FROM (
            SELECT 1 AS sign, application_id, grounds[1] AS ground FROM became
            UNION ALL
            SELECT -1, superseded.application_id, superseded.grounds[1]
            FROM became
            JOIN decision AS superseded ON superseded.id = became.supersedes_id
        ) AS changed
        JOIN decision_on_visa AS first_one
            ON first_one.application_id = changed.application_id
            AND first_one.supersedes_id IS NULL
        WHERE changed.ground IS NOT NULL
        GROUP BY 1, 3
        HAVING sum(changed.sign) <> 0;
        INSERT INTO volume_outbox (day, {dimensions}, overturned)
        SELECT wib_day(first_one.decided_at), {dimensions}, count(*)
        FROM became
        JOIN decision AS superseded ON superseded.id = became.supersedes_id
            AND (superseded.outcome, superseded.grounds[1])
                IS DISTINCT FROM (became.outcome, became.grounds[1])
        JOIN decision_on_visa AS first_one
            ON first_one.application_id = became.application_id
            AND first_one.supersedes_id IS NULL
        JOIN application ON application.id = became.application_id
        GROUP BY wib_day(first_one.decided_at), {dimensions};
        INSERT INTO volume_outbox (day, {dimensions}, kind, measured)
        SELECT first_one.day, {dimensions}, first_one.kind, count(*)
        FROM became
        JOIN volume_first_decision AS first_one
            ON first_one.application_id = became.application_id
        JOIN application ON application.id = became.application_id
        WHERE became.supersedes_id IS NULL
        GROUP BY first_one.day, {dimensions}, first_one.kind;
        INSERT INTO volume_outbox (day, visa_type_code, kind, measured)
        SELECT first_one.day, first_one.visa_type_code, first_one.kind, count(*)
        FROM became
        -- Joined without OFFSET, each decision would read all that there are.
        CROSS JOIN LATERAL (
            SELECT day, visa_type_code, kind FROM volume_rule_contribution
            WHERE application_id = became.application_id OFFSET 0
        ) AS first_one
        WHERE became.supersedes_id IS NULL
        GROUP BY first_one.day, first_one.visa_type_code, first_one.kind;
        -- Where two officers differ, it is a supervisor's to look at: the alert has the key of what
        -- was withheld.
        INSERT INTO alert (id, kind, actor, actor_role, application_id)
        SELECT twice.id, 'DECISIONS_DIFFER', 'keeper', 'ANONYMOUS', twice.application_id
        FROM became
        JOIN second_decision AS twice USING (application_id)
        WHERE became.supersedes_id IS NULL AND differs;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes AFTER INSERT ON decision
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_volume_changes_of_decisions();

-- Events are only ever added. Beside the figures of the country, what each officer granted and
-- refused; supervisors, who refuse hits and correct decisions, are left out.
CREATE FUNCTION queue_volume_changes_of_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, measured)
        SELECT
            wib_day(occurred_at),
            CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
            count(*)
        FROM became
        JOIN application ON application.id = application_id
        WHERE kind IN ('SCREENING', 'HELD') AND extends_visa_number IS NULL
        GROUP BY 1, 2;
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        SELECT
            wib_day(became.occurred_at),
            application.visa_type_code,
            CASE became.kind WHEN 'GRANTED' THEN 'officer_granted' ELSE 'officer_refused' END,
            became.actor,
            count(*)
        FROM became
        JOIN application ON application.id = became.application_id
        WHERE became.kind IN ('GRANTED', 'REFUSED') AND became.actor_role = 'OFFICER'
            AND extends_visa_number IS NULL
        GROUP BY 1, 2, 3, 4;
        INSERT INTO volume_outbox (day, {dimensions}, overturned)
        SELECT wib_day(first_one.decided_at), {dimensions}, count(*)
        FROM became
        JOIN decision_on_visa AS first_one
            ON first_one.application_id = became.application_id
            AND first_one.supersedes_id IS NULL
        JOIN application ON application.id = became.application_id
        WHERE became.kind = 'REVOKED'
        GROUP BY wib_day(first_one.decided_at), {dimensions};
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes AFTER INSERT ON application_event
    REFERENCING NEW TABLE AS became
    EXECUTE FUNCTION queue_volume_changes_of_events();

-- What each officer gave back, and gave back after reading the person while the case was on the own
-- desk.
CREATE FUNCTION queue_volume_changes_of_assignments() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        given_back record;
    BEGIN
        SELECT visa_type_code, applicant_id INTO given_back
        FROM application
        WHERE id = NEW.application_id AND extends_visa_number IS NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        VALUES (
            wib_day(NEW.ended_at), given_back.visa_type_code, 'officer_given_back', NEW.officer, 1
        );
        INSERT INTO volume_outbox (day, visa_type_code, kind, done_by, measured)
        SELECT
            wib_day(NEW.ended_at), given_back.visa_type_code, 'officer_given_back_after_reading',
            NEW.officer, 1
        WHERE EXISTS (
            SELECT FROM access_event
            WHERE applicant_id = given_back.applicant_id AND actor = NEW.officer
                AND occurred_at BETWEEN NEW.assigned_at AND NEW.ended_at
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (
        OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.role = 'OFFICER'
        AND NEW.ended_by = NEW.officer AND NEW.reason IS NOT NULL
    )
    EXECUTE FUNCTION queue_volume_changes_of_assignments();

-- A correction may move a case to another nationality, and its decisions with it.
CREATE FUNCTION queue_volume_changes_of_moved_decisions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, {dimensions}, overturned)
        SELECT day, {of_case.dimensions}, sign * count(*)
        FROM volume_overturned
        CROSS JOIN (VALUES ({OLD.dimensions}, -1), ({NEW.dimensions}, 1))
            AS of_case ({dimensions}, sign)
        WHERE application_id = NEW.id
        GROUP BY day, {of_case.dimensions}, sign;
        INSERT INTO volume_outbox (day, {dimensions}, kind, measured)
        SELECT day, {of_case.dimensions}, kind, sign
        FROM volume_first_decision
        CROSS JOIN (VALUES ({OLD.dimensions}, -1), ({NEW.dimensions}, 1))
            AS of_case ({dimensions}, sign)
        WHERE application_id = NEW.id;
        INSERT INTO volume_outbox (day, {dimensions}, kind, measured)
        SELECT day, {of_case.dimensions}, kind, sign * sum(measured)
        FROM volume_stay_contribution
        CROSS JOIN (VALUES ({OLD.dimensions}, -1), ({NEW.dimensions}, 1))
            AS of_case ({dimensions}, sign)
        WHERE application_id = NEW.id
        GROUP BY day, {of_case.dimensions}, kind, sign;
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_volume_changes_of_moved_decisions AFTER UPDATE ON application
    FOR EACH ROW WHEN (({OLD.dimensions}) IS DISTINCT FROM ({NEW.dimensions}))
    EXECUTE FUNCTION queue_volume_changes_of_moved_decisions();
