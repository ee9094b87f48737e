"""The words of what somebody is told: alerts, mail, and notices to the systems of partners."""

from enum import StrEnum


class AlertKind(StrEnum):
    """Reasons for an alert, which everybody but the viewer who caused it gets at once."""

    #: Somebody wanted to read more people than an hour's budget has, or was shown the last four of
    #: more passports than is usual.
    READ_BUDGET = "READ_BUDGET"
    #: Two supervisors widened a budget.
    BUDGET_EXCEPTION = "BUDGET_EXCEPTION"
    #: A supervisor opened an inquiry.
    INQUIRY = "INQUIRY"
    #: Nobody reviewed it in time.
    REVIEW_OVERDUE = "REVIEW_OVERDUE"
    #: Nobody told the institution, or the people, of a breach in time.
    NOTICE_OVERDUE = "NOTICE_OVERDUE"
    #: Somebody met a sealed value that was changed in the database.
    TAMPERED = "TAMPERED"
    #: The key service opened people of whom the log of reads says nothing, or the other way round.
    UNLOGGED = "UNLOGGED"
    #: A carrier asked again about a passenger.
    REPEATED_CHECK = "REPEATED_CHECK"
    #: Nobody answered a complaint in time.
    COMPLAINT_OVERDUE = "COMPLAINT_OVERDUE"
    #: The scanner found something in a document.
    INFECTED_DOCUMENT = "INFECTED_DOCUMENT"
    #: A file was tracked more often than there are tries, or one source tried so often.
    TRIES_SPENT = "TRIES_SPENT"
    #: Somebody was found on the entry-ban list.
    HIT = "HIT"
    #: A case was referred to screening for more than routine.
    REFERRAL = "REFERRAL"
    #: Two officers decided a case differently.
    DECISIONS_DIFFER = "DECISIONS_DIFFER"
    #: Somebody proposed to grant a case although a link counts.
    GRANT_PROPOSED = "GRANT_PROPOSED"
    #: Somebody is in the country whose visa was taken back.
    REVOKED_IN_COUNTRY = "REVOKED_IN_COUNTRY"


class MailOccasion(StrEnum):
    """When a subscriber is sent mail."""

    #: Each Monday, and on the first day of each month.
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    #: Alerts: once the service promise is newly missed, or something is newly beyond what is usual.
    TARGET_MISSED = "TARGET_MISSED"
    LATER_THAN_USUAL = "LATER_THAN_USUAL"
    MORE_REFUSALS = "MORE_REFUSALS"
    MORE_REQUESTS = "MORE_REQUESTS"
    SLOWER_HANDOVER = "SLOWER_HANDOVER"
    GROWING_BACKLOG = "GROWING_BACKLOG"


class MailKind(StrEnum):
    """What a message says: to a reader of figures, or to an applicant."""

    REPORT = "REPORT"
    ALERT = "ALERT"
    #: A subscription is about to end.
    RENEWAL = "RENEWAL"
    #: A file waits for its payment, or for an answer.
    BILL = "BILL"
    REQUEST = "REQUEST"
    #: It was decided, whatever was decided.
    DECISION = "DECISION"
    #: Somebody asked for a code to claim a file.
    CLAIM = "CLAIM"


#: What applicants are told.
TO_APPLICANTS = (MailKind.BILL, MailKind.REQUEST, MailKind.DECISION, MailKind.CLAIM)


class WebhookState(StrEnum):
    """Where an endpoint of a partner's system stands."""

    PROPOSED = "PROPOSED"
    LIVE = "LIVE"
    PAUSED = "PAUSED"
    REMOVED = "REMOVED"


class NoticeState(StrEnum):
    """What became of a notice to a partner's system."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    #: Not taken for days: it is sent again where somebody asks for it.
    DEAD = "DEAD"
    #: The file was out of reach before it was sent.
    WITHHELD = "WITHHELD"
