-- Versions of the exact figures, of the published ones, and of the names beside them. Whoever reads one
-- in a snapshot knows what all of it is there: the same version never stands for other data. A version
-- is random, so that a database that was set back in time does not give one out again.
CREATE TABLE data_version (
    data text CONSTRAINT pk_data_version PRIMARY KEY,
    version uuid NOT NULL DEFAULT gen_random_uuid(),
    changed_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
INSERT INTO data_version (data) VALUES ('figures'), ('published'), ('names');

-- Once in a transaction is enough: what it changes is seen as a whole. The row is locked until it
-- commits, so that versions follow each other as the changes do.
CREATE FUNCTION renew_data_version() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE data_version
        SET version = gen_random_uuid(), changed_in = pg_current_xact_id()::text::bigint
        WHERE data = TG_ARGV[0] AND changed_in <> pg_current_xact_id()::text::bigint;
        RETURN NULL;
    END
$$;
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_yearly
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_duration
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_type_duration
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_duration
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_place
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_monthly_nationality_place_duration
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_daily_duration
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_ground
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_referral
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_age
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_age_detailed
    EXECUTE FUNCTION renew_data_version('figures');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_edition
    EXECUTE FUNCTION renew_data_version('published');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON volume_published
    EXECUTE FUNCTION renew_data_version('published');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON country
    EXECUTE FUNCTION renew_data_version('names');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON partner
    EXECUTE FUNCTION renew_data_version('names');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON centre
    EXECUTE FUNCTION renew_data_version('names');
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON visa_type
    EXECUTE FUNCTION renew_data_version('names');

-- The keeper writes this row every second, and mostly changes nothing.
CREATE TRIGGER renew_version
    AFTER INSERT OR UPDATE OR DELETE ON volume_aged_until
    FOR EACH ROW EXECUTE FUNCTION renew_data_version('figures');
