-- What no statement of a gateway may do, whatever it says: who may take a step, in the own name, and
-- when, by the database's clock. The owner of the tables is not held to it.

-- An alert is closed once, by somebody whom it is not about; that of an exception from a budget, by
-- a supervisor who had no part in it.
CREATE FUNCTION guard_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF (OLD.closed_by IS NULL AND NEW.closed_by = viewer.subject(NULL)
            AND NEW.closed_by <> OLD.actor AND NOT EXISTS (
                SELECT FROM budget_exception AS one
                WHERE one.id = OLD.id AND NEW.closed_by IN (one.proposed_by, one.viewer)
            )) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'an alert is closed once, by somebody else'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.closed_at := clock_timestamp();
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_alert BEFORE UPDATE ON alert
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_alert();

-- Two of the screening authority put an entry on the ban list, and two take it off.
CREATE FUNCTION guard_ban() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

-- Agent, partner's system or applicant propose a correction, and before payment it takes effect at once; then the
-- officer on whose desk the case is approves it, and after a grant two supervisors do.
CREATE FUNCTION guard_correction() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        role text := viewer.role();
        subject text := viewer.subject(NULL);
        status text := (
            SELECT application.status FROM application
            WHERE id = NEW.application_id AND applicant_id = NEW.applicant_id
        );
        is_worked_on boolean := status IN (
            'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING'
        );
        hands_in boolean := role IN ('PARTNER_AGENT', 'APPLICANT', 'PARTNER_SERVICE');
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            is_allowed := NEW.proposed_by = subject AND NEW.proposed_role = role
                AND NEW.approved_by IS NULL AND CASE
                    WHEN status IN ('SUBMITTED', 'AWAITING_PAYMENT')
                        THEN hands_in AND NEW.state = 'IN_EFFECT' AND NEW.closed_by = subject AND NOT EXISTS (
                            SELECT FROM application
                            WHERE applicant_id = NEW.applicant_id AND application.status IN (
                                'PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED',
                                'SCREENING', 'GRANTED'
                            )
                        )
                    WHEN is_worked_on
                        THEN hands_in AND NEW.state = 'PROPOSED'
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

-- Applicants ask about themselves; the data protection officer registers what came by letter, finds
-- whom it is from, and answers it once.
CREATE FUNCTION guard_data_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.lodged_at := clock_timestamp();
            NEW.due_at := NEW.lodged_at + interval '72 hours';
            is_allowed := NEW.lodged_by = oneself AND NEW.lodged_role = viewer.role()
                AND num_nonnulls(
                    NEW.outcome, NEW.reason, NEW.answered_by, NEW.lookups_proposed_by
                ) = 0
                AND CASE viewer.role()
                    WHEN 'APPLICANT' THEN NEW.account = oneself AND EXISTS (
                        SELECT FROM applicant WHERE id = NEW.applicant_id AND account = oneself
                    )
                    WHEN 'AUDITOR' THEN NEW.account IS NULL
                END;
        ELSE
            -- One step at a time: by whom it is done is the first column of each.
            step := CASE
                WHEN NEW.outcome IS NOT NULL
                    THEN '{answered_by,outcome,reason,answered_at,state}'
                WHEN OLD.applicant_id IS NULL THEN '{applicant_id}'
                WHEN OLD.lookups_proposed_by IS NULL THEN '{lookups_proposed_by}'
                ELSE '{lookups_approved_by}'
            END;
            step := step || 'state'::text;
            is_allowed := viewer.role() = 'AUDITOR' AND OLD.outcome IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step
                AND to_jsonb(OLD) ->> step[1] IS NULL
                AND CASE step[1]
                    WHEN 'applicant_id' THEN NEW.applicant_id IS NOT NULL
                    ELSE to_jsonb(NEW) ->> step[1] = oneself
                END;
            NEW.answered_at := CASE WHEN NEW.outcome IS NOT NULL THEN clock_timestamp() END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a request of a data subject is lodged and answered once'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_data_request BEFORE INSERT OR UPDATE ON data_request
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_data_request();

-- Somebody is erased on a granted request only; the keeper alone says how far it has come.
CREATE FUNCTION guard_erasure() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.ordered_at := clock_timestamp();
        IF NOT EXISTS (
            SELECT FROM data_request
            WHERE id = NEW.data_request_id AND kind = 'ERASURE' AND outcome = 'GRANTED'
                AND applicant_id = NEW.applicant_id AND answered_by = viewer.subject(NULL)
        ) THEN
            RAISE EXCEPTION 'somebody is erased whose request was granted'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_erasure BEFORE INSERT OR UPDATE ON erasure
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_erasure();

-- Different people open, approve and review an inquiry. A small one begins at once, unless another of
-- the same supervisor lasts or began within the hour; else it begins when a second supervisor
-- approves it, within a day.
CREATE FUNCTION guard_inquiry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
                    NEW.approved_by, NEW.ends_at, NEW.lapsed_at, NEW.reviewed_by, NEW.verdict,
                    NEW.review_reason
                ) = 0;
        ELSIF OLD.ends_at IS NULL THEN
            begins := true;
            is_allowed := NEW.approved_by = oneself AND OLD.opened_by <> oneself
                AND OLD.lapsed_at IS NULL AND OLD.opened_at > instant - interval '24 hours'
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

CREATE TRIGGER guard_inquiry BEFORE INSERT OR UPDATE ON inquiry
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_inquiry();

-- One supervisor proposes an exception from a budget, and another agrees within the hour: neither is
-- whoever reads. A viewer has one at a time in a role: what comes too early or too late is not
-- written.
CREATE FUNCTION guard_budget_exception() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz;
        is_allowed boolean;
        is_in_time boolean;
    BEGIN
        PERFORM pg_advisory_xact_lock(7235, hashtext(NEW.role || ' ' || NEW.viewer));
        instant := clock_timestamp();
        IF TG_OP = 'INSERT' THEN
            NEW.proposed_at := instant;
            is_allowed := NEW.proposed_by = oneself AND NEW.viewer <> oneself AND NEW.seen = 0
                AND num_nonnulls(NEW.approved_by, NEW.approved_at, NEW.ends_at) = 0;
            is_in_time := NOT EXISTS (
                SELECT FROM budget_exception AS other
                WHERE other.viewer = NEW.viewer AND other.role = NEW.role
                    AND coalesce(other.ends_at, other.proposed_at + interval '60 minutes') > instant
            );
        ELSE
            is_allowed := OLD.approved_by IS NULL AND NEW.approved_by = oneself
                AND oneself NOT IN (OLD.proposed_by, OLD.viewer);
            is_in_time := OLD.proposed_at > instant - interval '60 minutes';
            NEW.approved_at := instant;
            NEW.ends_at := instant + NEW.minutes * interval '1 minute';
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'an exception from a budget is proposed and agreed to by two others'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN CASE WHEN is_in_time THEN NEW END;
    END
$$;

CREATE TRIGGER guard_budget_exception BEFORE INSERT OR UPDATE ON budget_exception
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_budget_exception();

-- A supervisor sets a legal hold, and releases it once. It waits for an erasure that is under way,
-- which locks the person's files: then it comes too late, and says so.
CREATE FUNCTION guard_legal_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.held_at := clock_timestamp();
            PERFORM FROM application WHERE id = NEW.application_id FOR KEY SHARE;
            is_allowed := NEW.held_by = oneself AND NEW.released_by IS NULL AND NOT EXISTS (
                SELECT FROM application JOIN applicant ON applicant.id = applicant_id
                WHERE application.id = NEW.application_id AND erased_at IS NOT NULL
            );
        ELSE
            NEW.released_at := clock_timestamp();
            is_allowed := OLD.released_by IS NULL AND NEW.released_by = oneself;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'SUPERVISOR' THEN
            RAISE EXCEPTION 'a legal hold is set and released by a supervisor'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_legal_hold BEFORE INSERT OR UPDATE ON legal_hold
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_legal_hold();

-- An auditor records a breach, and its notices one at a time; another one closes it. The time to
-- tell others runs from when it was noticed, which is not to come.
CREATE FUNCTION guard_breach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz := clock_timestamp();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.recorded_at := instant;
            NEW.due_at := NEW.noticed_at + interval '72 hours';
            is_allowed := NEW.recorded_by = oneself
                AND NEW.noticed_at <= instant + interval '1 minute'
                AND num_nonnulls(
                    NEW.institution_notified_by, NEW.people_notified_by, NEW.closed_by
                ) = 0;
        ELSIF NEW.closed_by IS NOT NULL THEN
            step := '{close_reason,closed_by,closed_at}';
            is_allowed := NEW.closed_by = oneself;
            NEW.closed_at := instant;
        ELSIF OLD.institution_notified_by IS NULL AND NEW.institution_notified_by IS NOT NULL THEN
            step := '{institution_notice,institution_notified_by,institution_notified_at}';
            is_allowed := NEW.institution_notified_by = oneself;
            NEW.institution_notified_at := instant;
        ELSE
            step := '{people_notice,notice_in_english,notice_in_indonesian,people_reached,'
                'people_notified,people_notified_by,people_notified_at}';
            is_allowed := OLD.people_notified_by IS NULL AND NEW.people_notified_by = oneself;
            NEW.people_notified_at := instant;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            step := step || 'is_open'::text;
            is_allowed := is_allowed AND OLD.closed_by IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'AUDITOR' THEN
            RAISE EXCEPTION 'a breach is recorded, notified and closed once, in the own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_breach BEFORE INSERT OR UPDATE ON breach
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_breach();

-- Whoever was read in a breach is told in their own data, once it is recorded that people were told.
CREATE FUNCTION tell_people_of_breach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO breach_notice (breach_id, applicant_id, fields)
        SELECT NEW.id, applicant_id, array_agg(DISTINCT field ORDER BY field)
        FROM access_event, unnest(fields) AS field
        WHERE occurred_at >= NEW.window_from AND occurred_at < NEW.window_before
            AND (NEW.viewer IS NULL OR actor = NEW.viewer)
        GROUP BY applicant_id;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_people_of_breach AFTER UPDATE ON breach
    FOR EACH ROW WHEN (OLD.people_notified_at IS NULL AND NEW.people_reached = 'READ')
    EXECUTE FUNCTION tell_people_of_breach();

-- The treasury keeps a payment that fits no bill, unless its receipt paid one. One person recommends a
-- refund, another one agrees; what has paid a bill is not refunded. Or the first one recommends a bill
-- of its amount, and may think again. The payment order is recorded once. What the bank took back is
-- left as it is.
CREATE FUNCTION guard_unmatched_payment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        instant timestamptz := clock_timestamp();
        step text[];
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.kept_at := instant;
            is_allowed := NEW.kept_by = oneself
                AND num_nonnulls(
                    NEW.recommended_by, NEW.seconded_by, NEW.assigned_to, NEW.ordered_by,
                    NEW.reversed_at
                ) = 0
                AND NOT EXISTS (SELECT FROM bill WHERE receipt_number = NEW.receipt_number)
                AND NOT EXISTS (
                    SELECT FROM former_bill WHERE receipt_number = NEW.receipt_number
                );
        ELSIF OLD.seconded_by IS NOT NULL THEN
            step := '{order_number,ordered_on,ordered_by,order_recorded_at,state}';
            is_allowed := OLD.ordered_by IS NULL AND NEW.ordered_by = oneself
                AND NEW.ordered_on <= wib_day(instant);
            NEW.order_recorded_at := instant;
        ELSIF NEW.seconded_by IS NULL THEN
            step := '{recommended_by,reason,recommended_at,recommended_bill,state}';
            is_allowed := NEW.recommended_by = oneself
                AND (OLD.recommended_by IS NULL
                    OR NEW.recommended_bill IS DISTINCT FROM OLD.recommended_bill)
                AND (NEW.recommended_bill IS NULL OR EXISTS (
                    SELECT FROM bill
                    WHERE billing_code = NEW.recommended_bill AND amount_idr = NEW.amount_idr
                        AND family_code IS NULL
                ));
            NEW.recommended_at := instant;
        ELSE
            step := '{seconded_by,second_reason,seconded_at,state}';
            is_allowed := OLD.recommended_bill IS NULL AND NEW.seconded_by = oneself;
            NEW.seconded_at := instant;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            is_allowed := is_allowed AND OLD.assigned_to IS NULL AND OLD.reversed_at IS NULL
                AND to_jsonb(NEW) - step = to_jsonb(OLD) - step;
        END IF;
        IF is_allowed IS NOT TRUE OR viewer.role() <> 'TREASURY' THEN
            RAISE EXCEPTION 'a payment is kept once, and two people settle it'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_unmatched_payment BEFORE INSERT OR UPDATE ON unmatched_payment
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_unmatched_payment();

-- Who proposed an entry of the ban list does not write on a hit by it.
CREATE FUNCTION guard_excluded_proposers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF viewer.role() = 'SCREENING' AND viewer.subject(NULL) = ANY (OLD.kept_from) THEN
            RAISE EXCEPTION 'a hit is kept from whoever proposed the entry'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_excluded_proposers BEFORE UPDATE ON screening
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_excluded_proposers();

-- Viewers subscribe for themselves, up to twenty times. Whose figures it is about is what is sealed of
-- them, and it lasts for ninety days from then on.
CREATE FUNCTION guard_mail_subscription() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.subscribed_at := clock_timestamp();
            is_allowed := NEW.subject = oneself AND NOT NEW.is_ended AND (
                SELECT count(*) < 20 FROM mail_subscription WHERE subject = oneself AND NOT is_ended
            );
        ELSE
            is_allowed := OLD.subject = oneself AND NOT OLD.is_ended
                AND NEW.renewals = OLD.renewals + CASE WHEN NEW.is_ended THEN 0 ELSE 1 END;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a subscription is one''s own, renewed or ended'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.is_ended THEN
            NEW.address := NULL;
            NEW.ends_at := clock_timestamp();
            RETURN NEW;
        END IF;
        NEW.role := viewer.role();
        NEW.own_partner := viewer.partner(NULL);
        NEW.own_countries := coalesce(viewer.countries(NULL), '{}');
        NEW.own_centres := coalesce(viewer.centres(NULL), '{}');
        NEW.renewed_at := clock_timestamp();
        NEW.seen_at := NEW.renewed_at;
        NEW.ends_at := NEW.renewed_at + interval '90 days';
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_mail_subscription BEFORE INSERT OR UPDATE ON mail_subscription
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_mail_subscription();

-- Viewers save for themselves, up to fifty views. One that is removed says nothing any more, and
-- stays removed.
CREATE FUNCTION guard_saved_view() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.saved_at := clock_timestamp();
        END IF;
        IF (
            NEW.subject = oneself AND CASE TG_OP
                WHEN 'INSERT' THEN NEW.removed_at IS NULL AND 50 > (
                    SELECT count(*) FROM saved_view WHERE subject = oneself AND removed_at IS NULL
                )
                ELSE OLD.removed_at IS NULL
                    AND (NEW.removed_at IS NOT NULL OR NEW.query = OLD.query)
            END
        ) IS NOT TRUE THEN
            RAISE EXCEPTION 'a view is one''s own, renamed or removed'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.removed_at IS NOT NULL THEN
            NEW.removed_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_saved_view BEFORE INSERT OR UPDATE ON saved_view
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_saved_view();

-- A note is written in the own scope, up to five hundred, and removed; no note is written again. A
-- partner's manager writes of the own partner in one of the own countries.
CREATE FUNCTION guard_month_note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.written_at := clock_timestamp();
        ELSIF NEW.removed_at IS NOT NULL THEN
            NEW.removed_at := clock_timestamp();
        END IF;
        IF (
            NEW.author = oneself AND CASE TG_OP
                WHEN 'INSERT' THEN NEW.removed_at IS NULL AND 500 > (
                    SELECT count(*) FROM month_note WHERE author = oneself AND removed_at IS NULL
                ) AND (viewer.role() = 'LEADERSHIP' OR (
                    NEW.partner_code = viewer.partner(NULL)
                    AND NEW.country_code = ANY (viewer.countries(NULL))
                ))
                ELSE OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL
            END
        ) IS NOT TRUE THEN
            RAISE EXCEPTION 'a note is one''s own, in the own scope'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_month_note BEFORE INSERT OR UPDATE ON month_note
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_month_note();

-- Somebody else confirms a suspension. While it lasts, one proposes once to lift it, and somebody else
-- lifts it. Whoever suspended without a second person needs one to suspend the same again.
CREATE FUNCTION guard_suspension() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(NULL);
        last suspension;
        is_allowed boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            SELECT * INTO last FROM suspension
            WHERE partner_code = NEW.partner_code OR subject = NEW.subject
            ORDER BY suspended_at DESC, id DESC LIMIT 1;
            is_allowed := NEW.suspended_by = oneself
                AND (last.suspended_by = oneself AND last.confirmed_by IS NULL) IS NOT TRUE;
        ELSIF NEW.lifted_by IS DISTINCT FROM OLD.lifted_by THEN
            is_allowed := NEW.lifted_by = oneself AND OLD.lift_proposed_by <> oneself
                AND ROW(NEW.confirmed_by, NEW.lift_proposed_by, NEW.lift_reason)
                    IS NOT DISTINCT FROM ROW(OLD.confirmed_by, OLD.lift_proposed_by, OLD.lift_reason);
            NEW.lifted_at := clock_timestamp();
            NEW.ends_at := NEW.lifted_at;
        ELSIF NEW.lift_proposed_by IS DISTINCT FROM OLD.lift_proposed_by THEN
            is_allowed := OLD.lift_proposed_by IS NULL AND NEW.lift_proposed_by = oneself
                AND NEW.confirmed_by IS NOT DISTINCT FROM OLD.confirmed_by;
            NEW.lift_proposed_at := clock_timestamp();
        ELSE
            is_allowed := OLD.confirmed_by IS NULL AND NEW.confirmed_by = oneself
                AND NEW.confirmed_by <> OLD.suspended_by
                AND NEW.lift_reason IS NOT DISTINCT FROM OLD.lift_reason;
            NEW.confirmed_at := clock_timestamp();
            NEW.ends_at := NULL;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.ends_at <= clock_timestamp() THEN
            is_allowed := false;
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a suspension takes two people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_suspension BEFORE INSERT OR UPDATE ON suspension
    FOR EACH ROW WHEN (current_user LIKE 'gerbang%writing')
    EXECUTE FUNCTION guard_suspension();
