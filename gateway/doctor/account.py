"""Examines whether the account is signed: how old the last checkpoint is."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.access.probe import SIGNED_WITHIN_SECONDS
from gateway.doctor.finding import Finding, finding_of
from gateway.faults import Fault
from gateway.settings import Settings

_AGE = "SELECT extract(epoch FROM clock_timestamp() - signed_at)::float8 FROM account_head"
#: How long somebody's read has waited for the first checkpoint of all.
_WAITING = (
    "SELECT extract(epoch FROM clock_timestamp() - min(occurred_at))::float8 FROM access_event"
)


async def examine_account(owner: asyncpg.Connection, settings: Settings) -> AsyncIterator[Finding]:
    age = await owner.fetchval(_AGE)
    if age is not None and age > SIGNED_WITHIN_SECONDS:
        yield finding_of(Fault.CHECKPOINT, f"The account was signed last {age:,.0f} s ago.")
    elif age is None and (await owner.fetchval(_WAITING) or 0) > SIGNED_WITHIN_SECONDS:
        yield finding_of(Fault.CHECKPOINT, "People were read, and the account was never signed.")
    if settings.checkpoints and not settings.checkpoints.is_dir():
        yield Finding(
            f"There is no folder {settings.checkpoints} for checkpoints here.",
            "`gerbang audit verify` has nothing to compare the account with.",
            "Mount it, or name another one in GERBANG_CHECKPOINTS.",
        )
