"""The installation itself: what auditors and administrators must know of how it runs."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import strawberry
from sqlalchemy import func, select

from gateway.access.probe import FOLDED_WITHIN_SECONDS, SIGNED_WITHIN_SECONDS
from gateway.access.transactions.prepared import bind_for
from gateway.faults import explain
from gateway.mapping.context import Context
from models.vocabulary import BackgroundWork, KeyUsedFor, Role

#: How many of the slowest documents are listed.
MOST_DOCUMENTS = 20


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


@strawberry.type(description="The database that answers.")
class InstallationDatabase:
    revision: str = strawberry.field(description="The revision of its tables.")
    postgres: str = strawberry.field(description="The release of PostgreSQL.")


@strawberry.type(description="What is wrong, as readiness, the log and `gerbang doctor` name it.")
class InstallationFault:
    name: str = strawberry.field(description="Its word, such as `keeper`.")
    stops: bool = strawberry.field(
        description="Whether the process that answers is not ready for it; it is a warning if not."
    )
    why: str = strawberry.field(description="Why it matters, in the language of the request.")
    remedy: str = strawberry.field(description="How to mend it, in the language of the request.")


@strawberry.type(description="A job of the keeper.")
class InstallationJob:
    name: str = strawberry.field(description="Its name, the label `work` in the keeper's metrics.")
    started_at: datetime = strawberry.field(
        description="Since when the keeper runs that noted it last."
    )
    last_passed_at: datetime | None = strawberry.field(
        description="When it last did its work, or found nothing to do; null where it never did."
    )
    milliseconds: int = strawberry.field(description="How long the last pass took.")
    failures: int = strawberry.field(
        description="How many passes have failed since the keeper started."
    )
    is_late: bool = strawberry.field(
        description="Whether its last pass is longer ago than the keeper's readiness allows."
    )


@strawberry.type(description="The budgets of viewers in one role that are not full.")
class BudgetUse:
    role: Role = strawberry.field(description="The role.")
    viewers: int = strawberry.field(description="How many viewers have used of theirs.")
    least_left: int = strawberry.field(description="How many values are left of the lowest.")


@strawberry.type(description="A registered document, by how long it takes.")
class SlowDocument:
    client: str | None = strawberry.field(
        description="The client that sends it, by the header `apollographql-client-name`; null"
        " where it names none under which documents are registered."
    )
    operation: str = strawberry.field(description="The name of its operation.")
    sha256: str = strawberry.field(description="The hash under which it is registered.")
    times: int = strawberry.field(description="How often it was asked for.")
    mean_milliseconds: float = strawberry.field(description="How long it took on average.")
    most_milliseconds: float = strawberry.field(description="How long it took at most.")


@strawberry.type(
    description="The process that answers. Where there are several, another may answer next time."
)
class GatewayProcess:
    started_at: datetime = strawberry.field(description="Since when it runs.")
    running: int = strawberry.field(description="How many operations run in it.")
    waiting: int = strawberry.field(description="How many wait for their turn.")
    connections_in_use: int = strawberry.field(
        description="How many connections to the database are in use."
    )
    connections: int = strawberry.field(description="How many there may be.")
    budget: int = strawberry.field(
        description="How many values a viewer may use at once; they come back continuously."
    )

    @strawberry.field(description="The budgets that are not full, by role: never whose they are.")
    def budget_use(self, info: strawberry.Info) -> list[BudgetUse]:
        process = info.context.services.process
        return [BudgetUse(**one._asdict()) for one in process.budget_use()]

    @strawberry.field(
        description=f"The {MOST_DOCUMENTS} registered documents that took longest on average since"
        " the process started."
    )
    def slow_documents(self, info: strawberry.Info) -> list[SlowDocument]:
        process = info.context.services.process
        slowest = process.slowest_documents(MOST_DOCUMENTS)
        return [SlowDocument(**one._asdict()) for one in slowest]


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

    @strawberry.field(description="The database that answers.")
    async def database(self, info: strawberry.Info) -> InstallationDatabase:
        columns = ("revision", "postgres")
        [(revision, postgres)], _ = await _fetch_rows(
            info.context, func.viewer.database_versions, *columns
        )
        return InstallationDatabase(revision=revision, postgres=postgres)

    @strawberry.field(description="What is wrong now, with its remedy; empty where nothing is.")
    async def faults(self, info: strawberry.Info) -> list[InstallationFault]:
        process, language = info.context.services.process, info.context.language
        found = await process.faults() if process else ()
        return [
            InstallationFault(
                name=fault.value, stops=stops, why=explanation.why, remedy=explanation.mend
            )
            for fault, stops in found
            if (explanation := explain(fault, language))
        ]

    @strawberry.field(description="What the keeper does, and when each was last done.")
    async def jobs(self, info: strawberry.Info) -> list[InstallationJob]:
        columns = ("name", "started_at", "passed_at", "milliseconds", "failures", "late_at")
        rows, now = await _fetch_rows(info.context, func.viewer.job_state, *columns)
        return [
            InstallationJob(
                name=name,
                started_at=started_at,
                last_passed_at=passed_at,
                milliseconds=milliseconds,
                failures=failures,
                is_late=now > late_at,
            )
            for name, started_at, passed_at, milliseconds, failures, late_at in rows
        ]

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

    @strawberry.field(
        description="The process that answers; null where the gateway runs without one."
    )
    def process(self, info: strawberry.Info) -> GatewayProcess | None:
        process = info.context.services.process
        return GatewayProcess(**process.load()._asdict()) if process else None


async def installation() -> Installation:
    return Installation()
