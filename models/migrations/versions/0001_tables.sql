-- The tables of the domain, from reference data to the access log.

CREATE TABLE country (
    code text NOT NULL,
    iso3 text NOT NULL,
    name_en text NOT NULL,
    name_id text NOT NULL,
    CONSTRAINT pk_country PRIMARY KEY (code),
    CONSTRAINT ck_country_code_is_iso_alpha_2 CHECK (code ~ '^[A-Z]{2}$'),
    CONSTRAINT ck_country_iso3_is_iso_alpha_3 CHECK (iso3 ~ '^[A-Z]{3}$'),
    CONSTRAINT uq_country_iso3 UNIQUE (iso3)
);
CREATE INDEX ix_country_name_en ON country (name_en);
CREATE INDEX ix_country_name_id ON country (name_id);

CREATE TABLE entry_rule (
    country_code text NOT NULL,
    valid_from date NOT NULL,
    entry text NOT NULL,
    CONSTRAINT pk_entry_rule PRIMARY KEY (country_code, valid_from),
    CONSTRAINT ck_entry_rule_entry_is_known
        CHECK (entry IN ('VISA_FREE', 'VISA_ON_ARRIVAL', 'VISA_REQUIRED',
            'CALLING_VISA')),
    CONSTRAINT fk_entry_rule_country_code FOREIGN KEY (country_code) REFERENCES country (code)
);

CREATE TABLE visa_type (
    code text NOT NULL,
    name_en text NOT NULL,
    name_id text NOT NULL,
    category text NOT NULL,
    stay_days bigint NOT NULL,
    is_multiple_entry boolean NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    CONSTRAINT pk_visa_type PRIMARY KEY (code),
    CONSTRAINT ck_visa_type_category_is_known
        CHECK (category IN ('TOURISM', 'BUSINESS', 'INVESTMENT', 'GOVERNMENT',
            'TRANSIT')),
    CONSTRAINT ck_visa_type_stay_is_positive CHECK (stay_days > 0),
    CONSTRAINT ck_visa_type_ends_after_it_begins CHECK (valid_until > valid_from)
);

CREATE TABLE fee (
    visa_type_code text NOT NULL,
    valid_from date NOT NULL,
    amount_idr bigint NOT NULL,
    CONSTRAINT pk_fee PRIMARY KEY (visa_type_code, valid_from),
    CONSTRAINT ck_fee_amount_is_not_negative CHECK (amount_idr >= 0),
    CONSTRAINT fk_fee_visa_type_code FOREIGN KEY (visa_type_code) REFERENCES visa_type (code)
);

CREATE TABLE service_target (
    visa_type_code text NOT NULL,
    clock text NOT NULL,
    valid_from date NOT NULL,
    hours bigint NOT NULL,
    CONSTRAINT pk_service_target PRIMARY KEY (visa_type_code, clock, valid_from),
    CONSTRAINT ck_service_target_clock_is_known CHECK (clock IN ('STANDARD', 'CALLING_VISA')),
    CONSTRAINT ck_service_target_hours_are_positive CHECK (hours > 0),
    CONSTRAINT fk_service_target_visa_type_code
        FOREIGN KEY (visa_type_code)
        REFERENCES visa_type (code)
);

CREATE TABLE partner (
    code text NOT NULL,
    name text NOT NULL,
    CONSTRAINT pk_partner PRIMARY KEY (code)
);

CREATE TABLE partner_country (
    partner_code text NOT NULL,
    country_code text NOT NULL,
    opened_on date NOT NULL,
    closed_on date,
    CONSTRAINT pk_partner_country PRIMARY KEY (partner_code, country_code),
    CONSTRAINT ck_partner_country_closes_after_it_opens CHECK (closed_on > opened_on),
    CONSTRAINT fk_partner_country_partner_code FOREIGN KEY (partner_code) REFERENCES partner (code),
    CONSTRAINT fk_partner_country_country_code FOREIGN KEY (country_code) REFERENCES country (code)
);
CREATE INDEX ix_partner_country_country_code ON partner_country (country_code);

CREATE TABLE centre (
    code text NOT NULL,
    partner_code text NOT NULL,
    country_code text NOT NULL,
    city text NOT NULL,
    opened_on date NOT NULL,
    closed_on date,
    CONSTRAINT pk_centre PRIMARY KEY (code),
    CONSTRAINT fk_centre_partner_code_country_code
        FOREIGN KEY (partner_code, country_code)
        REFERENCES partner_country (partner_code, country_code),
    CONSTRAINT uq_centre_code_partner_code_country_code UNIQUE (code, partner_code, country_code),
    CONSTRAINT ck_centre_closes_after_it_opens CHECK (closed_on > opened_on)
);
CREATE INDEX ix_centre_country_code_code ON centre (country_code, code);
CREATE INDEX ix_centre_partner_code_country_code_code ON centre (partner_code, country_code, code);

CREATE TABLE applicant (
    id uuid NOT NULL,
    account text,
    nationality_code text NOT NULL,
    passport_last_four text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_applicant PRIMARY KEY (id),
    CONSTRAINT uq_applicant_id_nationality_code UNIQUE (id, nationality_code),
    CONSTRAINT ck_applicant_passport_last_four_is_four CHECK (passport_last_four ~ '^[A-Z0-9]{4}$'),
    CONSTRAINT uq_applicant_account UNIQUE (account),
    CONSTRAINT fk_applicant_nationality_code
        FOREIGN KEY (nationality_code)
        REFERENCES country (code)
);
CREATE INDEX ix_applicant_created_at_id ON applicant (created_at, id);

CREATE TABLE identity (
    applicant_id uuid NOT NULL,
    full_name text NOT NULL,
    passport_number text NOT NULL,
    birth_date date NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    CONSTRAINT pk_identity PRIMARY KEY (applicant_id),
    CONSTRAINT ck_identity_passport_number_is_icao CHECK (passport_number ~ '^[A-Z0-9]{5,12}$'),
    CONSTRAINT fk_identity_applicant_id FOREIGN KEY (applicant_id) REFERENCES applicant (id)
);

CREATE TABLE application (
    id uuid NOT NULL,
    reference text NOT NULL,
    applicant_id uuid NOT NULL,
    nationality_code text NOT NULL,
    visa_type_code text NOT NULL,
    channel text NOT NULL,
    partner_code text,
    country_code text,
    centre_code text,
    status text NOT NULL,
    stage text GENERATED ALWAYS AS (
        CASE status
            WHEN 'SUBMITTED' THEN 'RECEIVED'
            WHEN 'AWAITING_PAYMENT' THEN 'WAITING_FOR_APPLICANT'
            WHEN 'PAID' THEN 'IN_PROCESS'
            WHEN 'IN_VERIFICATION' THEN 'IN_PROCESS'
            WHEN 'INFO_REQUESTED' THEN 'WAITING_FOR_APPLICANT'
            WHEN 'SCREENING' THEN 'IN_PROCESS'
            WHEN 'GRANTED' THEN 'CLOSED'
            WHEN 'REFUSED' THEN 'CLOSED'
            WHEN 'WITHDRAWN' THEN 'CLOSED'
            WHEN 'LAPSED' THEN 'CLOSED'
            WHEN 'PAYMENT_EXPIRED' THEN 'CLOSED'
            WHEN 'REVOKED' THEN 'CLOSED'
        END
    ) STORED NOT NULL,
    submitted_at timestamptz NOT NULL,
    received_at timestamptz,
    paid_at timestamptz,
    closed_at timestamptz,
    target_due_at timestamptz,
    fee_idr bigint,
    paused_seconds bigint DEFAULT 0 NOT NULL,
    was_info_requested boolean DEFAULT false NOT NULL,
    is_referred boolean DEFAULT false NOT NULL,
    is_held boolean DEFAULT false NOT NULL,
    current_decision_id uuid,
    CONSTRAINT pk_application PRIMARY KEY (id),
    CONSTRAINT fk_application_applicant_id_nationality_code
        FOREIGN KEY (applicant_id, nationality_code)
        REFERENCES applicant (id, nationality_code),
    CONSTRAINT fk_application_partner_code_country_code
        FOREIGN KEY (partner_code, country_code)
        REFERENCES partner_country (partner_code, country_code),
    CONSTRAINT fk_application_centre_code_partner_code_country_code
        FOREIGN KEY (centre_code, partner_code, country_code)
        REFERENCES centre (code, partner_code, country_code),
    CONSTRAINT ck_application_channel_is_known
        CHECK (channel IN ('DIRECT', 'PARTNER_PORTAL', 'PARTNER_CENTRE',
            'PARTNER_GROUP')),
    CONSTRAINT ck_application_status_is_known
        CHECK (status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'IN_VERIFICATION',
            'INFO_REQUESTED', 'SCREENING', 'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED',
            'PAYMENT_EXPIRED', 'REVOKED')),
    CONSTRAINT ck_application_stage_is_known
        CHECK (stage IN ('RECEIVED', 'IN_PROCESS', 'WAITING_FOR_APPLICANT', 'CLOSED')),
    CONSTRAINT ck_application_reference_is_formed
        CHECK (reference ~ '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$'),
    CONSTRAINT ck_application_partner_unless_direct
        CHECK ((channel = 'DIRECT') = (partner_code IS NULL)),
    CONSTRAINT ck_application_country_with_partner
        CHECK ((partner_code IS NULL) = (country_code IS NULL)),
    CONSTRAINT ck_application_centre_where_taken
        CHECK ((channel = 'PARTNER_CENTRE') = (centre_code IS NOT NULL)),
    CONSTRAINT ck_application_closed_when_closed
        CHECK ((status IN ('GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED',
            'REVOKED')) = (closed_at IS NOT NULL)),
    CONSTRAINT ck_application_paid_before_work
        CHECK (NOT (status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING',
            'GRANTED', 'REFUSED', 'REVOKED')) OR paid_at IS NOT NULL),
    CONSTRAINT ck_application_paid_with_fee_and_target
        CHECK (num_nulls(paid_at, fee_idr, target_due_at) IN (0, 3)),
    CONSTRAINT ck_application_decided_with_decision
        CHECK ((status IN ('GRANTED', 'REFUSED', 'REVOKED')) = (current_decision_id IS NOT
            NULL)),
    CONSTRAINT ck_application_expired_unpaid CHECK (status <> 'PAYMENT_EXPIRED' OR paid_at IS NULL),
    CONSTRAINT ck_application_not_granted_while_held CHECK (NOT (is_held AND status = 'GRANTED')),
    CONSTRAINT ck_application_paid_after_submission CHECK (paid_at >= submitted_at),
    CONSTRAINT ck_application_received_after_submission CHECK (received_at >= submitted_at),
    CONSTRAINT ck_application_closed_last CHECK (closed_at >= coalesce(paid_at, submitted_at)),
    CONSTRAINT ck_application_fee_is_not_negative CHECK (fee_idr >= 0),
    CONSTRAINT ck_application_pause_is_not_negative CHECK (paused_seconds >= 0),
    CONSTRAINT uq_application_reference UNIQUE (reference),
    CONSTRAINT fk_application_visa_type_code
        FOREIGN KEY (visa_type_code)
        REFERENCES visa_type (code)
);
CREATE INDEX ix_application_applicant_id ON application (applicant_id);
CREATE INDEX ix_application_centre_code_submitted_at_id
    ON application (centre_code, submitted_at, id);
CREATE INDEX ix_application_closed_at_id ON application (closed_at, id);
CREATE INDEX ix_application_country_code_submitted_at_id
    ON application (country_code, submitted_at, id);
CREATE INDEX ix_application_nationality_code_submitted_at_id
    ON application (nationality_code, submitted_at, id);
CREATE INDEX ix_application_paid_at_id ON application (paid_at, id);
CREATE INDEX ix_application_partner_code_country_code_submitted_at_id
    ON application (partner_code, country_code, submitted_at, id);
CREATE INDEX ix_application_stage_submitted_at_id ON application (stage, submitted_at, id);
CREATE INDEX ix_application_status_submitted_at_id ON application (status, submitted_at, id);
CREATE INDEX ix_application_submitted_at_id ON application (submitted_at, id);
CREATE INDEX ix_application_visa_type_code_submitted_at_id
    ON application (visa_type_code, submitted_at, id);

CREATE TABLE application_event (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    application_id uuid NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL,
    actor text,
    actor_role text,
    CONSTRAINT pk_application_event PRIMARY KEY (id),
    CONSTRAINT ck_application_event_kind_is_known
        CHECK (kind IN ('SUBMITTED', 'AWAITING_PAYMENT', 'PAID', 'RECEIVED',
            'IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING', 'HELD', 'RELEASED',
            'GRANTED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'PAYMENT_EXPIRED', 'REVOKED')),
    CONSTRAINT ck_application_event_actor_role_is_known
        CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER',
            'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'SERVICE', 'ADMINISTRATOR',
            'ANONYMOUS')),
    CONSTRAINT ck_application_event_sequence_is_positive CHECK (sequence > 0),
    CONSTRAINT fk_application_event_application_id
        FOREIGN KEY (application_id)
        REFERENCES application (id)
);
CREATE UNIQUE INDEX ix_application_event_application_id_sequence
    ON application_event (application_id, sequence);

CREATE TABLE assignment (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    application_id uuid NOT NULL,
    officer text NOT NULL,
    assigned_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT pk_assignment PRIMARY KEY (id),
    CONSTRAINT ck_assignment_ends_after_it_begins CHECK (ended_at >= assigned_at),
    CONSTRAINT fk_assignment_application_id FOREIGN KEY (application_id) REFERENCES application (id)
);
CREATE INDEX ix_assignment_officer_application_id ON assignment (officer, application_id);
CREATE UNIQUE INDEX uq_assignment_current ON assignment (application_id) WHERE ended_at IS NULL;

CREATE TABLE decision (
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    outcome text NOT NULL,
    ground text,
    decided_at timestamptz NOT NULL,
    officer text NOT NULL,
    internal_note text,
    supersedes_id uuid,
    CONSTRAINT pk_decision PRIMARY KEY (id),
    CONSTRAINT uq_decision_id_application_id UNIQUE (id, application_id),
    CONSTRAINT fk_decision_supersedes_id_application_id
        FOREIGN KEY (supersedes_id, application_id)
        REFERENCES decision (id, application_id),
    CONSTRAINT ck_decision_outcome_is_known CHECK (outcome IN ('GRANTED', 'REFUSED')),
    CONSTRAINT ck_decision_ground_is_known
        CHECK (ground IN ('ENTRY_BAN', 'INVALID_TRAVEL_DOCUMENT', 'FORGED_DOCUMENT',
            'FALSE_STATEMENT', 'INSUFFICIENT_MEANS', 'PURPOSE_NOT_CREDIBLE',
            'PUBLIC_HEALTH', 'SECURITY', 'INCOMPLETE')),
    CONSTRAINT ck_decision_ground_when_refused CHECK ((outcome = 'REFUSED') = (ground IS NOT NULL)),
    CONSTRAINT fk_decision_application_id FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT uq_decision_supersedes_id UNIQUE (supersedes_id)
);
CREATE INDEX ix_decision_application_id_decided_at ON decision (application_id, decided_at);
CREATE INDEX ix_decision_decided_at_id ON decision (decided_at, id);
CREATE UNIQUE INDEX uq_decision_first ON decision (application_id) WHERE supersedes_id IS NULL;

CREATE TABLE screening (
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    kind text NOT NULL,
    result text NOT NULL,
    requested_at timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT pk_screening PRIMARY KEY (id),
    CONSTRAINT ck_screening_kind_is_known CHECK (kind IN ('ENTRY_BAN', 'CLEARANCE')),
    CONSTRAINT ck_screening_result_is_known
        CHECK (result IN ('CLEAR', 'HIT', 'PENDING', 'UNAVAILABLE')),
    CONSTRAINT ck_screening_pending_unanswered CHECK ((result = 'PENDING') = (answered_at IS NULL)),
    CONSTRAINT ck_screening_answered_after_request CHECK (answered_at >= requested_at),
    CONSTRAINT fk_screening_application_id FOREIGN KEY (application_id) REFERENCES application (id)
);
CREATE INDEX ix_screening_application_id_requested_at ON screening (application_id, requested_at);

CREATE TABLE access_event (
    id uuid NOT NULL,
    occurred_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    applicant_id uuid NOT NULL,
    actor text NOT NULL,
    actor_role text NOT NULL,
    actor_partner_code text,
    actor_country_code text,
    purpose text NOT NULL,
    case_reference text NOT NULL,
    fields text[] NOT NULL,
    trace_id text NOT NULL,
    CONSTRAINT pk_access_event PRIMARY KEY (id),
    CONSTRAINT ck_access_event_actor_role_is_known
        CHECK (actor_role IN ('LEADERSHIP', 'OFFICER', 'SUPERVISOR', 'PARTNER_MANAGER',
            'PARTNER_AGENT', 'AUDITOR', 'APPLICANT', 'SERVICE', 'ADMINISTRATOR',
            'ANONYMOUS')),
    CONSTRAINT ck_access_event_purpose_is_known
        CHECK (purpose IN ('CASEWORK', 'SUPERVISION', 'INTAKE', 'OWN_DATA')),
    CONSTRAINT fk_access_event_applicant_id FOREIGN KEY (applicant_id) REFERENCES applicant (id)
);
CREATE INDEX ix_access_event_actor_occurred_at_id ON access_event (actor, occurred_at, id);
CREATE INDEX ix_access_event_actor_partner_code_actor_country_code_o_1d9f
    ON access_event (actor_partner_code, actor_country_code, occurred_at, id);
CREATE INDEX ix_access_event_applicant_id_occurred_at_id
    ON access_event (applicant_id, occurred_at, id);
CREATE INDEX ix_access_event_occurred_at_id ON access_event (occurred_at, id);

ALTER TABLE application ADD CONSTRAINT fk_application_current_decision_id_id
    FOREIGN KEY (current_decision_id, id)
    REFERENCES decision (id, application_id) DEFERRABLE INITIALLY DEFERRED;
