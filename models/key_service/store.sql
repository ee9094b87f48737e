-- The database of the key service: its administrators are not those of the visa database.
-- `gerbang vault prepare` runs this as its owner; what is there stays.

-- A data key of each subject, wrapped by the key of an id. Times are in seconds since 1970.
CREATE TABLE IF NOT EXISTS data_key (
    subject uuid PRIMARY KEY,
    key_id text NOT NULL,
    wrapped bytea NOT NULL,
    made_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS data_key_key_id ON data_key (key_id);

-- A subject stays erased, whatever backup of the visa database comes back.
CREATE TABLE IF NOT EXISTS erased_subject (
    subject uuid PRIMARY KEY,
    erased_at bigint NOT NULL
);

-- Keys that wrap nothing any more: a service that still has one in its file writes by it no more.
CREATE TABLE IF NOT EXISTS retired_key (
    key_id text PRIMARY KEY
);

-- Who belongs together: subjects as their 16 bytes, accounts and references as keyed digests.
CREATE TABLE IF NOT EXISTS relation (
    first bytea NOT NULL,
    second bytea NOT NULL,
    kind text NOT NULL,
    noted_at bigint NOT NULL,
    PRIMARY KEY (first, second)
);
-- A row where nobody is opened without a relation.
CREATE TABLE IF NOT EXISTS judged (
    one boolean PRIMARY KEY DEFAULT true CHECK (one)
);

-- Who had whom opened. Each viewer's are counted without a gap; `number` only orders all of them.
-- `at` is in milliseconds since 1970, `subjects` has 16 bytes for each.
CREATE TABLE IF NOT EXISTS receipt (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    role text NOT NULL,
    nth bigint NOT NULL,
    at bigint NOT NULL,
    verb text NOT NULL,
    reference text,
    subjects bytea NOT NULL,
    mac bytea NOT NULL,
    UNIQUE (account, role, nth)
);
-- How many receipts a viewer has left, and how many of these are too old to be kept.
CREATE TABLE IF NOT EXISTS reader (
    account text NOT NULL,
    role text NOT NULL,
    receipts bigint NOT NULL,
    removed bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account, role)
) WITH (fillfactor = 70);
-- How far a keeper has compared receipts with the log of reads.
CREATE TABLE IF NOT EXISTS reconciled (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL,
    until bigint NOT NULL,
    again_after bigint NOT NULL
);

-- What was done to keys, and which were accepted when that was noted last.
CREATE TABLE IF NOT EXISTS operation (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    used_for text,
    operator text,
    from_key text,
    to_key text,
    keys bigint
);
CREATE TABLE IF NOT EXISTS accepted_key (
    used_for text NOT NULL,
    place integer NOT NULL,
    key_id text NOT NULL,
    PRIMARY KEY (used_for, place)
);

-- The last sweep of keys that belong to nobody, and since when the age of keys counts.
CREATE TABLE IF NOT EXISTS last_sweep (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    token uuid NOT NULL,
    ages_since bigint NOT NULL
);

-- A new store opens nobody without a relation from the first on.
INSERT INTO judged SELECT true WHERE NOT EXISTS (SELECT FROM judged)
    AND NOT EXISTS (SELECT FROM data_key) AND NOT EXISTS (SELECT FROM erased_subject)
    AND NOT EXISTS (SELECT FROM relation);
