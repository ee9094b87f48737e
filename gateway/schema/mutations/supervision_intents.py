"""The table of mutations of supervision: input, description and possible refusals."""

from typing import Any

import strawberry

from gateway.mapping.ids import key_in
from gateway.mutations.supervision import (
    ApproveBudgetException,
    ApproveInquiry,
    CloseAlert,
    OpenInquiry,
    ProposeBudgetException,
    ReplayScreening,
    ReviewInquiry,
)
from gateway.schema.mutations.input_readers import faults_of_key
from gateway.schema.mutations.inputs import required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.access_tokens import LONGEST_SUBJECT
from models.life import Refusal
from models.reference.data.values import LONGEST_REASON
from models.supervision import widening
from models.supervision.inquiry import (
    MOST_MINUTES,
    MOST_MINUTES_OF_TWO,
    MOST_PEOPLE,
    MOST_PEOPLE_OF_TWO,
    REVIEW_HOURS,
    WAITING_HOURS,
)
from models.vocabulary import InquiryVerdict, Role

_INQUIRY = "Global id of the inquiry."


@strawberry.input(description="An alert that was looked into.")
class CloseAlertInput(ReferenceInput):
    alert_id: strawberry.ID = required("Global id of the alert.")
    reason: str = required(
        f"What came of it, without saying who it is: from 1 to {LONGEST_REASON} characters."
    )


@strawberry.input(description="A window in which you read people without a case of theirs.")
class OpenInquiryInput(ReferenceInput):
    reason: str = required(
        f"Why, without saying who it is: from 1 to {LONGEST_REASON} characters. Others read it."
    )
    minutes: int = required(
        f"How long: up to {MOST_MINUTES}, with a second supervisor up to {MOST_MINUTES_OF_TWO}."
    )
    most_people: int = required(
        f"How many people: up to {MOST_PEOPLE}, with a second supervisor up to"
        f" {MOST_PEOPLE_OF_TWO}."
    )


@strawberry.input(description="An inquiry that takes a second supervisor, and that somebody else"
                  " asked for.")  # fmt: skip
class ApproveInquiryInput(ReferenceInput):
    inquiry_id: strawberry.ID = required(_INQUIRY)


@strawberry.input(description="The wish to compare whom the system cleared with the list of today.")
class ReplayScreeningInput(ReferenceInput):
    pass


@strawberry.input(description="Your review of somebody else's inquiry.")
class ReviewInquiryInput(ReferenceInput):
    inquiry_id: strawberry.ID = required(_INQUIRY)
    verdict: InquiryVerdict = required("Whether there was reason for it.")
    reason: str = required(f"Why, without saying who it is: from 1 to {LONGEST_REASON} characters.")


@strawberry.input(
    description="Further people for somebody whose budget is spent and who must go on."
)
class ProposeBudgetExceptionInput(ReferenceInput):
    viewer: str = required(
        f"Subject of the viewer's tokens: from 1 to {LONGEST_SUBJECT} characters. Not you."
    )
    role: Role = required("The role in which they read.")
    most_people: int = required(
        f"How many people beyond the budget: from 1 to {widening.MOST_PEOPLE}."
    )
    minutes: int = required(f"How long: from 1 to {widening.MOST_MINUTES}.")
    reason: str = required(
        f"Why, without saying who it is: from 1 to {LONGEST_REASON} characters. Others read it."
    )


@strawberry.input(description="An exception from a budget that another supervisor proposed.")
class ApproveBudgetExceptionInput(ReferenceInput):
    exception_id: strawberry.ID = required("Global id of the exception.")


def _close_alert(intent: Intent, input_: Any) -> CloseAlert:
    return CloseAlert(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        alert_id=key_in(input_.alert_id, "Alert"),
        reason=input_.reason.strip(),
    )


def _open_inquiry(intent: Intent, input_: Any) -> OpenInquiry:
    return OpenInquiry(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        reason=input_.reason.strip(),
        minutes=input_.minutes,
        most_people=input_.most_people,
    )


def _approve_inquiry(intent: Intent, input_: Any) -> ApproveInquiry:
    return ApproveInquiry(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        inquiry_id=key_in(input_.inquiry_id, "Inquiry"),
    )


def _review_inquiry(intent: Intent, input_: Any) -> ReviewInquiry:
    return ReviewInquiry(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        inquiry_id=key_in(input_.inquiry_id, "Inquiry"),
        verdict=input_.verdict,
        reason=input_.reason.strip(),
    )


def _propose_exception(intent: Intent, input_: Any) -> ProposeBudgetException:
    return ProposeBudgetException(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        viewer=input_.viewer.strip(),
        role=input_.role,
        most_people=input_.most_people,
        minutes=input_.minutes,
        reason=input_.reason.strip(),
    )


def _approve_exception(intent: Intent, input_: Any) -> ApproveBudgetException:
    return ApproveBudgetException(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        exception_id=key_in(input_.exception_id, "BudgetException"),
    )


def _replay_screening(intent: Intent, input_: Any) -> ReplayScreening:
    return ReplayScreening(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
    )


SUPERVISION_INTENTS = (
    Intent("closeAlert", CloseAlertInput,
           "Say what came of an alert that is about somebody else.", _close_alert, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_CLOSED, Refusal.SECOND_PERSON_REQUIRED)),
    Intent("openInquiry", OpenInquiryInput,
           f"Open an inquiry: at once where it has at most {MOST_MINUTES} minutes and {MOST_PEOPLE}"
           " people, and none of yours lasts or began within the hour; else it waits for a second"
           " supervisor. Others are alerted at once.", _open_inquiry, ()),
    Intent("approveInquiry", ApproveInquiryInput,
           "Agree to an inquiry of another supervisor that takes two: it begins now. Without that"
           f" it lapses {WAITING_HOURS} hours after it was asked for.",
           _approve_inquiry, (),
           (Refusal.NOT_FOUND, Refusal.NOTHING_PROPOSED, Refusal.INQUIRY_LAPSED,
            Refusal.SECOND_PERSON_REQUIRED)),
    Intent("reviewInquiry", ReviewInquiryInput,
           f"Review an inquiry that has ended, within {REVIEW_HOURS} hours; not if you opened it or"
           " agreed to it. From then on the people who were read can see it.",
           _review_inquiry, (),
           (Refusal.NOT_FOUND, Refusal.NOT_ENDED, Refusal.ALREADY_REVIEWED,
            Refusal.SECOND_PERSON_REQUIRED)),
    Intent("proposeBudgetException", ProposeBudgetExceptionInput,
           "Propose that somebody else who has read as many people as the role may reads further"
           " ones, for a while: it begins once another supervisor agrees.",
           _propose_exception, (),
           (Refusal.SECOND_PERSON_REQUIRED, Refusal.ALREADY_REQUESTED)),
    Intent("approveBudgetException", ApproveBudgetExceptionInput,
           "Agree to an exception for somebody else that another supervisor proposed within"
           f" {widening.WAITING_MINUTES} minutes: it begins now, and ends by itself. Others are"
           " alerted at once.", _approve_exception, (),
           (Refusal.NOT_FOUND, Refusal.SECOND_PERSON_REQUIRED, Refusal.ALREADY_APPROVED,
            Refusal.NOTHING_PROPOSED)),
    Intent("replayScreening", ReplayScreeningInput,
           "Let the system compare everybody with a live visa or an open file, whom an older list"
           " or rule cleared, with the list of today. It works in the background, one replay at a"
           " time; about whoever may be on the list people are asked.", _replay_screening, (),
           (Refusal.ALREADY_REQUESTED,)),
)  # fmt: skip
