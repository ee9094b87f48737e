"""The words of a case: where it stands, what belongs to it, what happens to it, how it ends."""

from enum import StrEnum

#: In place of a partner's code: a system with it handles the applications that no partner took in.
DIRECTORATE = "DIRECT"


class Channel(StrEnum):
    """The way by which an application was lodged."""

    DIRECT = "DIRECT"
    PARTNER_PORTAL = "PARTNER_PORTAL"
    PARTNER_CENTRE = "PARTNER_CENTRE"
    PARTNER_GROUP = "PARTNER_GROUP"


class Status(StrEnum):
    """Where an application stands in its life, as the directorate sees it."""

    SUBMITTED = "SUBMITTED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    IN_VERIFICATION = "IN_VERIFICATION"
    INFO_REQUESTED = "INFO_REQUESTED"
    REFUSAL_INTENDED = "REFUSAL_INTENDED"
    SCREENING = "SCREENING"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"
    PAYMENT_EXPIRED = "PAYMENT_EXPIRED"
    REVOKED = "REVOKED"


class Stage(StrEnum):
    """Where an application stands, as partners see it: never its outcome."""

    SUBMITTED = "SUBMITTED"
    IN_PROCESS = "IN_PROCESS"
    WAITING_FOR_APPLICANT = "WAITING_FOR_APPLICANT"
    CLOSED = "CLOSED"


STAGE_OF = {
    Status.SUBMITTED: Stage.SUBMITTED,
    Status.AWAITING_PAYMENT: Stage.WAITING_FOR_APPLICANT,
    Status.PAID: Stage.IN_PROCESS,
    Status.IN_VERIFICATION: Stage.IN_PROCESS,
    Status.INFO_REQUESTED: Stage.WAITING_FOR_APPLICANT,
    Status.REFUSAL_INTENDED: Stage.WAITING_FOR_APPLICANT,
    Status.SCREENING: Stage.IN_PROCESS,
    Status.GRANTED: Stage.CLOSED,
    Status.REFUSED: Stage.CLOSED,
    Status.WITHDRAWN: Stage.CLOSED,
    Status.LAPSED: Stage.CLOSED,
    Status.PAYMENT_EXPIRED: Stage.CLOSED,
    Status.REVOKED: Stage.CLOSED,
}

CLOSED = tuple(status for status, stage in STAGE_OF.items() if stage is Stage.CLOSED)

#: Where an officer decides.
DECIDABLE = (Status.IN_VERIFICATION, Status.SCREENING)

#: Where it waits for what its applicant says: the adjusted clock is stopped.
PAUSED = (Status.INFO_REQUESTED, Status.REFUSAL_INTENDED)


class UnmatchedPaymentState(StrEnum):
    """Where a payment stands that fits no bill."""

    KEPT = "KEPT"
    #: One person recommends a refund, or the bill that it belongs to: it waits for a second one.
    RECOMMENDED = "RECOMMENDED"
    REFUND = "REFUND"
    #: Its payment order is recorded.
    REFUNDED = "REFUNDED"
    #: It paid a bill after all; or the bank took it back.
    ASSIGNED = "ASSIGNED"
    REVERSED = "REVERSED"


class ReversalEffect(StrEnum):
    """What followed in the case of a payment that was reversed."""

    #: It was open: nothing is granted before a supervisor has released it.
    HELD = "HELD"
    #: It was closed before, and stays as it is.
    NONE = "NONE"


class CrossingDirection(StrEnum):
    """Which way somebody crossed the border."""

    ENTRY = "ENTRY"
    EXIT = "EXIT"


class Presence(StrEnum):
    """Where the holder of a visa is who entered by it."""

    #: No exit is reported.
    IN_COUNTRY = "IN_COUNTRY"
    DEPARTED = "DEPARTED"


class Extendability(StrEnum):
    """Whether the stay on a visa may be extended now, and otherwise why not."""

    POSSIBLE = "POSSIBLE"
    #: It is no visa whose type is extended, or there is none.
    NO_RULE = "NO_RULE"
    #: As often as the rule allows: granted before, or asked for.
    USED = "USED"
    #: The last day of the stay has passed, or its holder left; or the visa was taken back.
    ENDED = "ENDED"


class EventKind(StrEnum):
    """What happened to an application: it entered a status, or something else happened to it."""

    SUBMITTED = "SUBMITTED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    RECEIVED = "RECEIVED"
    IN_VERIFICATION = "IN_VERIFICATION"
    INFO_REQUESTED = "INFO_REQUESTED"
    REFUSAL_INTENDED = "REFUSAL_INTENDED"
    SCREENING = "SCREENING"
    HELD = "HELD"
    RELEASED = "RELEASED"
    MARKED_URGENT = "MARKED_URGENT"
    URGENCY_ENDED = "URGENCY_ENDED"
    GRANT_PROPOSED = "GRANT_PROPOSED"
    GRANT_APPROVED = "GRANT_APPROVED"
    GRANT_REJECTED = "GRANT_REJECTED"
    ANSWER_PROPOSED = "ANSWER_PROPOSED"
    SCREENED = "SCREENED"
    CORRECTION_PROPOSED = "CORRECTION_PROPOSED"
    CORRECTED = "CORRECTED"
    CORRECTION_REJECTED = "CORRECTION_REJECTED"
    TRANSFERRED = "TRANSFERRED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"
    PAYMENT_EXPIRED = "PAYMENT_EXPIRED"
    REVOKED = "REVOKED"
    VISA_RETURNED = "VISA_RETURNED"
    APPEARED = "APPEARED"
    TARGET_50 = "TARGET_50"
    TARGET_75 = "TARGET_75"
    TARGET_100 = "TARGET_100"


#: The events that say how many percent of a case's target have passed.
TARGET_PERCENTS = {EventKind.TARGET_50: 50, EventKind.TARGET_75: 75, EventKind.TARGET_100: 100}


class ChangedPart(StrEnum):
    """The part of an application that an event changed, as far as it decides who hears of it.

    Where an event changed several parts, it is the one that the most roles may read.
    """

    #: The stage, or when a case was submitted, paid or received: everyone who reaches the case.
    STAGE = "STAGE"
    #: The decision alone, as by a correction or a revocation.
    DECISION = "DECISION"
    #: The status alone.
    STATUS = "STATUS"
    #: What supervision does: holds, and answers to its questions.
    HOLD = "HOLD"


class ChangedVolumes(StrEnum):
    """What a change of the volumes touches: more than outcomes, or outcomes alone."""

    FIGURES = "FIGURES"
    #: As by a correction: of no interest to roles that read no outcomes.
    OUTCOMES = "OUTCOMES"


class Outcome(StrEnum):
    """What an officer decided."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


class Ground(StrEnum):
    """Why an application was refused, shortened from the immigration act."""

    ENTRY_BAN = "ENTRY_BAN"
    INVALID_TRAVEL_DOCUMENT = "INVALID_TRAVEL_DOCUMENT"
    FORGED_DOCUMENT = "FORGED_DOCUMENT"
    FALSE_STATEMENT = "FALSE_STATEMENT"
    INSUFFICIENT_MEANS = "INSUFFICIENT_MEANS"
    PURPOSE_NOT_CREDIBLE = "PURPOSE_NOT_CREDIBLE"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    SECURITY = "SECURITY"
    INCOMPLETE = "INCOMPLETE"


class VisaCondition(StrEnum):
    """What the holder of a visa must do, or leave, where an officer made that a condition of it."""

    NO_EMPLOYMENT = "NO_EMPLOYMENT"
    REPORT_TO_OFFICE = "REPORT_TO_OFFICE"
    ONWARD_TICKET = "ONWARD_TICKET"
    WITH_FAMILY = "WITH_FAMILY"


#: Grounds that partners and applicants never read.
CONFIDENTIAL_GROUNDS = (Ground.ENTRY_BAN, Ground.SECURITY)

#: Grounds that are never announced before a refusal: whoever is warned acts on it.
UNANNOUNCED_GROUNDS = (*CONFIDENTIAL_GROUNDS, Ground.FORGED_DOCUMENT)

#: Grounds that count for other files of the same person.
COUNTING_GROUNDS = (Ground.ENTRY_BAN, Ground.FORGED_DOCUMENT, Ground.FALSE_STATEMENT)


class ScreeningKind(StrEnum):
    """What was asked of supervision."""

    ENTRY_BAN = "ENTRY_BAN"
    CLEARANCE = "CLEARANCE"


class ScreeningResult(StrEnum):
    """What supervision answered."""

    CLEAR = "CLEAR"
    HIT = "HIT"
    PENDING = "PENDING"
    UNAVAILABLE = "UNAVAILABLE"
    #: A hit was looked into: it is somebody else, or it is this person.
    NO_MATCH = "NO_MATCH"
    MATCH = "MATCH"


#: What a hit turns out to be.
RESOLUTIONS = (ScreeningResult.NO_MATCH, ScreeningResult.MATCH)

#: What nothing is granted without.
CLEARING = (ScreeningResult.CLEAR, ScreeningResult.NO_MATCH)


class ReferralReason(StrEnum):
    """Why supervision is asked."""

    #: No visa is granted before this was asked.
    ROUTINE = "ROUTINE"
    IDENTITY_IN_DOUBT = "IDENTITY_IN_DOUBT"
    DOCUMENTS_IN_DOUBT = "DOCUMENTS_IN_DOUBT"
    PURPOSE_IN_DOUBT = "PURPOSE_IN_DOUBT"
    TRAVEL_HISTORY = "TRAVEL_HISTORY"
    INFORMATION_RECEIVED = "INFORMATION_RECEIVED"


class Queue(StrEnum):
    """The lists of open cases that people work from, the most urgent first."""

    #: On one's own desk.
    MINE = "MINE"
    #: Paid, handed over, and on nobody's desk.
    FREE = "FREE"
    OVERDUE = "OVERDUE"
    HELD = "HELD"
    HITS = "HITS"
