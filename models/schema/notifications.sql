-- How others learn of a change: the feed that subscriptions follow, NOTIFY, alerts of inquiries, and
-- the versions of data that caches compare.

-- The stage that an event leads to; none where it leads to no other.
CREATE FUNCTION stage_after(kind text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN kind = 'SUBMITTED' THEN 'SUBMITTED'
        WHEN kind IN ('AWAITING_PAYMENT', 'INFO_REQUESTED', 'REFUSAL_INTENDED') THEN 'WAITING_FOR_APPLICANT'
        WHEN kind IN ('PAID', 'IN_VERIFICATION', 'SCREENING') THEN 'IN_PROCESS'
        WHEN kind IN ('GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')
            THEN 'CLOSED'
    END;

-- Whether a file that a partner lodged waits to be handed over.
CREATE FUNCTION waits_for_partner(case_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM application
        WHERE id = case_id AND received_at IS NULL AND stage = 'IN_PROCESS' AND channel <> 'DIRECT'
    )
$$;

-- Partners read a stage: an event that leaves it as it was must not reach them, not even its time.
-- What supervision does reaches supervisors alone, so answers are as holds. A revocation reaches
-- whoever reads the outcome, like a correction; a transfer reaches the centre that the file goes to.
-- Whoever writes an event needs no right here, and gets none.
--
-- How much of a target has passed is told to whoever must act: to the directorate, and, while a file
-- waits to be handed over, to its partner, who reads when the target ends.
CREATE FUNCTION announce_application_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO application_change (id, application_id, kind, changed)
        SELECT
            event.id, event.application_id, event.kind,
            CASE
                WHEN event.kind IN ('HELD', 'RELEASED', 'ANSWER_PROPOSED', 'SCREENED') THEN 'HOLD'
                WHEN event.kind IN ('SUBMITTED', 'PAID', 'RECEIVED', 'TRANSFERRED') THEN 'STAGE'
                WHEN event.kind LIKE 'TARGET%' AND waits_for_partner(event.application_id) THEN 'STAGE'
                WHEN stage_after(event.kind) <> before.stage THEN 'STAGE'
                WHEN event.kind IN ('GRANTED', 'REFUSED', 'REVOKED', 'VISA_RETURNED') THEN 'DECISION'
                ELSE 'STATUS'
            END
        FROM happened AS event
        LEFT JOIN LATERAL (
            SELECT stage_after(earlier.kind) AS stage
            FROM application_event AS earlier
            WHERE earlier.application_id = event.application_id
                AND earlier.sequence < event.sequence
                AND stage_after(earlier.kind) IS NOT NULL
            ORDER BY earlier.sequence DESC
            LIMIT 1
        ) AS before ON true;
        NOTIFY gerbang_change;
        RETURN NULL;
    END
$$;

CREATE TRIGGER announce_changes AFTER INSERT ON application_event
    REFERENCING NEW TABLE AS happened
    EXECUTE FUNCTION announce_application_changes();

-- What leaves the outbox has entered the figures, in the same transaction. Figures of officers are
-- left out: they change no volumes, and the decision itself does.
CREATE FUNCTION announce_volume_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_change (partner_code, country_code, changed)
        SELECT
            partner_code, country_code,
            CASE
                WHEN bool_and(kind IS NULL AND (
                    intake, info_requested, wip_change, backlog_change, revenue_idr,
                    granted + refused, withdrawn, lapsed, within_target, cohort_decided,
                    cohort_within_target
                ) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) THEN 'OUTCOMES'
                ELSE 'FIGURES'
            END
        FROM folded
        WHERE done_by IS NULL
        GROUP BY partner_code, country_code;
        IF FOUND THEN
            NOTIFY gerbang_change;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER announce_changes AFTER DELETE ON volume_outbox
    REFERENCING OLD TABLE AS folded
    EXECUTE FUNCTION announce_volume_changes();

-- Supervisors hear of an alert at once.
CREATE FUNCTION announce_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NOTIFY gerbang_change;
        RETURN NULL;
    END
$$;

CREATE TRIGGER announce_alert AFTER INSERT ON alert
    EXECUTE FUNCTION announce_alert();

-- The screening authority hears at once of a question, and of an answer that waits for a second
-- person: the question has a new position then.
CREATE FUNCTION announce_question() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            NEW.number := nextval(pg_get_serial_sequence('screening', 'number'));
            NEW.written_in := pg_current_xact_id()::text::bigint;
        END IF;
        NOTIFY gerbang_change;
        RETURN NEW;
    END
$$;

CREATE TRIGGER number_question BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.answered_at IS NULL)
    EXECUTE FUNCTION announce_question();

CREATE TRIGGER number_question_again BEFORE UPDATE ON screening
    FOR EACH ROW WHEN (NEW.answered_at IS NULL AND NEW.proposed IS DISTINCT FROM OLD.proposed)
    EXECUTE FUNCTION announce_question();

-- Supervisors learn of a hit, and of a referral, by an alert: one for a case while it is open.
CREATE FUNCTION raise_screening_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.result = 'HIT' THEN
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (
                NEW.id, 'HIT', coalesce(NEW.answered_by, 'keeper'),
                CASE WHEN NEW.answered_by IS NULL THEN 'ANONYMOUS' ELSE 'SCREENING' END,
                NEW.application_id
            )
            ON CONFLICT DO NOTHING;
        ELSE
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (
                NEW.id, 'REFERRAL', viewer.subject(NULL), viewer.role(), NEW.application_id
            )
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER raise_alert_of_referral AFTER INSERT ON screening
    FOR EACH ROW WHEN (
        NEW.result = 'PENDING' AND NEW.referral_reason <> 'ROUTINE'
        AND current_user LIKE 'gerbang%writing'
    )
    EXECUTE FUNCTION raise_screening_alert();

CREATE TRIGGER raise_alert_of_hit AFTER INSERT ON screening
    FOR EACH ROW WHEN (NEW.result = 'HIT')
    EXECUTE FUNCTION raise_screening_alert();

CREATE TRIGGER raise_alert_of_answer AFTER UPDATE OF result ON screening
    FOR EACH ROW WHEN (OLD.result = 'PENDING' AND NEW.result = 'HIT')
    EXECUTE FUNCTION raise_screening_alert();

-- What became of a hit closes its alert, and the answer that of the referral.
CREATE FUNCTION close_screening_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE alert
        SET closed_at = clock_timestamp(), closed_by = NEW.answered_by,
            close_reason = coalesce(NEW.reason, NEW.result)
        WHERE application_id = NEW.application_id AND closed_at IS NULL
            AND kind = CASE WHEN NEW.result IN ('MATCH', 'NO_MATCH') THEN 'HIT' ELSE 'REFERRAL' END
            AND actor <> NEW.answered_by;
        RETURN NULL;
    END
$$;

CREATE TRIGGER close_alert_of_answered AFTER UPDATE OF result ON screening
    FOR EACH ROW WHEN (
        OLD.result = 'PENDING' AND NEW.result <> 'UNAVAILABLE' AND NEW.answered_by IS NOT NULL
    )
    EXECUTE FUNCTION close_screening_alert();

-- Supervisors learn of a grant that is proposed although a link counts, until it is approved or
-- rejected, or the case ends.
CREATE FUNCTION tell_of_proposed_grant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.kind = 'GRANT_PROPOSED' THEN
            INSERT INTO alert (id, kind, actor, actor_role, application_id)
            VALUES (
                gen_random_uuid(), 'GRANT_PROPOSED', NEW.actor, NEW.actor_role, NEW.application_id
            )
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE alert
            SET closed_at = clock_timestamp(), close_reason = NEW.kind,
                closed_by = CASE
                    WHEN NEW.kind = 'GRANT_APPROVED' THEN NEW.actor
                    -- Whoever takes it back closes no alert of their own.
                    WHEN NEW.kind = 'GRANT_REJECTED' AND NEW.actor <> actor THEN NEW.actor
                    ELSE 'keeper'
                END
            WHERE application_id = NEW.application_id AND kind = 'GRANT_PROPOSED'
                AND closed_at IS NULL;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_proposed_grant AFTER INSERT ON application_event
    FOR EACH ROW WHEN (NEW.kind IN (
        'GRANT_PROPOSED', 'GRANT_APPROVED', 'GRANT_REJECTED', 'GRANTED', 'REFUSED', 'WITHDRAWN',
        'LAPSED'
    ))
    EXECUTE FUNCTION tell_of_proposed_grant();

-- The LINKER hears of each application, and of each entry that begins or ends, once it is committed.
CREATE FUNCTION notify_linker() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER notify_linker AFTER INSERT ON application
    FOR EACH STATEMENT EXECUTE FUNCTION notify_linker();

CREATE TRIGGER notify_linker AFTER UPDATE OF approved_by, withdrawn_by ON ban_entry
    FOR EACH STATEMENT EXECUTE FUNCTION notify_linker();

-- Whoever was corrected is linked again, in each file.
CREATE FUNCTION request_relinking() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET is_linked = false
        WHERE applicant_id = NEW.applicant_id AND is_linked;
        NOTIFY gerbang_unlinked;
        RETURN NULL;
    END
$$;

CREATE TRIGGER request_relinking AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW WHEN (NEW.state = 'IN_EFFECT')
    EXECUTE FUNCTION request_relinking();

-- An alert names its inquiry; the first one has the key of its inquiry, too.
CREATE FUNCTION raise_inquiry_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO alert (id, kind, actor, actor_role, inquiry_id)
        VALUES (NEW.id, 'INQUIRY', NEW.opened_by, 'SUPERVISOR', NEW.id);
        RETURN NULL;
    END
$$;

CREATE TRIGGER raise_inquiry_alert AFTER INSERT ON inquiry
    FOR EACH ROW EXECUTE FUNCTION raise_inquiry_alert();

-- An exception from a budget that takes effect raises an alert, which has its key.
CREATE FUNCTION raise_budget_exception_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO alert (id, kind, actor, actor_role)
        VALUES (NEW.id, 'BUDGET_EXCEPTION', NEW.approved_by, 'SUPERVISOR');
        RETURN NULL;
    END
$$;

CREATE TRIGGER raise_budget_exception_alert AFTER UPDATE OF approved_by ON budget_exception
    FOR EACH ROW WHEN (NEW.approved_by IS NOT NULL AND OLD.approved_by IS NULL)
    EXECUTE FUNCTION raise_budget_exception_alert();

-- A review closes the alerts of an inquiry; from then on those who were read are told of it.
CREATE FUNCTION disclose_reviewed_inquiry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE inquiry_person SET told_at = NEW.reviewed_at WHERE reference = NEW.reference;
        UPDATE alert SET closed_at = NEW.reviewed_at, closed_by = NEW.reviewed_by,
            close_reason = NEW.review_reason
        WHERE (id = NEW.id OR inquiry_id = NEW.id) AND closed_at IS NULL;
        RETURN NULL;
    END
$$;

CREATE TRIGGER disclose_reviewed_inquiry AFTER UPDATE OF reviewed_by ON inquiry
    FOR EACH ROW WHEN (NEW.reviewed_by IS NOT NULL AND OLD.reviewed_by IS NULL)
    EXECUTE FUNCTION disclose_reviewed_inquiry();

-- Once in a transaction is enough: what it changes is seen as a whole. The row is locked until it
-- commits, so that versions follow each other as the changes do.
CREATE FUNCTION renew_data_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE data_version
        SET version = gen_random_uuid(), changed_in = pg_current_xact_id()::text::bigint
        WHERE data = TG_ARGV[0] AND changed_in <> pg_current_xact_id()::text::bigint;
        RETURN NULL;
    END
$$;

-- {table}: centre, country, partner, visa_type
CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    EXECUTE FUNCTION renew_data_version('names');

-- Figures by region are read with the region of each country.
CREATE TRIGGER renew_version_of_figures AFTER INSERT OR UPDATE OF region OR DELETE ON country
    EXECUTE FUNCTION renew_data_version('figures');

-- {table}: volume_edition, volume_published
CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    EXECUTE FUNCTION renew_data_version('published');

-- {table}: volume_age, volume_age_detailed, volume_daily, volume_daily_duration,
--     volume_daily_nationality, volume_daily_nationality_duration, volume_daily_place,
--     volume_daily_place_duration, volume_daily_type, volume_daily_type_duration,
--     volume_ground, volume_monthly, volume_monthly_centre, volume_monthly_centre_duration,
--     volume_monthly_duration, volume_monthly_nationality, volume_monthly_nationality_duration,
--     volume_monthly_nationality_place, volume_monthly_nationality_place_duration,
--     volume_monthly_stay, volume_monthly_type, volume_monthly_type_duration,
--     volume_monthly_type_place, volume_monthly_type_place_duration, volume_outcome,
--     volume_outcome_place, volume_referral, volume_stay, volume_yearly
CREATE TRIGGER renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    EXECUTE FUNCTION renew_data_version('figures');

-- The keeper writes this row every second, and mostly changes nothing.
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE ON volume_aged_until
    FOR EACH ROW EXECUTE FUNCTION renew_data_version('figures');
