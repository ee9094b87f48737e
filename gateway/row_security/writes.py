"""Row security of mutations: which columns each role writes, of which rows, by which verb.

Each role of the domain changes things in a database role of its own. That role reads what its
mutations look at, and no more; ``gateway/row_security/columns.py`` lists the columns among these
that the role of the domain never sees. Which step may write what, from which status, is guarded by
``guards.py``.
"""

from collections.abc import Collection, Iterator, Mapping

from gateway.policy import MUTATIONS, POLICY
from gateway.row_security.columns import tells_only_whether_cleared
from gateway.row_security.guards import guards
from gateway.row_security.supervised import supervised_tables
from gateway.row_security.volumes import FUNCTIONS
from gateway.row_security.write_grants import WriteGrant, columns_in, grant_statements
from gateway.row_security.writer import Writer
from models import (
    Applicant,
    Application,
    ApplicationEvent,
    Assignment,
    Bill,
    CaseDocument,
    Centre,
    Correction,
    Country,
    Deadline,
    Decision,
    Eligibility,
    EntryRule,
    Fee,
    Idempotency,
    Identity,
    IdentityVersion,
    Partner,
    PartnerCountry,
    PersonLink,
    ReferenceChange,
    RequestedItem,
    RequiredDocument,
    Screening,
    ServiceTarget,
    Visa,
    VisaType,
)
from models.life.steps import ANSWERING, HANDING_OVER, SENDERS, SUBMITTERS, UNPAID
from models.vocabulary import Role

_SUBMITTING = ("submitApplication", "submitApplications")
#: Rows of a case are in reach if the case is: the inner table has row policies of its own.
_CASE_IS_IN_REACH = "EXISTS (SELECT FROM application WHERE application.id = {table}.application_id)"
_REFERENCE = (Country, EntryRule, VisaType, Eligibility, RequiredDocument, Fee, ServiceTarget,
              Deadline, Partner, PartnerCountry, Centre)  # fmt: skip
_UNPAID = ", ".join(f"'{status}'" for status in UNPAID)
_BILL_IS_OPEN = (
    "bill.paid_at IS NULL AND EXISTS (SELECT FROM application WHERE application.id ="
    f" bill.application_id AND application.status IN ({_UNPAID}))"
)
#: What is known of an application when it is handed in.
_LODGED = frozenset(
    {"id", "reference", "applicant_id", "nationality_code", "visa_type_code", "trip_purpose"}
    | {"channel", "partner_code", "country_code", "centre_code", "group_reference", "pay_by"}
    | {"status", "submitted_at"}
)
_OF_AN_APPLICATION = (
    "EXISTS (SELECT FROM application WHERE application.applicant_id ="
    " identity_version.applicant_id)"
)
_OF_A_CASE_IN_REACH = (
    "EXISTS (SELECT FROM application"
    " WHERE application.applicant_id IN (person_link.applicant_id, person_link.linked_id))"
)
#: The desk it is on, its successor once its place has closed, and whether other files of its person
#: were looked for: written by triggers and the keeper.
_KEPT_BY_OTHERS = frozenset(
    {"officer", "supervisor", "is_assigned", "is_visa_held", "is_linked"}
) | frozenset({"successor_centre_code", "successor_country_code", "left_partner_at"})
#: What a trigger writes in place of the ground of a decision, for those who do not read it.
_PUBLIC_GROUND = frozenset({"is_incomplete", "public_reason"})
#: How it left a desk.
_ENDED = frozenset({"ended_at", "ended_by", "reason"})
_OWN_APPLICANT = "EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id)"
#: Whose steps depended on answers in the last release; inline, as ``Writer.sealed_inline``.
_MAY_BE_CLEARED = "viewer.role() IN ('OFFICER', 'SUPERVISOR', 'SCREENING')"
_APPROVING = (Role.OFFICER, Role.SUPERVISOR)
#: Roles that take a step of a correction.
_CORRECTING = (*SENDERS, *_APPROVING)


def writes() -> Iterator[str]:
    """Grants and row policies of the writing roles, table by table, and the guards."""
    yield from guards()
    for role in (*_changers(), None):
        yield from _writes_of(Writer(role))


def _changers() -> list[Role]:
    """The roles that have a mutation."""
    found = {role for change in MUTATIONS.values() for role in change.rows}
    return [role for role in Role if role in found]


def _writes_of(writer: Writer) -> Iterator[str]:
    name = writer.database_role
    yield f"-- Changes, {f'by {writer.role}' if writer.role else 'by gateways of the last release'}"
    yield f"GRANT USAGE ON SCHEMA public, viewer TO {name};"
    yield (
        "GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.is_sealed, viewer.role,"
        " viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres,"
        f" viewer.places TO {name};"
    )
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {name};"
    if writer.role and tells_only_whether_cleared(writer.role):
        yield (f"GRANT EXECUTE ON FUNCTION viewer.is_cleared, viewer.questions_to_ask TO {name};")
    for table, grant in _tables(writer).items():
        yield from grant_statements(writer, table, grant)


def _of_roles(writer: Writer, condition: str, roles: Collection[Role]) -> str:
    """A condition for the rows of some roles; the others have none."""
    return f"{condition} AND {writer.by_role(dict.fromkeys(roles, 'true'))}"


def _tables(writer: Writer) -> Mapping[str, WriteGrant]:
    own_case, submitted = writer.reach(Application), writer.reach(Application, _SUBMITTING)
    # Only an applicant is on file already; agents read nothing of the people whom they hand in.
    knows_oneself = writer.role in (None, Role.APPLICANT)
    own_account = f"applicant.account = {writer.subject}"
    of_a_case = {
        noun: f"{writer.sealed} AND {_CASE_IS_IN_REACH.format(table=noun.__tablename__)}"
        for noun in (
            ApplicationEvent,
            Assignment,
            Bill,
            CaseDocument,
            Correction,
            Decision,
            RequestedItem,
            Screening,
            Visa,
        )
    }
    return {
        # Reference data is read by every role that changes something, and written by none: the
        # guard of the ledger writes what was approved.
        **{noun.__tablename__: WriteGrant(columns_in(noun)) for noun in _REFERENCE},
        ReferenceChange.__tablename__: WriteGrant(
            columns_in(ReferenceChange),
            frozenset({"id", "kind", "decree", "reason", "changed", "proposed_by"}),
            frozenset({"approved_by", "cancelled_by", "cancel_reason"}),
            select_if=writer.reach(ReferenceChange),
            insert_if=writer.reach(ReferenceChange),
        ),
        Applicant.__tablename__: WriteGrant(
            _known_of_people(writer),
            columns_in(Applicant) - {"created_at", "erased_at"},
            select_if=f"{writer.sealed} AND {own_account}"
            if writer.role is not Role.AUDITOR
            else writer.sealed,
            insert_if=writer.by_role(
                {
                    Role.PARTNER_AGENT: "applicant.account IS NULL",
                    Role.PARTNER_SERVICE: "applicant.account IS NULL",
                    Role.APPLICANT: own_account,
                }
            ),
        ),
        Identity.__tablename__: WriteGrant(
            columns_in(Identity) if knows_oneself else frozenset(),
            columns_in(Identity) - {"versions"},
            select_if=f"{writer.sealed} AND {_OWN_APPLICANT}",
            insert_if=writer.by_role(
                {
                    Role.PARTNER_AGENT: "true",
                    Role.PARTNER_SERVICE: "true",
                    Role.APPLICANT: _OWN_APPLICANT,
                }
            ),
        ),
        Application.__tablename__: WriteGrant(
            columns_in(Application),
            _LODGED,
            writer.columns_of(
                Application,
                "UPDATE",
                columns_in(Application) - {"stage"} - _KEPT_BY_OTHERS - (_LODGED - {"status"}),
            ),
            # A role that reads a case which it may not change learns why.
            select_if=writer.reach(Application, also_read=True),
            update_if=own_case,
            insert_if=f"{submitted} AND application.status IN ({_UNPAID})",
        ),
        ApplicationEvent.__tablename__: WriteGrant(
            columns_in(ApplicationEvent),
            columns_in(ApplicationEvent) - {"id", "recorded_at"},
            select_if=of_a_case[ApplicationEvent],
            insert_if=f"{of_a_case[ApplicationEvent]} AND {writer.own_events()}",
        ),
        Bill.__tablename__: WriteGrant(
            columns_in(Bill),
            columns_in(Bill) - {"paid_at", "receipt_number"},
            frozenset({"paid_at", "receipt_number"}),
            select_if=of_a_case[Bill],
            insert_if=f"{of_a_case[Bill]} AND {writer.by_role(dict.fromkeys(SUBMITTERS, 'true'))}",
            update_if=writer.by_role({Role.TREASURY: _BILL_IS_OPEN}),
            update_after=writer.by_role({Role.TREASURY: "bill.paid_at IS NOT NULL"}),
        ),
        RequestedItem.__tablename__: WriteGrant(
            columns_in(RequestedItem),
            writer.columns_of(
                RequestedItem, "INSERT", columns_in(RequestedItem) - {"answered_at", "answered_by"}
            ),
            writer.columns_of(RequestedItem, "UPDATE", frozenset({"answered_at", "answered_by"})),
            select_if=of_a_case[RequestedItem],
            insert_if=f"{of_a_case[RequestedItem]} AND {writer.by_role({Role.OFFICER: 'true'})}",
            update_if=(
                f"{of_a_case[RequestedItem]} AND "
                + writer.by_role(dict.fromkeys(ANSWERING, "requested_item.answered_at IS NULL"))
            ),
            update_after=(
                f"{of_a_case[RequestedItem]} AND "
                + writer.by_role(
                    dict.fromkeys(ANSWERING, f"requested_item.answered_by = {writer.subject}")
                )
            ),
        ),
        # A trigger writes the checklist; a partner records which of its documents are there.
        CaseDocument.__tablename__: WriteGrant(
            columns_in(CaseDocument),
            update=writer.columns_of(
                CaseDocument, "UPDATE", frozenset({"recorded_at", "recorded_by"})
            ),
            select_if=of_a_case[CaseDocument],
            update_if=_of_roles(writer, of_a_case[CaseDocument], HANDING_OVER),
        ),
        Assignment.__tablename__: WriteGrant(
            columns_in(Assignment),
            writer.columns_of(Assignment, "INSERT", columns_in(Assignment) - {"id", *_ENDED}),
            writer.columns_of(Assignment, "UPDATE", frozenset({"ended_at"})),
            select_if=of_a_case[Assignment],
            insert_if=of_a_case[Assignment],
        ),
        Decision.__tablename__: WriteGrant(
            columns_in(Decision) - {"internal_note", *_PUBLIC_GROUND},
            writer.columns_of(Decision, "INSERT", columns_in(Decision) - _PUBLIC_GROUND),
            select_if=f"{of_a_case[Decision]} AND {_may_read_decisions(writer)}",
            insert_if=f"{of_a_case[Decision]} AND decision.officer = {writer.subject}",
        ),
        Visa.__tablename__: WriteGrant(
            columns_in(Visa),
            writer.columns_of(Visa, "INSERT", columns_in(Visa) - {"revoked_at", "superseded_at"}),
            writer.columns_of(Visa, "UPDATE", frozenset({"revoked_at", "superseded_at"})),
            select_if=of_a_case[Visa],
            insert_if=of_a_case[Visa],
        ),
        Screening.__tablename__: WriteGrant(
            columns_in(Screening),
            writer.columns_of(Screening, "INSERT",
                columns_in(Screening) - {"answered_at", "answered_by", "confirmed_by", "voided_at",
                    "ban_id", "kept_from"}),
            writer.columns_of(Screening, "UPDATE", frozenset({"result", "proposed", "proposed_by",
                "reason", "answered_at", "answered_by", "confirmed_by"})),
            # The row rules of applications read it; a trigger guards who may write what.
            select_if=writer.sealed_inline if writer.role else _MAY_BE_CLEARED,
            insert_if=of_a_case[Screening],
            update_if=of_a_case[Screening],
        ),
        # The content of a correction is written once. One trigger guards who may take which step of
        # it, another puts it into force. No role writes an existing identity.
        IdentityVersion.__tablename__: WriteGrant(
            frozenset({"applicant_id", "number", "nationality_code"}),
            columns_in(IdentityVersion) - {"valid_from", "valid_until", "versions"},
            select_if=writer.by_role(dict.fromkeys(_CORRECTING, _OF_AN_APPLICATION)),
            insert_if=writer.by_role(dict.fromkeys(SENDERS, _OF_AN_APPLICATION)),
        ),
        Correction.__tablename__: WriteGrant(
            columns_in(Correction),
            columns_in(Correction) - {"approved_at", "approved_by"},
            frozenset({"state", "approved_at", "approved_by", "closed_at", "closed_by", "reason"}),
            select_if=_of_roles(writer, of_a_case[Correction], _CORRECTING),
            insert_if=_of_roles(writer, of_a_case[Correction], SENDERS),
            update_if=_of_roles(writer, of_a_case[Correction], _APPROVING),
        ),
        # The LINKER makes links; an officer decides about a link by name whether it is the same
        # person.
        PersonLink.__tablename__: WriteGrant(
            columns_in(PersonLink),
            update=writer.columns_of(PersonLink, "UPDATE", frozenset()),
            select_if=writer.by_role({Role.OFFICER: _OF_A_CASE_IN_REACH}),
        ),
        **supervised_tables(writer),
        Idempotency.__tablename__: WriteGrant(
            columns_in(Idempotency),
            columns_in(Idempotency) - {"created_at"},
            frozenset({"answer"}),
            # For what this transaction does, never for the past.
            update_if=f"{writer.sealed} AND idempotency.answer IS NULL",
            update_after=writer.sealed,
        ),
    }  # fmt: skip


def _known_of_people(writer: Writer) -> frozenset[str]:
    """What a role reads of applicants to change something; an auditor only that an applicant
    exists."""
    if writer.role is Role.AUDITOR:
        return frozenset({"id"})
    knows_oneself = writer.role in (None, Role.APPLICANT)
    return frozenset({"id", "account", "nationality_code"}) if knows_oneself else frozenset()


def _may_read_decisions(writer: Writer) -> str:
    """A role that never reads a ground does not read it to change something either."""
    readers = POLICY["Decision"].fields["officer"]
    return writer.by_role({role: "true" for role in _changers() if role in readers})
