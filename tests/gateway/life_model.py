"""The life of an application once more, as plain conditions: a model to compare the gateway with.

Written from the domain's facts, not from the steps of the product: where they differ, one is wrong.
"""

from tests.gateway.life_case import OPEN, WORKED_ON, Call, Case

#: They read how far a case is, not which status it has.
READ_NO_STATUS = ("agent-au", "service", "applicant")
OFFICERS = ("officer", "officer-2")
#: What officers do with what is on their own desk alone.
OF_THE_DESK = ("releaseCase", "requestInformation", "announceRefusal", "referToScreening",
               "recordDecision", "writeNote")  # fmt: skip
#: The authority's answers, which two people give.
SCREENING = ("recordScreening", "confirmScreening")


def refusal(case: Case, call: Call) -> str | None:
    """The code with which the call is refused; None where it is done."""
    if call.given.get("expectedStatus", case.status) != case.status:
        return "STATUS_CHANGED"
    if call.given.get("expectedStage", case.stage) != case.stage:
        return "STAGE_CHANGED"
    if case.status not in _statuses(case, call):
        if call.mutation == "recordPayment":
            return "BILL_CLOSED"
        if call.mutation in SCREENING:
            return _screening_refusal(case, call)
        return "WRONG_STAGE" if call.user in READ_NO_STATUS else "WRONG_STATUS"
    return _unmet(case, call)


def _statuses(case: Case, call: Call) -> tuple[str, ...]:
    match call.mutation:
        case "recordPayment":
            return ("AWAITING_PAYMENT",)
        case "reassignCase":
            return WORKED_ON
        case "releaseCase" | "writeNote":
            return WORKED_ON[1:]
        case "requestInformation":
            return ("IN_VERIFICATION",)
        case "answerInformation" | "answerIntention":
            return ("INFO_REQUESTED", "REFUSAL_INTENDED")  # which look alike to who answers
        case "referToScreening" if call.user.startswith("supervisor"):
            return ("SCREENING", "GRANTED", "REFUSED", "REVOKED")
        case "recordDecision" if call.user.startswith("supervisor"):
            return ("IN_VERIFICATION", "SCREENING") if call.given["outcome"] == "REFUSED" else ()
        case "referToScreening" | "recordDecision" | "announceRefusal":
            return ("IN_VERIFICATION", "SCREENING")
        case "recordScreening" | "confirmScreening" | "resolveHit":
            return (*WORKED_ON[1:], "GRANTED", "REFUSED", "WITHDRAWN", "REVOKED")
        case "supersedeDecision":
            return ("GRANTED", "REFUSED")
        case "holdApplication":
            return (*OPEN, "GRANTED")
        case "revokeVisa" | "confirmCorrection":
            return ("GRANTED",)
        case "setAsideRevocation":
            return ("REVOKED",)
        case "approveCorrection" | "rejectCorrection":
            return WORKED_ON if call.user.startswith("officer") else ("GRANTED",)
        case "releaseApplication":
            return (case.status,)
        case _:
            return OPEN


def _unmet(case: Case, call: Call) -> str | None:
    is_grant = call.given.get("outcome") == "GRANTED" or call.mutation == "setAsideRevocation"
    match call.mutation:
        case "recordPayment" if call.given["paid"]["amount"] != 1_500_000:
            return "AMOUNT_DIFFERS"
        case "recordDocuments" | "markReceived" if case.is_received:
            return "ALREADY_RECEIVED"
        case "recordDocuments" if "PARENTAL_CONSENT" in call.given["documents"]:
            return "NOT_REQUIRED"
        case "markReceived" if case.documents_missing:
            return "DOCUMENTS_MISSING"
        case "answerInformation" if not {*call.given["items"]} <= case.missing:
            return "NOT_REQUESTED"
        case "answerIntention" if case.status != "REFUSAL_INTENDED":
            return "NOTHING_ANNOUNCED"
        case "reassignCase" if case.status == "PAID" and not case.is_received:
            return "NOT_RECEIVED"
        case "reassignCase" if call.given["officer"] == (case.officer or case.supervisor):
            return "ALREADY_ASSIGNED"
        case "reassignCase" if "MATCH" in case.answers.values():
            return None if call.given["officer"] == call.user else "SUPERVISION_REQUIRED"
        case "reassignCase" if call.given["officer"] not in (None, *OFFICERS, call.user):
            return "OFFICER_UNKNOWN"
        case "holdApplication" if case.is_held:
            return "ALREADY_HELD"
        case "releaseApplication" if not case.is_held:
            return "NOT_HELD"
        case "recordScreening" | "confirmScreening" if _screening_refusal(case, call):
            return _screening_refusal(case, call)
        case "resolveHit" if not is_hit(case, call.given["kind"]):
            return "NO_HIT"
        case "recordDecision" if call.user.startswith("supervisor"):
            return _unheard(case, call) if case.supervisor == call.user else "NOT_ASSIGNED"
        case name if name in OF_THE_DESK and call.user in OFFICERS and case.officer != call.user:
            return "NOT_ASSIGNED"
        case "recordDecision" if case.first == call.user:
            return "SECOND_PERSON_REQUIRED"
        case "recordDecision" if not case.is_first_of_two and _unheard(case, call):
            return "INTENTION_REQUIRED"
        case "announceRefusal" if not case.is_announced_first:
            return "INTENTION_NOT_PROVIDED"
        case "announceRefusal" if case.is_announced:
            return "ALREADY_ANNOUNCED"
        case "announceRefusal" if case.is_first_of_two or case.first == call.user:
            return "SECOND_PERSON_REQUIRED"
        case "referToScreening" if not questions_asked(case, call):
            return "NOTHING_TO_ASK"
        case "supersedeDecision" if case.decisions[-1][0] == call.user:
            return "SECOND_PERSON_REQUIRED"
        case "supersedeDecision" if case.decisions[-1][1:] == _decision(call)[1:]:
            return "SAME_DECISION"
        case "setAsideRevocation" if case.revoked_by == call.user:
            return "SECOND_PERSON_REQUIRED"
        case _ if is_grant and not case.may_be_granted:
            return "NOT_CLEARED"
        case "recordDecision" | "proposeCorrection" if case.proposed_name and (
            is_grant or call.mutation == "proposeCorrection"
        ):
            return "CORRECTION_PENDING"
        case "approveCorrection" | "rejectCorrection" if (
            case.status != "GRANTED" and case.officer != call.user
        ):
            return "NOT_ASSIGNED"
        case "approveCorrection" | "rejectCorrection" | "confirmCorrection" if (
            not case.proposed_name
        ):
            return "NOTHING_PROPOSED"
        case _:
            return None


def _unheard(case: Case, call: Call) -> str | None:
    """Who is to be refused, and may be warned, was not heard."""
    is_warned = "SECURITY" in call.given.get("grounds", []) or "MATCH" in case.answers.values()
    is_heard = case.is_announced or not case.is_announced_first
    is_refusal = call.given["outcome"] == "REFUSED"
    return "INTENTION_REQUIRED" if is_refusal and not (is_heard or is_warned) else None


def questions_asked(case: Case, call: Call) -> list[str]:
    """The questions that a referral asks."""
    # Of a visa what was answered is asked again; what was found is not.
    again = ("CLEAR", "NO_MATCH") if case.status == "GRANTED" else ()
    return [
        question
        for question in case.questions
        if case.answers.get(question) in (None, "UNAVAILABLE", *again)
    ]


def is_hit(case: Case, question: str) -> bool:
    """There is a hit that nobody has resolved as somebody else."""
    return question in case.found_by and case.answers[question] != "NO_MATCH"


def _screening_refusal(case: Case, call: Call) -> str | None:
    """The code that refuses an answer of the authority; None where it is accepted."""
    question = call.given["kind"]
    proposed = case.proposals.get(question)
    is_open = "PENDING" in case.answers.values()
    own = [answer for answer in case.answers_by.values() if call.user in answer]
    if not is_open and not own:
        return "NOT_FOUND"
    if call.mutation == "recordScreening":
        is_asked = case.answers.get(question) == "PENDING" and question not in case.found_by
        return None if is_asked else "NOTHING_ASKED"
    if proposed is None or case.answers.get(question) != "PENDING":
        return "NOTHING_PROPOSED"
    return "SECOND_PERSON_REQUIRED" if call.user in proposed[1:] else None


def _decision(call: Call) -> tuple[str, str, list[str]]:
    return call.user, call.given["outcome"], call.given.get("grounds", [])


def follow(case: Case, call: Call) -> None:
    """Apply a call that is accepted to the case."""
    match call.mutation:
        case "recordPayment":
            case.enter("PAID")
        case "recordDocuments":
            case.documents_missing = {"PHOTOGRAPH", "RETURN_TICKET"} - {*call.given["documents"]}
        case "markReceived":
            case.is_received = True
            case.events.append("RECEIVED")
        case "reassignCase":
            receiver = call.given["officer"]
            case.officer = receiver if receiver in OFFICERS else None
            case.supervisor = receiver if receiver == call.user else None
            if case.status == "PAID":
                case.enter("IN_VERIFICATION")
        case "releaseCase":
            case.officer = None
        case "requestInformation":
            case.missing = {item["kind"] for item in call.given["items"]}
            case.enter("INFO_REQUESTED")
        case "answerInformation":
            case.missing -= {*call.given["items"]}
            if not case.missing:
                case.enter("IN_VERIFICATION")
        case "announceRefusal":
            case.is_announced = True
            case.enter("REFUSAL_INTENDED")
        case "answerIntention":
            case.enter("IN_VERIFICATION")
        case "referToScreening":
            for question in questions_asked(case, call):
                case.answers[question] = "PENDING"
                if case.status == "GRANTED":
                    case.found_by.pop(question, None)
            if case.status not in ("GRANTED", "REFUSED", "REVOKED"):
                case.enter("SCREENING")
        case "recordScreening" | "resolveHit" | "confirmScreening":
            _answer(case, call)
        case "holdApplication" | "releaseApplication":
            case.is_held = not case.is_held
            case.events.append("HELD" if case.is_held else "RELEASED")
        case "recordDecision" if case.is_first_of_two:
            case.first, case.officer = call.user, None
        case "recordDecision" | "supersedeDecision":
            case.decisions.append(_decision(call))
            case.officer = case.supervisor = None
            case.enter(call.given["outcome"])
        case "proposeCorrection":
            name = call.given["identity"]["fullName"]
            is_at_once = case.status == "AWAITING_PAYMENT"
            case.name, case.proposed_name = (name, None) if is_at_once else (case.name, name)
            case.events.append("CORRECTED" if is_at_once else "CORRECTION_PROPOSED")
        case "rejectCorrection":
            case.proposed_name = None
            case.events.append("CORRECTION_REJECTED")
        case "approveCorrection":
            _correct(case)
        case "writeNote":
            pass
        case "withdrawApplication":
            case.officer = case.supervisor = None
            case.enter("WITHDRAWN")
        case "revokeVisa":
            case.revoked_by = call.user
            case.enter("REVOKED")
        case "setAsideRevocation":
            case.decisions.append((call.user, "GRANTED", []))
            case.enter("GRANTED")
        case _:
            raise ValueError(call.mutation)


def _correct(case: Case) -> None:
    """With another name, what was answered about the one before is void, but for a hit.

    Whatever is corrected, what the authority could not answer is asked again.
    """
    name, case.proposed_name = case.proposed_name or "", None
    case.events.append("CORRECTED")
    if name != case.name:
        _void_answers(case)
    case.name = name
    if case.status == "SCREENING":
        asked = [one for one in case.questions if case.answers.get(one) in (None, "UNAVAILABLE")]
        case.answers |= dict.fromkeys(asked, "PENDING")


def _void_answers(case: Case) -> None:
    for question, answer in list(case.answers.items()):
        waits = case.proposals.get(question, ("",))[0] in ("CLEAR", "HIT")
        if answer in ("CLEAR", "NO_MATCH", "UNAVAILABLE") or (answer == "PENDING" and waits):
            del case.answers[question]
            case.proposals.pop(question, None)
            case.found_by.pop(question, None)


def _answer(case: Case, call: Call) -> None:
    """What the authority, or a supervisor of its hit, says; much of it waits for somebody else."""
    question = call.given["kind"]
    if call.mutation == "confirmScreening":
        result, by, _ = case.proposals.pop(question)
        _settle(case, question, result, by)
        case.answers_by[question, len(case.answers_by)] = {by, call.user}
        case.events.append("SCREENED")
        return
    result = call.given.get("resolution") or call.given["result"]
    if call.mutation == "resolveHit" or (question == "CLEARANCE" and result != "UNAVAILABLE"):
        case.proposals[question] = (result, call.user, case.found_by.get(question))
        case.answers[question] = "PENDING"
        case.events.append("ANSWER_PROPOSED")
        return
    case.proposals.pop(question, None)
    _settle(case, question, result, call.user)
    case.answers_by[question, len(case.answers_by)] = {call.user}
    case.events.append("SCREENED")


def _settle(case: Case, question: str, result: str, by: str) -> None:
    case.answers[question] = result
    if result == "HIT":
        case.found_by[question] = by
    if result == "MATCH" and case.status in OPEN:
        case.officer, case.supervisor = None, by
