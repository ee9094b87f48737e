"""What users call in the life of an application: each mutation, by whom, with what."""

from random import Random
from typing import Any

from tests.gateway.changing import rupiah
from tests.gateway.life_case import Call, Case
from tests.gateway.life_model import refusal

OFFICERS, SUPERVISORS = ("officer", "officer-2"), ("supervisor", "supervisor-2")
AUTHORITY = ("screening", "screening-2")
USERS = {
    "recordPayment": ("treasury",), "recordDocuments": ("agent-au", "service"),
    "markReceived": ("agent-au", "service"),
    "reassignCase": SUPERVISORS, "releaseCase": OFFICERS, "requestInformation": OFFICERS,
    "announceRefusal": OFFICERS, "answerIntention": ("agent-au", "service"),
    "answerInformation": ("agent-au", "service"), "referToScreening": OFFICERS + SUPERVISORS,
    "recordScreening": AUTHORITY, "confirmScreening": AUTHORITY, "resolveHit": SUPERVISORS,
    "holdApplication": SUPERVISORS,
    "releaseApplication": SUPERVISORS, "recordDecision": OFFICERS + SUPERVISORS,
    "supersedeDecision": SUPERVISORS, "withdrawApplication": ("agent-au",),
    "revokeVisa": SUPERVISORS, "setAsideRevocation": SUPERVISORS,
    "proposeCorrection": ("agent-au",),
    "approveCorrection": OFFICERS + SUPERVISORS, "confirmCorrection": SUPERVISORS,
    "rejectCorrection": OFFICERS + SUPERVISORS, "writeNote": OFFICERS + SUPERVISORS,
}  # fmt: skip
DECISIONS = ({"outcome": "GRANTED"}, {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]},
             {"outcome": "REFUSED", "grounds": ["SECURITY"]})  # fmt: skip
ANNOUNCED = {"grounds": ["INSUFFICIENT_MEANS", "INCOMPLETE"]}
TICKET, PHOTOGRAPH = "RETURN_TICKET", "PHOTOGRAPH"
GIVEN: dict[str, tuple[dict[str, Any], ...]] = {
    "requestInformation": (
        {"items": [{"kind": TICKET}]},
        {"items": [{"kind": TICKET, "note": "The way back."}, {"kind": PHOTOGRAPH}]},
    ),
    "answerInformation": tuple(
        {"items": items} for items in ([TICKET], [PHOTOGRAPH], [TICKET, PHOTOGRAPH])
    ),
    "announceRefusal": (ANNOUNCED,),
    "answerIntention": ({"text": "My uncle pays."}, {"text": "See.", "documents": [TICKET]}),
    "recordDocuments": tuple(
        {"documents": there} for there in ([], [TICKET], [PHOTOGRAPH, TICKET], ["PARENTAL_CONSENT"])
    ),
    "recordPayment": ({"paid": rupiah(1_500_000)}, {"paid": rupiah(1)}),
    "recordScreening": tuple(
        {"kind": kind, "result": result}
        for kind in ("ENTRY_BAN", "CLEARANCE")
        for result in ("CLEAR", "CLEAR", "HIT", "UNAVAILABLE")
    ),
    "releaseCase": ({"reason": "I know the applicant."},),
    "reassignCase": tuple(
        {"officer": officer, "reason": "In turn."}
        for officer in (*OFFICERS, *OFFICERS, *OFFICERS, *SUPERVISORS, None)
    ),
    "confirmScreening": ({"kind": "ENTRY_BAN"}, {"kind": "CLEARANCE"}),
    "resolveHit": tuple(
        {"kind": kind, "resolution": resolution, "reason": "Looked into."}
        for kind in ("ENTRY_BAN", "CLEARANCE")
        for resolution in ("NO_MATCH", "MATCH")
    ),
    "proposeCorrection": tuple(
        {"identity": {"fullName": name}} for name in ("Olive One", "Olive Two")
    ),
    "rejectCorrection": ({"reason": "The passport says otherwise."},),
    "recordDecision": DECISIONS,
    "supersedeDecision": DECISIONS,
}
CALLS = [
    Call(mutation, user, given)
    for mutation, users in USERS.items()
    for user in users
    for given in GIVEN.get(mutation, ({},))
]
#: Ends of a life, which a walk should not hurry to.
LAST = ("withdrawApplication", "revokeVisa")


def any_of(calls: list[Call], chance: Random) -> Call:
    """One of the calls, each mutation as likely as another."""
    mutation = chance.choice(sorted({call.mutation for call in calls}))
    return chance.choice([call for call in calls if call.mutation == mutation])


def possible(case: Case) -> list[Call]:
    """What is done where the case stands."""
    return [call for call in CALLS if refusal(case, call) is None]


def onward(case: Case, chance: Random) -> Call | None:
    """A call that is done where the case stands; its end only where nothing else is left."""
    calls = possible(case)
    lasting = [call for call in calls if call.mutation not in LAST and not _is_aside(case, call)]
    return any_of(lasting or calls, chance) if calls else None


def _is_aside(case: Case, call: Call) -> bool:
    """A case that goes from desk to desk gets no further, nor one whose file stays incomplete."""
    if call.mutation == "recordDocuments":
        return not case.documents_missing or bool(
            case.documents_missing - {*call.given["documents"]}
        )
    is_reassigned = call.mutation == "reassignCase" and case.officer is not None
    return is_reassigned or call.mutation in ("releaseCase", "writeNote")
