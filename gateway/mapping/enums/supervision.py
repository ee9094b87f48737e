"""What the words of supervision mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import AlertKind, InquiryVerdict, ReachedBy

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    AlertKind: {
        "READ_BUDGET": "Tried to read or look up more people in an hour than the budget allows, and"
        " was refused; or was shown the last four characters of unusually many passports, which is"
        " not refused.",
        "INQUIRY": "Opened an inquiry, or asked for a large one.",
        "REVIEW_OVERDUE": "Opened an inquiry that nobody has reviewed in time.",
        "TAMPERED": "Met a sealed value that somebody had changed in the database.",
    },
    ReachedBy: {
        "DESK": "A case of theirs was on the officer's own desk.",
        "LINK": "They are linked to the applicant of a case on the officer's own desk.",
        "SUPERVISION": "They were on file: a supervisor may name any case.",
        "INQUIRY": "They were admitted to an inquiry of the account.",
        "INTAKE": "Their file was being taken in at a place of the account.",
        "QUESTION": "A screening question about them was open.",
        "OWN_DATA": "It is their own account.",
    },
    InquiryVerdict: {
        "JUSTIFIED": "There was reason to look at these people.",
        "UNJUSTIFIED": "There was none, or not for all of them.",
    },
}
