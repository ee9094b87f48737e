"""What an account does with a file of a partner: asks for a code, claims it, and follows it."""

from collections.abc import Iterator

from gateway.policy import MUTATIONS, PARTNERS, POLICY
from gateway.row_security.delivery import IS_TAKEN_BACK, LIVE_VISA
from gateway.row_security.reading_functions import KNOWN_IN_FORCE
from gateway.row_security.tracking import DUE_ON, EXPECTED_ON
from models.case.claim import MOST_CLAIMS, MOST_FILES_OF_A_CONTACT
from models.case.tracking import TRACKED_DAYS
from models.key_service.codes import CLAIM_CODE_HOURS
from models.row_security import MAILER, database_role, writing_role
from models.vocabulary import Channel, DigestKind, MailKind, Role

#: The file of a reference and a passport that an account may claim: lodged by a partner, for
#: somebody without an account, and claimed by nobody. With a code, the one that was mailed last.
_CLAIMABLE = f"""SELECT application.id
            FROM application
            JOIN applicant ON applicant.id = applicant_id
            JOIN person_index AS known USING (applicant_id)
            WHERE application.reference = asked
                AND kind = '{DigestKind.PASSPORT}'
                AND known.digest = ANY (
                    ARRAY(SELECT decode(one, 'hex') FROM unnest(passports) AS one)
                )
                AND {KNOWN_IN_FORCE}
                AND channel <> '{Channel.DIRECT}'
                AND num_nonnulls(account, erased_at) = 0
                AND coalesce(closed_at > now() - interval '{TRACKED_DAYS} days', true)
                AND NOT EXISTS (SELECT FROM file_claim WHERE application_id = application.id)
                AND (mailed IS NULL OR EXISTS (
                    SELECT FROM sent_code AS sent
                    WHERE sent.application_id = application.id AND sent.kind = '{MailKind.CLAIM}'
                        AND sent.digest = decode(mailed, 'hex')
                        AND sent.mailed_at > now() - interval '{CLAIM_CODE_HOURS} hours'
                ))
            LIMIT 1"""
_ASKED = "asked text, passports text[], mailed text"
#: That file, for whoever claims it.
_CLAIMABLE_FILE = f"""\
CREATE OR REPLACE FUNCTION viewer.claimable_file({_ASKED}) RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM viewer.acts_as('{Role.APPLICANT}');
        RETURN ({_CLAIMABLE});
    END
$$;"""
#: Post the code to whoever is the contact of such a file: one an hour, however often it is asked
#: for. It returns nothing, whether there is one or not.
_REQUEST_CLAIM_CODE = f"""\
CREATE OR REPLACE FUNCTION viewer.request_claim_code(
    asked text, passports text[], message uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        mailed text;
    BEGIN
        PERFORM viewer.acts_as('{Role.APPLICANT}');
        INSERT INTO mail (id, kind, cause, path, application_id)
            SELECT message, '{MailKind.CLAIM}',
                format('claim %s %s', found.id, to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDDHH24')),
                '/#claim', found.id
            FROM ({_CLAIMABLE}) AS found
            ON CONFLICT (cause) DO NOTHING;
    END
$$;"""
#: What an account reads of the files that it claimed, the newest first: nothing that says who it is
#: about, nor what else is asked or done.
_CLAIMED_FILES = f"""\
CREATE OR REPLACE FUNCTION viewer.claimed_files() RETURNS TABLE (
    reference text, claimed_at timestamptz, reached text, expected_on date, outcome text,
    is_taken_back boolean, visa_number text, use_by date, stay_days bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        oneself text := viewer.subject('{Role.APPLICANT}');
    BEGIN
        RETURN QUERY
            SELECT application.reference, claim.claimed_at, stage,
                {EXPECTED_ON},
                decision.outcome,
                coalesce({IS_TAKEN_BACK}, false),
                live.visa_number, live.use_by, live.stay_days
            FROM file_claim AS claim
            JOIN application ON application.id = claim.application_id
            JOIN applicant ON applicant.id = applicant_id AND erased_at IS NULL
            {DUE_ON}
            LEFT JOIN decision ON decision.id = current_decision_id
            {LIVE_VISA}
            WHERE claim.account = oneself
            ORDER BY claim.claimed_at DESC, claim.application_id LIMIT {MOST_CLAIMS};
    END
$$;"""
_OF_PARTNERS = ", ".join(f"'{role}'" for role in PARTNERS)
#: Whether the contact of a case is somebody's own: it serves few other files outside its group, and
#: no subscription of a partner's people.
_MAY_CLAIM_BY = f"""\
CREATE OR REPLACE FUNCTION viewer.may_claim_by(
    asked uuid, digests bytea[], given text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM mail_subscription AS one
        WHERE lower(one.address) = lower(given) AND one.role IN ({_OF_PARTNERS})
    ) AND {MOST_FILES_OF_A_CONTACT} >= (
        SELECT count(DISTINCT other.id) FROM contact_digest
        JOIN application AS other ON other.id = contact_digest.application_id
        JOIN application AS own ON own.id = asked
        WHERE digest = ANY (digests)
            AND (other.group_reference = own.group_reference) IS NOT TRUE
    )
$$;"""
CLAIM_FUNCTIONS = "\n".join((_CLAIMABLE_FILE, _REQUEST_CLAIM_CODE, _CLAIMED_FILES, _MAY_CLAIM_BY))


def claim_grants(role: Role) -> Iterator[str]:
    if role in MUTATIONS["claimFile"].rows:
        for name in (database_role(role), writing_role(role)):
            yield f"GRANT EXECUTE ON FUNCTION viewer.claimable_file TO {name};"
    if role in MUTATIONS["requestClaimCode"].rows:
        yield f"GRANT EXECUTE ON FUNCTION viewer.request_claim_code TO {writing_role(role)};"
    if role in POLICY["Query"].fields["claimedFiles"]:
        yield f"GRANT EXECUTE ON FUNCTION viewer.claimed_files TO {database_role(role)};"


def mailers_grant() -> str:
    return f"GRANT EXECUTE ON FUNCTION viewer.may_claim_by TO {MAILER};"
