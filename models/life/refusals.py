"""Why a step may be refused: the closed list that clients meet as data, with its meanings."""

from collections.abc import Mapping
from enum import StrEnum


class Refusal(StrEnum):
    """Why something was not done; nothing was changed then."""

    NOT_FOUND = "NOT_FOUND"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    STATUS_CHANGED = "STATUS_CHANGED"
    WRONG_STATUS = "WRONG_STATUS"
    INVALID = "INVALID"
    NOT_CLEARED = "NOT_CLEARED"
    SECOND_PERSON_REQUIRED = "SECOND_PERSON_REQUIRED"
    SAME_DECISION = "SAME_DECISION"
    GROUND_REQUIRED = "GROUND_REQUIRED"
    GROUND_NOT_ALLOWED = "GROUND_NOT_ALLOWED"
    NOT_RECEIVED = "NOT_RECEIVED"
    ALREADY_RECEIVED = "ALREADY_RECEIVED"
    NOT_HANDED_OVER = "NOT_HANDED_OVER"
    ALREADY_HELD = "ALREADY_HELD"
    NOT_HELD = "NOT_HELD"
    NOTHING_ASKED = "NOTHING_ASKED"
    NOTHING_TO_ASK = "NOTHING_TO_ASK"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    VISA_TYPE_NOT_OFFERED = "VISA_TYPE_NOT_OFFERED"
    NATIONALITY_UNKNOWN = "NATIONALITY_UNKNOWN"
    CENTRE_NOT_FOUND = "CENTRE_NOT_FOUND"
    IDENTITY_REQUIRED = "IDENTITY_REQUIRED"
    IDENTITY_DIFFERS = "IDENTITY_DIFFERS"
    CODE_TAKEN = "CODE_TAKEN"
    DATE_PASSED = "DATE_PASSED"
    ALREADY_BEGUN = "ALREADY_BEGUN"
    ALREADY_ENDED = "ALREADY_ENDED"


MEANINGS: Mapping[Refusal, str] = {
    Refusal.NOT_FOUND: "There is nothing of this id in your reach.",
    Refusal.IDEMPOTENCY_CONFLICT: (
        "This idempotency key was used for something else: take a new one for a new request."
    ),
    Refusal.STATUS_CHANGED: "Meanwhile the application has another status than you expected.",
    Refusal.WRONG_STATUS: "The application has no status in which this can be done.",
    Refusal.INVALID: "This value cannot be used here.",
    Refusal.NOT_CLEARED: "Supervision has not cleared this application: it cannot be granted.",
    Refusal.SECOND_PERSON_REQUIRED: "A decision is corrected by somebody who did not make it.",
    Refusal.SAME_DECISION: "This is what was decided: there is nothing to correct.",
    Refusal.GROUND_REQUIRED: "A refusal takes a ground.",
    Refusal.GROUND_NOT_ALLOWED: "A grant takes no ground.",
    Refusal.NOT_RECEIVED: "The partner has not handed the complete file over yet.",
    Refusal.ALREADY_RECEIVED: "The file was handed over before.",
    Refusal.NOT_HANDED_OVER: "It was lodged directly: no partner hands its file over.",
    Refusal.ALREADY_HELD: "It is held already.",
    Refusal.NOT_HELD: "It is not held.",
    Refusal.NOTHING_ASKED: "No such question waits for an answer.",
    Refusal.NOTHING_TO_ASK: "There is no question to ask anew.",
    Refusal.AMOUNT_DIFFERS: "This is not the fee in force.",
    Refusal.VISA_TYPE_NOT_OFFERED: "There is no such visa type today.",
    Refusal.NATIONALITY_UNKNOWN: "There is no such country.",
    Refusal.CENTRE_NOT_FOUND: "There is no such open centre in your reach.",
    Refusal.IDENTITY_REQUIRED: "A first application says who applies.",
    Refusal.IDENTITY_DIFFERS: "This is not who you are on record: leave it out, or ask for help.",
    Refusal.CODE_TAKEN: "Something else has this code.",
    Refusal.DATE_PASSED: "What is past is not rewritten: give a day from today (WIB) on.",
    Refusal.ALREADY_BEGUN: "It has begun before today: what is past is not rewritten.",
    Refusal.ALREADY_ENDED: "It has ended before today: what is past is not rewritten.",
}
