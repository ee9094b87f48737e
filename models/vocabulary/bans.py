"""The words of the entry-ban list."""

from enum import StrEnum


class BanGround(StrEnum):
    """Why somebody may not enter."""

    OVERSTAY = "OVERSTAY"
    FORGED_DOCUMENT = "FORGED_DOCUMENT"
    FALSE_STATEMENT = "FALSE_STATEMENT"
    UNLAWFUL_ACTIVITY = "UNLAWFUL_ACTIVITY"
    CRIME = "CRIME"
    SECURITY = "SECURITY"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    REQUEST_OF_AN_AUTHORITY = "REQUEST_OF_AN_AUTHORITY"


class BanState(StrEnum):
    """What became of an entry. Whether it is in force today its days say as well."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    #: In force until a second person agrees.
    WITHDRAWAL_PROPOSED = "WITHDRAWAL_PROPOSED"
    WITHDRAWN = "WITHDRAWN"
