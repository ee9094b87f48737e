"""Row security of mutations: what the writing role may write, for which viewer.

A mutation reads columns that its viewer may not, such as whether a case is cleared. So it runs in
a database role of its own, which still reaches the rows of the viewer only.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gateway.policy import MUTATIONS
from gateway.row_security.dated import DATED, Dated
from gateway.row_security.predicates import rule_as_sql
from gateway.row_security.volumes import FUNCTIONS
from models import (
    Applicant,
    Application,
    ApplicationEvent,
    Assignment,
    Base,
    Bill,
    Country,
    Deadline,
    Decision,
    Idempotency,
    Identity,
    Partner,
    Screening,
)
from models.life.steps import SENDERS, STEPS, UNPAID
from models.row_security import WRITING
from models.vocabulary import DIRECTORATE, Role

_SUBMITTING = ("submitApplication", "submitApplications")
_SEALED = "(SELECT viewer.is_sealed())"
#: The same for a table whose own rule reads it: PostgreSQL allows no subselect there.
_SEALED_INLINE = "viewer.is_sealed()"
#: The viewer's subject, in any role.
_SUBJECT = "(SELECT viewer.subject(NULL))"
_OWN_ACCOUNT = f"applicant.account = {_SUBJECT}"
#: Rows of a case are in reach if the case is: the inner table has row policies of its own.
_CASE_IS_IN_REACH = "EXISTS (SELECT FROM application WHERE application.id = {table}.application_id)"
#: Whoever hands an application in has it billed, which nobody did.
_BILLED = (
    "application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL"
    " AND application_event.actor_role IS NULL"
)
_UNPAID = ", ".join(f"'{status}'" for status in UNPAID)
_BILL_IS_OPEN = (
    "bill.paid_at IS NULL AND EXISTS (SELECT FROM application WHERE application.id ="
    f" bill.application_id AND application.status IN ({_UNPAID}))"
)
#: What is known of an application when it is handed in.
_LODGED = frozenset(
    {"id", "reference", "applicant_id", "nationality_code", "visa_type_code", "channel"}
    | {"partner_code", "country_code", "centre_code", "status", "submitted_at"}
)
_OWN_APPLICANT = "EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id)"


@dataclass(frozen=True)
class WriteGrant:
    """The rights of the writing role on one table: columns and row conditions per verb."""

    select: frozenset[str]
    insert: frozenset[str] = frozenset()
    update: frozenset[str] = frozenset()
    #: Conditions for the rows to read, to insert, and to update; the last defaults to the first.
    select_if: str = _SEALED
    insert_if: str = _SEALED
    update_if: str | None = None
    #: A further condition for an updated row, as it is after the update.
    update_check: str | None = None
    #: The condition for an updated row where it is not that of before.
    update_after: str | None = None


def writes() -> Iterator[str]:
    """Grants and row policies of the writing role, table by table."""
    yield f"-- Changes, for whichever viewer\nGRANT USAGE ON SCHEMA public, viewer TO {WRITING};"
    yield (
        "GRANT EXECUTE ON FUNCTION viewer.sealed, viewer.acts_as, viewer.is_sealed, viewer.role,"
        " viewer.field, viewer.subject, viewer.partner, viewer.countries, viewer.centres"
        f" TO {WRITING};"
    )
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {WRITING};"
    for table, grant in _tables().items():
        yield from _verb(table, "SELECT", grant.select, f"USING ({grant.select_if})")
        yield from _verb(table, "INSERT", grant.insert, f"WITH CHECK ({grant.insert_if})")
        before = grant.update_if or grant.select_if
        after = f"{before} AND {grant.update_check}" if grant.update_check else before
        after = grant.update_after or after
        clause = f"USING ({before}) WITH CHECK ({after})"
        yield from _verb(table, "UPDATE", grant.update, clause)


def _verb(table: str, verb: str, columns: frozenset[str], clause: str) -> Iterator[str]:
    if columns:
        name = f"writing_{verb.lower()}"
        yield f"GRANT {verb} ({', '.join(sorted(columns))}) ON {table} TO {WRITING};"
        yield f"CREATE POLICY {name} ON {table} FOR {verb} TO {WRITING}\n    {clause};"


def _tables() -> Mapping[str, WriteGrant]:
    own_case, submitted = _reach_of_viewer(Application), _reach_of_viewer(Application, _SUBMITTING)
    of_a_case = {
        noun: f"{_SEALED} AND {_CASE_IS_IN_REACH.format(table=noun.__tablename__)}"
        for noun in (ApplicationEvent, Assignment, Bill, Decision, Screening)
    }
    return {
        Country.__tablename__: WriteGrant(_columns(Country)),
        Partner.__tablename__: WriteGrant(
            _columns(Partner),
            _columns(Partner),
            insert_if=f"{_reach_of_viewer(Partner)} AND partner.code <> '{DIRECTORATE}'",
        ),
        **{noun.__tablename__: _dated_grants(noun, dated) for noun, dated in DATED.items()},
        Applicant.__tablename__: WriteGrant(
            _columns(Applicant),
            _columns(Applicant) - {"created_at"},
            select_if=f"{_SEALED} AND {_OWN_ACCOUNT}",
            insert_if=_by_role(
                {
                    Role.PARTNER_AGENT: "applicant.account IS NULL",
                    Role.APPLICANT: _OWN_ACCOUNT,
                }
            ),
        ),
        Identity.__tablename__: WriteGrant(
            _columns(Identity),
            _columns(Identity),
            select_if=f"{_SEALED} AND {_OWN_APPLICANT}",
            insert_if=_by_role({Role.PARTNER_AGENT: "true", Role.APPLICANT: _OWN_APPLICANT}),
        ),
        Application.__tablename__: WriteGrant(
            _columns(Application),
            _LODGED,
            _columns(Application) - {"stage"} - (_LODGED - {"status"}),
            select_if=own_case,
            insert_if=f"{submitted} AND application.status IN ({_UNPAID})",
        ),
        ApplicationEvent.__tablename__: WriteGrant(
            _columns(ApplicationEvent),
            _columns(ApplicationEvent) - {"id", "recorded_at"},
            select_if=of_a_case[ApplicationEvent],
            insert_if=f"{of_a_case[ApplicationEvent]} AND {_own_events()}",
        ),
        Bill.__tablename__: WriteGrant(
            _columns(Bill),
            _columns(Bill) - {"paid_at", "receipt_number"},
            frozenset({"paid_at", "receipt_number"}),
            select_if=of_a_case[Bill],
            insert_if=f"{of_a_case[Bill]} AND {_by_role(dict.fromkeys(SENDERS, 'true'))}",
            update_if=_by_role({Role.TREASURY: _BILL_IS_OPEN}),
            update_after=_by_role({Role.TREASURY: "bill.paid_at IS NOT NULL"}),
        ),
        Deadline.__tablename__: WriteGrant(_columns(Deadline)),
        Assignment.__tablename__: WriteGrant(
            _columns(Assignment),
            _columns(Assignment) - {"id", "ended_at"},
            frozenset({"ended_at"}),
            select_if=of_a_case[Assignment],
            insert_if=of_a_case[Assignment],
        ),
        Decision.__tablename__: WriteGrant(
            _columns(Decision) - {"internal_note"},
            _columns(Decision),
            select_if=of_a_case[Decision],
            insert_if=f"{of_a_case[Decision]} AND decision.officer = {_SUBJECT}",
        ),
        Screening.__tablename__: WriteGrant(
            _columns(Screening),
            _columns(Screening) - {"answered_at", "answered_by", "confirmed_by"},
            _columns(Screening) - {"id", "application_id", "kind", "requested_at"},
            # The rules of applications read it; who may write what of it, a trigger guards.
            select_if=_SEALED_INLINE,
            insert_if=of_a_case[Screening],
            update_if=of_a_case[Screening],
        ),
        Idempotency.__tablename__: WriteGrant(
            _columns(Idempotency), _columns(Idempotency) - {"created_at"}, frozenset({"answer"})
        ),
    }  # fmt: skip


def _own_events() -> str:
    """An event is written in the own name, and is one of the steps that the role may take."""
    own = f"application_event.actor = {_SUBJECT} AND application_event.actor_role ="
    conditions: dict[Role, str] = {}
    for role in Role:
        kinds = sorted({step.event for step in STEPS if role in step.by and step.event})
        if not kinds:
            continue
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        condition = f"{own} '{role}' AND application_event.kind IN ({listed})"
        billed = f" OR {_BILLED}" if role in SENDERS else ""
        conditions[role] = f"({condition}{billed})"
    return _by_role(conditions)


def _dated_grants(noun: type[Base], dated: Dated) -> WriteGrant:
    """The grant for an effective-dated table: any mutation reads it, administrators write it."""
    administered, unchanged = _reach_of_viewer(noun), dated.unchanged_once_begun(noun)
    return WriteGrant(
        _columns(noun),
        _columns(noun),
        dated.columns,
        select_if=_SEALED_INLINE if unchanged else _SEALED,
        insert_if=f"{administered} AND {dated.begins_today_or_later}",
        update_if=f"{administered} AND {dated.is_not_past}",
        update_check=unchanged,
    )


def _columns(noun: type[Base]) -> frozenset[str]:
    return frozenset(noun.__table__.c.keys())


def _reach_of_viewer(noun: type[Base], mutations: Collection[str] = MUTATIONS) -> str:
    """The condition for the rows that the viewer may change by any of these mutations."""
    by_role: dict[Role, list[str]] = {}
    for change in (MUTATIONS[name] for name in mutations if noun in MUTATIONS[name].of):
        for role, rule in change.rows.items():
            condition = rule_as_sql(rule, None, noun.__tablename__)
            if condition not in (conditions := by_role.setdefault(role, [])):
                conditions.append(condition)
    return _by_role({role: " OR ".join(conditions) for role, conditions in by_role.items()})


def _by_role(conditions: Mapping[Role, str]) -> str:
    """The condition of the acting role, in the order of the roles: not in that of the mutations."""
    if not conditions:
        return "false"
    cases = " ".join(
        f"WHEN '{role}' THEN {conditions[role]}" for role in Role if role in conditions
    )
    by_acting_role = f"CASE (SELECT viewer.role()) {cases} ELSE false END"
    return f"CASE WHEN {_SEALED} THEN {by_acting_role} ELSE false END"
