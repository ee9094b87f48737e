"""What is read of a case once it is locked: which hits, proposals and answers there are."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from gateway.mutations.locked_case import Case, _case_of
from models.life import Proposal
from models.vocabulary import Clock, CorrectionState, DocumentKind, ScreeningKind, ScreeningResult

BAN, CLEARANCE = ScreeningKind.ENTRY_BAN, ScreeningKind.CLEARANCE
R = ScreeningResult
AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def row(**more: Any) -> SimpleNamespace:
    """A file that a partner took in, paid and worked on, of a nationality of usual visas."""
    usual = {
        "id": UUID(int=1), "applicant_id": UUID(int=2), "reference": "AUSY-PAID-0013",
        "visa_type_code": "B1", "current_decision_id": None, "entry": "VISA_ON_ARRIVAL",
        "sequence": 4, "at": AT, "on": date(2026, 3, 1), "status": "IN_VERIFICATION",
        "paid_at": AT, "is_held": False, "is_urgent": False, "owes_fee": False,
        "partner_code": "NUSA",
        "received_at": AT, "is_linked": True, "since": AT, "paused": None, "officer": None,
        "revoked_by": None, "has_live_visa": False, "has_unused_visa": False, "outcome": None,
        "extendability": None, "is_extension": False, "has_appeared": False, "lacks_company": False,
        "grant_stop": None,
        "is_extended_visa_stopped": False, "awaits_first_decision": False,
        "was_decided_first_by_oneself": False,
        "grounds": None, "conditions": [], "outstanding": "", "required_documents": "PHOTOGRAPH",
        "missing_documents": "",
        "needs_intention": False, "was_announced": False, "has_open_intention": False,
        "may_be_corrected": False,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **more})


def question(
    result: ScreeningResult, kind: ScreeningKind = BAN, *, id_: int = 1, **more: Any
) -> SimpleNamespace:
    usual = {"proposed": None, "proposed_by": None, "answered_by": "finder", "list_version": None}
    return SimpleNamespace(id=UUID(int=id_), kind=kind.value, result=result, **{**usual, **more})


def case_of(state: SimpleNamespace, **found: list[Any]) -> Case:
    case = _case_of({"state": [state], **found}, is_locked=True)
    assert case
    return case


@pytest.mark.parametrize(
    ("results", "hits"),
    [([R.HIT], {BAN}), ([R.HIT, R.NO_MATCH], set()), ([R.HIT, R.MATCH], {BAN}),
     ([R.HIT, R.PENDING], {BAN}), ([R.CLEAR], set())],
)  # fmt: skip
def test_a_hit_is_one_until_it_is_found_to_be_another_person(
    results: list[ScreeningResult], hits: set[ScreeningKind]
) -> None:
    answers = [question(result, id_=number) for number, result in enumerate(results, 1)]
    case = case_of(row(), answers=answers)
    assert (case.state.hits, case.state.answers) == (hits, {BAN: results[-1]})
    assert case.questions == {BAN: UUID(int=len(results))}


def test_a_proposal_waits_for_a_second_person_with_who_found_the_hit() -> None:
    answers = [
        question(R.HIT),
        question(R.PENDING, proposed=R.NO_MATCH, proposed_by="supervisor"),
        question(R.PENDING, CLEARANCE),
    ]
    state = case_of(row(entry="CALLING_VISA"), answers=answers).state
    assert state.proposals == {BAN: Proposal(R.NO_MATCH, "supervisor", "finder")}
    assert state.questions == (BAN, CLEARANCE)
    answered = question(R.CLEAR, proposed=R.CLEAR, proposed_by="supervisor")
    assert case_of(row(), answers=[answered]).state.proposals == {}


def test_who_reads_no_answers_is_told_what_may_be_asked() -> None:
    cleared = SimpleNamespace(cleared=True, to_ask=())
    assert {*case_of(row(), clearance=[cleared]).state.answers.values()} == {R.CLEAR}
    to_ask = SimpleNamespace(cleared=False, to_ask=(BAN,))
    answers = case_of(row(), clearance=[to_ask]).state.answers
    assert answers == {BAN: R.UNAVAILABLE, CLEARANCE: R.PENDING}


def test_a_case_says_what_its_rows_say() -> None:
    desk = [SimpleNamespace(role="OFFICER", officer="officer"),
            SimpleNamespace(role="SUPERVISOR", officer="supervisor")]  # fmt: skip
    correction = SimpleNamespace(state="APPROVED", approved_by="supervisor-2")
    case = case_of(row(paused=timedelta(hours=1)), desk=desk, corrections=[correction])
    state = case.state
    assert (case.clock, case.sequence, state.paused) == (Clock.STANDARD, 4, timedelta(hours=1))
    assert (state.is_paid, state.is_partnered, state.is_received) == (True, True, True)
    assert (state.officer, state.supervisor) == ("officer", "supervisor")
    assert (state.correction, state.correction_approved_by) == (
        CorrectionState.APPROVED, "supervisor-2",
    )  # fmt: skip
    assert (state.required_documents, state.missing_documents) == ({DocumentKind.PHOTOGRAPH}, set())
    unpaid = case_of(row(paid_at=None, partner_code=None, received_at=None, sequence=None)).state
    assert (unpaid.is_paid, unpaid.is_partnered, unpaid.is_received) == (False, False, False)
    refused = case_of(row(status="REFUSED", outcome="REFUSED", grounds=["SECURITY"], conditions=[]))
    assert (refused.state.is_closed, refused.state.decided) == (True, ("REFUSED", ("SECURITY",)))
    assert case_of(row(entry="CALLING_VISA")).clock is Clock.CALLING_VISA
    assert _case_of({"state": []}, is_locked=True) is None
