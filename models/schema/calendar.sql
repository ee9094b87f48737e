-- Days in WIB and hours, by which tables and their indexes count.

-- The day of an instant.
CREATE FUNCTION wib_day(instant timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (instant AT TIME ZONE interval '7 hours')::date;

-- The hour of an instant, counted from 1970.
CREATE FUNCTION epoch_hour(instant timestamptz) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM instant) / 3600)::integer;

-- The instant at which a day ends.
CREATE FUNCTION end_of_wib_day(day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (day + 1)::timestamp AT TIME ZONE interval '7 hours';

-- When so many percent of a target have passed. One in working days ends with a day (WIB), and no other
-- does; its working days are counted from the day after the payment on, each from its beginning to its
-- end, and those that are off count for nothing.
CREATE FUNCTION target_passes(paid timestamptz, due timestamptz, percent int) RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    DECLARE
        days date[];
        passed numeric;
    BEGIN
        IF due <> end_of_wib_day(wib_day(due) - 1) THEN
            RETURN paid + (due - paid) * percent / 100;
        END IF;
        days := ARRAY(
            SELECT counted.day::date
            FROM generate_series(wib_day(paid) + 1, wib_day(due) - 1, interval '1 day') AS counted (day)
            LEFT JOIN day_off ON day_off.day = counted.day::date
            WHERE NOT coalesce(is_off, extract(isodow FROM counted.day) > 5)
            ORDER BY counted.day
        );
        passed := cardinality(days) * percent / 100.0;
        IF passed = floor(passed) THEN
            RETURN coalesce(end_of_wib_day(days[passed]), due);
        END IF;
        RETURN end_of_wib_day(days[1 + floor(passed)] - 1) + (passed - floor(passed)) * interval '1 day';
    END
$$;
