"""Breaches of data protection, with the notices that are due of each, and whom they reached."""

from datetime import datetime

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import translated_column
from models import Breach as Row
from models import BreachNotice as NoticeRow
from models.rights.breach import NOTICE_HOURS
from models.vocabulary import NoticeReach


@noun(key=Row.id)
class Breach(Node):
    """A breach, of which the institution and the people are told in time: never removed.

    Whom it reached is what `peopleRead` and `peopleInReach` answer for its window and viewer.
    """

    description: str = column(
        Row.description, "Which data, when and how, and what is done about it (article 46)."
    )
    noticed_at: datetime = column(Row.noticed_at, "When somebody first knew of it.")
    due_at: datetime = column(
        Row.due_at,
        f"By when the institution and the people are told: {NOTICE_HOURS} hours later.",
        filters=True,
        orders=True,
    )
    window_from: datetime = column(Row.window_from, "Since when it lasted.")
    window_before: datetime = column(Row.window_before, "Until when it lasted.")
    viewer: str | None = column(
        Row.viewer, "Subject of the account by which it happened; null where it was none."
    )
    recorded_by: str = column(Row.recorded_by, "Subject who recorded it.")
    recorded_at: datetime = column(Row.recorded_at, "When that was.")
    institution_notice: str | None = column(
        Row.institution_notice, "How the institution was told, and under which number."
    )
    institution_notified_by: str | None = column(
        Row.institution_notified_by, "Subject who told the institution."
    )
    institution_notified_at: datetime | None = column(
        Row.institution_notified_at, "When that was recorded; null while it is due."
    )
    people_notice: str | None = column(Row.people_notice, "How the people were told.")
    in_words: str | None = translated_column(
        "What the people were told: what happened and how, and what is done about it; null while"
        " it is due.",
        en=Row.notice_in_english,
        id=Row.notice_in_indonesian,
    )
    people_reached: NoticeReach | None = column(Row.people_reached, "Who was told.")
    people_notified: int | None = column(Row.people_notified, "How many people were told.")
    people_notified_by: str | None = column(Row.people_notified_by, "Subject who told the people.")
    people_notified_at: datetime | None = column(
        Row.people_notified_at, "When that was recorded; null while it is due."
    )
    close_reason: str | None = column(Row.close_reason, "What came of it.")
    closed_by: str | None = column(
        Row.closed_by, "Subject who closed it, and had no part in it before."
    )
    closed_at: datetime | None = column(Row.closed_at, "When it was closed.")
    is_open: bool = column(Row.is_open, "Whether somebody has yet to close it.", filters=True)


@noun(key=NoticeRow.breach_id)
class BreachNotice:
    """That a person whose data was read in a breach was told of it: never changed."""

    breach: Breach | None = link(NoticeRow.breach_id, Row.id, "What happened, and when.")
    fields: list[str] = column(NoticeRow.fields, "Which fields of `Identity` were read, in order.")
    told_at: datetime = column(NoticeRow.told_at, "When it was recorded that people were told.")
