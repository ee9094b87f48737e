"""The installation itself: what auditors and administrators must know of how it runs."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import strawberry
from sqlalchemy import func, select

from gateway.access.probe import FOLDED_WITHIN_SECONDS, SIGNED_WITHIN_SECONDS
from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from models.vocabulary import BackgroundWork, KeyUsedFor


@strawberry.type(
    description="The last signed state of the account, in which every decision, read and change of"
    " the rules is an entry that nobody can alter unnoticed."
)
class AccountCheckpoint:
    signed_at: datetime = strawberry.field(description="When it was signed.")
    entries: int = strawberry.field(description="How many entries it covers.")
    waiting: int = strawberry.field(description="How many entries the next one has to cover.")


@strawberry.type(description="Work that is done behind what people see.")
class InstallationWork:
    kind: BackgroundWork = strawberry.field(description="Which work.")
    waiting: int = strawberry.field(description="How much of it waits.")
    waiting_since: datetime | None = strawberry.field(
        description="Since when the oldest of that waits; null where that is not kept."
    )
    last_done_at: datetime | None = strawberry.field(
        description="When it was last done; null where that is not kept."
    )
    is_late: bool = strawberry.field(
        description="Whether it is later than readiness allows, which reports the same as"
        " `keeper` or `checkpoint`."
    )


@strawberry.type(description="The key that writes now for one purpose.")
class InstallationKey:
    used_for: KeyUsedFor = strawberry.field(description="What it is for.")
    key: str = strawberry.field(description="Its id, which tells nothing of it.")
    since: datetime = strawberry.field(description="When it was added.")


#: By when work is done; other work has no such limit.
_DONE_WITHIN = {
    BackgroundWork.VOLUMES: timedelta(seconds=FOLDED_WITHIN_SECONDS),
    BackgroundWork.ACCOUNT: timedelta(seconds=SIGNED_WITHIN_SECONDS),
}


async def _fetch_rows(context: Context, function: Any, *columns: str) -> Any:
    rows = function(context.viewer.role.value).table_valued(*columns)
    asked = (select(rows), select(func.now()))
    found, [(now,)] = await context.session.fetch(
        *(bind_for(context.viewer, Installation.__name__, each) for each in asked)
    )
    return found, now


def _is_late(
    kind: BackgroundWork, since: datetime | None, done_at: datetime | None, now: datetime
) -> bool:
    limit = _DONE_WITHIN.get(kind)
    latest = done_at if kind is BackgroundWork.ACCOUNT else since
    return limit is not None and latest is not None and now - latest > limit


@strawberry.type(description="The installation that answers.")
class Installation:
    @strawberry.field(
        description="The last checkpoint of the account; null where none was ever signed."
    )
    async def checkpoint(self, info: strawberry.Info) -> AccountCheckpoint | None:
        columns = ("signed_at", "entries", "waiting")
        rows, _ = await _fetch_rows(info.context, func.viewer.account_state, *columns)
        return next(
            (
                AccountCheckpoint(signed_at=signed_at, entries=entries, waiting=waiting)
                for signed_at, entries, waiting in rows
            ),
            None,
        )

    @strawberry.field(description="The release that answers.")
    def version(self) -> str:
        return version("gerbang")

    @strawberry.field(description="What is done behind what people see, and what of it waits.")
    async def work(self, info: strawberry.Info) -> list[InstallationWork]:
        columns = ("kind", "waiting", "since", "done_at")
        rows, now = await _fetch_rows(info.context, func.viewer.work_state, *columns)
        return [
            InstallationWork(
                kind=BackgroundWork(kind),
                waiting=waiting,
                waiting_since=since,
                last_done_at=done_at,
                is_late=_is_late(BackgroundWork(kind), since, done_at, now),
            )
            for kind, waiting, since, done_at in rows
        ]

    @strawberry.field(description="The keys that write now, by what they are for, and their age.")
    async def keys(self, info: strawberry.Info) -> list[InstallationKey]:
        columns = ("used_for", "key", "since")
        rows, _ = await _fetch_rows(info.context, func.viewer.keys_in_use, *columns)
        return [
            InstallationKey(used_for=KeyUsedFor(used_for), key=key, since=since)
            for used_for, key, since in rows
        ]


async def installation() -> Installation:
    return Installation()
