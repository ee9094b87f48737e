-- Which decisions did not stand, on the day of the first decision of the case: superseded by another
-- outcome or ground, or a visa that was revoked. What is superseded by the same outcome on the same
-- ground stands: a revocation was set aside.
CREATE VIEW volume_overturned AS
    SELECT wib_day(first_one.decided_at) AS day, overturned.application_id
    FROM (
        SELECT later.application_id
        FROM decision AS later
        JOIN decision AS superseded ON superseded.id = later.supersedes_id
        WHERE (later.outcome, later.ground)
            IS DISTINCT FROM (superseded.outcome, superseded.ground)
        UNION ALL
        SELECT application_id FROM application_event WHERE kind = 'REVOKED'
    ) AS overturned
    JOIN decision AS first_one
        ON first_one.application_id = overturned.application_id
        AND first_one.supersedes_id IS NULL;

CREATE TRIGGER volume_changes_of_overturned AFTER UPDATE ON application
    FOR EACH ROW WHEN (
        (
            OLD.country_code, OLD.nationality_code, OLD.partner_code, OLD.centre_code,
            OLD.visa_type_code, OLD.trip_purpose, OLD.channel
        ) IS DISTINCT FROM (
            NEW.country_code, NEW.nationality_code, NEW.partner_code, NEW.centre_code,
            NEW.visa_type_code, NEW.trip_purpose, NEW.channel
        )
    )
    EXECUTE FUNCTION volume_changes_of_overturned();
