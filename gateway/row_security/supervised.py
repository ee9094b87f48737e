"""What is written beside the life of a case: alerts, inquiries, bans, data subjects' rights, mail.

Triggers guard who may write what, and when it begins and ends.
"""

from collections.abc import Callable, Mapping

from gateway.policy import COMPLAINT_READERS, POLICY
from gateway.row_security.write_grants import WriteGrant, columns_in
from gateway.row_security.writer import Writer
from models import (
    Alert,
    BanEntry,
    BannedPerson,
    Base,
    Breach,
    BudgetException,
    Complaint,
    ComplaintText,
    Crossing,
    DataRequest,
    Erasure,
    FileClaim,
    GrantRuleStop,
    Inquiry,
    LegalHold,
    MailSubscription,
    MonthNote,
    OverstayConfirmation,
    PaymentReversal,
    SavedView,
    ScreeningReplay,
    Suspension,
    UnmatchedPayment,
    WebhookEndpoint,
)
from models.vocabulary import Role

_OF_AN_OWN_PROPOSAL = (
    "EXISTS (SELECT FROM ban_entry WHERE ban_entry.id = banned_person.ban_id"
    " AND ban_entry.state = 'PROPOSED' AND ban_entry.proposed_by = {})"
)


def _grant_alerts(writer: Writer) -> WriteGrant:
    return WriteGrant(
        columns_in(Alert),
        update=frozenset({"closed_by", "close_reason"}),
        select_if=writer.reach(Alert),
    )


def _grant_stops_of_rules(writer: Writer) -> WriteGrant:
    """The database says when: a rule that was stopped stays so."""
    return WriteGrant(
        frozenset({"rule_code", "stopped_by"}),
        frozenset({"id", "rule_code", "stopped_by", "reason"}),
        select_if=writer.reach(GrantRuleStop),
        insert_if=writer.by_role(
            {Role.SUPERVISOR: f"grant_rule_stop.stopped_by = {writer.subject}"}
        ),
    )


def _grant_inquiries(writer: Writer) -> WriteGrant:
    """The database says when it begins and ends; a trigger guards who may write what."""
    return WriteGrant(
        columns_in(Inquiry),
        frozenset({"id", "reference", "reason", "minutes", "most_people", "opened_by"}),
        frozenset({"approved_by", "reviewed_by", "verdict", "review_reason"}),
        select_if=writer.reach(Inquiry),
        insert_if=writer.reach(Inquiry),
    )


def _grant_budget_exceptions(writer: Writer) -> WriteGrant:
    """The database says when it begins and ends; a trigger guards who may write what."""
    return WriteGrant(
        columns_in(BudgetException),
        frozenset({"id", "viewer", "role", "reason", "most_people", "minutes", "proposed_by"}),
        frozenset({"approved_by"}),
        select_if=writer.reach(BudgetException),
        insert_if=writer.reach(BudgetException),
    )


def _grant_ban_entries(writer: Writer) -> WriteGrant:
    """A trigger guards who may write what of an entry; its person is written once, with it."""
    return WriteGrant(
        columns_in(BanEntry),
        frozenset({"id", "reference", "ground", "reason", "banned_from", "banned_until",
                   "proposed_by"}),
        frozenset({"approved_by", "rejected_by", "reject_reason", "withdrawal_proposed_by",
                   "withdrawal_reason", "withdrawn_by"}),
        select_if=writer.reach(BanEntry),
        insert_if=writer.reach(BanEntry),
    )  # fmt: skip


def _grant_banned_people(writer: Writer) -> WriteGrant:
    return WriteGrant(
        frozenset(),
        columns_in(BannedPerson) - {"erased_at", "keys_deleted_at"},
        insert_if=writer.by_role({Role.SCREENING: _OF_AN_OWN_PROPOSAL.format(writer.subject)}),
    )


def _grant_data_requests(writer: Writer) -> WriteGrant:
    """A trigger guards who writes what of a request."""
    return WriteGrant(
        columns_in(DataRequest) - {"reason", "lookups", "lookups_compared_at"},
        frozenset({"id", "reference", "kind", "applicant_id", "account", "lodged_by",
                   "lodged_role"}),
        frozenset({"applicant_id", "outcome", "reason", "answered_by", "lookups_proposed_by",
                   "lookups_approved_by"})
        if writer.role is Role.AUDITOR else frozenset(),
        select_if=writer.reach(DataRequest),
        insert_if=writer.reach(DataRequest),
    )  # fmt: skip


def _grant_complaints(writer: Writer) -> WriteGrant:
    """A trigger guards who takes which step, and says when."""
    is_auditor, is_applicant = writer.role is Role.AUDITOR, writer.role is Role.APPLICANT
    read = {"id", "kind", "partner_code", "country_code", "answered_role"}
    written = {"answered_by", "answered_role"}
    if writer.role in POLICY["Complaint"].fields["entrustedTo"]:
        read |= {"entrusted_to"}
    if is_auditor:
        written |= {"kind", "sorted_by", "entrusted_to", "entrusted_by"}
    return WriteGrant(
        frozenset({"id"} if is_applicant else read),
        frozenset({"id", "reference", "applicant_id", "account", "application_id", "centre_code"})
        if is_applicant else frozenset(),
        frozenset() if is_applicant else frozenset(written),
        select_if=writer.reach(Complaint),
        insert_if=writer.reach(Complaint),
    )  # fmt: skip


def _grant_complaint_texts(writer: Writer) -> WriteGrant:
    """A trigger guards who writes which part, once; nobody reads it here."""
    in_reach = "EXISTS (SELECT FROM complaint WHERE complaint.id = complaint_text.complaint_id)"
    writes = writer.by_role(dict.fromkeys(COMPLAINT_READERS, in_reach))
    is_applicant = writer.role is Role.APPLICANT
    return WriteGrant(
        frozenset({"complaint_id"}),
        frozenset({"complaint_id", "sealed"}) if is_applicant else frozenset(),
        frozenset() if is_applicant else frozenset({"sealed"}),
        select_if=writes,
    )


def _grant_erasures(writer: Writer) -> WriteGrant:
    """A trigger guards for whom an erasure is ordered."""
    return WriteGrant(
        frozenset({"applicant_id", "erased_at"}),
        frozenset({"id", "applicant_id", "data_request_id", "cause"}),
        select_if=writer.by_role({Role.SUPERVISOR: "true"}),
        insert_if=writer.by_role({Role.AUDITOR: "true"}),
    )


def _grant_screening_replays(writer: Writer) -> WriteGrant:
    """The database says when; the SCREENER's job writes the rest."""
    return WriteGrant(
        frozenset({"id", "asked_by"}),
        frozenset({"id", "asked_by"}),
        select_if=writer.reach(ScreeningReplay),
        insert_if=writer.by_role(
            {Role.SUPERVISOR: f"screening_replay.asked_by = {writer.subject}"}
        ),
    )


def _grant_legal_holds(writer: Writer) -> WriteGrant:
    """A trigger guards who writes what of a hold."""
    return WriteGrant(
        columns_in(LegalHold),
        frozenset({"id", "application_id", "reason", "held_by"}),
        frozenset({"released_by", "release_reason"}),
        select_if=writer.reach(LegalHold),
        insert_if=writer.reach(LegalHold),
    )


def _grant_breaches(writer: Writer) -> WriteGrant:
    """A trigger guards who takes which step, and writes when."""
    return WriteGrant(
        columns_in(Breach),
        frozenset({"id", "description", "noticed_at", "window_from", "window_before", "viewer",
                   "recorded_by"}),
        frozenset({"institution_notice", "institution_notified_by", "people_notice",
                   "notice_in_english", "notice_in_indonesian", "people_reached",
                   "people_notified", "people_notified_by", "close_reason", "closed_by"}),
        select_if=writer.reach(Breach),
        insert_if=writer.reach(Breach),
    )  # fmt: skip


def _grant_mail_subscriptions(writer: Writer) -> WriteGrant:
    """The database writes whose it is; where mail goes is written, and never read."""
    return WriteGrant(
        frozenset({"id", "subject", "renewals", "is_ended"}),
        frozenset({"id", "subject", "occasion", "country_code", "partner_code", "centre_code",
                   "visa_type_code", "language", "address"}),
        frozenset({"renewals", "address", "is_ended"}),
        select_if=writer.reach(MailSubscription),
        insert_if=writer.reach(MailSubscription),
    )  # fmt: skip


def _grant_saved_views(writer: Writer) -> WriteGrant:
    """A trigger guards whose they are; what one said is never read here."""
    return WriteGrant(
        frozenset({"id", "subject", "removed_at"}),
        frozenset({"id", "subject", "name", "page", "query"}),
        frozenset({"name", "query", "removed_at"}),
        select_if=writer.reach(SavedView),
        insert_if=writer.reach(SavedView),
    )


def _grant_month_notes(writer: Writer) -> WriteGrant:
    """A trigger guards in which scope they are written."""
    return WriteGrant(
        frozenset({"id", "author", "removed_at"}),
        frozenset({"id", "author", "month", "partner_code", "country_code", "text"}),
        frozenset({"text", "removed_at"}),
        select_if=writer.reach(MonthNote),
        insert_if=writer.reach(MonthNote),
    )


def _grant_unmatched_payments(writer: Writer) -> WriteGrant:
    """A trigger guards who takes which step, and writes when."""
    return WriteGrant(
        columns_in(UnmatchedPayment),
        frozenset({"id", "receipt_number", "billing_code", "amount_idr", "kept_by"}),
        frozenset({"recommended_by", "reason", "recommended_bill", "seconded_by", "second_reason"})
        | {"order_number", "ordered_on", "ordered_by"},
        select_if=writer.reach(UnmatchedPayment),
        insert_if=writer.reach(UnmatchedPayment),
    )


def _grant_payment_reversals(writer: Writer) -> WriteGrant:
    """A trigger guards of which receipt, and says when and what follows."""
    return WriteGrant(
        frozenset(),
        frozenset({"id", "receipt_number", "reversal_number", "reason", "reported_by"}),
        insert_if=writer.reach(PaymentReversal),
    )


def _grant_crossings(writer: Writer) -> WriteGrant:
    """The database says when one was reported, and finds the visa."""
    return WriteGrant(
        frozenset({"reported_by", "report_key", "direction", "crossed_at", "port"}),
        columns_in(Crossing) - {"reported_at", "matched_at"},
        select_if=writer.reach(Crossing),
        insert_if=writer.reach(Crossing),
    )


def _grant_overstay_confirmations(writer: Writer) -> WriteGrant:
    """A trigger guards of whom, and says when."""
    return WriteGrant(
        frozenset(),
        frozenset({"id", "confirmed_by", "stay_id"}),
        insert_if=writer.reach(OverstayConfirmation),
    )


def _grant_file_claims(writer: Writer) -> WriteGrant:
    """A trigger takes the code by which a file is claimed."""
    return WriteGrant(
        frozenset({"account"}),
        frozenset({"application_id", "account", "code"}),
        select_if=writer.reach(FileClaim),
        insert_if=writer.reach(FileClaim),
    )


def _grant_webhook_endpoints(writer: Writer) -> WriteGrant:
    """A trigger guards who takes which step; a secret is written, and never read."""
    return WriteGrant(
        columns_in(WebhookEndpoint) - {"secret", "previous_secret"},
        frozenset({"id", "partner_code", "country_code", "url", "secret", "registered_by"})
        if writer.role is Role.PARTNER_SERVICE else frozenset(),
        frozenset({"paused_by", "resumed_by", "removed_by", "redeliver_from",
                   "redeliver_through", "redeliver_by"})
        | {"secret" if writer.role is Role.PARTNER_SERVICE else "approved_by"},
        select_if=writer.reach(WebhookEndpoint),
        insert_if=writer.reach(WebhookEndpoint),
    )  # fmt: skip


def _grant_suspensions(writer: Writer) -> WriteGrant:
    return WriteGrant(
        columns_in(Suspension),
        # The database says from when until when; a trigger guards who may write what.
        frozenset({"id", "partner_code", "subject", "reason", "suspended_by"}),
        frozenset({"confirmed_by", "lift_proposed_by", "lift_reason", "lifted_by"}),
        select_if=writer.reach(Suspension),
        insert_if=writer.reach(Suspension),
    )


#: In the order of the script: what a writing role may do with each of these tables.
_GRANTS: Mapping[type[Base], Callable[[Writer], WriteGrant]] = {
    Alert: _grant_alerts,
    GrantRuleStop: _grant_stops_of_rules,
    Inquiry: _grant_inquiries,
    BudgetException: _grant_budget_exceptions,
    ScreeningReplay: _grant_screening_replays,
    BanEntry: _grant_ban_entries,
    BannedPerson: _grant_banned_people,
    DataRequest: _grant_data_requests,
    Complaint: _grant_complaints,
    ComplaintText: _grant_complaint_texts,
    Erasure: _grant_erasures,
    LegalHold: _grant_legal_holds,
    Breach: _grant_breaches,
    MailSubscription: _grant_mail_subscriptions,
    WebhookEndpoint: _grant_webhook_endpoints,
    SavedView: _grant_saved_views,
    MonthNote: _grant_month_notes,
    Suspension: _grant_suspensions,
    UnmatchedPayment: _grant_unmatched_payments,
    PaymentReversal: _grant_payment_reversals,
    Crossing: _grant_crossings,
    OverstayConfirmation: _grant_overstay_confirmations,
    FileClaim: _grant_file_claims,
}


def supervised_tables(writer: Writer) -> Mapping[str, WriteGrant]:
    """The rights of a writing role on these tables."""
    return {noun.__tablename__: grant(writer) for noun, grant in _GRANTS.items()}
