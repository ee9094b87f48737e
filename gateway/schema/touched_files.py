"""Whom a change of reference data touches, before it is approved: how many open files."""

from typing import Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.ids import GlobalId
from gateway.schema.reference_change import ReferenceChange


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


async def touched_files(info: strawberry.Info) -> list[TouchedFiles]:
    """Of each change that waits for a second person, the newest first."""
    viewer = info.context.viewer
    rows: Any = func.viewer.files_touched(viewer.role.value).table_valued("change", "open", "keep")
    asked = bind_for(viewer, TouchedFiles.__name__, select(rows))
    [found] = await info.context.session.fetch(asked)
    return [
        TouchedFiles(
            change_id=strawberry.ID(GlobalId(ReferenceChange.__name__, str(change)).encode()),
            open=open_files,
            keep=keep,
        )
        for change, open_files, keep in found
    ]
