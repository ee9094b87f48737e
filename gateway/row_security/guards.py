"""Guards of what steps write: triggers made from ``STEPS``, which no statement gets around.

A grant says which columns a role may write, a row rule in which rows. A guard compares the row
before and after. It allows a write only if a step of the role makes it: from a status where the
step is possible, with its preconditions met, in the viewer's name, at this transaction's instant.
It belongs to the owner of the tables; only what the owner itself writes, as in a migration or the
keeper, passes unchecked.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from gateway.row_security.case_functions import CASE_FUNCTIONS
from gateway.row_security.step_needs import HOLDS_IF, SHOWN_BY, is_now
from gateway.row_security.step_write import StepWrite, Write
from gateway.row_security.step_writes import WRITES
from models import (
    Application,
    ApplicationEvent,
    Assignment,
    Base,
    Bill,
    CaseDocument,
    CaseNote,
    Decision,
    Guarantor,
    Guardian,
    IntentionAnswer,
    ItemAnswer,
    PersonLink,
    RefusalIntention,
    RequestedItem,
    Screening,
    Visa,
    WithheldDecision,
)
from models.life import REASONED, STEPS, CaseState, Step, Verb, columns_after_step
from models.row_security import writing_role
from models.vocabulary import CLOSED, PAUSED, Role, Status

#: The tables that steps write.
GUARDED: tuple[type[Base], ...] = (
    Application, ApplicationEvent, Assignment, Bill, CaseDocument, CaseNote, Decision, Guarantor,
    Guardian, IntentionAnswer, ItemAnswer, PersonLink, RefusalIntention, RequestedItem, Screening,
    Visa, WithheldDecision,
)  # fmt: skip
_WRITERS = [writing_role(role) for role in Role]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAUSED = ", ".join(f"'{status}'" for status in PAUSED)
#: How long the case waited for the applicant: the total is rounded, each wait before it was too.
_PAUSE = (
    "abs(NEW.paused_seconds - OLD.paused_seconds - extract(epoch FROM clock_timestamp() - ("
    "SELECT max(occurred_at) FROM application_event WHERE application_id = it.id"
    f" AND kind IN ({_PAUSED})))) <= 2 + extract(epoch FROM"
    " clock_timestamp() - transaction_timestamp())"
)
_GUARD = """\
CREATE OR REPLACE FUNCTION viewer.guard_{table}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sealed_viewer text := viewer.sealed(NULL);
        viewer_role text := split_part(sealed_viewer, ',', 1);
        viewer_subject text := viewer.field(sealed_viewer, 3);
        it application;
        question text;
        new_outcome text;
        new_grounds text[];
        new_conditions text[];
        changed text[];
        is_allowed boolean;
    BEGIN
        IF EXISTS (SELECT FROM viewer.suspensions_of(string_to_array(sealed_viewer, ','))) THEN
            RAISE EXCEPTION 'the viewer is suspended' USING ERRCODE = 'GB403';
        END IF;
        {prepare}
        IF TG_OP = 'INSERT' THEN
            is_allowed := {insert};
        ELSE
            changed := {changed};
            is_allowed := changed = '{{}}' OR {update};
        END IF;
        IF is_allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'no step of % writes this of {table}', viewer_role
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
$$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW WHEN (current_user = ANY ('{{{writers}}}'::name[]))
    EXECUTE FUNCTION viewer.guard_{table}();"""
_THE_CASE = "SELECT * INTO it FROM application WHERE id = NEW.application_id;"
_PREPARE: Mapping[type[Base], str] = {
    Application: "IF TG_OP = 'UPDATE' THEN it := OLD; SELECT made.outcome, made.grounds,"
    " made.conditions INTO new_outcome, new_grounds, new_conditions FROM decision AS made"
    " WHERE made.id = NEW.current_decision_id;"
    " END IF;",
    Screening: f"{_THE_CASE} question := NEW.kind;",
    PersonLink: "SELECT * INTO it FROM application WHERE id = NEW.resolved_in;",
    Decision: f"{_THE_CASE} new_outcome := NEW.outcome; new_grounds := NEW.grounds;"
    " new_conditions := NEW.conditions;",
    WithheldDecision: f"{_THE_CASE} new_conditions := NEW.conditions;",
}


def guards() -> Iterator[str]:
    """The functions that guards ask, the guards, and their triggers."""
    yield CASE_FUNCTIONS.rstrip()
    for noun in GUARDED:
        yield _GUARD.format(
            table=noun.__tablename__,
            prepare=_PREPARE.get(noun, _THE_CASE),
            insert=_write_condition(noun, "INSERT"),
            update=_write_condition(noun, "UPDATE"),
            changed=_changed_columns(noun),
            writers=",".join(_WRITERS),
        )
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA viewer FROM PUBLIC;"


def columns_written(noun: type[Base], write: Write, role: Role) -> frozenset[str]:
    """The columns of a table that the steps of a role write, with one verb."""
    columns: frozenset[str] = frozenset()
    for step in STEPS:
        if role in step.by:
            columns = columns.union(*(one.columns for one in written_by(step)
                if (one.noun, one.write) == (noun, write)))  # fmt: skip
    return columns


def written_by(step: Step) -> tuple[StepWrite, ...]:
    """What a step writes: what it changes of the application, and what it does besides."""
    besides = WRITES.get(step.verb, ())
    of_case = [one for one in besides if one.noun is Application]
    others = tuple(one for one in besides if one.noun is not Application)
    return (*others, *(_of_application(step, of_case[0] if of_case else None)))


def _of_application(step: Step, besides: StepWrite | None) -> Iterator[StepWrite]:
    """The changes of the application, for all sources of a step that change the same."""
    alike: dict[tuple[str, ...], list[Status]] = {}
    for source in step.sources:
        alike.setdefault(_changes_from(step, source), []).append(source)
    for conditions, sources in alike.items():
        if not conditions and besides is None:
            continue
        columns = {condition.split("NEW.", 1)[1].split(" ")[0].split(")")[0]
            for condition in conditions}  # fmt: skip
        stays = () if step.target else ("NEW.status = OLD.status",)
        listed = ", ".join(f"'{source}'" for source in sources)
        yield StepWrite(
            Application, "UPDATE", frozenset(columns) | (besides.columns if besides else set()),
            " AND ".join((f"it.status IN ({listed})", *stays, *conditions,
                *((besides.only_if,) if besides else ()))),
            needs=besides.needs if besides else True,
        )  # fmt: skip


def _changes_from(step: Step, source: Status) -> tuple[str, ...]:
    """What the columns must say after a step from a status."""
    state = CaseState(source, is_closed=source in CLOSED, since=_EPOCH)
    changes = columns_after_step(state, step.target, step.event, _EPOCH)
    return tuple(_assignment(column, value) for column, value in changes.items())


def _assignment(column: str, value: Any) -> str:
    match value:
        case bool():
            return f"NEW.{column} = {str(value).lower()}"
        case str():
            return f"NEW.{column} = '{value}'"
        case datetime():
            return is_now(f"NEW.{column}")
        case _ if column == "paused_seconds":
            return _PAUSE
        case _:
            raise TypeError(f"no guard knows what {column} may become")


def _write_condition(noun: type[Base], write: Write) -> str:
    """The condition on what the viewer's role may write into a row; the row rules say into which
    rows."""
    conditions: dict[Role, list[str]] = {}
    for step in STEPS:
        for condition in _by_step(noun, write, step):
            for role in step.by:
                if condition not in (of_role := conditions.setdefault(role, [])):
                    of_role.append(condition)
    cases = "".join(
        f"\n                WHEN '{role}' THEN {_any(conditions[role])}"
        for role in Role if role in conditions
    )  # fmt: skip
    return f"CASE viewer_role{cases}\n                ELSE false END" if cases else "false"


def _any(conditions: list[str]) -> str:
    return "\n                    OR ".join(f"({condition})" for condition in conditions)


def _by_step(noun: type[Base], write: Write, step: Step) -> Iterator[str]:
    if noun is ApplicationEvent:
        yield from _events(step) if write == "INSERT" else ()
        return
    if step.verb is Verb.SUBMIT and noun in (Application, Bill):
        yield from _submission_conditions(noun, step) if write == "INSERT" else ()
        return
    if step.verb is Verb.APPLY_FOR_EXTENSION and noun is Application:
        yield from (_EXTENSION,) if write == "INSERT" else ()
        return
    if noun in _ANSWERING:
        yield from _answering_conditions(noun, step) if write == "INSERT" else ()
        return
    for one in written_by(step):
        if (one.noun, one.write) == (noun, write):
            yield " AND ".join(_conditions(step, one))


def _conditions(step: Step, one: StepWrite) -> Iterator[str]:
    if one.noun is not Application:
        listed = ", ".join(f"'{source}'" for source in step.sources)
        yield f"it.status = '{step.target}'" if one.is_entered else f"it.status IN ({listed})"
    if one.needs:
        yield from (HOLDS_IF[need] for need in step.needs)
    if one.write == "UPDATE":
        yield f"changed <@ '{{{','.join(sorted(one.columns))}}}'"
    yield one.only_if.replace("{target}", str(step.target))


#: By its applicant, of a stay that may be extended now; it is paid for before that ends.
_EXTENSION = f"""NEW.status = 'AWAITING_PAYMENT' AND {is_now("NEW.submitted_at")} AND EXISTS (
                        SELECT FROM visa AS held
                        CROSS JOIN viewer.extension_of(held.application_id) AS extended
                        WHERE held.visa_number = NEW.extends_visa_number
                            AND extended.visa_number = NEW.extends_visa_number
                            AND extended.extendability = 'POSSIBLE'
                            AND extended.applicant_id = NEW.applicant_id
                            AND extended.visa_type_code = NEW.visa_type_code
                            AND NEW.pay_by = least(
                                NEW.submitted_at + viewer.time_to_pay(), extended.ends_at
                            )
                    )"""


#: What must hold of whoever answers for an applicant: a guarantor, where the checklist has the
#: letter, and the guardian of a minor; and besides of one that is handed in with the application.
_ANSWERING: Mapping[type[Base], tuple[str, str]] = {
    Guarantor: (
        "NEW.sealed <> '{}' AND EXISTS (SELECT FROM case_document"
        " WHERE application_id = it.id AND kind = 'GUARANTEE_LETTER')",
        "true",
    ),
    Guardian: (
        f"(NEW.consented_at IS NULL OR {is_now('NEW.consented_at')})"
        " AND (NEW.kind = 'NAMED') IS TRUE = (NEW.sealed <> '{}')",
        "it.guardian_kind = NEW.kind",
    ),
}


def _answering_conditions(noun: type[Base], step: Step) -> Iterator[str]:
    """With what is handed in or proposed now."""
    always, handed_in = _ANSWERING[noun]
    if step.verb is Verb.SUBMIT:
        yield (
            f"NEW.applicant_id = it.applicant_id AND {always} AND {handed_in}"
            f" AND it.status = '{step.target}' AND NEW.version IS NULL"
            f" AND NEW.valid_from = it.submitted_at AND {is_now('NEW.valid_from')}"
        )
    elif step.verb is Verb.PROPOSE_CORRECTION:
        sources = ", ".join(f"'{source}'" for source in step.sources)
        yield (
            f"NEW.applicant_id = it.applicant_id AND {always} AND it.status IN ({sources})"
            " AND NEW.valid_from IS NULL AND EXISTS ("
            "SELECT FROM identity_version AS proposed WHERE proposed.number = NEW.version"
            " AND proposed.applicant_id = it.applicant_id"
            f" AND {is_now('proposed.written_at')})"
        )


def _submission_conditions(noun: type[Base], step: Step) -> Iterator[str]:
    if noun is Application:
        yield (
            f"NEW.status = '{step.target}' AND {is_now('NEW.submitted_at')}"
            " AND NEW.extends_visa_number IS NULL AND viewer.fee_of(NEW) IS NOT NULL AND"
            " coalesce(NEW.pay_by = NEW.submitted_at + viewer.time_to_pay(), NEW.pay_by IS NULL)"
        )
    else:
        yield (
            f"it.status = '{step.target}' AND NEW.issued_at = it.submitted_at"
            f" AND {is_now('NEW.issued_at')} AND NEW.amount_idr = viewer.fee_of(it)"
            " AND NEW.due_at = least(it.pay_by, NEW.issued_at"
            " + least(viewer.time_of_code(), viewer.time_to_pay()))"
        )


def _events(step: Step) -> Iterator[str]:
    """A step's event: the next of the case, in the viewer's name, after what it follows."""
    if step.event is None:
        return
    at = is_now("NEW.occurred_at")
    own = f"NEW.actor = viewer_subject AND NEW.actor_role = viewer_role AND {at}"
    kind = f"NEW.kind = '{step.event}'"
    if step.verb not in REASONED:
        kind += " AND NEW.reason IS NULL"
    sources = ", ".join(f"'{source}'" for source in step.sources)
    if step.verb is Verb.SUBMIT:
        yield f"{own} AND {kind} AND NEW.sequence = 1 AND it.status = '{step.target}'"
    elif step.target is None:
        yield f"{own} AND {kind} AND it.status IN ({sources}) AND {SHOWN_BY[step.verb]}"
    else:
        yield (
            f"{own} AND {kind} AND it.status = '{step.target}'"
            f" AND viewer.latest_event(it.id, '{{{','.join(Status)}}}') IN ({sources})"
        )
    if step.verb is Verb.SUBMIT:
        # Submitting an application also bills it: that event has no actor.
        yield (
            f"NEW.actor IS NULL AND NEW.actor_role IS NULL AND {at}"
            f" AND NEW.kind = '{step.target}' AND NEW.sequence = 2 AND it.status = NEW.kind"
        )


@cache
def _changed_columns(noun: type[Base]) -> str:
    """The names of the columns that an update changes; generated ones follow from the others."""
    columns = [column.name for column in noun.__table__.columns if column.computed is None]
    listed = ", ".join(
        f"CASE WHEN NEW.{name} IS DISTINCT FROM OLD.{name} THEN '{name}' END" for name in columns
    )
    return f"array_remove(ARRAY[{listed}], NULL)"
