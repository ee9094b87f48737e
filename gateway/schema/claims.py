"""The files that an account claimed, which a partner had lodged."""

from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.mapping.enums import Outcome, Stage
from models.case.claim import MOST_CLAIMS


@strawberry.type(
    description="A file that you claimed: where it stands, what was decided, and the visa. It never"
    " says who it is about."
)
class ClaimedFile:
    reference: str = strawberry.field(description="Its reference, such as `7K3M-9QPX-2F4D`.")
    claimed_at: datetime = strawberry.field(description="When you claimed it.")
    stage: Stage = strawberry.field(description="Where it stands.")
    expected_on: date | None = strawberry.field(
        description="The day by which to expect a decision, in WIB, as in `trackedFile`."
    )
    outcome: Outcome | None = strawberry.field(
        description="What was decided; null before. A visa that was taken back stays GRANTED here."
    )
    is_taken_back: bool = strawberry.field(
        description="Whether a visa was granted that serves no more."
    )
    visa_number: str | None = strawberry.field(
        description="The number of the visa, while it serves. The visa in hand, which names its"
        " holder, opens by the code of our mail: see `deliveredDecision`."
    )
    use_by: date | None = strawberry.field(description="Until which day to enter by it.")
    stay_days: int | None = strawberry.field(description="For how many days a stay lasts.")


async def _claimed_files(info: strawberry.Info) -> list[ClaimedFile]:
    context: Context = info.context
    names = (
        *("reference", "claimed_at", "reached", "expected_on", "outcome", "is_taken_back"),
        *("visa_number", "use_by", "stay_days"),
    )
    found: Any = func.viewer.claimed_files().table_valued(*names)
    statement: Any = select(*(found.c[name] for name in names))
    [rows] = await context.session.fetch(bind_for(context.viewer, ClaimedFile.__name__, statement))
    return [
        ClaimedFile(
            reference=row.reference,
            claimed_at=row.claimed_at,
            stage=Stage(row.reached),
            expected_on=row.expected_on,
            outcome=row.outcome and Outcome(row.outcome),
            is_taken_back=row.is_taken_back,
            visa_number=row.visa_number,
            use_by=row.use_by,
            stay_days=row.stay_days,
        )
        for row in rows
    ]


def claimed_files_field() -> Any:
    return strawberry.field(
        resolver=_claimed_files,
        description="The files that you claimed (`claimFile`), the newest first: at most"
        f" {MOST_CLAIMS}. Your own are in `applications`.",
    )
