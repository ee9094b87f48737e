"""Submits applications: each is checked on its own, and placed where it was taken in; the valid
ones are written together.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import SystemRandom
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.answerable import check_guarantor, check_guardian, kind_of
from gateway.mutations.keys import LONGEST_KEY, SHORTEST_KEY, KeysOfItems, is_key
from gateway.mutations.leaving import require_in_reach
from gateway.mutations.offer import (
    Offer,
    check_eligible,
    find_place,
    find_validity,
    read_offer,
)
from gateway.mutations.outcome import (
    NothingDoneError,
    Outcome,
    Reason,
    Reasons,
    RefusedError,
    Result,
)
from gateway.mutations.people import (
    check_own_applicant,
    check_passport,
    check_values,
    create_applicants,
    own_applicant,
    values_of,
)
from gateway.mutations.requests import Submission, SubmissionRequest
from gateway.viewer import Viewer
from models import (
    Application,
    ApplicationEvent,
    Bill,
    Guarantor,
    Guardian,
)
from models.case.reference_numbers import (
    IntakePlace,
    new_billing_code,
    new_group_reference,
    new_reference,
)
from models.life import STEPS, Refusal, Verb
from models.reference.dated_rules import needed_until
from models.row_keys import new_key
from models.vocabulary import Channel, EventKind, Role

INITIAL_STATUS = next(step.target for step in STEPS if step.verb is Verb.SUBMIT)


class PlacedSubmission(NamedTuple):
    """An application to submit, where it is taken in, and for how many days the visa serves to
    enter."""

    submission: Submission
    place: IntakePlace
    use_within_days: int


async def submit(transaction: WriteTransaction, request: SubmissionRequest) -> Outcome:
    """Submit the applications, with a result for each.

    Raises RefusedError for a single application, NothingDoneError for a batch, if none is valid.
    """
    is_batch = request.mutation == "submitApplications"
    if is_batch and request.faults:  # nothing of a batch is read whose key or size is wrong
        raise RefusedError(*request.faults)
    nationalities = {submission.nationality for submission in request.submissions}
    people = [each.person for each in request.submissions if each.person]
    issuing = {state for person in people if (state := person.passport_issuing_state)}
    group = await find_group(transaction, request)
    offer = await read_offer(transaction, nationalities, nationalities | issuing)
    is_in_group = request.is_group or group is not None
    keys = _keys_of_items(transaction.viewer, request)
    results = await keys.find_done(transaction, _ITEMS)
    valid: dict[int, PlacedSubmission] = {}
    for number, submission in enumerate(request.submissions):
        if number in results:
            continue
        below = (_ITEMS, str(number)) if is_batch else ()
        reasons = Reasons(request.faults, below=below)
        place = find_place(transaction.viewer, submission, offer, reasons)
        days = await _check(transaction, submission, offer, reasons, is_in_group=is_in_group)
        if not reasons:
            valid[number] = PlacedSubmission(submission, place, days)
        elif is_batch:
            results[number] = Result(refused=reasons.all())
        else:
            raise RefusedError(*reasons.all())
    ids = {number: new_key() for number in valid}
    if beaten := await keys.claim(transaction, ids):
        results |= await keys.find_done(transaction, _ITEMS, beaten)
        valid = {number: one for number, one in valid.items() if number not in results}
    if not valid:
        raise NothingDoneError(Outcome([results[number] for number in sorted(results)]))
    results |= {number: Result(str(ids[number])) for number in valid}
    new = [ids[number] for number in valid]
    await _write(transaction, request, new, list(valid.values()), group, offer)
    return Outcome([results[number] for number in sorted(results)])


_ITEMS = "applications"


def _keys_of_items(viewer: Viewer, request: SubmissionRequest) -> KeysOfItems:
    return KeysOfItems(viewer, {
        number: (one.key, one.canonical())
        for number, one in enumerate(request.submissions) if one.key and is_key(one.key)
    })  # fmt: skip


async def _check(
    transaction: WriteTransaction,
    submission: Submission,
    offer: Offer,
    reasons: Reasons,
    *,
    is_in_group: bool,
) -> int:
    """For how many days its visa serves to enter; adds a reason for each mistake."""
    if submission.key is not None and not is_key(submission.key):
        limits = {"least": SHORTEST_KEY, "most": LONGEST_KEY}
        reasons.add(Refusal.INVALID, "idempotencyKey", rule="key", limits=limits)
    offered = offer.fees.get(submission.visa_type, {})
    if not offered:
        reasons.add(Refusal.VISA_TYPE_NOT_OFFERED, "visaType")
    days = find_validity(offered, submission.use_within_days, reasons)
    if submission.nationality not in offer.countries:
        reasons.add(Refusal.NATIONALITY_UNKNOWN, "nationality")
    elif offered:
        check_eligible(
            offer.eligible,
            submission.nationality,
            submission.visa_type,
            submission.trip_purpose,
            reasons,
        )
    needed = _check_entry(submission, days, offer, reasons)
    born = submission.person and submission.person.birth_date
    if (person := submission.person) is not None:
        check_values(values_of(person), offer.on, offer.countries, reasons)
        if needed is not None:
            check_passport(person.passport_expires_on, needed, reasons)
    _check_guarantor(submission, offer, reasons)
    if transaction.viewer.role is Role.APPLICANT:
        on_record = await check_own_applicant(transaction, submission, needed, reasons)
        born = born or on_record
    elif submission.person is None:
        reasons.add(Refusal.IDENTITY_REQUIRED, "identity")
    check_guardian(submission.guardian, born, submission.entry_on, reasons, is_in_group=is_in_group)
    return days


def _check_guarantor(submission: Submission, offer: Offer, reasons: Reasons) -> None:
    """Add a reason where a guarantor is missing, or given where nobody needs one."""
    if submission.visa_type not in offer.fees:
        return
    if submission.visa_type not in offer.guaranteed:
        if submission.guarantor is not None:
            reasons.add(Refusal.INVALID, "guarantor", rule="no_guarantor")
    elif submission.guarantor is None:
        reasons.add(Refusal.GUARANTOR_REQUIRED, "guarantor")
    else:
        check_guarantor(submission.guarantor, reasons)


def _check_entry(submission: Submission, days: int, offer: Offer, reasons: Reasons) -> date | None:
    """The day until which the passport must be valid; None where that cannot be said.

    Adds a reason if the day of entry has passed, or if a visa would no longer serve then.
    """
    entry_on, latest = submission.entry_on, offer.on + timedelta(days=days)
    if entry_on < offer.on:
        reasons.add(Refusal.INVALID, "entryOn", rule="entry_passed")
    elif days and entry_on > latest:
        limits = {"latest": latest.isoformat()}
        reasons.add(Refusal.INVALID, "entryOn", rule="entry_too_late", limits=limits)
    elif days:
        return needed_until(entry_on, offer.passport_months[submission.visa_type])
    return None


async def _write(
    transaction: WriteTransaction,
    request: SubmissionRequest,
    ids: Sequence[UUID],
    located: Sequence[PlacedSubmission],
    group: str | None,
    offer: Offer,
) -> None:
    submissions = [each.submission for each in located]
    references = [new_reference(SystemRandom()) for _ in located]
    if transaction.viewer.role is Role.APPLICANT:
        people = [
            await own_applicant(transaction, submission, reference)
            for submission, reference in zip(submissions, references, strict=True)
        ]
    else:
        people = await create_applicants(transaction, submissions, references)
    rows = [
        {"id": id_, **_application_row(person.id, reference, each, group, offer)}
        for id_, person, reference, each in zip(ids, people, references, located, strict=True)
    ]
    events = [event for id_ in ids for event in event_rows(transaction, id_, offer.at)]
    transaction.insert(Application, *rows)
    is_one = request.is_billed_together and len(rows) > 1
    family = new_billing_code(SystemRandom()) if is_one else None
    transaction.insert(Bill, *(_bill_row(row, offer, family) for row in rows))
    transaction.insert(ApplicationEvent, *events)
    for noun, consent in ((Guarantor, {}), (Guardian, {"consented_at": offer.at})):
        answerable = [
            {**person.answerable[noun], **consent, "application_id": id_, "valid_from": offer.at}
            for id_, person in zip(ids, people, strict=True)
            if noun in person.answerable
        ]
        transaction.insert(noun, *answerable)
    await require_in_reach(transaction, request.mutation, ids, are_new=True)


def _application_row(
    person: UUID, reference: str, located: PlacedSubmission, group: str | None, offer: Offer
) -> dict[str, Any]:
    submission, place, days = located
    return {
        "reference": reference,
        "applicant_id": person,
        "nationality_code": submission.nationality,
        "visa_type_code": submission.visa_type,
        "trip_purpose": submission.trip_purpose,
        "entry_on": submission.entry_on,
        "use_within_days": days,
        "channel": _channel(place, group),
        "partner_code": place.partner,
        "country_code": place.country,
        "centre_code": place.centre,
        "group_reference": group,
        "guardian_kind": kind_of(submission.guardian),
        "status": INITIAL_STATUS,
        "submitted_at": offer.at,
        "pay_by": offer.at + offer.payable_for,
    }


def _channel(place: IntakePlace, group: str | None) -> Channel:
    """A centre's intake is of the centre's channel, groups too; other groups have their own."""
    return Channel.PARTNER_GROUP if group and place.centre is None else place.channel


def _bill_row(application: Mapping[str, Any], offer: Offer, family: str | None) -> dict[str, Any]:
    return {
        "billing_code": new_billing_code(SystemRandom()),
        "application_id": application["id"],
        "family_code": family,
        "amount_idr": offer.fees[application["visa_type_code"]][application["use_within_days"]],
        "issued_at": offer.at,
        "due_at": offer.at + offer.code_lasts,
    }


def event_rows(
    transaction: WriteTransaction, application: UUID, at: datetime
) -> list[dict[str, Any]]:
    """The first two events: submitted by the viewer, then billed by the system."""
    shared = {"application_id": application, "occurred_at": at}
    by = {"actor": transaction.viewer.subject, "actor_role": transaction.viewer.role.value}
    return [
        {**shared, "sequence": 1, "kind": EventKind.SUBMITTED, **by},
        {**shared, "sequence": 2, "kind": INITIAL_STATUS, "actor": None, "actor_role": None},
    ]


_PATH = ("groupReference",)


async def find_group(transaction: WriteTransaction, request: SubmissionRequest) -> str | None:
    """The reference of the group that the applications make or join; None if they make none.

    Raises RefusedError if no such group is in reach, without showing whether it exists.
    """
    if request.is_group:
        return new_group_reference(SystemRandom())
    if (reference := request.group_reference) is None:
        return None
    if transaction.viewer.role is Role.APPLICANT:
        raise RefusedError(*request.faults, Reason(Refusal.INVALID, _PATH, rule="no_group"))
    role = transaction.viewer.role
    if not await transaction.fetch_one(_select_group, request.mutation, role, group=reference):
        raise RefusedError(*request.faults, Reason(Refusal.GROUP_NOT_FOUND, _PATH))
    return reference


def _select_group(mutation: str, role: Role) -> Any:
    joined = Application.group_reference == bindparam("group")
    return select(Application.id).where(joined, changeable(mutation, role)).limit(1)
