-- A version of the exact figures, and one of the published. Whoever reads one in a snapshot knows what
-- all figures of that snapshot are: the same version never stands for other figures. A version is
-- random, so that a database that was set back in time does not give one out again.
CREATE TABLE volume_version (
    figures text CONSTRAINT pk_volume_version PRIMARY KEY,
    version uuid NOT NULL DEFAULT gen_random_uuid(),
    changed_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
INSERT INTO volume_version (figures) VALUES ('exact'), ('published');

-- Once in a transaction is enough: what it changes is seen as a whole. The row is locked until it
-- commits, so that versions follow each other as the changes do.
CREATE FUNCTION renew_volume_version() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE volume_version
        SET version = gen_random_uuid(), changed_in = pg_current_xact_id()::text::bigint
        WHERE figures = TG_ARGV[0] AND changed_in <> pg_current_xact_id()::text::bigint;
        RETURN NULL;
    END
$$;
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_yearly
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_duration
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type_duration
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_duration
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_place
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_place_duration
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_duration
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_ground
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_referral
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_age
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_age_detailed
    EXECUTE FUNCTION renew_volume_version('exact');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_edition
    EXECUTE FUNCTION renew_volume_version('published');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_published
    EXECUTE FUNCTION renew_volume_version('published');

-- The keeper writes this row every second, and mostly changes nothing.
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE ON volume_aged_until
    FOR EACH ROW EXECUTE FUNCTION renew_volume_version('exact');
