CREATE OR REPLACE FUNCTION volume_changes_of_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO volume_outbox (day, kind, measured)
        SELECT
            wib_day(occurred_at),
            CASE kind WHEN 'SCREENING' THEN 'referral' ELSE 'hold' END,
            count(*)
        FROM became
        WHERE kind IN ('SCREENING', 'HELD')
        GROUP BY 1, 2;
        RETURN NULL;
    END
$$;

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
