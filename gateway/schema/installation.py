"""The installation itself: what auditors and administrators must know of how it runs."""

from datetime import datetime

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context


@strawberry.type(
    description="The last signed state of the account, in which every decision, read and change of"
    " the rules is an entry that nobody can alter unnoticed."
)
class AccountCheckpoint:
    signed_at: datetime = strawberry.field(description="When it was signed.")
    entries: int = strawberry.field(description="How many entries it covers.")
    waiting: int = strawberry.field(description="How many entries the next one has to cover.")


@strawberry.type(description="The installation that answers.")
class Installation:
    @strawberry.field(
        description="The last checkpoint of the account; null where none was ever signed."
    )
    async def checkpoint(self, info: strawberry.Info) -> AccountCheckpoint | None:
        context: Context = info.context
        state = func.viewer.account_state(context.viewer.role.value).table_valued(
            "signed_at", "entries", "waiting"
        )
        asked = bind_for(context.viewer, Installation.__name__, select(state))
        [rows] = await context.session.fetch(asked)
        return next(
            (
                AccountCheckpoint(signed_at=signed_at, entries=entries, waiting=waiting)
                for signed_at, entries, waiting in rows
            ),
            None,
        )


async def installation() -> Installation:
    return Installation()
