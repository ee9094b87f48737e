"""What the words of supervision mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import AlertKind, InquiryVerdict

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    AlertKind: {
        "READ_BUDGET": "Wanted to read more people than the budget of an hour has: was refused.",
        "INQUIRY": "Opened an inquiry, or asked for a large one.",
    },
    InquiryVerdict: {
        "JUSTIFIED": "There was reason to look at whom was looked at.",
        "UNJUSTIFIED": "There was not, or not at all of them.",
    },
}
