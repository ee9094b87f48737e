"""What carriers and border control learn of visas, whose rows they may not read: one word."""

from collections.abc import Iterator

from gateway.policy import MUTATIONS, POLICY, VISA_CHECKERS
from gateway.row_security.reading_functions import KNOWN_IN_FORCE, RAISE_SPENT, raise_alert
from models.case.visa_check import CHECKED_HOURS_BEFORE, MOST_CHECKS_TOLD
from models.row_security import database_role, writing_role
from models.supervision.budgeted_read import HOURS_COUNTED, LOCK_CLASS
from models.vocabulary import AlertKind, IndexKind, Role

_CHECKERS = ", ".join(f"'{role}'" for role in VISA_CHECKERS)
#: A passenger may change flights once.
_FLIGHTS_OF_A_PASSENGER = 2
_RAISE_REPEATED = raise_alert(AlertKind.REPEATED_CHECK, "repeated_id")
#: Whether the visa of a case is held: while it is, nobody enters by it.
_VISA_IS_HELD = """\
CREATE OR REPLACE FUNCTION viewer.visa_is_held(asked_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN NOT EXISTS (
            SELECT FROM application
            WHERE application.id = asked_case AND NOT is_visa_held AND NOT has_open_hit
                AND viewer.is_cleared(application.id)
        );
    END
$$;"""
#: Whether a visa can be used by the holder of a passport, on the day of a flight or today. A wrong
#: number, another passport, a hold, a hit and a visa that is over are one answer; a carrier is
#: answered once for a passenger and a flight, and whoever asks again is told the same.
_VISA_STATUS = f"""\
CREATE OR REPLACE FUNCTION viewer.visa_status(
    acting text, number text, digests text[], flight text, departs date) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        passports bytea[] := ARRAY(SELECT decode(one, 'hex') FROM unnest(digests) AS one);
        answered boolean;
    BEGIN
        IF acting IS NULL OR acting NOT IN ({_CHECKERS}) OR viewer.subject(acting) IS NULL
            OR acting = '{Role.CARRIER}' AND num_nulls(flight, departs) > 0
        THEN
            RAISE EXCEPTION 'visas are checked by border control, and by carriers for a flight'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF acting = '{Role.CARRIER}' THEN
            answered := is_usable FROM visa_check
                WHERE passenger = ANY (ARRAY(
                    SELECT sha256(convert_to(number, 'UTF8') || one) FROM unnest(passports) AS one
                )) AND flight_number = flight AND departs_on = departs AND actor_role = acting
                ORDER BY occurred_at, id LIMIT 1;
        END IF;
        RETURN coalesce(answered, EXISTS (
            SELECT FROM visa
            JOIN application ON application.id = visa.application_id
            JOIN person_index AS known USING (applicant_id)
            WHERE visa.visa_number = number
                AND kind = '{IndexKind.PASSPORT}' AND known.digest = ANY (passports)
                AND {KNOWN_IN_FORCE}
                AND status = 'GRANTED' AND revoked_at IS NULL AND superseded_at IS NULL
                AND returned_at IS NULL
                AND use_by >= greatest(departs, wib_day(clock_timestamp()))
                AND NOT EXISTS (
                    SELECT FROM stay WHERE stay.visa_number = visa.visa_number AND is_used
                )
                AND NOT viewer.visa_is_held(application.id)
        ));
    END
$$;"""
#: The seconds until there is room for one more check; null if there is room now, and then this
#: transaction logs it. A passenger of the same flight again, or of a third flight within two days,
#: raises an alert and is not refused: a desk at a gate asks in good faith, and a list that is asked
#: every day would tell of a hold.
_ADMIT_CHECK = f"""\
CREATE OR REPLACE FUNCTION viewer.admit_check(
    acting text, most bigint, passengers text[], flight text, departs date,
    alert_id uuid, repeated_id uuid) RETURNS double precision
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject(acting);
        since timestamptz;
        seconds double precision;
    BEGIN
        IF oneself IS NULL THEN
            RAISE EXCEPTION 'a budget is a viewer''s own'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock({LOCK_CLASS}, hashtext(acting || ' ' || oneself));
        since := clock_timestamp() - interval '{HOURS_COUNTED} hours';
        seconds := extract(epoch FROM occurred_at - since) FROM visa_check
            WHERE actor = oneself AND actor_role = acting AND occurred_at > since
            ORDER BY occurred_at DESC OFFSET most - 1 LIMIT 1;
        IF seconds IS NOT NULL THEN
            {RAISE_SPENT}
        ELSIF acting = '{Role.CARRIER}' AND (
            SELECT coalesce(bool_or(flight_number = flight AND departs_on = departs), false)
                OR count(DISTINCT (flight_number, departs_on)) FILTER (WHERE departs_on IS NOT NULL)
                    >= {_FLIGHTS_OF_A_PASSENGER}
            FROM visa_check
            WHERE passenger = ANY (ARRAY(SELECT decode(one, 'hex') FROM unnest(passengers) AS one))
                AND actor_role = acting
                AND occurred_at > clock_timestamp() - interval '{CHECKED_HOURS_BEFORE} hours'
        ) THEN
            {_RAISE_REPEATED}
        END IF;
        RETURN seconds;
    END
$$;"""
#: On which days the viewer's own visas were checked, in which role and for which flight: not by
#: whom, and not what was answered.
_OWN_VISA_CHECKS = f"""\
CREATE OR REPLACE FUNCTION viewer.own_visa_checks(acting text) RETURNS TABLE (
    checked_on date, checked_by text, flight text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM '{Role.APPLICANT}' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'who checked a visa is told to its holder alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT DISTINCT wib_day(asked.occurred_at) AS day, asked.actor_role, asked.flight_number
            FROM applicant AS oneself
            JOIN application AS own ON own.applicant_id = oneself.id
            JOIN visa ON visa.application_id = own.id
            JOIN person_index AS known
                ON known.applicant_id = oneself.id AND known.kind = '{IndexKind.PASSPORT}'
            JOIN visa_check AS asked
                ON asked.passenger = sha256(convert_to(visa_number, 'UTF8') || known.digest)
                AND asked.occurred_at >= visa.issued_at
            WHERE oneself.account = viewer.subject(acting)
            ORDER BY day DESC, actor_role, flight_number LIMIT {MOST_CHECKS_TOLD};
    END
$$;"""
#: Of these visas the stays of those who overstay, and whether that was confirmed.
_OVERSTAYS_OF = f"""\
CREATE OR REPLACE FUNCTION viewer.overstays_of(numbers text[]) RETURNS TABLE (
    visa_number text, stay_id uuid, is_confirmed boolean)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF viewer.role() IS DISTINCT FROM '{Role.BORDER}' THEN
            RAISE EXCEPTION 'overstays are confirmed by border control'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT stay.visa_number, stay.id, stay.confirmed_at IS NOT NULL FROM stay
            WHERE stay.visa_number = ANY (numbers) AND overstays_at <= clock_timestamp();
    END
$$;"""
VISA_CHECK_FUNCTIONS = "\n".join(
    (_VISA_IS_HELD, _VISA_STATUS, _ADMIT_CHECK, _OWN_VISA_CHECKS, _OVERSTAYS_OF)
)


def visa_check_grants(role: Role) -> Iterator[str]:
    if role in VISA_CHECKERS:
        name = database_role(role)
        yield f"GRANT EXECUTE ON FUNCTION viewer.visa_status, viewer.admit_check TO {name};"
    if role in POLICY["Application"].fields["isVisaHeld"]:
        yield f"GRANT EXECUTE ON FUNCTION viewer.visa_is_held TO {database_role(role)};"
    if role in MUTATIONS["confirmOverstays"].rows:
        yield f"GRANT EXECUTE ON FUNCTION viewer.overstays_of TO {writing_role(role)};"
    if role in POLICY["MyData"].fields["visaChecks"]:
        yield f"GRANT EXECUTE ON FUNCTION viewer.own_visa_checks TO {database_role(role)};"
