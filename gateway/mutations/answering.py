"""What an applicant was asked for or told, and answers: what is checked, and how it is written; and
what is noted of a case.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ARRAY, Date, Text, Uuid, any_, bindparam, select, update

from gateway.access.transactions.writing import WriteTransaction
from gateway.access.vault import vault_errors
from gateway.mutations.forms import is_birth_date, is_formed
from gateway.mutations.locked_case import Case
from gateway.mutations.offer import select_countries
from gateway.mutations.outcome import Reasons
from gateway.mutations.requests import Item, StepRequest, api_name
from models import CaseNote, IntentionAnswer, ItemAnswer, RefusalIntention, RequestedItem
from models.life import Refusal
from models.person.vault import Person
from models.reference.dated_rules import select_days
from models.row_keys import new_key
from models.vocabulary import RequestedItemKind, Wait

#: How texts are written, by the text of ``gateway/texts`` that says so; the others are any line.
_WRITTEN_AS: Mapping[RequestedItemKind | str, str] = {
    RequestedItemKind.FULL_NAME: "full_name",
    RequestedItemKind.BIRTH_PLACE: "place_of_birth",
    RequestedItemKind.PASSPORT_NUMBER: "passport_number",
    RequestedItemKind.EMAIL: "email",
    RequestedItemKind.PHONE: "phone",
    RequestedItemKind.SEX: "sex",
    RequestedItemKind.LENGTH_OF_STAY: "length_of_stay",
    "postal_code": "postal_code",
}
_LATEST = date(2100, 1, 1)


async def check_answers(
    transaction: WriteTransaction, items: Sequence[Item], case: Case, reasons: Reasons
) -> None:
    """Add a reason for each answer that cannot be one, never a value. What is of another type than
    its item was found before."""
    answers = [(item.kind, item.answer) for item in items if item.answer is not None]
    named = [given["as_country"] for _, given in answers if "as_country" in given]
    known = await transaction.fetch_one(select_countries, codes=named) if named else ()
    countries = {row.code for row in known}
    for number, (kind, given) in enumerate(answers):
        if reasons.has("answers", str(number)):
            continue
        for name, value in given.items():
            if value is not None:
                _check_value(str(number), kind, name, value, case.on, countries, reasons)


def _check_value(
    number: str,
    kind: RequestedItemKind,
    name: str,
    value: Any,
    today: date,
    countries: Collection[str],
    reasons: Reasons,
) -> None:
    is_typed = name.startswith("as_")
    below = (name.removeprefix("as_"),) if is_typed else ("address", api_name(name))
    place = ("answers", number, "value", *below)
    match name:
        case "as_country":
            if value not in countries:
                reasons.add(Refusal.INVALID, *place, rule="issuing_state")
        case "as_day" if kind is RequestedItemKind.BIRTH_DATE:
            if not is_birth_date(value, today):
                reasons.add(Refusal.INVALID, *place, rule="birth_date")
        case "as_day":
            if not today <= value <= _LATEST:
                reasons.add(Refusal.INVALID, *place, rule="day_to_come")
        case _:
            rule = _WRITTEN_AS.get(kind if is_typed else name, "line")
            if not is_formed(rule, value):
                reasons.add(Refusal.INVALID, *place, rule=rule)


async def answer_items(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Note what was handed in, and write the answers, sealed for their person."""
    answers = {item.kind: item.answer for item in request.items if item.answer is not None}
    if answers:
        waiting = await transaction.fetch_one(
            _select_waiting, id=case.id, kinds=[kind.value for kind in answers]
        )
        people = [
            Person(
                case.applicant,
                row.id,
                answers[RequestedItemKind(row.kind)],
                ItemAnswer.__tablename__,
            )
            for row in waiting
        ]
        with vault_errors():
            sealed = await transaction.vault(case.reference).seal(people)
        of_case = {"application_id": case.id, "applicant_id": case.applicant}
        rows = [
            {"item_id": row.id, **of_case, "sealed": values}
            for row, values in zip(waiting, sealed, strict=True)
        ]
        transaction.insert(ItemAnswer, *rows)
    if request.items:
        transaction.write(
            _note_answered,
            id=case.id,
            kinds=[item.kind.value for item in request.items],
            answered_at=case.at,
            answered_by=transaction.viewer.subject,
        )
    return {}


async def announce_refusal(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Tell the applicant on which grounds a visa is to be refused, and until when to answer."""
    intention = {
        "application_id": case.id,
        "grounds": list(request.grounds),
        "note": request.note,
        "announced_at": case.at,
        "announced_by": transaction.viewer.subject,
    }
    transaction.insert(RefusalIntention, intention)
    return await answer_by(transaction, Wait.INTENTION, case)


async def answer_intention(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Write what the applicant says, sealed for the person, and note that it was said."""
    table = IntentionAnswer.__tablename__
    person = Person(case.applicant, case.id, {"as_text": request.statement}, table)
    with vault_errors():
        [sealed] = await transaction.vault(case.reference).seal([person])
    said = {"application_id": case.id, "applicant_id": case.applicant, "sealed": sealed}
    transaction.insert(IntentionAnswer, said)
    noted = {
        "ended_at": case.at,
        "answered_at": case.at,
        "answered_by": transaction.viewer.subject,
        "documents": [kind.value for kind in request.documents],
    }
    transaction.update(RefusalIntention, {"application_id": case.id}, noted)
    return {}


async def write_note(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Write what was noted of a case, sealed for the person. Of two officers who decide, each for
    themselves, the second does not read what the first noted."""
    viewer, key, table = transaction.viewer, new_key(), CaseNote.__tablename__
    person = Person(case.applicant, key, {"as_text": request.statement}, table)
    with vault_errors():
        [sealed] = await transaction.vault(case.reference).seal([person])
    note = {
        "id": key,
        "application_id": case.id,
        "applicant_id": case.applicant,
        "author": viewer.subject,
        "written_at": case.at,
        "first_of_two": viewer.subject if case.state.awaits_first_decision else None,
        "sealed": sealed,
    }
    transaction.insert(CaseNote, note)
    return {}


async def answer_by(transaction: WriteTransaction, wait: Wait, case: Case) -> dict[str, Any]:
    """Until when an applicant is to answer what was asked or told today."""
    days = await transaction.fetch_one(_select_days, wait, on=case.on)
    return {"answer_by": case.at + timedelta(days=days[0].days) if days else None}


def _select_days(wait: Wait) -> Any:
    return select_days(wait, bindparam("on", None, Date))


def _waits() -> Any:
    return (
        (RequestedItem.application_id == bindparam("id", None, Uuid))
        & RequestedItem.answered_at.is_(None)
        & (RequestedItem.kind == any_(bindparam("kinds", None, ARRAY(Text))))
    )


def _select_waiting() -> Any:
    return select(RequestedItem.id, RequestedItem.kind).where(_waits())


def _note_answered() -> Any:
    answered = update(RequestedItem).where(_waits())
    return answered.values(
        answered_at=bindparam("answered_at"), answered_by=bindparam("answered_by")
    )
