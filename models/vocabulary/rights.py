"""The words of the rights of people whose data is on file."""

from enum import StrEnum


class DataRequestKind(StrEnum):
    """What somebody asks of the data that is on file of them."""

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
    """What the keeper did to data keys that belong to nobody."""

    #: The first sweep of a store, which deletes nothing.
    BEGIN = "BEGIN"
    SWEEP = "SWEEP"
    #: Something was strange, and nothing was deleted.
    REFUSED = "REFUSED"
