"""What the words of supervision mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import AlertKind, InquiryVerdict, ReachedBy

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    AlertKind: {
        "READ_BUDGET": "Wanted to read more people than the budget of an hour has, and was refused;"
        " or was shown the last four of unusually many passports, which nothing refuses.",
        "INQUIRY": "Opened an inquiry, or asked for a large one.",
        "REVIEW_OVERDUE": "Opened an inquiry that nobody has reviewed in time.",
        "TAMPERED": "Met a sealed value that somebody had changed in the database.",
    },
    ReachedBy: {
        "DESK": "A case of theirs was on the own desk.",
        "LINK": "They are linked to whoever applied in a case on the own desk.",
        "SUPERVISION": "They were on file: a supervisor may name any case.",
        "INQUIRY": "They were admitted to an inquiry of the account.",
        "INTAKE": "Their file was being taken in at a place of the account.",
        "QUESTION": "A screening question about them was open.",
        "OWN_DATA": "It is their own account.",
    },
    InquiryVerdict: {
        "JUSTIFIED": "There was reason to look at whom was looked at.",
        "UNJUSTIFIED": "There was not, or not at all of them.",
    },
}
