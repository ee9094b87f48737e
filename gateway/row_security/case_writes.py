"""What a writing role may do with the tables of a case, from its application to its visa."""

from gateway.policy import POLICY
from gateway.row_security.write_grants import WriteGrant, columns_in
from gateway.row_security.writer import Writer, changing_roles
from models import (
    Application,
    ApplicationEvent,
    Assignment,
    Bill,
    CaseDocument,
    CaseNote,
    Decision,
    DocumentUpload,
    FormerBill,
    IntentionAnswer,
    ItemAnswer,
    RefusalIntention,
    RequestedItem,
    Screening,
    Visa,
    VisaDocument,
    WithheldDecision,
)
from models.life.steps import ANSWERING, HANDING_OVER, SUBMITTERS, UNPAID
from models.vocabulary import Role

_SUBMITTING = ("submitApplication", "submitApplications")
_UNPAID = ", ".join(f"'{status}'" for status in UNPAID)
_BILL_IS_OPEN = (
    "bill.paid_at IS NULL AND EXISTS (SELECT FROM application WHERE application.id ="
    f" bill.application_id AND (application.status IN ({_UNPAID})"
    " OR application.paid_at IS NOT NULL))"
)
_IS_CLOSED_AND_ON_NO_DESK = "application.closed_at IS NOT NULL AND NOT application.is_assigned"
#: What is known of an application when it is handed in.
_LODGED = frozenset(
    {"id", "reference", "applicant_id", "nationality_code", "visa_type_code", "trip_purpose"}
    | {"channel", "partner_code", "country_code", "centre_code", "group_reference", "pay_by"}
    | {"entry_on", "use_within_days", "guardian_kind"}
    | {"status", "submitted_at"}
)
#: What a trigger writes in place of the grounds of a decision, for those who do not read them.
_PUBLIC_GROUNDS = frozenset({"is_incomplete", "public_reasons"})


def grant_applications(writer: Writer) -> WriteGrant:
    submitted = writer.reach(Application, _SUBMITTING)
    return WriteGrant(
        columns_in(Application),
        # Whoever stays asks for more of it, and nobody else does for them.
        _LODGED | ({"extends_visa_number"} if writer.role is Role.APPLICANT else set()),
        writer.columns_of(Application, "UPDATE"),
        # A role that reads a case which it may not change learns why.
        select_if=writer.reach(Application, also_read=True),
        update_if=writer.reach(Application),
        # What an officer decides leaves the desk at once.
        update_after=writer.reach(Application, besides=[_IS_CLOSED_AND_ON_NO_DESK])
        if writer.role is Role.OFFICER
        else None,
        insert_if=f"{submitted} AND application.status IN ({_UNPAID})",
    )


def grant_events(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(ApplicationEvent)
    return WriteGrant(
        columns_in(ApplicationEvent),
        columns_in(ApplicationEvent) - {"id", "recorded_at"},
        select_if=in_reach,
        insert_if=f"{in_reach} AND {writer.own_events()}",
    )


def grant_bills(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(Bill)
    return WriteGrant(
        columns_in(Bill),
        frozenset({"billing_code", "application_id", "family_code", "amount_idr"})
        | {"issued_at", "due_at"},
        frozenset({"paid_at", "receipt_number"}),
        # The bill of a family is of no file: triggers alone write it.
        select_if=f"{writer.sealed} AND bill.application_id IS NULL OR {in_reach}"
        if writer.role is Role.TREASURY
        else in_reach,
        insert_if=writer.only_as(SUBMITTERS, in_reach),
        update_if=writer.by_role({Role.TREASURY: _BILL_IS_OPEN}),
        update_after=writer.by_role({Role.TREASURY: "bill.paid_at IS NOT NULL"}),
    )


def grant_former_bills(writer: Writer) -> WriteGrant:
    """Whoever handed a file in names the new code of its bill; a trigger says when, and does it."""
    own = f"{writer.case_is_in_reach(FormerBill)} AND former_bill.renewed_by = {writer.subject}"
    return WriteGrant(
        frozenset({"billing_code", "application_id", "family_id", "receipt_number"})
        | {"reversal_number"},
        frozenset({"id", "application_id", "replaced_by", "renewed_by"}),
        select_if=writer.only_as([Role.TREASURY], writer.case_is_in_reach(FormerBill)),
        insert_if=writer.only_as(SUBMITTERS, own),
    )


def grant_requested_items(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(RequestedItem)
    return WriteGrant(
        columns_in(RequestedItem),
        writer.columns_of(RequestedItem, "INSERT"),
        writer.columns_of(RequestedItem, "UPDATE"),
        select_if=in_reach,
        insert_if=writer.only_as([Role.OFFICER], in_reach),
        update_if=(
            f"{in_reach} AND "
            + writer.by_role(dict.fromkeys(ANSWERING, "requested_item.answered_at IS NULL"))
        ),
        update_after=(
            f"{in_reach} AND "
            + writer.by_role(
                dict.fromkeys(ANSWERING, f"requested_item.answered_by = {writer.subject}")
            )
        ),
    )


def grant_item_answers(writer: Writer) -> WriteGrant:
    """Whoever answers writes it once, and reads none of it to write it."""
    return WriteGrant(
        frozenset(),
        writer.columns_of(ItemAnswer, "INSERT"),
        insert_if=writer.only_as(ANSWERING, writer.case_is_in_reach(ItemAnswer)),
    )


def grant_intentions(writer: Writer) -> WriteGrant:
    """An officer announces one, once; whoever hands the file in notes that it was answered."""
    in_reach = writer.case_is_in_reach(RefusalIntention)
    is_open, own = "refusal_intention.ended_at IS NULL", "refusal_intention.answered_by ="
    return WriteGrant(
        columns_in(RefusalIntention),
        writer.columns_of(RefusalIntention, "INSERT"),
        writer.columns_of(RefusalIntention, "UPDATE"),
        select_if=in_reach,
        insert_if=writer.only_as([Role.OFFICER], in_reach),
        update_if=f"{in_reach} AND {writer.by_role(dict.fromkeys(ANSWERING, is_open))}",
        update_after=(
            f"{in_reach} AND " + writer.by_role(dict.fromkeys(ANSWERING, f"{own} {writer.subject}"))
        ),
    )


def grant_intention_answers(writer: Writer) -> WriteGrant:
    """Whoever answers writes it once, and reads none of it to write it."""
    return WriteGrant(
        frozenset(),
        writer.columns_of(IntentionAnswer, "INSERT"),
        insert_if=writer.only_as(ANSWERING, writer.case_is_in_reach(IntentionAnswer)),
    )


def grant_notes(writer: Writer) -> WriteGrant:
    """Whoever works on a case writes one, and reads none of them to write it."""
    own = f"{writer.case_is_in_reach(CaseNote)} AND case_note.author = {writer.subject}"
    return WriteGrant(
        frozenset(),
        writer.columns_of(CaseNote, "INSERT"),
        insert_if=writer.only_as([Role.OFFICER, Role.SUPERVISOR], own),
    )


def grant_documents(writer: Writer) -> WriteGrant:
    """A trigger writes the checklist; a partner records which of its documents are there."""
    in_reach = writer.case_is_in_reach(CaseDocument)
    return WriteGrant(
        columns_in(CaseDocument),
        update=writer.columns_of(CaseDocument, "UPDATE"),
        select_if=in_reach,
        update_if=writer.only_as(HANDING_OVER, in_reach),
    )


def grant_uploads(writer: Writer) -> WriteGrant:
    """Whoever hands a file in announces documents, and notes what came; a trigger guards when,
    and says whether that counts. A partner's system registers those of its own store."""
    in_reach = writer.case_is_in_reach(DocumentUpload)
    own = f"{in_reach} AND document_upload.requested_by = {writer.subject}"
    return WriteGrant(
        columns_in(DocumentUpload) - {"removed_at", "refused_at", "registered_sha256"},
        frozenset({"id", "application_id", "kind", "media_type", "size", "sha256"})
        | {"requested_by"}
        | ({"locator"} if writer.role is Role.PARTNER_SERVICE else set()),
        frozenset({"sent_at", "replaced_at"}),
        select_if=writer.only_as(SUBMITTERS, own),
        insert_if=writer.only_as(SUBMITTERS, own),
        update_if=writer.only_as(SUBMITTERS, own),
    )


def grant_contents(writer: Writer) -> WriteGrant:
    """By what a content is opened is written with it, and never read here."""
    of_an_upload = (
        "EXISTS (SELECT FROM document_upload AS upload"
        " WHERE upload.id = document_content.upload_id)"
    )
    return WriteGrant(
        frozenset(),
        frozenset({"upload_id", "applicant_id", "sealed"}),
        insert_if=writer.only_as(SUBMITTERS, of_an_upload),
    )


def grant_assignments(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(Assignment)
    return WriteGrant(
        columns_in(Assignment),
        writer.columns_of(Assignment, "INSERT"),
        writer.columns_of(Assignment, "UPDATE"),
        select_if=in_reach,
        insert_if=in_reach,
    )


def grant_decisions(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(Decision)
    return WriteGrant(
        columns_in(Decision) - {"internal_note", *_PUBLIC_GROUNDS},
        writer.columns_of(Decision, "INSERT"),
        select_if=f"{in_reach} AND {_may_read_decisions(writer)}",
        insert_if=f"{in_reach} AND decision.officer = {writer.subject}",
    )


def grant_withheld_decisions(writer: Writer) -> WriteGrant:
    """Who decides first notes it, and nobody who decides reads it."""
    in_reach = writer.case_is_in_reach(WithheldDecision)
    return WriteGrant(
        frozenset(),
        writer.columns_of(WithheldDecision, "INSERT"),
        insert_if=f"{in_reach} AND withheld_decision.officer = {writer.subject}",
    )


def grant_visas(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(Visa)
    return WriteGrant(
        columns_in(Visa),
        writer.columns_of(Visa, "INSERT"),
        writer.columns_of(Visa, "UPDATE"),
        select_if=in_reach,
        insert_if=in_reach,
    )


def grant_visa_documents(writer: Writer) -> WriteGrant:
    """A partner's system notes which documents it fetches, and reads nothing of them for it."""
    to_fetch = writer.reach(VisaDocument)
    return WriteGrant(
        frozenset({"id", "visa_number", "applicant_id", "proven_at", "replaced_at", "fetched_at"}),
        update=frozenset({"fetched_at", "fetched_by"}),
        select_if=to_fetch,
        update_after=f"{to_fetch} AND visa_document.fetched_by = {writer.subject}",
    )


def grant_screenings(writer: Writer) -> WriteGrant:
    in_reach = writer.case_is_in_reach(Screening)
    return WriteGrant(
        columns_in(Screening),
        writer.columns_of(Screening, "INSERT"),
        writer.columns_of(Screening, "UPDATE"),
        # The row rules of applications read it; a trigger guards who may write what.
        select_if=writer.sealed_inline,
        insert_if=in_reach,
        update_if=in_reach,
    )


def _may_read_decisions(writer: Writer) -> str:
    """A role that never reads grounds does not read them to change something either."""
    readers = POLICY["Decision"].fields["officer"]
    return writer.by_role({role: "true" for role in changing_roles() if role in readers})
