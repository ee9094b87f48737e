"""Whose identity was read in a window, or by one viewer: who is to be notified of a breach."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from models.access_log.access_event import AccessEvent
from models.volumes.lines import AnySelect


def people_read(
    in_reach: ColumnElement[bool], since: datetime, before: datetime, viewer: str | None
) -> AnySelect:
    """One row: how many different people that were."""
    return select(func.count(AccessEvent.applicant_id.distinct()).label("people")).where(
        _in_window(in_reach, since, before, viewer)
    )


def reads_by_person(
    in_reach: ColumnElement[bool],
    since: datetime,
    before: datetime,
    viewer: str | None,
    after: UUID | None,
    most: int,
) -> AnySelect:
    """A row for each person, in the order of their keys, behind ``after``."""
    reads = select(
        AccessEvent.id,
        AccessEvent.applicant_id,
        AccessEvent.occurred_at,
        AccessEvent.actor,
        func.unnest(AccessEvent.fields).label("field"),
    ).where(_in_window(in_reach, since, before, viewer))
    if after is not None:
        reads = reads.where(AccessEvent.applicant_id > after)
    read = reads.subquery("read")
    return (
        select(
            read.c.applicant_id,
            func.count(read.c.id.distinct()).label("reads"),
            func.min(read.c.occurred_at).label("first_read_at"),
            func.max(read.c.occurred_at).label("last_read_at"),
            func.array_agg(read.c.actor.distinct()).label("viewers"),
            func.array_agg(read.c.field.distinct()).label("fields"),
        )
        .group_by(read.c.applicant_id)
        .order_by(read.c.applicant_id)
        .limit(most)
    )


def _in_window(
    in_reach: ColumnElement[bool], since: datetime, before: datetime, viewer: str | None
) -> ColumnElement[bool]:
    window = and_(in_reach, AccessEvent.occurred_at >= since, AccessEvent.occurred_at < before)
    return window if viewer is None else and_(window, AccessEvent.actor == viewer)
