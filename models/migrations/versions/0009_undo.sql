-- Back to figures of which decisions and times are published as well.

CREATE OR REPLACE FUNCTION tell_of_volume_changes() RETURNS trigger
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
ALTER TABLE volume_change DROP COLUMN changed;

DROP TABLE volume_publication_note;
CREATE TABLE volume_publication_note (
    dimension_set text NOT NULL,
    period text NOT NULL,
    starts_on date NOT NULL,
    codes text[] NOT NULL,
    counts bigint[] NOT NULL,
    low bigint[] NOT NULL,
    high bigint[] NOT NULL,
    CONSTRAINT pk_volume_publication_note PRIMARY KEY (dimension_set, period, starts_on, codes)
);
DELETE FROM volume_published;
DELETE FROM volume_edition;
ALTER TABLE volume_published DROP COLUMN refused_below, DROP COLUMN refusal_rate_below;

ALTER TABLE volume_yearly DROP COLUMN decisions;
ALTER TABLE volume_monthly DROP COLUMN decisions;
ALTER TABLE volume_monthly_type DROP COLUMN decisions;
ALTER TABLE volume_monthly_nationality DROP COLUMN decisions;
ALTER TABLE volume_monthly_nationality_place DROP COLUMN decisions;
ALTER TABLE volume_daily DROP COLUMN decisions;
