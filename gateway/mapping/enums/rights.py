"""What the words of people's rights mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import DataRequestKind, DataRequestState, ErasureCause

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    DataRequestKind: {
        "ACCESS": "To be told what is on file of oneself, and who read it.",
        "RECTIFICATION": "That what is wrong be corrected.",
        "ERASURE": "To be erased.",
    },
    DataRequestState: {
        "OPEN": "It waits for its answer.",
        "GRANTED": "It was granted.",
        "REFUSED": "It was refused, with a reason.",
    },
    ErasureCause: {
        "REQUEST": "The person asked for it.",
        "RETENTION": "The period for which files are kept is over.",
        "RESTORED": "Erased before; an older backup of the database had come back.",
    },
}
