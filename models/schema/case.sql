-- What follows on a case from what is written beside it.
-- Triggers of a table fire in the order of their names: what sets values of the row comes after
-- `guard`, which compares what a viewer wrote; what a guard asks about comes before it.

-- An assignment alone says whose desk a case is on, whoever writes it; cases are found by it. A step
-- writes its case once: where its status changes too, the desk is copied with that, and nothing is
-- left to copy at the end of the transaction.
CREATE FUNCTION copy_desk(of_case uuid, moving_on text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        desk assignment;
        of_officer text;
        of_supervisor text;
    BEGIN
        SELECT * INTO desk FROM assignment WHERE application_id = of_case AND ended_at IS NULL;
        of_officer := CASE WHEN desk.role = 'OFFICER' THEN desk.officer END;
        of_supervisor := CASE WHEN desk.role = 'SUPERVISOR' THEN desk.officer END;
        UPDATE application
        SET officer = of_officer, supervisor = of_supervisor, is_assigned = desk.id IS NOT NULL
        WHERE id = of_case AND status <> ALL (moving_on)
            AND (officer, supervisor, is_assigned)
                IS DISTINCT FROM (of_officer, of_supervisor, desk.id IS NOT NULL);
    END
$$;

-- Who takes a paid case, or is given it, begins to verify it.
CREATE FUNCTION copy_assignee() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM copy_desk(NEW.application_id, coalesce(TG_ARGV, '{}'));
        RETURN NULL;
    END
$$;

CREATE TRIGGER copy_assignee_of_new AFTER INSERT ON assignment
    FOR EACH ROW WHEN (NEW.ended_at IS NULL)
    EXECUTE FUNCTION copy_assignee('PAID');

CREATE TRIGGER copy_assignee_of_changed AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (OLD.ended_at IS NULL OR NEW.ended_at IS NULL)
    EXECUTE FUNCTION copy_assignee('PAID');

CREATE CONSTRAINT TRIGGER copy_assignee_at_last AFTER INSERT OR UPDATE ON assignment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION copy_assignee();

-- A case that is closed leaves the desk: whoever closes it ends the assignment.
CREATE FUNCTION set_assignee() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        desk assignment;
    BEGIN
        IF NEW.closed_at IS NULL THEN
            SELECT * INTO desk FROM assignment WHERE application_id = NEW.id AND ended_at IS NULL;
        END IF;
        NEW.officer := CASE WHEN desk.role = 'OFFICER' THEN desk.officer END;
        NEW.supervisor := CASE WHEN desk.role = 'SUPERVISOR' THEN desk.officer END;
        NEW.is_assigned := desk.id IS NOT NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER set_assignee BEFORE UPDATE ON application
    FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION set_assignee();

-- Where nobody ended it, the case is still there.
CREATE FUNCTION copy_desk_of_closed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM copy_desk(NEW.id, '{}');
        RETURN NULL;
    END
$$;

CREATE CONSTRAINT TRIGGER copy_desk_of_closed AFTER UPDATE ON application
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION copy_desk_of_closed();

-- The checklist of a file: what its visa type requires on the day that it is handed in.
CREATE FUNCTION write_checklist() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO case_document (application_id, kind)
        SELECT became.id, rule.kind
        FROM became
        CROSS JOIN LATERAL (
            SELECT DISTINCT ON (kind) kind, is_required
            FROM required_document
            WHERE visa_type_code = became.visa_type_code AND became.extends_visa_number IS NULL
                AND valid_from <= wib_day(became.submitted_at)
            ORDER BY kind, valid_from DESC
        ) AS rule
        WHERE rule.is_required;
        RETURN NULL;
    END
$$;

CREATE TRIGGER write_checklist AFTER INSERT ON application
    REFERENCING NEW TABLE AS became FOR EACH STATEMENT
    EXECUTE FUNCTION write_checklist();

-- Agents read whether papers were missing, applicants the grounds that may be told. Neither reads all
-- grounds, so both stand beside them, whoever writes a decision.
CREATE FUNCTION set_public_reasons() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.is_incomplete := 'INCOMPLETE' = ANY (NEW.grounds);
        NEW.public_reasons := array_remove(array_remove(NEW.grounds, 'ENTRY_BAN'), 'SECURITY');
        IF NEW.outcome = 'REFUSED' AND NEW.public_reasons = '{}' THEN
            NEW.public_reasons := '{NOT_DISCLOSED}';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER set_public_reasons BEFORE INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION set_public_reasons();

-- A case that ends otherwise than by a grant has no visa on hold, and no correction that is open.
CREATE FUNCTION lapse_corrections_of_case() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.is_visa_held := false;
        UPDATE correction SET state = 'LAPSED', closed_at = greatest(now(), proposed_at)
        WHERE application_id = NEW.id AND state IN ('PROPOSED', 'APPROVED');
        RETURN NEW;
    END
$$;

CREATE TRIGGER lapse_corrections_of_case BEFORE UPDATE ON application
    FOR EACH ROW WHEN (
        OLD.status <> NEW.status
        AND NEW.status IN ('REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')
    )
    EXECUTE FUNCTION lapse_corrections_of_case();

-- A screening that is requested again for a visa counts from then on, and earlier answers are void. A
-- hit stays one until a supervisor has said what it is.
CREATE FUNCTION annul_previous_screenings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE screening SET voided_at = NEW.requested_at
        WHERE application_id = NEW.application_id AND kind = NEW.kind AND voided_at IS NULL
            AND (
                SELECT status FROM application WHERE id = NEW.application_id
            ) = 'GRANTED'
            AND (
                SELECT latest.result FROM screening AS latest
                WHERE latest.application_id = NEW.application_id AND latest.kind = NEW.kind
                    AND latest.voided_at IS NULL
                ORDER BY latest.requested_at DESC, latest.id DESC LIMIT 1
            ) IN ('CLEAR', 'NO_MATCH', 'UNAVAILABLE');
        RETURN NEW;
    END
$$;

CREATE TRIGGER annul_previous_screenings BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.result = 'PENDING' AND NEW.proposed IS NULL)
    EXECUTE FUNCTION annul_previous_screenings();

-- A visa whose holder has a hit is held until that is known to be somebody else's: see
-- release_cleared_visa.
CREATE FUNCTION hold_visa_of_hit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET is_visa_held = true
        WHERE id = NEW.application_id AND status = 'GRANTED' AND NOT is_visa_held;
        RETURN NULL;
    END
$$;

CREATE TRIGGER hold_visa_of_hit AFTER INSERT OR UPDATE ON screening
    FOR EACH ROW WHEN (NEW.result = 'HIT' AND NEW.voided_at IS NULL)
    EXECUTE FUNCTION hold_visa_of_hit();

-- A visa on hold is released once every screening is clear.
CREATE FUNCTION release_cleared_visa() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE application SET is_visa_held = false
        WHERE id = NEW.application_id AND is_visa_held AND NOT EXISTS (
            SELECT FROM (
                SELECT DISTINCT ON (kind) result
                FROM screening
                WHERE application_id = NEW.application_id AND voided_at IS NULL
                ORDER BY kind, requested_at DESC, id DESC
            ) AS latest
            WHERE result NOT IN ('CLEAR', 'NO_MATCH')
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER release_cleared_visa AFTER UPDATE ON screening
    FOR EACH ROW WHEN (OLD.result = 'PENDING' AND NEW.result IN ('CLEAR', 'NO_MATCH'))
    EXECUTE FUNCTION release_cleared_visa();

-- Whoever proposed an entry of the ban list may not judge a hit by it.
CREATE FUNCTION set_excluded_proposers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.kept_from := ARRAY(
            SELECT DISTINCT ban_entry.proposed_by
            FROM screening AS hit
            JOIN ban_entry ON ban_entry.id = hit.ban_id
            WHERE hit.application_id = NEW.application_id AND hit.kind = NEW.kind
                AND hit.voided_at IS NULL
        );
        RETURN NEW;
    END
$$;

CREATE TRIGGER set_excluded_proposers BEFORE INSERT ON screening
    FOR EACH ROW WHEN (NEW.proposed IS NOT NULL)
    EXECUTE FUNCTION set_excluded_proposers();

-- A payment that fitted no bill is assigned to the one that its receipt is reported for in the end; the
-- guard of bills says who reports it. One that is to be refunded pays no bill.
CREATE FUNCTION assign_unmatched_payment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE unmatched_payment
        SET assigned_to = NEW.billing_code, assigned_at = clock_timestamp()
        WHERE receipt_number = NEW.receipt_number;
        RETURN NULL;
    END
$$;

CREATE TRIGGER assign_unmatched_payment AFTER UPDATE OF receipt_number ON bill
    FOR EACH ROW WHEN (NEW.family_code IS NULL)
    EXECUTE FUNCTION assign_unmatched_payment();

-- A bill whose code has lapsed gets a new one, as long as its case waits for the payment; one whose
-- payment was reversed gets one at once, whatever became of its case. Its amount stays, and the former
-- code is known from then on.
CREATE FUNCTION renew_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        it application;
        was bill;
    BEGIN
        NEW.renewed_at := clock_timestamp();
        SELECT * INTO it FROM application WHERE id = NEW.application_id FOR NO KEY UPDATE;
        SELECT * INTO was FROM bill WHERE billing_code = (
            SELECT paid_under FROM bill WHERE application_id = it.id
        ) FOR NO KEY UPDATE;
        IF (was.reversed_at IS NOT NULL OR was.paid_at IS NULL AND was.due_at <= NEW.renewed_at
            AND (it.paid_at IS NOT NULL OR it.status IN ('SUBMITTED', 'AWAITING_PAYMENT')
                AND it.pay_by > NEW.renewed_at)) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'the bill can still be paid, or the case does not wait for it'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.family_id := was.family_id;
        NEW.billing_code := was.billing_code;
        NEW.issued_at := was.issued_at;
        NEW.due_at := was.due_at;
        NEW.paid_at := was.paid_at;
        NEW.receipt_number := was.receipt_number;
        NEW.reversed_at := was.reversed_at;
        NEW.reversal_number := was.reversal_number;
        -- The clock runs from the first payment: from then on the case does not wait for the money.
        UPDATE bill
        SET billing_code = NEW.replaced_by, issued_at = NEW.renewed_at,
            due_at = least(
                NEW.renewed_at + viewer.time_of_code(), CASE WHEN it.paid_at IS NULL THEN it.pay_by END
            ),
            paid_at = NULL, receipt_number = NULL,
            reversed_at = NULL, reversal_number = NULL, reversal_effect = NULL
        WHERE billing_code = was.billing_code;
        UPDATE bill AS share
        SET issued_at = whole.issued_at, due_at = whole.due_at, paid_at = NULL, receipt_number = NULL,
            reversed_at = NULL, reversal_number = NULL, reversal_effect = NULL
        FROM bill AS whole
        WHERE share.family_code = whole.billing_code AND whole.billing_code = NEW.replaced_by;
        INSERT INTO account_outbox (source, row_id)
        SELECT source, application_id FROM bill, (
            VALUES ('bill', true), ('bill_payment', was.paid_at IS NOT NULL)
        ) AS entry (source, is_changed)
        WHERE is_changed AND paid_under = NEW.replaced_by AND application_id IS NOT NULL;
        RETURN NEW;
    END
$$;

CREATE TRIGGER renew_bill BEFORE INSERT ON former_bill
    FOR EACH ROW EXECUTE FUNCTION renew_bill();

-- A payment anew has no event of its own that would bring it into the account.
CREATE FUNCTION queue_payment_anew() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO account_outbox (source, row_id)
        SELECT 'bill_payment', NEW.application_id WHERE EXISTS (
            SELECT FROM former_bill
            WHERE receipt_number IS NOT NULL AND (application_id = NEW.application_id OR family_id = (
                SELECT family_id FROM bill WHERE billing_code = NEW.family_code
            ))
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER queue_payment_anew AFTER UPDATE OF receipt_number ON bill
    FOR EACH ROW WHEN (NEW.receipt_number IS NOT NULL AND NEW.application_id IS NOT NULL)
    EXECUTE FUNCTION queue_payment_anew();

-- What the treasury no longer has is no revenue: the figures take it from the period in which it was
-- paid first. Nothing is granted until it is paid anew: see `viewer.owes_fee`. What was kept, and paid
-- nothing, is settled by it.
CREATE FUNCTION reverse_payment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        NEW.reported_at := clock_timestamp();
        IF current_setting('role') LIKE 'gerbang%writing' AND (
            NEW.reported_by IS DISTINCT FROM viewer.subject(NULL) OR viewer.role() <> 'TREASURY'
        ) THEN
            RAISE EXCEPTION 'the treasury reports reversals, in its own name'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM FROM application WHERE id IN (
            SELECT application_id FROM bill WHERE receipt_number = NEW.receipt_number
        ) ORDER BY id FOR UPDATE;
        UPDATE bill
        SET reversed_at = NEW.reported_at, reversal_number = NEW.reversal_number,
            reversal_effect = CASE WHEN EXISTS (
                SELECT FROM bill AS one JOIN application ON application.id = one.application_id
                WHERE bill.billing_code IN (one.billing_code, one.family_code)
                    AND one.receipt_number = NEW.receipt_number AND closed_at IS NULL
            ) THEN 'HELD' ELSE 'NONE' END
        WHERE receipt_number = NEW.receipt_number AND reversed_at IS NULL;
        IF FOUND THEN
            UPDATE application SET fee_idr = 0 WHERE id IN (
                SELECT application_id FROM bill WHERE receipt_number = NEW.receipt_number
            );
            RETURN NEW;
        END IF;
        UPDATE unmatched_payment
        SET reversed_at = NEW.reported_at, reversal_number = NEW.reversal_number
        WHERE receipt_number = NEW.receipt_number
            AND num_nonnulls(assigned_to, ordered_by, reversed_at) = 0;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the receipt is of no payment that could be gone, or it is reversed'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER reverse_payment BEFORE INSERT ON payment_reversal
    FOR EACH ROW EXECUTE FUNCTION reverse_payment();

-- Files that are billed together are shares of one bill, of no file: it comes with the first share, in
-- the same transaction as all others, of one group and of no more than twenty.
CREATE FUNCTION join_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO bill (billing_code, family_id, amount_idr, issued_at, due_at)
        VALUES (NEW.family_code, gen_random_uuid(), NEW.amount_idr, NEW.issued_at, NEW.due_at)
        ON CONFLICT (billing_code) DO UPDATE SET amount_idr = bill.amount_idr + excluded.amount_idr
        WHERE bill.family_id IS NOT NULL AND bill.issued_at = excluded.issued_at;
        IF NOT FOUND OR (
            SELECT count(*) > 20 OR count(DISTINCT group_reference) <> 1
                OR count(*) > count(group_reference)
            FROM bill JOIN application ON application.id = application_id
            WHERE family_code = NEW.family_code
        ) THEN
            RAISE EXCEPTION 'up to twenty files of one group are billed together, as they come in'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE bill AS share SET family_fee_idr = whole.amount_idr FROM bill AS whole
        WHERE share.family_code = whole.billing_code AND whole.billing_code = NEW.family_code;
        RETURN NULL;
    END
$$;

CREATE TRIGGER join_family_bill AFTER INSERT ON bill
    FOR EACH ROW WHEN (NEW.family_code IS NOT NULL)
    EXECUTE FUNCTION join_family_bill();

-- A file that ends unpaid leaves the bill of its family: its share goes, and has a code that nobody pays
-- under any more. Whoever changes a family's bill locks that row first, after their case.
CREATE FUNCTION leave_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        share bill;
        rest bigint;
    BEGIN
        LOOP
            SELECT * INTO share FROM bill WHERE application_id = NEW.id;
            IF share.family_code IS NULL OR share.paid_at IS NOT NULL THEN
                RETURN NULL;
            END IF;
            UPDATE bill SET amount_idr = amount_idr - share.amount_idr
            WHERE billing_code = share.family_code RETURNING amount_idr INTO rest;
            EXIT WHEN FOUND;  -- otherwise it has another code by now
        END LOOP;
        UPDATE bill SET family_code = NULL, family_fee_idr = NULL WHERE application_id = NEW.id;
        UPDATE bill SET family_fee_idr = rest WHERE family_code = share.family_code;
        INSERT INTO account_outbox (source, row_id) VALUES ('bill', NEW.id);
        RETURN NULL;
    END
$$;

CREATE TRIGGER leave_family_bill AFTER UPDATE OF status ON application
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.paid_at IS NULL)
    EXECUTE FUNCTION leave_family_bill();

-- The bill of a family is paid with the last of its shares, by their receipt.
CREATE FUNCTION pay_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE bill SET paid_at = NEW.paid_at, receipt_number = NEW.receipt_number
        WHERE billing_code = NEW.family_code AND NOT EXISTS (
            SELECT FROM bill AS share
            WHERE share.family_code = NEW.family_code
                AND share.receipt_number IS DISTINCT FROM NEW.receipt_number
        );
        RETURN NULL;
    END
$$;

CREATE TRIGGER pay_family_bill AFTER UPDATE OF receipt_number ON bill
    FOR EACH ROW WHEN (NEW.family_code IS NOT NULL AND NEW.receipt_number IS NOT NULL)
    EXECUTE FUNCTION pay_family_bill();

-- No share is paid alone.
CREATE FUNCTION refuse_part_of_family_bill() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM bill
            WHERE billing_code = NEW.family_code AND receipt_number = NEW.receipt_number
        ) THEN
            RAISE EXCEPTION 'the bill of a family is paid as a whole'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    END
$$;

CREATE CONSTRAINT TRIGGER refuse_part_of_family_bill AFTER UPDATE OF receipt_number ON bill
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.family_code IS NOT NULL AND NEW.receipt_number IS NOT NULL)
    EXECUTE FUNCTION refuse_part_of_family_bill();
