"""What overseers learn of tables whose rows they may not read: how many people each viewer read,
and how far the account is signed."""

from collections.abc import Iterable, Iterator

from gateway.policy import POLICY
from models.documents import MOST_DOCUMENTS_LISTED
from models.jobs.passes import MOST_JOBS
from models.reference.ledger import MOST_PROPOSALS
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE, MOST_CLOSING_PLACES
from models.row_security import database_role
from models.supervision.budgeted_read import HOURS_COUNTED
from models.vocabulary import BackgroundWork, KeyOperationKind, Role

_SEE_COUNTS = [role for role in Role if role in POLICY["ReaderRow"].fields["people"]]
_SEE_CHECKPOINTS = [role for role in Role if role in POLICY["Installation"].fields["checkpoint"]]
_SEE_EVIDENCE = [role for role in Role if role in POLICY["FindingTable"].fields["evidence"]]
_SEE_TOUCHED = [role for role in Role if role in POLICY["TouchedFiles"].fields["open"]]
_SEE_CLOSING = [role for role in Role if role in POLICY["ClosingPlace"].fields["toHandIn"]]
_SEE_WORK = [role for role in Role if role in POLICY["Installation"].fields["work"]]
_SEE_LINKS = [role for role in Role if role in POLICY["Query"].fields["linkFigures"]]
_SEE_DOCUMENTS = [role for role in Role if role in POLICY["Query"].fields["trustedDocuments"]]
_COUNTS_REFUSED = "counts of reads are for supervision alone"
_WORK_REFUSED = "the state of the installation is for administrators alone"


def _told_to(roles: Iterable[Role], refusal: str, signature: str, query: str) -> str:
    """A function that answers a query to viewers in some roles, and refuses all others."""
    listed = ", ".join(f"'{role}'" for role in roles)
    return f"""\
CREATE OR REPLACE FUNCTION {signature}
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        IF acting IS NULL OR acting NOT IN ({listed}) OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION '{refusal}'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY
{query};
    END
$$;"""


#: Counts only, from a log whose rows these roles may not read, and without the people who were
#: read. A read of one's own data does not count.
_PEOPLE_READ = _told_to(
    _SEE_COUNTS,
    _COUNTS_REFUSED,
    """\
viewer.people_read(
    acting text, since timestamptz, before timestamptz
) RETURNS TABLE (reader text, reader_role text, people bigint, reads bigint)""",
    """\
            SELECT actor, actor_role, count(DISTINCT applicant_id), count(*)
            FROM access_event
            WHERE occurred_at >= since AND occurred_at < before AND actor_role <> 'APPLICANT'
            GROUP BY actor, actor_role""",
)
#: How many people the budgets of all viewers count now, without complaints: a supervisor would see
#: that somebody looks into one.
_PEOPLE_COUNTED = _told_to(
    _SEE_COUNTS,
    _COUNTS_REFUSED,
    """\
viewer.people_counted(acting text) RETURNS TABLE (
    reader text, reader_role text, people bigint)""",
    f"""\
            SELECT actor, actor_role, count(*) FROM budgeted_read
            WHERE read_at > now() - interval '{HOURS_COUNTED} hours'
                AND NOT EXISTS (SELECT FROM complaint WHERE complaint.id = person)
            GROUP BY actor, actor_role""",
)
#: The last checkpoint of the account, and how many entries have come since; no row before the first
#: one.
_ACCOUNT_STATE = _told_to(
    _SEE_CHECKPOINTS,
    "the state of the account is for auditors alone",
    """\
viewer.account_state(acting text) RETURNS TABLE (
    signed_at timestamptz, entries bigint, waiting bigint)""",
    """\
            SELECT head.signed_at, head.size::bigint,
                (SELECT count(*) FROM account_outbox)
                    + (SELECT coalesce(max(position) + 1, 0) FROM account_leaf) - head.size
            FROM account_head AS head""",
)
#: What identifies the last checkpoint, without how much is in the account; and what was published
#: of a window.
_FIGURE_EVIDENCE = _told_to(
    _SEE_EVIDENCE,
    "what stands behind exact figures is for their readers alone",
    """\
viewer.figure_evidence(acting text, first_on date, last_on date) RETURNS TABLE (
    signed_at timestamptz, frontier bytea[], edition integer, published_at timestamptz)""",
    """\
            SELECT
                (SELECT head.signed_at FROM account_head AS head),
                (SELECT head.frontier FROM account_head AS head),
                max(published.edition), max(published.published_at)
            FROM volume_edition AS published
            WHERE published.starts_on BETWEEN first_on AND last_on""",
)
#: For readiness, which asks as ANONYMOUS.
_INSTANTS = {
    f"account_{instant}": f"""\
CREATE OR REPLACE FUNCTION viewer.account_{instant}() RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    BEGIN
        RETURN (SELECT {instant} FROM account_head WHERE viewer.acts_as('ANONYMOUS'));
    END
$$;"""
    for instant in ("signed_at", "uncosigned_since")
}
#: What waits behind what people see, since when, and when it was last done. Never whose it is.
_WORK_STATE = _told_to(
    _SEE_WORK,
    _WORK_REFUSED,
    """\
viewer.work_state(acting text) RETURNS TABLE (
    kind text, waiting bigint, since timestamptz, done_at timestamptz)""",
    f"""\
            SELECT '{BackgroundWork.VOLUMES}', count(*), min(written_at), NULL::timestamptz
            FROM volume_outbox
        UNION ALL
            SELECT '{BackgroundWork.PUBLICATION}', 0::bigint, NULL, max(published_at)
            FROM volume_edition
        UNION ALL
            SELECT '{BackgroundWork.ACCOUNT}', count(*), NULL,
                (SELECT signed_at FROM account_head)
            FROM account_outbox
        UNION ALL
            SELECT '{BackgroundWork.SCREENING}', count(*), min(requested_at), NULL
            FROM screening WHERE answered_at IS NULL AND voided_at IS NULL
        UNION ALL
            SELECT '{BackgroundWork.ERASURE}', count(*), min(ordered_at), NULL
            FROM erasure WHERE keys_deleted_at IS NULL OR index_removed_at IS NULL""",
)
#: The key that writes now for each purpose, and since when.
_KEYS_IN_USE = _told_to(
    _SEE_WORK,
    _WORK_REFUSED,
    """\
viewer.keys_in_use(acting text) RETURNS TABLE (
    used_for text, key text, since timestamptz)""",
    f"""\
            SELECT DISTINCT ON (noted.used_for) noted.used_for, noted.to_key, noted.occurred_at
            FROM key_operation AS noted
            WHERE noted.kind = '{KeyOperationKind.ADDED}' AND noted.to_key IS NOT NULL
            ORDER BY noted.used_for, noted.occurred_at DESC, noted.id DESC""",
)
#: When each job of the keeper last did its work.
_JOB_STATE = _told_to(
    _SEE_WORK,
    _WORK_REFUSED,
    """\
viewer.job_state(acting text) RETURNS TABLE (
    name text, started_at timestamptz, passed_at timestamptz, milliseconds bigint,
    failures bigint, late_at timestamptz)""",
    f"""\
            SELECT job.name, job.started_at, job.passed_at, job.milliseconds, job.failures,
                job.late_at
            FROM job_pass AS job ORDER BY job.name LIMIT {MOST_JOBS}""",
)
#: The documents that clients may ask for, those registered last first.
_REGISTERED_DOCUMENTS = _told_to(
    _SEE_DOCUMENTS,
    "who may run which document is for administrators alone",
    """\
viewer.registered_documents(acting text) RETURNS TABLE (
    sha256 text, operations text[], clients text[], registered_at timestamptz,
    registered_by text, text text)""",
    f"""\
            SELECT known.sha256, known.operation_names, known.clients, known.registered_at,
                known.registered_by, known.text
            FROM trusted_document AS known WHERE known.retired_at IS NULL
            ORDER BY known.registered_at DESC, known.sha256 LIMIT {MOST_DOCUMENTS_LISTED}""",
)
#: How many pairs of files are linked. No role reads the rows that these numbers add up from.
_LINKS_COUNTED = _told_to(
    _SEE_LINKS,
    "how many files are linked is for supervision alone",
    """\
viewer.links_counted(acting text) RETURNS TABLE (
    certain bigint, confirmed bigint, rejected bigint, proposed bigint)""",
    """\
            SELECT
                coalesce(sum(counted.certain), 0)::bigint,
                coalesce(sum(counted.confirmed), 0)::bigint,
                coalesce(sum(counted.rejected), 0)::bigint,
                coalesce(sum(counted.proposed), 0)::bigint
            FROM link_count AS counted""",
)
#: What serves: the revision of the schema, and the release of PostgreSQL.
_DATABASE_VERSIONS = _told_to(
    _SEE_WORK,
    _WORK_REFUSED,
    """\
viewer.database_versions(acting text) RETURNS TABLE (revision text, postgres text)""",
    """\
            SELECT version_num::text, current_setting('server_version') FROM alembic_version""",
)
#: How many open files each proposed change is about, and how many of them keep what held before:
#: the bill, the checklist and the deadline to pay are fixed when a file is handed in, its target
#: when it is paid, the deadline to answer when something is asked. Never which files.
_FILES_TOUCHED = _told_to(
    _SEE_TOUCHED,
    "whom a change touches is for those who approve it",
    """\
viewer.files_touched(acting text) RETURNS TABLE (
    change uuid, open bigint, keep bigint, to_hand_in bigint)""",
    f"""\
            WITH proposed AS (
                SELECT id, kind, subject, changed -> 0 -> 'after' AS becomes, proposed_at
                FROM reference_change WHERE state = 'PROPOSED'
                ORDER BY proposed_at DESC, id DESC LIMIT {MOST_PROPOSALS}
            )
            SELECT proposed.id, count(file.id), CASE
                WHEN kind IN ('ENTRY_RULE', 'PARTNER_COUNTRY', 'CENTRE') THEN NULL
                ELSE count(file.id) FILTER (WHERE CASE
                    WHEN kind = 'SERVICE_TARGET' THEN file.paid_at IS NOT NULL
                    WHEN kind = 'DEADLINE' AND proposed.subject = 'ANSWER'
                        THEN file.answer_by IS NOT NULL
                    WHEN kind = 'DEADLINE' AND proposed.subject = 'INTENTION'
                        THEN file.status = 'REFUSAL_INTENDED'
                    ELSE true
                END)
            END, CASE WHEN kind IN ('PARTNER_COUNTRY', 'CENTRE') THEN
                count(file.id) FILTER (WHERE EXISTS (
                    SELECT FROM document_upload
                    WHERE application_id = file.id AND locator IS NOT NULL AND replaced_at IS NULL
                ))
            END
            FROM proposed LEFT JOIN application AS file ON file.stage <> 'CLOSED' AND CASE
                WHEN kind IN (
                    'FEE', 'PASSPORT_RULE', 'REQUIRED_DOCUMENT', 'ELIGIBILITY', 'VISA_TYPE',
                    'HANDLING_RULE'
                ) THEN file.visa_type_code = proposed.subject
                WHEN kind = 'SERVICE_TARGET' THEN file.visa_type_code = proposed.subject
                    AND (becomes ->> 'clock' = 'CALLING_VISA') = coalesce((
                        SELECT entry = 'CALLING_VISA' FROM entry_rule
                        WHERE entry_rule.country_code = file.nationality_code
                            AND valid_from <= wib_day(now())
                        ORDER BY valid_from DESC LIMIT 1
                    ), false)
                WHEN kind = 'ENTRY_RULE' THEN file.nationality_code = proposed.subject
                WHEN kind = 'CENTRE' THEN file.centre_code = proposed.subject
                WHEN kind = 'PARTNER_COUNTRY' THEN file.partner_code = proposed.subject
                    AND file.country_code = becomes ->> 'country_code'
                ELSE kind = 'DEADLINE'
            END
            GROUP BY proposed.id, kind, proposed_at
            ORDER BY proposed_at DESC, proposed.id DESC""",
)
#: The places that have their files for some days still. A centre of its own row closes by itself; a
#: country's files are those of all its places.
_CLOSING_PLACES = _told_to(
    _SEE_CLOSING,
    "which places close is for those who oversee partners",
    """\
viewer.closing_places(acting text) RETURNS TABLE (
    partner text, country text, centre text, successor text, closed_on date, hand_in_by date,
    open_files bigint, to_hand_in bigint)""",
    f"""\
            SELECT place.partner_code, place.country_code, place.code, place.successor_code,
                place.ended_on, place.ended_on + {DAYS_WITH_A_CLOSED_PLACE - 1}, count(file.id),
                count(file.hand_in_by)
            FROM (
                SELECT partner_code, country_code, NULL AS code, successor_code,
                    one.closed_on AS ended_on
                FROM partner_country AS one
                UNION ALL
                SELECT partner_code, country_code, code, successor_code, one.closed_on
                FROM centre AS one
            ) AS place
            LEFT JOIN application AS file ON file.stage <> 'CLOSED'
                AND file.left_partner_at IS NULL
                AND file.holder_partner_code = place.partner_code
                AND file.holder_country_code = place.country_code
                AND (place.code IS NULL OR file.holder_place = place.code)
            WHERE place.ended_on + {DAYS_WITH_A_CLOSED_PLACE} > wib_day(now())
            GROUP BY place.partner_code, place.country_code, place.code, place.successor_code,
                place.ended_on
            ORDER BY place.ended_on, place.partner_code, place.country_code, place.code
            LIMIT {MOST_CLOSING_PLACES}""",
)
OVERSIGHT_FUNCTIONS = "\n".join(
    (
        *(_PEOPLE_READ, _PEOPLE_COUNTED, *_INSTANTS.values()),
        *(
            _ACCOUNT_STATE,
            _FIGURE_EVIDENCE,
            _WORK_STATE,
            _KEYS_IN_USE,
            _JOB_STATE,
            _DATABASE_VERSIONS,
        ),
        *(_FILES_TOUCHED, _CLOSING_PLACES, _REGISTERED_DOCUMENTS, _LINKS_COUNTED),
    )
)


def oversight_grants(role: Role) -> Iterator[str]:
    if role in _SEE_COUNTS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.people_read TO {database_role(role)};"
        yield f"GRANT EXECUTE ON FUNCTION viewer.people_counted TO {database_role(role)};"
    if role in _SEE_CHECKPOINTS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.account_state TO {database_role(role)};"
    if role in _SEE_EVIDENCE:
        yield f"GRANT EXECUTE ON FUNCTION viewer.figure_evidence TO {database_role(role)};"
    if role in _SEE_WORK:
        for name in ("work_state", "keys_in_use", "job_state", "database_versions"):
            yield f"GRANT EXECUTE ON FUNCTION viewer.{name} TO {database_role(role)};"
    if role in _SEE_LINKS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.links_counted TO {database_role(role)};"
    if role in _SEE_DOCUMENTS:
        yield f"GRANT EXECUTE ON FUNCTION viewer.registered_documents TO {database_role(role)};"
    if role in _SEE_TOUCHED:
        yield f"GRANT EXECUTE ON FUNCTION viewer.files_touched TO {database_role(role)};"
    if role in _SEE_CLOSING:
        yield f"GRANT EXECUTE ON FUNCTION viewer.closing_places TO {database_role(role)};"
    if role is Role.ANONYMOUS:
        for name in _INSTANTS:
            yield f"GRANT EXECUTE ON FUNCTION viewer.{name} TO {database_role(role)};"
