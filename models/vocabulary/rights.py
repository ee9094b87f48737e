"""The words of the rights of people whose data is on file."""

from enum import StrEnum


class DataRequestKind(StrEnum):
    """What a person requests about their data on file."""

    #: What is on file, and who read it.
    ACCESS = "ACCESS"
    RECTIFICATION = "RECTIFICATION"
    ERASURE = "ERASURE"


class DataRequestState(StrEnum):
    """What became of such a request."""

    OPEN = "OPEN"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


class ErasureCause(StrEnum):
    """Why somebody is erased."""

    REQUEST = "REQUEST"
    #: The period for which files are kept is over.
    RETENTION = "RETENTION"
    #: Erased before a backup of the database came back, in which this was not written yet.
    RESTORED = "RESTORED"


class KeyOperationKind(StrEnum):
    """What was done to keys."""

    #: The first sweep of a store, which deletes nothing.
    BEGIN = "BEGIN"
    SWEEP = "SWEEP"
    #: Something was strange, and nothing was swept.
    REFUSED = "REFUSED"
    #: A key is accepted from now on, and writes.
    ADDED = "ADDED"
    #: A key is accepted no more: a rotation has ended.
    RETIRED = "RETIRED"
    #: Data keys were deleted for ever.
    ERASED = "ERASED"


class KeyUsedFor(StrEnum):
    """What a key of the key service is for (`models.key_service.KeyUse`)."""

    PERSON_INDEX = "PERSON_INDEX"
    DATA_KEY = "DATA_KEY"
    ACCESS_LOG = "ACCESS_LOG"
    CHECKPOINT = "CHECKPOINT"
