"""The words of supervision: the kinds of alerts, and the verdicts on inquiries."""

from enum import StrEnum


class AlertKind(StrEnum):
    """Reasons for an alert, which everybody but the viewer who caused it gets at once."""

    #: Somebody wanted to read more people than an hour's budget has, or was shown the last four of
    #: more passports than is usual.
    READ_BUDGET = "READ_BUDGET"
    #: A supervisor opened an inquiry.
    INQUIRY = "INQUIRY"
    #: Nobody reviewed it in time.
    REVIEW_OVERDUE = "REVIEW_OVERDUE"
    #: Somebody met a sealed value that was changed in the database.
    TAMPERED = "TAMPERED"


class InquiryVerdict(StrEnum):
    """What another supervisor found of an inquiry."""

    JUSTIFIED = "JUSTIFIED"
    UNJUSTIFIED = "UNJUSTIFIED"
