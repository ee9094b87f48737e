"""Row security of the LINKER, SCREENER, GRANTER, MAILER and SCANNER: what each reads and writes,
and nothing else.

They are no roles of the domain, and no gateway acts in them: jobs of the keeper do.
"""

from collections.abc import Iterator, Mapping

from gateway.row_security.claims import mailers_grant
from models import (
    Applicant,
    Application,
    ApplicationEvent,
    BanEntry,
    BanIndex,
    BanMatch,
    BannedPerson,
    Base,
    ContactDigest,
    DataRequest,
    Decision,
    DocumentContent,
    DocumentUpload,
    ExtensionRule,
    GrantCheck,
    GrantRule,
    GrantRuleStop,
    Identity,
    IdentityVersion,
    LinkerRead,
    PersonIndex,
    PersonLink,
    PersonLookup,
    Screening,
    SentCode,
    Visa,
    VisaDocument,
    VisaType,
)
from models.person.sealed import cells_sql
from models.row_security import GRANTER, LINKER, MAILER, SCANNER, SCREENER

_OF_A_PERSON = ("applicant_id", "sealed", "versions", "full_name", "birth_date", "passport_number",
                "passport_issuing_state")  # fmt: skip
_OF_A_VERSION = (*_OF_A_PERSON, "number", "nationality_code", "valid_from", "valid_until")
_OF_THE_LIST = (
    "ban_id",
    "issuing_state",
    "sealed",
    "passport_number",
    "full_name",
    "birth_date",
    "erased_at",
)
_OF_A_READ = ("id", "reader", "applicant_id", "version", "fields")
_Rights = Mapping[str, Mapping[type[Base], tuple[str, ...]]]
#: By verb, the columns of each table; none are every column.
_OF_LINKER: _Rights = {
    "SELECT": {
        Applicant: ("id", "nationality_code"),
        Identity: _OF_A_PERSON,
        IdentityVersion: _OF_A_VERSION,
        Application: (
            "id", "applicant_id", "group_reference", "is_linked", "reference", "visa_type_code",
            "extends_visa_number", "status", "submitted_at",
        ),
        ExtensionRule: ("visa_type_code", "valid_from", "days"),
        Visa: (
            "visa_number", "application_id", "decision_id", "issued_at", "use_by", "stay_days",
        ),
        Decision: ("id", "conditions"),
        VisaDocument: (
            "id", "visa_number", "applicant_id", "ordered_at", "issued_at", "refused_at",
            "replaced_at",
        ),
        PersonIndex: (),
        PersonLink: ("applicant_id", "linked_id", "reason"),
        BanEntry: ("id", "approved_by", "withdrawn_by"),
        BannedPerson: _OF_THE_LIST,
        BanIndex: (),
        DataRequest: ("id", "applicant_id", "lookups_approved_by", "lookups_compared_at"),
        PersonLookup: ("id", "occurred_at", "sought_key", "sought"),
    },
    "INSERT": {
        PersonIndex: (),
        BanIndex: (),
        PersonLink: ("id", "applicant_id", "linked_id", "reason", "state"),
        LinkerRead: _OF_A_READ,
    },
    "UPDATE": {
        Application: ("is_linked",),
        VisaDocument: ("issued_at", "digest", "key_id", "sealed", "refused_at"),
        DataRequest: ("lookups_compared_at", "lookups"),
    },
    "DELETE": {PersonIndex: (), BanIndex: ()},
}  # fmt: skip
#: It clears, and says nothing else: what it may not insert, it cannot answer.
_OF_SCREENER: _Rights = {
    "SELECT": {
        Applicant: ("id", "nationality_code"),
        Identity: _OF_A_PERSON,
        IdentityVersion: _OF_A_VERSION,
        Application: (
            "id", "applicant_id", "status", "is_linked", "received_at", "partner_code", "stage",
            "target_due_at",
        ),
        ApplicationEvent: ("application_id", "sequence"),
        Screening: ("application_id", "kind", "voided_at"),
        BanEntry: ("id", "approved_by", "withdrawn_by", "banned_from", "banned_until"),
        BannedPerson: _OF_THE_LIST,
        BanMatch: ("application_id", "ended_at"),
    },
    "INSERT": {
        LinkerRead: _OF_A_READ,
        BanMatch: ("id", "ban_id", "application_id", "by"),
        Screening: (
            "id", "application_id", "kind", "result", "requested_at", "answered_at",
            "list_version", "rule_version",
        ),
        ApplicationEvent: ("application_id", "sequence", "kind", "occurred_at"),
    },
}  # fmt: skip
#: It grants what is paid, in the name of a rule that nobody has stopped, and changes nothing else.
_OF_GRANTER: _Rights = {
    "SELECT": {
        Identity: (
            "applicant_id", "sealed", "versions", "birth_date", "passport_expires_on",
        ),
        Application: ("id", "status", "use_within_days"),
        ApplicationEvent: ("application_id", "sequence"),
        Decision: ("id", "grant_rule_code"),
        VisaType: ("code", "stay_days"),
        GrantRule: ("code", "official"),
        GrantRuleStop: ("rule_code",),
        GrantCheck: (),
    },
    "INSERT": {
        LinkerRead: _OF_A_READ,
        GrantCheck: (
            "application_id", "rule_code", "verdict", "unmet", "version", "is_decided_twice",
        ),
        Decision: (
            "id", "application_id", "outcome", "decided_at", "officer", "grant_rule_code",
        ),
        Visa: (
            "visa_number", "application_id", "decision_id", "issued_at", "use_by", "stay_days",
        ),
        ApplicationEvent: ("application_id", "sequence", "kind", "occurred_at"),
    },
    "UPDATE": {
        Application: ("status", "closed_at", "current_decision_id"),
        GrantCheck: (
            "rule_code", "verdict", "unmet", "version", "is_decided_twice", "checked_at",
        ),
    },
}  # fmt: skip
#: It reads nobody but by its function, says whom it read, and notes the code that it sent, and
#: which files a contact serves.
_OF_MAILER: _Rights = {
    "SELECT": {SentCode: ("application_id", "kind"), ContactDigest: ()},
    "INSERT": {
        LinkerRead: _OF_A_READ,
        SentCode: ("application_id", "kind", "digest"),
        ContactDigest: (),
    },
    "UPDATE": {SentCode: ("digest", "mailed_at")},
}
#: Where mail to the applicant of a case goes: the sealed address alone, and of whom mail waits for
#: alone. Null where there is none.
MAILER_FUNCTION = f"""\
CREATE OR REPLACE FUNCTION viewer.contact_of(asked uuid) RETURNS TABLE (
    applicant_id uuid, reference text, version bigint, email text)
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT identity.applicant_id, application.reference, coalesce((
        SELECT max(number) FROM identity_version AS version
        WHERE version.applicant_id = identity.applicant_id AND valid_from IS NOT NULL
    ), 1), {cells_sql(Identity.email)}
    FROM application JOIN identity USING (applicant_id)
    WHERE application.id = asked AND EXISTS (
        SELECT FROM mail WHERE mail.application_id = application.id
    )
$$;"""
#: It says of what was sent whether the scanner found something, once, and nothing else.
_OF_SCANNER: _Rights = {
    "SELECT": {
        DocumentUpload: (
            "id", "application_id", "sent_at", "completed_at", "refused_at", "replaced_at",
        ),
        DocumentContent: ("upload_id", "applicant_id", "sealed", "content"),
    },
    "INSERT": {LinkerRead: _OF_A_READ},
    "UPDATE": {DocumentUpload: ("completed_at", "refused_at")},
}  # fmt: skip
_BY_A_RULE_IN_FORCE = (
    "outcome = 'GRANTED' AND EXISTS (SELECT FROM grant_rule AS rule WHERE rule.code ="
    " grant_rule_code AND rule.official = officer) AND NOT EXISTS (SELECT FROM grant_rule_stop"
    " WHERE rule_code = grant_rule_code)"
)
#: What a row has to be, where not any will do.
_ROWS: Mapping[tuple[str, type[Base]], str] = {
    (GRANTER, LinkerRead): "reader = 'GRANTER'",
    (GRANTER, Decision): _BY_A_RULE_IN_FORCE,
    (GRANTER, Visa): "EXISTS (SELECT FROM decision WHERE decision.id = decision_id"
    " AND grant_rule_code IS NOT NULL) AND EXISTS (SELECT FROM application AS asked"
    " WHERE asked.id = application_id"
    " AND wib_day(issued_at) + asked.use_within_days::integer = use_by)",
    (GRANTER, ApplicationEvent): "kind = 'GRANTED'",
    (LINKER, LinkerRead): "reader = 'LINKER'",
    (MAILER, LinkerRead): "reader = 'MAILER' AND fields = '{email}'",
    (SCANNER, LinkerRead): "reader = 'SCANNER' AND fields = '{document.content}'",
    (SCREENER, LinkerRead): "reader = 'SCREENER'",
    (SCREENER, BanMatch): "by = 'LIKENESS'",
    (SCREENER, Screening): "result = 'CLEAR' AND list_version IS NOT NULL",
    (SCREENER, ApplicationEvent): "kind = 'SCREENED'",
}


#: What a row has to be before an update and after it.
_CHANGED: Mapping[tuple[str, type[Base]], tuple[str, str]] = {
    (GRANTER, Application): ("status = 'PAID'", "status = 'GRANTED'"),
    (SCANNER, DocumentUpload): (
        "sent_at IS NOT NULL AND num_nonnulls(completed_at, refused_at, replaced_at) = 0",
        "num_nonnulls(completed_at, refused_at) = 1",
    ),
}


def job_roles() -> Iterator[str]:
    """The grants and row policies of each."""
    for role, rights in (
        (LINKER, _OF_LINKER),
        (SCREENER, _OF_SCREENER),
        (GRANTER, _OF_GRANTER),
        (MAILER, _OF_MAILER),
        (SCANNER, _OF_SCANNER),
    ):
        name = role.removeprefix("gerbang_")
        yield f"-- {name.upper()}"
        yield f"GRANT USAGE ON SCHEMA public TO {role};"
        # Which the indexes of applications ask.
        yield f"GRANT EXECUTE ON FUNCTION wib_day TO {role};"
        for verb, tables in rights.items():
            for noun, columns in tables.items():
                table = noun.__tablename__
                listed = f" ({', '.join(sorted(columns))})" if columns else ""
                yield f"GRANT {verb}{listed} ON {table} TO {role};"
                clause = "USING (true)"
                if verb == "INSERT":
                    clause = f"WITH CHECK ({_ROWS.get((role, noun), 'true')})"
                elif verb == "UPDATE" and (role, noun) in _CHANGED:
                    before, after = _CHANGED[role, noun]
                    clause = f"USING ({before}) WITH CHECK ({after})"
                yield (
                    f"CREATE POLICY {name}_{verb.lower()} ON {table} FOR {verb} TO {role}\n"
                    f"    {clause};"
                )
        yield ""
    yield f"GRANT USAGE ON SCHEMA viewer TO {MAILER};"
    yield f"GRANT EXECUTE ON FUNCTION viewer.contact_of TO {MAILER};"
    yield f"GRANT EXECUTE ON FUNCTION days_of_extension TO {LINKER};"
    yield mailers_grant()
    yield ""
