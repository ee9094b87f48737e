-- What writing takes: nothing is done twice, and nothing waits for ever.

CREATE TABLE idempotency (
    key_digest text NOT NULL,
    input_digest text NOT NULL,
    answer jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (key_digest)
);
CREATE INDEX ix_idempotency_created_at ON idempotency (created_at);

CREATE TABLE deadline (
    wait text NOT NULL,
    valid_from date NOT NULL,
    days bigint NOT NULL,
    CONSTRAINT pk_deadline PRIMARY KEY (wait, valid_from),
    CONSTRAINT ck_deadline_wait_is_known CHECK (wait IN ('PAYMENT', 'ANSWER')),
    CONSTRAINT ck_deadline_days_are_positive CHECK (days > 0)
);

-- A billing code lapses after 7 days (published); an unanswered request after 14 (assumption).
INSERT INTO deadline (wait, valid_from, days)
VALUES ('PAYMENT', '2019-01-01', 7), ('ANSWER', '2019-01-01', 14);
