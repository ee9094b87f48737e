-- Days in WIB, by which tables and their indexes count.

-- The day of an instant.
CREATE FUNCTION wib_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE interval '7 hours')::date;

-- The instant at which a day ends.
CREATE FUNCTION end_of_wib_day(day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (day + 1)::timestamp AT TIME ZONE interval '7 hours';
