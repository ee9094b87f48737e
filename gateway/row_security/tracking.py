"""What somebody without an account learns of a file that they track: its stage, and a day. How
often that is tried, and to claim a file."""

from collections.abc import Iterator

from gateway.policy import MUTATIONS, PUBLIC
from gateway.row_security.reading_functions import KNOWN_IN_FORCE
from models.case.claim import CLAIM_HOURS, TRIES_OF_A_CLAIM
from models.case.tracking import TRACKED_DAYS, TrackingTry, TryKind
from models.key_service.counts import TRIES_OF_A_FILE, TRIES_OF_A_SOURCE
from models.row_security import database_role
from models.supervision.alert import HOURS_BETWEEN
from models.supervision.budgeted_read import HOURS_COUNTED, LOCK_CLASS
from models.vocabulary import AlertKind, DigestKind, Role, Stage

#: The day to expect of a case in process, and where it is from. It is the one by which the target
#: says that it is decided, later by as long as the file waited for its applicant; where that is
#: over, there is none.
EXPECTED_ON = f"CASE WHEN stage = '{Stage.IN_PROCESS}' AND due_on >= wib_day(now()) THEN due_on END"
DUE_ON = (
    "CROSS JOIN LATERAL wib_day(target_due_at + paused_seconds * interval '1 second') AS due_on"
)
#: The stage of a file, and the day to expect, for whoever knows its reference, the passport and the
#: birth date, as they are in force.
_TRACKED_FILE = f"""\
CREATE OR REPLACE FUNCTION viewer.tracked_file(asked text, digests text[]) RETURNS TABLE (
    reached text, expected_on date)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        holders bytea[] := ARRAY(SELECT decode(one, 'hex') FROM unnest(digests) AS one);
    BEGIN
        PERFORM viewer.acts_as('{Role.ANONYMOUS}');
        RETURN QUERY
            SELECT stage, {EXPECTED_ON}
            FROM application
            JOIN person_index AS known USING (applicant_id)
            {DUE_ON}
            WHERE application.reference = asked
                AND kind = '{DigestKind.PASSPORT_AND_BIRTH_DATE}'
                AND known.digest = ANY (holders)
                AND {KNOWN_IN_FORCE}
                AND coalesce(closed_at > now() - interval '{TRACKED_DAYS} days', true)
            LIMIT 1;
    END
$$;"""
_SPENT = """SELECT extract(epoch FROM occurred_at - since) FROM tracking_try
                WHERE {column} = decode({name}, 'hex') AND occurred_at > since
                ORDER BY occurred_at DESC OFFSET {most} - 1 LIMIT 1"""
#: How many alerts of tries are raised in an hour, whatever is tried from wherever.
_MOST_ALERTS = 20
_TRYING = f"'{Role.ANONYMOUS}', '{Role.APPLICANT}'"
_OF_A_FILE, _OF_A_SOURCE = (
    f"CASE WHEN is_claim THEN {TRIES_OF_A_CLAIM} ELSE {most} END"
    for most in (TRIES_OF_A_FILE, TRIES_OF_A_SOURCE)
)
_LATELY = f"""FROM alert WHERE kind = '{AlertKind.TRIES_SPENT}'
                    AND raised_at > clock_timestamp() - interval '{HOURS_BETWEEN} hours'"""
#: The seconds until there is room for one more try for a file, and from a source, or of an account
#: that claims one; null if there is room now, and then this transaction logs it. Where there is
#: none, an alert is raised: once an hour for a file, and for a source. It has their digests, and
#: names nobody.
_ADMIT_TRY = f"""\
CREATE OR REPLACE FUNCTION viewer.admit_try(
    for_file text, from_source text, file_alert uuid, source_alert uuid) RETURNS double precision
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        acting text := viewer.role();
        is_claim boolean := acting = '{Role.APPLICANT}';
        since timestamptz;
        of_file double precision;
        of_source double precision;
    BEGIN
        IF acting IS NULL OR acting NOT IN ({_TRYING}) THEN
            RAISE EXCEPTION 'tries are counted of whoever asks about a file by its reference'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock({LOCK_CLASS}, hashtext('try ' || for_file));
        PERFORM pg_advisory_xact_lock({LOCK_CLASS}, hashtext('source ' || from_source));
        since := clock_timestamp()
            - CASE WHEN is_claim THEN {CLAIM_HOURS} ELSE {HOURS_COUNTED} END * interval '1 hour';
        of_file := ({_SPENT.format(column="file", name="for_file", most=_OF_A_FILE)});
        of_source := ({_SPENT.format(column="source", name="from_source", most=_OF_A_SOURCE)});
        INSERT INTO alert (id, kind, actor, actor_role)
            SELECT spent.id, '{AlertKind.TRIES_SPENT}', spent.digest, acting
            FROM (VALUES
                (file_alert, 'file ' || for_file, of_file),
                (source_alert, 'source ' || from_source, of_source)
            ) AS spent (id, digest, seconds)
            WHERE seconds IS NOT NULL
                AND NOT EXISTS (SELECT {_LATELY} AND actor = spent.digest)
                AND {_MOST_ALERTS} > (SELECT count(*) {_LATELY});
        RETURN greatest(of_file, of_source);
    END
$$;"""
TRACKING_FUNCTIONS = "\n".join((_TRACKED_FILE, _ADMIT_TRY))


def tracking_grants(role: Role) -> Iterator[str]:
    """Whoever has no account tracks files by the functions alone, and logs each try, of which they
    read nothing; whoever claims files logs the tries of that. The database sets the time."""
    claims = role in MUTATIONS["claimFile"].rows
    if not claims and role not in PUBLIC:
        return
    name, table = database_role(role), TrackingTry.__tablename__
    columns = sorted(set(TrackingTry.__table__.c.keys()) - {"occurred_at"})
    functions = "viewer.admit_try" if claims else "viewer.tracked_file, viewer.admit_try"
    yield f"GRANT EXECUTE ON FUNCTION {functions} TO {name};"
    yield f"GRANT INSERT ({', '.join(columns)}) ON {table} TO {name};"
    yield (
        f"CREATE POLICY {role.lower()}_insert ON {table} FOR INSERT TO {name}\n"
        f"    WITH CHECK ((SELECT viewer.acts_as('{role}'))"
        f" AND (kind = '{TryKind.CLAIM}') = {str(claims).lower()});"
    )
