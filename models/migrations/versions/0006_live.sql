-- What changed lately, in the order of transactions, and a signal when it is committed.

CREATE TABLE application_change (
    id bigint NOT NULL,
    written_in bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    written_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    application_id uuid NOT NULL,
    kind text NOT NULL,
    changed text NOT NULL,
    CONSTRAINT pk_application_change PRIMARY KEY (id),
    CONSTRAINT ck_application_change_kind_is_known
        CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED',
            'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING', 'HELD', 'RELEASED',
            'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')),
    CONSTRAINT ck_application_change_changed_is_known
        CHECK (changed IN ('STAGE', 'DECISION', 'STATUS', 'HOLD'))
);
CREATE INDEX ix_application_change_written_in_id ON application_change (written_in, id);
CREATE INDEX ix_application_change_written_at ON application_change (written_at);

CREATE TABLE volume_change (
    id bigint GENERATED ALWAYS AS IDENTITY,
    written_in bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    written_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    partner_code text,
    country_code text,
    CONSTRAINT pk_volume_change PRIMARY KEY (id)
);
CREATE INDEX ix_volume_change_written_in_id ON volume_change (written_in, id);
CREATE INDEX ix_volume_change_written_at ON volume_change (written_at);

-- The stage that an event leads to; none where it leads to no other.
CREATE FUNCTION stage_after(kind text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN kind = 'SUBMITTED' THEN 'RECEIVED'
        WHEN kind IN ('AWAITING_PAYMENT', 'INFO_REQUESTED') THEN 'WAITING_FOR_APPLICANT'
        WHEN kind IN ('PAID', 'IN_VERIFICATION', 'SCREENING') THEN 'IN_PROCESS'
        WHEN kind IN ('GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')
            THEN 'CLOSED'
    END;

-- Partners read a stage. An event that leaves it as it was is nothing to them, not even its time.
-- Whoever writes an event needs no right here, and gets none.
CREATE FUNCTION tell_of_application_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO application_change (id, application_id, kind, changed)
        SELECT
            event.id, event.application_id, event.kind,
            CASE
                WHEN event.kind IN ('HELD', 'RELEASED') THEN 'HOLD'
                WHEN event.kind IN ('SUBMITTED', 'PAID', 'RECEIVED') THEN 'STAGE'
                WHEN stage_after(event.kind) <> before.stage THEN 'STAGE'
                WHEN event.kind IN ('GRANTED', 'REFUSED') THEN 'DECISION'
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

CREATE TRIGGER tell_of_changes AFTER INSERT ON application_event
    REFERENCING NEW TABLE AS happened
    EXECUTE FUNCTION tell_of_application_changes();

-- What leaves the outbox has entered the figures, in the same transaction.
CREATE FUNCTION tell_of_volume_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_change (partner_code, country_code)
        SELECT DISTINCT partner_code, country_code FROM folded;
        IF FOUND THEN
            NOTIFY gerbang_change;
        END IF;
        RETURN NULL;
    END
$$;

CREATE TRIGGER tell_of_changes AFTER DELETE ON volume_outbox
    REFERENCING OLD TABLE AS folded
    EXECUTE FUNCTION tell_of_volume_changes();
