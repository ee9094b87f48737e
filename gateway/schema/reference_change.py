"""By which decrees reference data changed, who proposed and who approved it, and how many open
files a proposed change touches."""

from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.declare import Node, column, links, noun
from gateway.mapping.ids import GlobalId
from models import ReferenceChange as Row
from models import ReferenceChangeValue as ValueRow
from models.vocabulary import ReferenceChangeState, ReferenceKind


@noun(key=ValueRow.change_id)
class ReferenceChangeValue:
    """One value that a change sets, or by which it names what it changes."""

    line: int = column(ValueRow.line, "Values of one row of reference data have the same number.")
    kind: ReferenceKind = column(ValueRow.kind, "What that row is.")
    name: str = column(ValueRow.name, "Its name, such as `amountIdr`.")
    before: str | None = column(
        ValueRow.before,
        "What was in force before, as text; null where nothing was, or it was empty.",
    )
    after: str | None = column(ValueRow.after, "What the change makes of it, as text.")


@noun(key=Row.id)
class ReferenceChange(Node):
    """A change of reference data, from its proposal on; never removed.

    One administrator proposes it by a decree, another approves it, and it is in force from its day
    on (WIB). What was there when Gerbang was set up has the state `INITIAL`, and no decree.
    """

    kind: ReferenceKind = column(Row.kind, "What it changes.", filters=True)
    subject: str = column(
        Row.subject,
        "Code of what it is about: a visa type's, a country's, a partner's or a centre's, or the"
        " wait of a deadline. The country of a partner is among the values.",
        filters=True,
    )
    state: ReferenceChangeState = column(Row.state, "What became of it.", filters=True)
    decree: str | None = column(Row.decree, "Number of the decree.")
    reason: str | None = column(Row.reason, "Why it was proposed.")
    effective_on: date | None = column(
        Row.effective_on,
        "First day on which it shows, from 00:00 WIB on; null for what takes effect when it is"
        " approved, until then.",
    )
    proposed_by: str | None = column(Row.proposed_by, "Subject who proposed it.")
    proposed_at: datetime = column(
        Row.proposed_at, "When it was proposed, or written down.", filters=True, orders=True
    )
    approved_by: str | None = column(Row.approved_by, "Subject who approved it: somebody else.")
    approved_at: datetime | None = column(Row.approved_at, "When it was approved.")
    cancelled_by: str | None = column(Row.cancelled_by, "Subject who cancelled it.")
    cancelled_at: datetime | None = column(Row.cancelled_at, "When it was cancelled.")
    cancel_reason: str | None = column(Row.cancel_reason, "Why it was cancelled.")
    values: list[ReferenceChangeValue] = links(
        Row.id,
        ValueRow.change_id,
        "What it sets, row by row: at most 60 values.",
        order=(ValueRow.line, ValueRow.place),
    )


@strawberry.type(
    description="How many open files are of what a proposed change is about: numbers alone."
)
class TouchedFiles:
    change_id: strawberry.ID = strawberry.field(description="Global id of the change.")
    open: int = strawberry.field(
        description="Open files of its visa type, nationality, centre, or partner in a country; of"
        " a deadline, all open files."
    )
    keep: int | None = strawberry.field(
        description="How many of these keep what held before, since it was fixed for each when it"
        " was handed in, paid or asked about; null where that cannot be said in advance, as of a"
        " place that closes."
    )

    to_hand_in: int | None = strawberry.field(
        description="How many of these have documents in the partner's own store, of a place that"
        " closes; null for any other change. Where another partner's centre is named, such a file"
        " goes to the directorate unless the partner has handed them in by then."
    )


async def touched_files(info: strawberry.Info) -> list[TouchedFiles]:
    """Of each change that waits for a second person, the newest first."""
    viewer = info.context.viewer
    rows: Any = func.viewer.files_touched(viewer.role.value).table_valued(
        "change", "open", "keep", "to_hand_in"
    )
    asked = bind_for(viewer, TouchedFiles.__name__, select(rows))
    [found] = await info.context.session.fetch(asked)
    return [
        TouchedFiles(
            change_id=strawberry.ID(GlobalId(ReferenceChange.__name__, str(change)).encode()),
            open=open_files,
            keep=keep,
            to_hand_in=to_hand_in,
        )
        for change, open_files, keep, to_hand_in in found
    ]
