"""Submits applications: each is checked on its own, the valid ones are written together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from gateway.access.rows import left_by, reachable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case import today
from gateway.mutations.outcome import NothingDoneError, Outcome, Reasons, RefusedError, Result
from gateway.mutations.people import (
    check_own_applicant,
    check_person,
    create_applicants,
    own_applicant,
)
from gateway.mutations.requests import Submission, SubmissionRequest
from gateway.viewer import Viewer
from models import (
    Application,
    ApplicationEvent,
    Bill,
    Centre,
    Country,
    Deadline,
    Fee,
    PartnerCountry,
    VisaType,
)
from models.case.reference_numbers import new_billing_code, new_reference
from models.keys import new_key
from models.life import STEPS, Refusal, Verb
from models.vocabulary import Channel, EventKind, Role, Wait

_INITIAL_STATUS = next(step.target for step in STEPS if step.verb is Verb.SUBMIT)


@dataclass(frozen=True, slots=True)
class Offer:
    """The visa types, countries and centres that are open for applications today, and the fees."""

    at: datetime
    on: date
    #: What a visa of each type costs.
    fees: Mapping[str, int]
    #: How long a bill can be paid.
    payable_for: timedelta
    countries: frozenset[str]
    #: Open centres in the viewer's reach: code to partner and country.
    centres: Mapping[str, tuple[str, str]]


async def submit(transaction: WriteTransaction, request: SubmissionRequest) -> Outcome:
    """Submit the applications, with a result for each.

    Raises RefusedError for a single application, NothingDoneError for a batch, if none is valid.
    """
    is_batch = request.mutation == "submitApplications"
    if is_batch and request.faults:  # nothing of a batch is read whose key or size is wrong
        raise RefusedError(*request.faults)
    offer = await _offer(transaction)
    results: dict[int, Result] = {}
    valid: dict[int, Submission] = {}
    for number, submission in enumerate(request.submissions):
        below = ("applications", str(number)) if is_batch else ()
        reasons = Reasons(request.faults, below=below)
        completed = _with_own_centre(transaction.viewer, submission)
        await _check(transaction, completed, offer, reasons)
        if not reasons:
            valid[number] = completed
        elif is_batch:
            results[number] = Result(refused=reasons.all())
        else:
            raise RefusedError(*reasons.all())
    if not valid:
        raise NothingDoneError(Outcome([results[number] for number in sorted(results)]))
    written = await _write(transaction, request.mutation, list(valid.values()), offer)
    for number, application in zip(valid, written, strict=True):
        results[number] = Result(str(application))
    return Outcome([results[number] for number in sorted(results)])


async def _offer(transaction: WriteTransaction) -> Offer:
    [now] = await transaction.rows(select(func.clock_timestamp().label("at"), today().label("on")))
    fees = await transaction.rows(_fees_in_force(now.on))
    deadlines = await transaction.rows(
        select(Deadline.days)
        .where(Deadline.wait == Wait.PAYMENT, Deadline.valid_from <= now.on)
        .order_by(Deadline.valid_from.desc())
        .limit(1)
    )
    countries = await transaction.rows(select(Country.code))
    centres = await transaction.rows(
        select(Centre.code, Centre.partner_code, Centre.country_code)
        .join(
            PartnerCountry,
            (PartnerCountry.partner_code == Centre.partner_code)
            & (PartnerCountry.country_code == Centre.country_code),
        )
        .where(
            reachable("Centre", transaction.viewer),
            _is_open(Centre, now.on),
            _is_open(PartnerCountry, now.on),
        )
    )
    return Offer(
        now.at,
        now.on,
        # Without a deadline nothing can be billed.
        {row.visa_type_code: row.amount_idr for row in fees} if deadlines else {},
        timedelta(days=deadlines[0].days if deadlines else 0),
        frozenset(row.code for row in countries),
        {row.code: (row.partner_code, row.country_code) for row in centres},
    )


def _fees_in_force(on: date) -> Any:
    """What a visa costs of each type that is offered."""
    return (
        select(Fee.visa_type_code, Fee.amount_idr)
        .join(VisaType, VisaType.code == Fee.visa_type_code)
        .where(Fee.valid_from <= on, _is_open(VisaType, on))
        .ext(distinct_on(Fee.visa_type_code))
        .order_by(Fee.visa_type_code, Fee.valid_from.desc())
    )


def _is_open(noun: Any, on: date) -> Any:
    """The condition that an effective-dated row is open on a day."""
    begins, ends = (
        (noun.valid_from, noun.valid_until)
        if noun is VisaType
        else (noun.opened_on, noun.closed_on)
    )
    return (begins <= on) & or_(ends.is_(None), ends > on)


def _with_own_centre(viewer: Viewer, submission: Submission) -> Submission:
    """Fill in the centre of an agent who has only one and named none."""
    if viewer.role is Role.PARTNER_AGENT and submission.centre is None and len(viewer.centres) == 1:
        return replace(submission, centre=viewer.centres[0])
    return submission


async def _check(
    transaction: WriteTransaction, submission: Submission, offer: Offer, reasons: Reasons
) -> None:
    """Add a reason for each mistake of an application."""
    if submission.visa_type not in offer.fees:
        reasons.add(Refusal.VISA_TYPE_NOT_OFFERED, "visaType")
    if submission.nationality not in offer.countries:
        reasons.add(Refusal.NATIONALITY_UNKNOWN, "nationality")
    if submission.person is not None:
        check_person(submission.person, offer.on, reasons)
    if transaction.viewer.role is Role.PARTNER_AGENT:
        if submission.centre not in offer.centres:
            reasons.add(Refusal.CENTRE_NOT_FOUND, "centre")
        if submission.person is None:
            reasons.add(Refusal.IDENTITY_REQUIRED, "identity")
    else:
        if submission.centre is not None:
            reasons.add(Refusal.INVALID, "centre", rule="no_centre")
        await check_own_applicant(transaction, submission, reasons)


async def _write(
    transaction: WriteTransaction, mutation: str, submissions: list[Submission], offer: Offer
) -> list[UUID]:
    if transaction.viewer.role is Role.APPLICANT:
        people = [await own_applicant(transaction, submission) for submission in submissions]
    else:
        people = await create_applicants(transaction, submissions)
    rows = [
        _application_row(person, submission, offer)
        for person, submission in zip(people, submissions, strict=True)
    ]
    await transaction.run(insert(Application), rows)
    await transaction.run(insert(Bill), [_bill_row(row, offer) for row in rows])
    ids = [row["id"] for row in rows]
    events = [event for id_ in ids for event in _event_rows(transaction, id_, offer.at)]
    await transaction.run(insert(ApplicationEvent), events)
    if not await transaction.all_within(left_by(mutation, transaction.viewer), ids):
        raise PermissionError("an application out of reach of who hands it in")
    return ids


def _application_row(person: UUID, submission: Submission, offer: Offer) -> dict[str, Any]:
    centre = submission.centre
    partner, country = offer.centres[centre] if centre else (None, None)
    return {
        "id": new_key(),
        "reference": new_reference(SystemRandom()),
        "applicant_id": person,
        "nationality_code": submission.nationality,
        "visa_type_code": submission.visa_type,
        "channel": Channel.PARTNER_CENTRE if centre else Channel.DIRECT,
        "partner_code": partner,
        "country_code": country,
        "centre_code": centre,
        "status": _INITIAL_STATUS,
        "submitted_at": offer.at,
    }


def _bill_row(application: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    return {
        "billing_code": new_billing_code(SystemRandom()),
        "application_id": application["id"],
        "amount_idr": offer.fees[application["visa_type_code"]],
        "issued_at": offer.at,
        "due_at": offer.at + offer.payable_for,
    }


def _event_rows(
    transaction: WriteTransaction, application: UUID, at: datetime
) -> list[dict[str, Any]]:
    """The first two events: submitted by the viewer, then billed by the system."""
    shared = {"application_id": application, "occurred_at": at}
    by = {"actor": transaction.viewer.subject, "actor_role": transaction.viewer.role.value}
    return [
        {**shared, "sequence": 1, "kind": EventKind.SUBMITTED, **by},
        {**shared, "sequence": 2, "kind": _INITIAL_STATUS, "actor": None, "actor_role": None},
    ]
