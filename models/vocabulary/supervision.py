"""The words of supervision: what others are told of at once."""

from enum import StrEnum


class AlertKind(StrEnum):
    """What others than those who did it are told of at once."""

    #: Somebody wanted to read more people than an hour's budget has.
    READ_BUDGET = "READ_BUDGET"
