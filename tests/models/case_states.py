"""Cases at random, and attempts of which many succeed: what properties of life are about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from models.life import Attempt, CaseState, Proposal
from models.life.steps import DECIDABLE, DECIDED
from models.vocabulary import (
    CLEARING,
    OPEN_CORRECTIONS,
    RESOLUTIONS,
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
)

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """What lets most steps be taken, or something else."""
    return st.sampled_from([usual, usual, *others])


PEOPLE = ("officer", "officer-2", "supervisor", "supervisor-2", "screening")
proposals = st.builds(
    Proposal,
    result=st.sampled_from([*RESOLUTIONS, ScreeningResult.CLEAR, ScreeningResult.HIT]),
    by=st.sampled_from(["supervisor", "screening"]),
    found_by=st.none() | st.just("screening"),
)
results = st.sampled_from(ScreeningResult)
cleared = st.fixed_dictionaries(dict.fromkeys(ScreeningKind, st.sampled_from(CLEARING)))
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(Status),
    "is_paid": st.booleans(),
    "is_held": mostly(False, True),
    "is_urgent": mostly(False, True),
    "owes_fee": mostly(False, True),
    "is_partnered": st.booleans(),
    "is_received": st.booleans(),
    "is_closed": st.booleans(),
    "is_linked": mostly(True, False),
    "since": mostly(NOW - timedelta(hours=5), None),
    "paused": st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    "decided_by": mostly("supervisor", "officer", None),
    "revoked_by": mostly("supervisor", "supervisor-2", None),
    "has_live_visa": mostly(True, False),
    "has_unused_visa": mostly(True, False),
    "extendability": mostly(*Extendability),
    "is_extension": st.booleans(),
    "has_appeared": st.booleans(),
    "lacks_company": mostly(False, True),
    "grant_stop": mostly(None, None, "", "officer", "supervisor"),
    "is_extended_visa_stopped": mostly(False, False, True),
    "awaits_first_decision": mostly(False, False, True),
    "was_decided_first_by_oneself": mostly(False, False, True),
    "decided": mostly((Outcome.REFUSED, (Ground.INCOMPLETE,)), None),
    "questions": st.sampled_from([(ScreeningKind.ENTRY_BAN,), tuple(ScreeningKind)]),
    "answers": cleared | st.dictionaries(st.sampled_from(ScreeningKind), results),
    "answered_by_system": st.just(frozenset()),
    "proposals": st.dictionaries(st.sampled_from(ScreeningKind), proposals),
    "hits": st.frozensets(st.sampled_from(ScreeningKind)),
    "needs_intention": st.booleans(),
    "may_be_corrected": st.booleans(),
    "was_announced": mostly(False, True),
    "has_open_intention": mostly(False, True),
    "outstanding": st.frozensets(st.sampled_from(RequestedItemKind), max_size=2),
    "required_documents": st.frozensets(st.sampled_from(DocumentKind), max_size=2),
    "missing_documents": st.frozensets(st.sampled_from(DocumentKind), max_size=1),
    "officer": mostly("officer", None, "officer-2"),
    "supervisor": mostly("supervisor", None),
    "correction": st.sampled_from([None, *OPEN_CORRECTIONS]),
    "correction_approved_by": mostly("supervisor", "supervisor-2", None),
}


def standings_with(**facts: st.SearchStrategy[Any]) -> st.SearchStrategy[CaseState]:
    """Cases in which a property's premise holds oftener."""
    return st.builds(CaseState, **FACTS | facts)


def cleared_with(**facts: st.SearchStrategy[Any]) -> st.SearchStrategy[CaseState]:
    """Linked cases of which supervision knows nothing bad, and of which nobody decided first."""
    usual = {"is_held": False, "owes_fee": False, "is_linked": True, "hits": frozenset[Any](),
             "is_extended_visa_stopped": False,
             "was_decided_first_by_oneself": False}  # fmt: skip
    just = {name: st.just(value) for name, value in usual.items()}
    return standings_with(answers=cleared, **just, **facts)


standings = standings_with()
#: Cases that could be granted, as far as neither people nor questions are concerned.
grantable = standings_with(
    status=st.sampled_from((*DECIDABLE, *DECIDED, Status.REVOKED)),
    correction=mostly(None, CorrectionState.PROPOSED),
    lacks_company=st.just(False),
    has_appeared=st.just(True),
    awaits_first_decision=st.just(False),
    grant_stop=mostly(None, ""),
)
#: What an officer can do anything with, if it is on the own desk.
workable = cleared_with(
    correction=st.sampled_from([None, CorrectionState.PROPOSED]),
    awaits_first_decision=st.booleans(),
    grant_stop=mostly(None, "", "officer"),
    lacks_company=st.just(False),
    answered_by_system=st.sampled_from([frozenset(), frozenset(ScreeningKind)]),
)
attempts = st.builds(
    Attempt,
    subject=st.sampled_from(PEOPLE),
    role=st.sampled_from(Role),
    question=mostly(ScreeningKind.ENTRY_BAN, ScreeningKind.CLEARANCE, None),
    decision=mostly((Outcome.GRANTED, ()), (Outcome.REFUSED, (Ground.INCOMPLETE,)), None),
    receiver=st.sampled_from([None, *PEOPLE]),
)
officers_attempts = attempts.map(lambda attempt: replace(attempt, subject="officer"))
supervisors_attempts = attempts.map(lambda attempt: replace(attempt, subject="supervisor"))
#: What was revoked, and supervisors who try something.
revocations = (
    cleared_with(
        status=mostly(Status.REVOKED, Status.GRANTED),
        revoked_by=mostly("supervisor", "supervisor-2"),
        grant_stop=mostly(None, ""),
    ),
    supervisors_attempts.map(lambda attempt: replace(attempt, role=Role.SUPERVISOR)),
)
authoritys_attempts = attempts.map(lambda attempt: replace(attempt, subject="screening"))
