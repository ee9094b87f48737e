"""That an officer means to refuse a visa, and what the applicant says to it."""

from datetime import datetime

from gateway.mapping.declare import column, link, noun
from models import IntentionAnswer as AnswerRow
from models import RefusalIntention as Row
from models.person.sealed import sealed_cell
from models.vocabulary import DocumentKind, Ground


@noun(key=AnswerRow.applicant_id, is_logged=True)
class IntentionAnswer:
    """What the applicant said to an intention to refuse. It is read like `Identity`: with a
    purpose, and logged."""

    text: str | None = column(sealed_cell(AnswerRow.as_text), "What was said, in plain text.")


@noun(key=Row.application_id)
class RefusalIntention:
    """That the officer who has the case means to refuse it: its applicant may answer once, by
    `answerIntention`, until `Application.answerBy`.

    Then, or once that time has passed, the officer decides, and is bound to nothing by it: the visa
    may be granted, or refused on these grounds or others. It is announced once.
    """

    grounds: list[Ground] = column(
        Row.grounds, "On which grounds, the main one first. None of them is confidential."
    )
    note: str | None = column(Row.note, "What there is to them.")
    announced_at: datetime = column(Row.announced_at, "When it was announced.")
    announced_by: str = column(Row.announced_by, "Subject of the officer who announced it.")
    ended_at: datetime | None = column(
        Row.ended_at,
        "When it was answered, or the time for that had passed; null while it waits, and where the"
        " application was withdrawn meanwhile.",
    )
    answered_at: datetime | None = column(
        Row.answered_at, "When it was answered; null where it was not."
    )
    answered_by: str | None = column(Row.answered_by, "Subject who answered.")
    documents: list[DocumentKind] = column(
        Row.documents, "The documents that were handed in with the answer."
    )
    answer: IntentionAnswer | None = link(
        Row.application_id,
        AnswerRow.application_id,
        "What was answered; null while nothing was, and once the person is erased. Reading it takes"
        " a purpose, and is logged.",
    )
