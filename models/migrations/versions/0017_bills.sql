-- What waits for its payment is billed: by the fee of the day on which it was lodged, and until the
-- deadline of that day.
-- accepted: the few that are unpaid, found by an index
INSERT INTO bill (billing_code, application_id, amount_idr, issued_at, due_at)
SELECT
    '8' || lpad((row_number() OVER (ORDER BY lodged.id))::text, 14, '0'),
    lodged.id, fee.amount_idr, lodged.submitted_at,
    lodged.submitted_at + allowed.days * interval '1 day'
FROM application AS lodged
CROSS JOIN LATERAL (
    SELECT amount_idr FROM fee
    WHERE visa_type_code = lodged.visa_type_code
        AND valid_from <= (lodged.submitted_at AT TIME ZONE 'Asia/Jakarta')::date
    ORDER BY valid_from DESC LIMIT 1
) AS fee
CROSS JOIN LATERAL (
    SELECT days FROM deadline
    WHERE wait = 'PAYMENT'
        AND valid_from <= (lodged.submitted_at AT TIME ZONE 'Asia/Jakarta')::date
    ORDER BY valid_from DESC LIMIT 1
) AS allowed
WHERE lodged.status IN ('SUBMITTED', 'AWAITING_PAYMENT');

-- Whatever a statement of the writing role says: an application is paid once, by the treasury, with
-- what it reported of the bill.
CREATE FUNCTION guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF viewer.role() <> 'TREASURY' OR OLD.paid_at IS NOT NULL OR NOT EXISTS (
            SELECT FROM bill WHERE application_id = NEW.id
                AND paid_at = NEW.paid_at AND amount_idr = NEW.fee_idr
        ) THEN
            RAISE EXCEPTION 'a payment is booked by the treasury, with the receipt of its bill'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;

CREATE TRIGGER guard_payment BEFORE UPDATE OF paid_at, fee_idr, target_due_at ON application
    FOR EACH ROW WHEN (current_user = 'gerbang_writing')
    EXECUTE FUNCTION guard_payment();
