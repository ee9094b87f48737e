"""What somebody without an account opens of a decision: the outcome, and the visa there may be."""

from collections.abc import Iterator

from gateway.policy import PUBLIC
from gateway.row_security.reading_functions import KNOWN_IN_FORCE
from models import AccessEvent, VisaDocument
from models.key_service.codes import CODE_DAYS
from models.person.sealed import cells_sql
from models.row_security import database_role
from models.vocabulary import DigestKind, MailKind, Outcome, Purpose, Role

#: The visa of a decision while it serves, and whether one was granted that serves no more.
LIVE_VISA = """LEFT JOIN visa AS live ON live.decision_id = decision.id
                AND num_nonnulls(live.revoked_at, live.superseded_at, live.returned_at) = 0"""
IS_TAKEN_BACK = f"decision.outcome = '{Outcome.GRANTED}' AND live.visa_number IS NULL"
#: For whoever knows the reference and the passport of a file, and has the code of the newest mail
#: about it. The code of the visa is sealed; there is none where it was taken back, and none yet
#: where its document is still being made.
DELIVERY_FUNCTIONS = f"""\
CREATE OR REPLACE FUNCTION viewer.delivered_decision(
    asked text, passports text[], mailed text) RETURNS TABLE (
    reached text, is_taken_back boolean, applicant uuid, code text, proof text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        holders bytea[] := ARRAY(SELECT decode(one, 'hex') FROM unnest(passports) AS one);
    BEGIN
        PERFORM viewer.acts_as('{Role.ANONYMOUS}');
        RETURN QUERY
            SELECT decision.outcome,
                {IS_TAKEN_BACK},
                identity.applicant_id, {cells_sql(VisaDocument.code).rpartition(" AS ")[0]},
                visa_document.proof
            FROM application
            JOIN identity USING (applicant_id)
            JOIN person_index AS known USING (applicant_id)
            JOIN sent_code AS sent ON sent.application_id = application.id
                AND sent.kind = '{MailKind.DECISION}'
            JOIN decision ON decision.id = current_decision_id
            {LIVE_VISA}
            LEFT JOIN visa_document ON visa_document.visa_number = live.visa_number
                AND replaced_at IS NULL AND proven_at IS NOT NULL
            WHERE application.reference = asked
                AND known.kind = '{DigestKind.PASSPORT}'
                AND known.digest = ANY (holders)
                AND {KNOWN_IN_FORCE}
                AND sent.digest = decode(mailed, 'hex')
                AND sent.mailed_at > now() - interval '{CODE_DAYS} days'
            LIMIT 1;
    END
$$;"""


def delivery_grants(role: Role) -> Iterator[str]:
    """Whoever has no account opens by the function alone, and logs whose visa that was, of which
    they read nothing: under the digest of a try, which is nobody's account."""
    if role not in PUBLIC:
        return
    name, table = database_role(role), AccessEvent.__tablename__
    columns = ", ".join(sorted(set(AccessEvent.__table__.c.keys()) - {"occurred_at"}))
    yield f"GRANT EXECUTE ON FUNCTION viewer.delivered_decision TO {name};"
    yield f"GRANT INSERT ({columns}) ON {table} TO {name};"
    yield (
        f"CREATE POLICY {role.lower()}_insert ON {table} FOR INSERT TO {name}\n"
        f"    WITH CHECK ((SELECT viewer.acts_as('{role}')) AND actor_role = '{role}'"
        f" AND purpose = '{Purpose.DELIVERY}' AND actor ~ '^[0-9a-f]{{32}}$'"
        " AND num_nonnulls(actor_partner_code, actor_country_code) = 0);"
    )
