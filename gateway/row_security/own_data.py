"""What people on file are told: who looked for them, which auditors open together, and which
breaches concern everybody.
"""

from collections.abc import Iterator

from gateway.policy import POLICY
from models.rights.breach import MOST_BREACHES
from models.rights.data_request import MOST_LOOKUPS
from models.row_security import database_role
from models.vocabulary import NoticeReach, Purpose, Role, Stage

#: The look-ups of some requests, as the LINKER found them for two auditors.
_OPENED_LOOKUPS = f"""\
CREATE OR REPLACE FUNCTION viewer.opened_lookups(acting text, requests uuid[]) RETURNS TABLE (
    id uuid, lookups uuid[])
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM '{Role.AUDITOR}' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'look-ups are opened to auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            SELECT asked.id, ARRAY(
                SELECT one.id FROM person_lookup AS one WHERE one.id = ANY (asked.lookups)
                ORDER BY one.occurred_at DESC, one.id LIMIT {MOST_LOOKUPS}
            )
            FROM data_request AS asked
            WHERE asked.id = ANY (requests) AND asked.lookups IS NOT NULL;
    END
$$;"""
#: Whether what a look-up was for is over: a case of oneself or of somebody else, an inquiry, or the
#: request of a data subject.
_IS_OVER = """(
    EXISTS (SELECT FROM application
        WHERE application.reference = one.case_reference AND closed_at IS NOT NULL)
    OR EXISTS (SELECT FROM inquiry
        WHERE inquiry.reference = one.case_reference AND reviewed_at IS NOT NULL)
    OR EXISTS (SELECT FROM data_request AS another
        WHERE another.reference = one.case_reference AND another.outcome IS NOT NULL)
)"""
#: On which days somebody looked for oneself, in which role and why; not who, nor in which case.
#: Those for one's own case at once, those by which it is supervised once it is closed.
_OWN_LOOKUPS = f"""\
CREATE OR REPLACE FUNCTION viewer.own_lookups(acting text) RETURNS TABLE (
    looked_up_on date, looked_up_by text, purpose text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM '{Role.APPLICANT}' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'who looked for somebody is told to them alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
            WITH oneself AS (
                SELECT applicant.id FROM applicant WHERE account = viewer.subject(acting)
            )
            SELECT wib_day(one.occurred_at) AS day, one.actor_role, one.purpose
            FROM oneself
            JOIN application AS own ON own.applicant_id = oneself.id
            JOIN person_lookup AS one
                ON one.case_reference = own.reference AND one.found_applicant
            WHERE one.purpose <> '{Purpose.SUPERVISION}'
                OR own.stage NOT IN ('{Stage.IN_PROCESS}', '{Stage.WAITING_FOR_APPLICANT}')
            UNION
            SELECT wib_day(one.occurred_at), one.actor_role, one.purpose
            FROM oneself
            JOIN data_request AS asked ON asked.applicant_id = oneself.id
            JOIN person_lookup AS one ON one.id = ANY (asked.lookups)
            WHERE asked.lookups IS NOT NULL AND {_IS_OVER.replace(chr(10), chr(10) + " " * 12)}
            ORDER BY day DESC, actor_role, purpose LIMIT {MOST_LOOKUPS};
    END
$$;"""
#: The breaches that concern everybody, and of which people were told, for who was on file by then.
_OWN_BREACHES = f"""\
CREATE OR REPLACE FUNCTION viewer.own_breaches(acting text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS DISTINCT FROM '{Role.APPLICANT}' OR viewer.subject(acting) IS NULL THEN
            RAISE EXCEPTION 'a breach is told to the people whom it concerns'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN ARRAY(
            SELECT breach.id FROM breach
            JOIN applicant ON applicant.created_at < breach.window_before
            WHERE account = viewer.subject(acting) AND people_reached = '{NoticeReach.EVERYBODY}'
            ORDER BY people_notified_at DESC, breach.id LIMIT {MOST_BREACHES}
        );
    END
$$;"""
OWN_DATA_FUNCTIONS = "\n".join((_OPENED_LOOKUPS, _OWN_LOOKUPS, _OWN_BREACHES))


def own_data_grants(role: Role) -> Iterator[str]:
    if role in POLICY["DataRequest"].fields["lookups"]:
        yield f"GRANT EXECUTE ON FUNCTION viewer.opened_lookups TO {database_role(role)};"
    if role in POLICY["MyData"].fields["lookups"]:
        functions = "viewer.own_lookups, viewer.own_breaches"
        yield f"GRANT EXECUTE ON FUNCTION {functions} TO {database_role(role)};"
