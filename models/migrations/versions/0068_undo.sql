DROP TRIGGER tell_of_the_ground ON decision;
DROP FUNCTION tell_of_the_ground();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
    EXECUTE FUNCTION refuse_change();
