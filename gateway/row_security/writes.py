"""The rules for changes: what the writing role may write, and on which rows, for which viewer.

A change reads what its viewer does not, such as whether a case is cleared, so it is made in a role
of its own; the rows that it reaches are still the viewer's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.policy import MUTATIONS
from gateway.row_security.predicates import meaning
from gateway.row_security.volumes import FUNCTIONS
from gateway.rules import Rule
from models import (
    Applicant,
    Application,
    ApplicationEvent,
    Assignment,
    Base,
    Centre,
    Country,
    Decision,
    EntryRule,
    Fee,
    Idempotency,
    Identity,
    PartnerCountry,
    Screening,
    ServiceTarget,
    VisaType,
)
from models.row_security import WRITING
from models.vocabulary import Role

_SUBMITTING = ("submitApplication", "submitApplications")
_SEALED = "(SELECT viewer.is_sealed())"
_OWN_ACCOUNT = "applicant.account = (SELECT viewer.subject())"
#: Rows that belong to a case are in reach with it: the inner table has rules of its own.
_OF_A_CASE = "EXISTS (SELECT FROM application WHERE application.id = {table}.application_id)"
_OF_ONESELF = "EXISTS (SELECT FROM applicant WHERE applicant.id = identity.applicant_id)"


@dataclass(frozen=True)
class Written:
    """A table that changes write: the columns of each verb, and the condition for its rows."""

    select: frozenset[str]
    insert: frozenset[str] = frozenset()
    update: frozenset[str] = frozenset()
    #: Of the rows that are read and changed, and of those that are made.
    reached: str = _SEALED
    made: str = _SEALED


def writes() -> Iterator[str]:
    """Grants and row rules of the writing role, table by table."""
    yield f"-- Changes, for whichever viewer\nGRANT USAGE ON SCHEMA public, viewer TO {WRITING};"
    yield (
        "GRANT EXECUTE ON FUNCTION viewer.is_sealed, viewer.told, viewer.role, viewer.subject,"
        f" viewer.partner, viewer.countries, viewer.centres TO {WRITING};"
    )
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {WRITING};"
    for table, written in _tables().items():
        yield from _verb(table, "SELECT", written.select, f"USING ({written.reached})")
        yield from _verb(table, "INSERT", written.insert, f"WITH CHECK ({written.made})")
        both = f"USING ({written.reached}) WITH CHECK ({written.reached})"
        yield from _verb(table, "UPDATE", written.update, both)


def _verb(table: str, verb: str, columns: frozenset[str], held: str) -> Iterator[str]:
    if columns:
        name = f"writing_{verb.lower()}"
        yield f"GRANT {verb} ({', '.join(sorted(columns))}) ON {table} TO {WRITING};"
        yield f"CREATE POLICY {name} ON {table} FOR {verb} TO {WRITING}\n    {held};"


def _tables() -> Mapping[str, Written]:
    own_case = _of_viewer({name: c.rows for name, c in MUTATIONS.items()})
    submitted = _of_viewer({name: MUTATIONS[name].rows for name in _SUBMITTING})
    of_a_case = {
        noun: f"{_SEALED} AND {_OF_A_CASE.format(table=noun.__tablename__)}"
        for noun in (ApplicationEvent, Assignment, Decision, Screening)
    }
    return {
        **{
            noun.__tablename__: Written(_columns(noun))
            for noun in (
                Centre, Country, EntryRule, Fee, PartnerCountry, ServiceTarget, VisaType,
            )
        },
        Applicant.__tablename__: Written(
            _columns(Applicant),
            _columns(Applicant) - {"created_at"},
            reached=f"{_SEALED} AND {_OWN_ACCOUNT}",
            made=_by_role(
                {
                    Role.PARTNER_AGENT: "applicant.account IS NULL",
                    Role.APPLICANT: _OWN_ACCOUNT,
                }
            ),
        ),
        Identity.__tablename__: Written(
            _columns(Identity),
            _columns(Identity),
            reached=f"{_SEALED} AND {_OF_ONESELF}",
            made=_by_role({Role.PARTNER_AGENT: "true", Role.APPLICANT: _OF_ONESELF}),
        ),
        Application.__tablename__: Written(
            _columns(Application),
            _columns(Application) - {"stage"},
            _columns(Application)
            - {"id", "reference", "stage", "applicant_id", "nationality_code", "visa_type_code"}
            - {"channel", "partner_code", "country_code", "centre_code", "submitted_at"},
            reached=own_case,
            made=submitted,
        ),
        ApplicationEvent.__tablename__: Written(
            _columns(ApplicationEvent),
            _columns(ApplicationEvent) - {"id", "recorded_at"},
            reached=of_a_case[ApplicationEvent],
            made=of_a_case[ApplicationEvent],
        ),
        Assignment.__tablename__: Written(
            _columns(Assignment),
            _columns(Assignment) - {"id", "ended_at"},
            frozenset({"ended_at"}),
            reached=of_a_case[Assignment],
            made=of_a_case[Assignment],
        ),
        Decision.__tablename__: Written(
            _columns(Decision) - {"internal_note"},
            _columns(Decision),
            reached=of_a_case[Decision],
            made=f"{of_a_case[Decision]} AND decision.officer = (SELECT viewer.subject())",
        ),
        Screening.__tablename__: Written(
            _columns(Screening),
            _columns(Screening),
            frozenset({"result", "answered_at"}),
            reached=of_a_case[Screening],
            made=of_a_case[Screening],
        ),
        Idempotency.__tablename__: Written(
            _columns(Idempotency), _columns(Idempotency) - {"created_at"}, frozenset({"answer"})
        ),
    }  # fmt: skip


def _columns(noun: type[Base]) -> frozenset[str]:
    return frozenset(noun.__table__.c.keys())


def _of_viewer(rules: Mapping[str, Mapping[Role, Rule]]) -> str:
    """The condition for the applications that the viewer's role may change by any of these."""
    by_role: dict[Role, list[str]] = {}
    for of_mutation in rules.values():
        for role, rule in of_mutation.items():
            held = meaning(rule, Application.__tablename__)
            if held not in (known := by_role.setdefault(role, [])):
                known.append(held)
    return _by_role({role: " OR ".join(held) for role, held in by_role.items()})


def _by_role(held: Mapping[Role, str]) -> str:
    cases = " ".join(f"WHEN '{role}' THEN {condition}" for role, condition in held.items())
    acting = f"CASE (SELECT viewer.role()) {cases} ELSE false END"
    return f"CASE WHEN {_SEALED} THEN {acting} ELSE false END"
