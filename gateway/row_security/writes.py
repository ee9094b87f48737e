"""Row security of mutations: which columns each role writes, of which rows, by which verb.

Each role of the domain changes things in a database role of its own. That role reads what its
mutations look at, and no more; ``gateway/row_security/columns.py`` lists the columns among these
that the role of the domain never sees. Which step may write what, from which status, is guarded by
``guards.py``.
"""

from collections.abc import Callable, Iterator, Mapping

from gateway.policy import MUTATIONS, POLICY
from gateway.row_security import case_writes, person_writes
from gateway.row_security.columns import tells_only_whether_cleared
from gateway.row_security.guards import guards
from gateway.row_security.supervised import supervised_tables
from gateway.row_security.volumes import FUNCTIONS
from gateway.row_security.write_grants import WriteGrant, columns_in, grant_statements
from gateway.row_security.writer import Writer, changing_roles
from models import (
    Applicant,
    Application,
    ApplicationEvent,
    Assignment,
    Base,
    Bill,
    CaseDocument,
    CaseNote,
    Centre,
    Complaint,
    Correction,
    Country,
    Crossing,
    DayOff,
    Deadline,
    Decision,
    DocumentContent,
    DocumentUpload,
    Eligibility,
    EntryRule,
    ExtensionRule,
    Fee,
    FormerBill,
    GrantRule,
    Guarantor,
    Guardian,
    HandlingRule,
    Idempotency,
    Identity,
    IdentityVersion,
    IntentionAnswer,
    ItemAnswer,
    MailSubscription,
    MonthNote,
    OverstayConfirmation,
    Partner,
    PartnerCountry,
    PassportRule,
    PersonLink,
    Pool,
    ReferenceChange,
    RefusalIntention,
    RequestedItem,
    RequiredDocument,
    SavedView,
    Screening,
    ServiceTarget,
    Visa,
    VisaDocument,
    VisaType,
    WebhookEndpoint,
    WithheldDecision,
)
from models.row_security import database_role, writing_role
from models.vocabulary import Role

_REFERENCE = (Country, EntryRule, VisaType, Eligibility, RequiredDocument, PassportRule,
              ExtensionRule, HandlingRule, Fee, ServiceTarget, Deadline, DayOff, GrantRule, Pool,
              Partner, PartnerCountry, Centre)  # fmt: skip
#: In the order of the script: what a writing role may do with each table of a case or a person.
_GRANTS: Mapping[type[Base], Callable[[Writer], WriteGrant]] = {
    Applicant: person_writes.grant_applicants,
    Identity: person_writes.grant_identities,
    Application: case_writes.grant_applications,
    ApplicationEvent: case_writes.grant_events,
    Bill: case_writes.grant_bills,
    FormerBill: case_writes.grant_former_bills,
    RequestedItem: case_writes.grant_requested_items,
    ItemAnswer: case_writes.grant_item_answers,
    RefusalIntention: case_writes.grant_intentions,
    IntentionAnswer: case_writes.grant_intention_answers,
    CaseNote: case_writes.grant_notes,
    CaseDocument: case_writes.grant_documents,
    DocumentUpload: case_writes.grant_uploads,
    DocumentContent: case_writes.grant_contents,
    Assignment: case_writes.grant_assignments,
    Decision: case_writes.grant_decisions,
    WithheldDecision: case_writes.grant_withheld_decisions,
    Visa: case_writes.grant_visas,
    VisaDocument: case_writes.grant_visa_documents,
    Screening: case_writes.grant_screenings,
    IdentityVersion: person_writes.grant_identity_versions,
    Correction: person_writes.grant_corrections,
    Guarantor: person_writes.grant_guarantors,
    Guardian: person_writes.grant_guardians,
    PersonLink: person_writes.grant_links,
}


#: For whom the secret of an endpoint is sealed, as the keeper says it.
_WEBHOOK_KEY = """\
CREATE OR REPLACE FUNCTION viewer.webhook_key() RETURNS bytea
    LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT public_key FROM webhook_key
$$;"""


def writes() -> Iterator[str]:
    """Grants and row policies of the writing roles, table by table, and the guards."""
    yield _WEBHOOK_KEY
    yield from guards()
    yield from _grants_of_visas()
    for role in changing_roles():
        yield from _writes_of(Writer(role))


def _grants_of_visas() -> Iterator[str]:
    """Whoever reads what is held learns whether there is something to hold, whoever may give a visa
    back, or have a stay extended, whether there is one, and whoever grants, whether a link counts.
    """
    for function, roles in (
        ("has_live_visa", POLICY["Application"].fields["isVisaHeld"]),
        ("has_unused_visa", MUTATIONS["returnVisa"].rows),
        ("extendability", MUTATIONS["applyForExtension"].rows),
        ("grant_stop", MUTATIONS["proposeGrant"].rows),
    ):
        for role in roles:
            for name in (database_role(role), writing_role(role)):
                yield f"GRANT EXECUTE ON FUNCTION viewer.{function} TO {name};"


def _writes_of(writer: Writer) -> Iterator[str]:
    name = writer.database_role
    yield f"-- Changes, by {writer.role}"
    yield f"GRANT USAGE ON SCHEMA public, viewer TO {name};"
    yield (
        "GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.role,"
        " viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres,"
        f" viewer.places TO {name};"
    )
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {name};"
    if VisaDocument in writer.changes():
        yield f"GRANT EXECUTE ON FUNCTION viewer.purpose_reference TO {name};"
    if WebhookEndpoint in writer.changes():
        yield f"GRANT EXECUTE ON FUNCTION viewer.webhook_key TO {name};"
    if tells_only_whether_cleared(writer.role):
        yield (f"GRANT EXECUTE ON FUNCTION viewer.is_cleared, viewer.questions_to_ask TO {name};")
    if writer.role in MUTATIONS["takeCase"].rows:
        yield f"GRANT EXECUTE ON FUNCTION viewer.pools, viewer.is_of_family_just_taken TO {name};"
    for function, roles in (
        ("extension_of", MUTATIONS["applyForExtension"].rows),
        ("entry_to_record", MUTATIONS["recordAppearance"].rows),
        ("record_entry", MUTATIONS["recordAppearance"].rows),
        ("extends_stopped_visa", POLICY["Screening"].fields["result"]),
    ):
        if writer.role in roles:
            yield f"GRANT EXECUTE ON FUNCTION viewer.{function} TO {name};"
    if writer.columns_of(Decision, "INSERT"):
        yield f"GRANT EXECUTE ON FUNCTION days_of_extension TO {name};"
    if writer.columns_of(WithheldDecision, "INSERT"):
        functions = "viewer.awaits_first_decision, viewer.decided_first"
        yield f"GRANT EXECUTE ON FUNCTION {functions} TO {name};"
    for table, grant in _tables(writer).items():
        yield from grant_statements(writer, table, grant)


def _tables(writer: Writer) -> Mapping[str, WriteGrant]:
    return {
        # Reference data is read by every role that changes something, and written by none: the
        # guard of the ledger writes what was approved.
        **{noun.__tablename__: WriteGrant(columns_in(noun)) for noun in _REFERENCE},
        ReferenceChange.__tablename__: _grant_reference_changes(writer),
        **{noun.__tablename__: grant(writer) for noun, grant in _case_grants(writer).items()},
        **supervised_tables(writer),
        Idempotency.__tablename__: _grant_idempotency_keys(writer),
    }


def _case_grants(writer: Writer) -> Mapping[type[Base], Callable[[Writer], WriteGrant]]:
    """Whoever changes nothing but what readers of figures write, where a partner's system is told,
    what border control reports, or complaints, looks at no case for it."""
    of_figures = {MailSubscription, SavedView, MonthNote}
    of_no_case = of_figures | {WebhookEndpoint, Crossing, OverstayConfirmation, Complaint}
    return _GRANTS if writer.changes() - of_no_case else {}


def _grant_reference_changes(writer: Writer) -> WriteGrant:
    """Auditors and supervisors answer proposals, and make none."""
    return WriteGrant(
        columns_in(ReferenceChange),
        frozenset({"id", "kind", "decree", "reason", "changed", "proposed_by"})
        if writer.role is Role.ADMINISTRATOR else frozenset(),
        frozenset({"approved_by", "cancelled_by", "cancel_reason"}),
        select_if=writer.reach(ReferenceChange),
        insert_if=writer.reach(ReferenceChange),
    )  # fmt: skip


def _grant_idempotency_keys(writer: Writer) -> WriteGrant:
    return WriteGrant(
        columns_in(Idempotency),
        columns_in(Idempotency) - {"created_at"},
        frozenset({"answer"}),
        # For what this transaction does, never for the past.
        update_if=f"{writer.sealed} AND idempotency.answer IS NULL",
        update_after=writer.sealed,
    )
