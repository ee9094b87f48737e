"""What rules compare of one case, its people and its account, as it was at an instant.

Auditors are explained why somebody could read a case. A row rule looks at rows that an auditor does
not read, so a function of the owner hands these out: keys, and the columns that rules compare, of
one case and of people linked to its applicant, and nothing that says who somebody is. What was
written later than the instant is left out, and every instant is moved by as much as that one lies
back: a rule that compares it with `now()` then finds what it would have found.

Where the database does not know when something changed, it is as it is now: the account of an
applicant, and which centre of its partner has a case.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import DateTime

from gateway.policy import POLICY, ROWS_OF_A_CASE
from gateway.row_security.grants import attributes
from models import Base
from models.row_security import database_role
from models.vocabulary import LinkState, Role

_CASES, _PEOPLE = "ANY (cases)", "ANY (people)"
#: Since when a row is there, for tables that have it.
_BORN = {
    "application": "submitted_at",
    "application_event": "occurred_at",
    "assignment": "assigned_at",
    "bill": "issued_at",
    "correction": "proposed_at",
    "decision": "decided_at",
    "identity_version": "written_at",
    "inquiry": "opened_at",
    "inquiry_person": "opened_at",
    "legal_hold": "held_at",
    "person_link": "found_at",
    "requested_item": "requested_at",
    "screening": "requested_at",
    "visa": "issued_at",
}
#: What else a row must meet to be told of: auditors read no holds.
_TOLD = {"application_event": "kind NOT IN ('HELD', 'RELEASED')"}
#: Of which rows each table is read, where they do not hang on the case or its applicant.
_OF = {
    "application": f"id = {_CASES}",
    "applicant": f"id = {_PEOPLE}",
    "person_link": f"(applicant_id = {_PEOPLE} OR linked_id = {_PEOPLE})",
    "inquiry": "reference IN (SELECT reference FROM inquiry_person WHERE applicant_id = "
    f"{_PEOPLE})",
}
#: The columns that a later step wrote without an instant of their own, as they were.
_THEN = {
    ("application", "officer"): "(SELECT desk.officer FROM assignment AS desk"
    f" WHERE desk.application_id = it.id AND desk.role = '{Role.OFFICER}'"
    " AND desk.assigned_at <= instant AND coalesce(desk.ended_at, 'infinity') > instant"
    " ORDER BY desk.assigned_at DESC LIMIT 1)",
    ("screening", "answered_by"): "CASE WHEN it.answered_at <= instant THEN it.answered_by END",
    ("screening", "confirmed_by"): "CASE WHEN it.answered_at <= instant THEN it.confirmed_by END",
    ("person_link", "state"): "CASE WHEN it.resolved_at > instant"
    f" THEN '{LinkState.PROPOSED}' ELSE it.state END",
    # It is set in advance.
    ("inquiry", "ends_at"): "it.ends_at + later",
}
_FACTS = "facts_of_case"
_HEAD = f"""\
CREATE OR REPLACE FUNCTION viewer.{_FACTS}(
    acting text, of_case text, account text, of_partner text, of_instant timestamptz
) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        instant CONSTANT timestamptz := coalesce(of_instant, now());
        later CONSTANT interval := make_interval(secs => extract(epoch FROM now() - instant));
        one CONSTANT uuid := (SELECT applicant_id FROM application
            WHERE reference = of_case AND submitted_at <= instant);
        people CONSTANT uuid[] := ARRAY(
            SELECT one UNION SELECT applicant_id FROM person_link WHERE linked_id = one
            UNION SELECT linked_id FROM person_link WHERE applicant_id = one
        );
        cases CONSTANT uuid[] := ARRAY(
            SELECT id FROM application WHERE applicant_id = {_PEOPLE}
        );
    BEGIN
        IF acting IS DISTINCT FROM '{Role.AUDITOR}' OR viewer.sealed(acting) IS NULL THEN
            RAISE EXCEPTION 'why somebody could read a case is for auditors alone'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN jsonb_build_object(
            'is_suspended', EXISTS (
                SELECT FROM suspension WHERE (subject = account OR partner_code = of_partner)
                    AND suspended_at <= instant AND coalesce(ends_at, 'infinity') > instant
            ),
"""


class _Facts(NamedTuple):
    """A table, and the columns of it that rules compare."""

    table: Any
    columns: tuple[str, ...]


def _facts() -> Iterator[_Facts]:
    compared: dict[str, set[str]] = {}
    keys = {"application": {"id", "reference", "applicant_id"}}
    for name, of in ROWS_OF_A_CASE.items():
        for attribute in (
            of,
            *(a for rule in POLICY[name].rows.values() for a in attributes(rule)),
        ):
            table = attribute.class_.__tablename__
            compared.setdefault(table, keys.get(table, set())).add(attribute.key)
    for table, columns in sorted(compared.items()):
        yield _Facts(Base.metadata.tables[table], tuple(sorted(columns)))


def _rows_of(table: Any, columns: tuple[str, ...]) -> str:
    """The rows of one table, as JSON."""
    name = table.name
    by = "application_id" if "application_id" in table.c else "applicant_id"
    of = _OF.get(name, f"{by} = {_CASES if by == 'application_id' else _PEOPLE}")
    born = [f"{_BORN[name]} <= instant"] if name in _BORN else []
    where = " AND ".join((of, *born, *([_TOLD[name]] if name in _TOLD else [])))
    then = ",\n                    ".join(f"{_as_of(table, c)} AS {c}" for c in columns)
    return (
        f"            '{name}', (SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM (\n"
        f"                SELECT {then}\n"
        f"                FROM {name} AS it WHERE {where}\n"
        "            ) AS found)"
    )


def _as_of(table: Any, column: str) -> str:
    """A column as it was, its instant moved."""
    if (table.name, column) in _THEN:
        return _THEN[table.name, column]
    if isinstance(table.c[column].type, DateTime):
        return f"CASE WHEN it.{column} <= instant THEN it.{column} + later END"
    return f"it.{column}"


_PARTS = ",\n".join(_rows_of(*facts) for facts in _facts())
EXPLAINING_FUNCTIONS = f"{_HEAD}{_PARTS}\n        );\n    END\n$$;"


def explaining_grants(role: Role) -> Iterator[str]:
    if role is Role.AUDITOR:
        yield f"GRANT EXECUTE ON FUNCTION viewer.{_FACTS} TO {database_role(role)};"
