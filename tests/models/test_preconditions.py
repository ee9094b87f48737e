"""When each precondition of a step holds, one by one: as their words say it; and why a step is
refused in a status that it does not begin in."""

from itertools import product
from typing import Any

import pytest

from models.life import (
    STEPS,
    Attempt,
    CaseState,
    Refusal,
    Verb,
    preconditions,
    refusal_of,
    statuses_alike,
    step_for,
    verb_taken,
)
from models.life.case_state import Proposal
from models.life.preconditions import Precondition
from models.life.steps import UNPAID
from models.vocabulary import (
    CLOSED,
    STAGE_OF,
    CorrectionState,
    DocumentKind,
    Extendability,
    Ground,
    Outcome,
    RequestedItemKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
    VisaCondition,
)

BAN, CLEARANCE = ScreeningKind.ENTRY_BAN, ScreeningKind.CLEARANCE
R, C = ScreeningResult, CorrectionState
ONE, OTHER = [*DocumentKind][:2]
FIRST, SECOND = [*RequestedItemKind][:2]
GRANTED = (Outcome.GRANTED, ())
REFUSED = (Outcome.REFUSED, (Ground.INCOMPLETE,))
#: On which grounds nobody is warned.
HIDDEN = (Ground.ENTRY_BAN, Ground.SECURITY, Ground.FORGED_DOCUMENT)
BY_TWO = {BAN: Proposal(R.NO_MATCH, "proposer", "finder")}
OF_ONE = {BAN: Proposal(R.CLEAR, "proposer")}

#: By name: what of a case, and of an attempt of ``me``, and whether it then holds.
HOLDS: dict[str, list[tuple[dict[str, Any], dict[str, Any], bool]]] = {
    "IS_READY_FOR_WORK": [
        ({"is_partnered": True, "is_received": True}, {}, True),
        ({"is_partnered": True}, {}, False),
        ({}, {}, True),
    ],
    "IS_NOT_RECEIVED": [({}, {}, True), ({"is_received": True}, {}, False)],
    "HAS_ALL_DOCUMENTS": [({}, {}, True), ({"missing_documents": frozenset({ONE})}, {}, False)],
    "ARE_REQUIRED": [
        ({"required_documents": frozenset({ONE})}, {"documents": frozenset({ONE})}, True),
        ({"required_documents": frozenset({ONE})}, {"documents": frozenset({ONE, OTHER})}, False),
        ({"required_documents": frozenset({ONE})}, {}, True),
    ],
    "IS_HELD": [({"is_held": True}, {}, True), ({}, {}, False)],
    "IS_URGENT": [({"is_urgent": True}, {}, True), ({}, {}, False)],
    "IS_NOT_URGENT": [({"is_urgent": True}, {}, False), ({}, {}, True)],
    "IS_NOT_HELD": [({"is_held": True}, {}, False), ({}, {}, True)],
    "OWES_FEE": [({"owes_fee": True}, {}, True), ({}, {}, False)],
    "IS_CLEARED": [
        ({"answers": {BAN: R.CLEAR}}, {}, True),
        ({"answers": {BAN: R.CLEAR}, "owes_fee": True}, {}, False),
        ({"answers": {BAN: R.CLEAR}, "is_held": True}, {}, False),
        ({"answers": {BAN: R.CLEAR}, "is_extended_visa_stopped": True}, {}, False),
        ({"answers": {BAN: R.PENDING}}, {}, False),
        ({"answers": {BAN: R.CLEAR}, "questions": (BAN, CLEARANCE)}, {}, False),
    ],
    "IS_LINKED": [({"is_linked": True}, {}, True), ({}, {}, False)],
    "WAS_DECIDED_BY_ANOTHER": [
        ({"decided_by": "other"}, {}, True), ({"decided_by": "me"}, {}, False)
    ],
    "IS_THE_FIRST_OF_TWO": [({"awaits_first_decision": True}, {}, True), ({}, {}, False)],
    "IS_NOT_THE_FIRST_OF_TWO": [
        ({}, {}, True),
        ({"awaits_first_decision": True}, {}, False),
        ({"was_decided_first_by_oneself": True}, {}, False),
    ],
    "WAS_REVOKED_BY_ANOTHER": [
        ({"revoked_by": "other"}, {}, True), ({"revoked_by": "me"}, {}, False)
    ],
    "CHANGES_THE_DECISION": [
        ({"decided": GRANTED}, {"decision": GRANTED}, False),
        ({"decided": GRANTED}, {"decision": REFUSED}, True),
        ({"decided": (Outcome.REFUSED, (Ground.SECURITY,))}, {"decision": REFUSED}, True),
        ({"decided": REFUSED}, {"decision": REFUSED}, False),
        # A ground more is another decision.
        ({"decided": REFUSED},
         {"decision": (Outcome.REFUSED, (Ground.INCOMPLETE, Ground.FORGED_DOCUMENT))}, True),
    ],
    "CONDITIONS_ARE_OF_A_VISA": [
        ({}, {"decision": (Outcome.GRANTED, (VisaCondition.WITH_FAMILY,))}, True),
        ({"is_extension": True}, {"decision": GRANTED}, True),
        ({"is_extension": True}, {"decision": (Outcome.GRANTED, (VisaCondition.WITH_FAMILY,))},
         False),
    ],
    "IS_PARTNERED": [({"is_partnered": True}, {}, True), ({}, {}, False)],
    "WAITS_FOR_ANSWER": [
        ({"answers": {BAN: R.PENDING}}, {"question": BAN}, True),
        ({"answers": {BAN: R.PENDING}}, {"question": CLEARANCE}, False),
        ({"answers": {BAN: R.CLEAR}}, {"question": BAN}, False),
        ({"answers": {BAN: R.PENDING}, "proposals": BY_TWO}, {"question": BAN}, False),
    ],
    "HAS_A_QUESTION_TO_ASK": [({}, {}, True), ({"answers": {BAN: R.CLEAR}}, {}, False)],
    "CAN_BE_ASKED_AGAIN": [
        ({"answers": {BAN: R.CLEAR}}, {}, True), ({"answers": {BAN: R.PENDING}}, {}, False)
    ],
    "HAS_A_LIVE_VISA": [({"has_live_visa": True}, {}, True), ({}, {}, False)],
    **{
        name: [({"extendability": one}, {}, one is not not_met) for one in Extendability]
        for name, not_met in (("CAN_BE_EXTENDED", Extendability.NO_RULE),
                              ("IS_NOT_USED_UP", Extendability.USED),
                              ("IS_NOT_OVER", Extendability.ENDED))
    },
    "IS_AN_EXTENSION": [({"is_extension": True}, {}, True), ({}, {}, False)],
    "HAS_NOT_APPEARED": [({"has_appeared": True}, {}, False), ({}, {}, True)],
    "NO_LINK_COUNTS": [
        ({}, {}, True), ({"grant_stop": ""}, {}, False), ({"grant_stop": "other"}, {}, False),
    ],
    "LINK_COUNTS": [
        ({}, {}, False), ({"grant_stop": ""}, {}, True), ({"grant_stop": "other"}, {}, True),
    ],
    "HAS_NO_PROPOSED_GRANT": [
        ({"grant_stop": ""}, {}, True), ({"grant_stop": "other"}, {}, False),
    ],
    "HAS_A_PROPOSED_GRANT": [
        ({"grant_stop": ""}, {}, False), ({}, {}, False), ({"grant_stop": "other"}, {}, True),
    ],
    "GRANT_WAS_PROPOSED_BY_ANOTHER": [
        ({"grant_stop": "other"}, {}, True), ({"grant_stop": "me"}, {}, False),
    ],
    "HAS_COMPANY": [({"lacks_company": True}, {}, False), ({}, {}, True)],
    "HAS_APPEARED": [
        ({}, {}, True),
        ({"is_extension": True}, {}, False),
        ({"is_extension": True, "has_appeared": True}, {}, True),
    ],
    "HAS_AN_UNUSED_VISA": [({"has_unused_visa": True}, {}, True), ({}, {}, False)],
    "WAITS_FOR_SECOND_PERSON": [
        ({"proposals": OF_ONE}, {"question": BAN}, True),
        ({"proposals": OF_ONE}, {"question": CLEARANCE}, False),
    ],
    "WAS_PROPOSED_BY_ANOTHER": [
        ({"proposals": BY_TWO}, {"question": BAN}, True),
        ({"proposals": BY_TWO}, {"question": BAN, "subject": "proposer"}, False),
        ({"proposals": BY_TWO}, {"question": BAN, "subject": "finder"}, False),
        ({"proposals": {CLEARANCE: OF_ONE[BAN], **BY_TWO}},
         {"question": CLEARANCE, "subject": "finder"}, True),
    ],
    "HAS_A_HIT": [
        ({"hits": frozenset({BAN})}, {"question": BAN}, True),
        ({"hits": frozenset({BAN})}, {"question": CLEARANCE}, False),
    ],
    "IS_ON_THE_OWN_DESK": [
        ({"officer": "me"}, {}, True),
        ({"officer": "other", "supervisor": "me"}, {}, False),
    ],
    "IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR": [
        ({"supervisor": "me"}, {}, True),
        ({"officer": "me", "supervisor": "other"}, {}, False),
    ],
    "IS_ON_NO_DESK": [
        ({}, {}, True), ({"officer": "other"}, {}, False), ({"supervisor": "other"}, {}, False)
    ],
    "IS_GIVEN_TO_ANOTHER": [
        ({"officer": "first"}, {"receiver": "second"}, True),
        ({"officer": "first"}, {"receiver": "first"}, False),
        ({"supervisor": "first"}, {"receiver": "first"}, False),
        ({"officer": "first"}, {}, True),
        ({}, {}, False),
    ],
    "IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS": [
        ({"answers": {BAN: R.MATCH}}, {"receiver": "officer"}, False),
        ({"answers": {BAN: R.MATCH}}, {"receiver": "me"}, True),
        ({"answers": {BAN: R.HIT}}, {"receiver": "officer"}, True),
    ],
    "HAS_NO_OPEN_CORRECTION": [({}, {}, True), ({"correction": C.PROPOSED}, {}, False)],
    "HAS_A_PROPOSED_CORRECTION": [
        ({"correction": C.PROPOSED}, {}, True), ({"correction": C.APPROVED}, {}, False)
    ],
    "HAS_AN_APPROVED_CORRECTION": [
        ({"correction": C.APPROVED}, {}, True), ({"correction": C.PROPOSED}, {}, False)
    ],
    "HAS_AN_OPEN_CORRECTION": [
        ({"correction": C.APPROVED}, {}, True), ({"correction": C.PROPOSED}, {}, True),
        ({}, {}, False),
    ],
    "WAS_APPROVED_BY_ANOTHER": [
        ({"correction_approved_by": "other"}, {}, True),
        ({"correction_approved_by": "me"}, {}, False),
    ],
    "HOLDS_A_VISA": [
        ({"status": Status.GRANTED}, {}, True), ({"status": Status.REVOKED}, {}, False)
    ],
    "MAY_BE_CORRECTED": [({"may_be_corrected": True}, {}, True), ({}, {}, False)],
    "IS_ANNOUNCED_FIRST": [({"needs_intention": True}, {}, True), ({}, {}, False)],
    "WAS_NOT_ANNOUNCED": [({}, {}, True), ({"was_announced": True}, {}, False)],
    "WAS_ANNOUNCED": [
        ({}, {}, True),
        ({"needs_intention": True}, {"decision": REFUSED}, False),
        ({"needs_intention": True, "was_announced": True}, {"decision": REFUSED}, True),
        ({"needs_intention": True}, {}, False),
        *(({"needs_intention": True}, {"decision": (Outcome.REFUSED, (Ground.INCOMPLETE, ground))},
           ground in HIDDEN) for ground in Ground),
        ({"needs_intention": True, "answers": {BAN: R.MATCH}}, {"decision": REFUSED}, True),
        ({"needs_intention": True, "answers": {BAN: R.HIT}}, {"decision": REFUSED}, False),
    ],
    "HAS_AN_OPEN_INTENTION": [({"has_open_intention": True}, {}, True), ({}, {}, False)],
    "HAS_NO_OPEN_INTENTION": [({}, {}, True), ({"has_open_intention": True}, {}, False)],
    "IS_ASKED_FOR": [
        ({"outstanding": frozenset({FIRST})}, {"items": frozenset({FIRST})}, True),
        ({"outstanding": frozenset({FIRST, SECOND})}, {"items": frozenset({FIRST})}, True),
        ({"outstanding": frozenset({FIRST})}, {"items": frozenset({FIRST, SECOND})}, False),
        ({"outstanding": frozenset({FIRST})}, {}, False),
        ({}, {}, True),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_a_precondition_holds_as_its_words_say(name: str) -> None:
    precondition: Precondition = getattr(preconditions, name)
    for facts, attempted, holds in HOLDS[name]:
        state = CaseState(**{"status": Status.PAID, **facts})
        attempt = Attempt(**{"subject": "me", "role": Role.SUPERVISOR, **attempted})
        assert precondition.holds(state, attempt) is holds, (precondition.words, facts, attempted)
    assert {holds for *_, holds in HOLDS[name]} == {True, False}


@pytest.mark.parametrize(
    ("asked", "given", "taken"),
    [((FIRST, SECOND), (FIRST,), Verb.ANSWER_ITEMS), ((FIRST, SECOND), (SECOND, FIRST), None),
     ((FIRST,), (FIRST,), None), ((), (), None)],
)  # fmt: skip
def test_an_answer_to_some_of_what_was_asked_for_is_a_step_of_its_own(
    asked: tuple[Any, ...], given: tuple[Any, ...], taken: Verb | None
) -> None:
    state = CaseState(Status.INFO_REQUESTED, outstanding=frozenset(asked))
    attempt = Attempt("me", Role.APPLICANT, items=frozenset(given))
    verb = Verb.ANSWER_INFORMATION
    assert verb_taken(verb, state, attempt) is (taken or verb)
    assert verb_taken(Verb.WITHDRAW, state, attempt) is Verb.WITHDRAW


def test_each_precondition_is_tried() -> None:
    named = {name for name, one in vars(preconditions).items() if isinstance(one, Precondition)}
    assert named == HOLDS.keys()


#: Why a step is refused in a status that it does not begin in, where that names no status.
REFUSED_BY_NAME = {
    Verb.RECORD_PAYMENT: Refusal.BILL_CLOSED,
    Verb.RECORD_SCREENING: Refusal.NOTHING_ASKED,
    Verb.PROPOSE_ANSWER: Refusal.NOTHING_ASKED,
    Verb.CONFIRM_SCREENING: Refusal.NOTHING_PROPOSED,
}


@pytest.mark.parametrize("reads_status", [True, False])
@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.SUBMIT])
def test_a_step_in_a_wrong_status_is_refused_as_its_role_reads_it(
    verb: Verb, reads_status: bool
) -> None:
    """By status to whoever reads one; by stage to others, where no status of the stage fits."""
    of_verb = [step for step in STEPS if step.verb is verb]
    for role, status in product({role for step in of_verb for role in step.by}, Status):
        if step_for(verb, status, role):
            continue
        alike = statuses_alike(STAGE_OF[status], is_paid=status not in UNPAID)
        is_elsewhere = not any(step_for(verb, other, role) for other in alike)
        expected = Refusal.WRONG_STATUS if reads_status else Refusal.WRONG_STAGE
        if verb in REFUSED_BY_NAME or reads_status or is_elsewhere:
            now = CaseState(status, is_paid=status not in UNPAID, is_closed=status in CLOSED)
            attempt = Attempt("somebody", role)
            found = refusal_of(verb, now, attempt, reads_status=reads_status)
            assert found is REFUSED_BY_NAME.get(verb, expected), (role, status)
