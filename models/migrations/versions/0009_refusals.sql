-- How many were decided may be read by some who may not read how: a column of its own.

ALTER TABLE volume_yearly
    ADD COLUMN decisions integer GENERATED ALWAYS AS (granted + refused) STORED NOT NULL;
ALTER TABLE volume_monthly
    ADD COLUMN decisions integer GENERATED ALWAYS AS (granted + refused) STORED NOT NULL;
ALTER TABLE volume_monthly_type
    ADD COLUMN decisions integer GENERATED ALWAYS AS (granted + refused) STORED NOT NULL;
ALTER TABLE volume_monthly_nationality
    ADD COLUMN decisions integer GENERATED ALWAYS AS (granted + refused) STORED NOT NULL;
ALTER TABLE volume_monthly_nationality_place
    ADD COLUMN decisions integer GENERATED ALWAYS AS (granted + refused) STORED NOT NULL;
ALTER TABLE volume_daily
    ADD COLUMN decisions integer GENERATED ALWAYS AS (granted + refused) STORED NOT NULL;

-- The rule of publication is another one, so everything is published anew by the next run.
DELETE FROM volume_published;
DELETE FROM volume_edition;
ALTER TABLE volume_published
    ADD COLUMN refused_below bigint,
    ADD COLUMN refusal_rate_below double precision;

-- Only refusals are audited: a single count for each cell.
DROP TABLE volume_publication_note;
CREATE TABLE volume_publication_note (
    dimension_set text NOT NULL,
    period text NOT NULL,
    starts_on date NOT NULL,
    codes text[] NOT NULL,
    decisions bigint NOT NULL,
    refused bigint NOT NULL,
    low bigint NOT NULL,
    high bigint NOT NULL,
    CONSTRAINT pk_volume_publication_note PRIMARY KEY (dimension_set, period, starts_on, codes)
);

-- A corrected outcome changes no figure of somebody who reads no outcomes: not even its time.
ALTER TABLE volume_change
    ADD COLUMN changed text DEFAULT 'FIGURES' NOT NULL,
    ADD CONSTRAINT ck_volume_change_changed_is_known CHECK (changed IN ('FIGURES', 'OUTCOMES'));

CREATE OR REPLACE FUNCTION tell_of_volume_changes() RETURNS trigger
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
        GROUP BY partner_code, country_code;
        IF FOUND THEN
            NOTIFY gerbang_change;
        END IF;
        RETURN NULL;
    END
$$;
