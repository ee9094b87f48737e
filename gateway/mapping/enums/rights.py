"""What the words of people's rights mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import (
    DataRequestKind,
    DataRequestState,
    ErasureCause,
    KeyOperationKind,
    KeyUsedFor,
)

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    DataRequestKind: {
        "ACCESS": "To learn what is on file about the person, and who read it.",
        "RECTIFICATION": "To have wrong data corrected.",
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
    KeyOperationKind: {
        "BEGIN": "The ages of the data keys in a store count from now on.",
        "SWEEP": "Data keys that belong to nobody were deleted.",
        "REFUSED": "Something was strange, and no data key was swept.",
        "ADDED": "A key is accepted from now on, and writes: a rotation begins.",
        "RETIRED": "A key is no longer accepted: a rotation has ended.",
        "ERASED": "Data keys were deleted for ever: nobody can read the people they opened.",
    },
    KeyUsedFor: {
        "PERSON_INDEX": "The index by which files of one person are found.",
        "DATA_KEY": "Wraps the data keys by which people are sealed.",
        "ACCESS_LOG": "Seals entries of reads and look-ups.",
        "CHECKPOINT": "Signs checkpoints of the account.",
    },
}
