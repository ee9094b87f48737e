"""Tells subscribers that a finding is new: the keeper looks at figures as they would.

Each rule is asked as a sealed viewer with the reach that its subscriber had when it was last
renewed, in a read-only transaction in the subscriber's database role: through both walls, like any
question of theirs, and refused while they are suspended. The viewer has no token, so the key
service opens nobody for it. What leaves is that something was found, never a figure.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from gateway.errors import ErrorCode
from gateway.execution.budgets import Budgets
from gateway.execution.cost import MOST
from gateway.execution.operation import OperationRequest, OperationRunner
from gateway.execution.runner import SchemaRunner
from gateway.service import transaction_starts
from gateway.settings import Settings
from gateway.viewer import Viewer
from models.database.connections import pool
from models.database.pool import ConnectionPool
from models.instants import WIB, wib_day
from models.jobs.scheduler import Jobs, run_repeatedly
from models.jobs.subscriptions import POSTED_HOUR, letter_to, page_of, place_of
from models.logs import facts
from models.mail import post
from models.vocabulary import MailKind, MailOccasion, Role

_EVERY_SECONDS = 60.0
_QUESTION = """
query Promise($from: Date!, $to: Date!, $where: VolumeWhere!) {
  findings(from: $from, to: $to, where: $where, kinds: [VISA_TYPE]) {
    rows { direction subject { code } numbers { name value high } }
  }
}
"""
_NEXT = """
    SELECT * FROM mail_subscription
    WHERE occasion = $1 AND NOT is_ended AND ends_at > clock_timestamp()
        AND coalesce(checked_at, '-infinity') < $2
    ORDER BY checked_at NULLS FIRST, id LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
"""
_HAS_RULES = "SELECT EXISTS (SELECT FROM mail_subscription WHERE occasion = $1 AND NOT is_ended)"
_CHECKED = "UPDATE mail_subscription SET checked_at = $2, is_found = $3 WHERE id = $1"

#: Errors that pass by themselves.
_PASSING = {ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED}

log = logging.getLogger(__name__)


class NotLookedAtError(OSError):
    """The figures could not be read just now: the job pauses, and tries again."""


async def check_alerts(
    runner: OperationRunner, connection: asyncpg.Connection, at: datetime | None = None
) -> int:
    """Look at the rule that was not looked at for longest, where it is due, and post its alert
    where its finding is new; 1, or 0 where none is due. Raises NotLookedAtError.

    A promise counts as missed once chance does not explain it: the whole interval of the share lies
    below what was promised. It is news when it was not missed before, once a month at most.
    """
    now = at or datetime.now(UTC)
    async with connection.transaction():
        rule = await connection.fetchrow(_NEXT, MailOccasion.TARGET_MISSED, _due(now))
        if rule is None:
            return 0
        today = wib_day(now)
        was_found = rule["is_found"]
        verdicts = await _verdicts(runner, rule, today)
        is_found = any(verdicts) if verdicts else was_found  # nothing is known yet of the month
        if is_found and not was_found:
            path = page_of(rule, {"period": "this-month"})
            cause = f"alert {rule['id']} {today:%Y-%m}"
            await post(connection, letter_to(rule, MailKind.ALERT, cause, path))
        await connection.execute(_CHECKED, rule["id"], now, is_found)
    return 1


def _due(now: datetime) -> datetime:
    """The latest instant from which on the rules of a day are looked at."""
    local = now.astimezone(WIB)
    due = local.replace(hour=POSTED_HOUR, minute=0, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)


async def _verdicts(
    runner: OperationRunner, rule: Mapping[str, Any], today: date
) -> Sequence[bool]:
    """Whether the promise is missed in this month so far, for each visa type that can be judged;
    nothing for somebody who may not ask. Raises NotLookedAtError."""
    viewer = Viewer(
        subject=rule["subject"],
        role=Role(rule["role"]),
        partner=rule["own_partner"],
        countries=tuple(rule["own_countries"]),
        centres=tuple(rule["own_centres"]),
    )
    where = {key: {"in": [code]} for key, code in place_of(rule).items()}
    if rule["visa_type_code"]:
        where["visaType"] = {"in": [rule["visa_type_code"]]}
    variables = {"from": today.replace(day=1).isoformat(), "to": today.isoformat(), "where": where}
    request = OperationRequest(document=_QUESTION, variables=variables, may_write=False)
    answer = await runner.run(request, viewer, secrets.token_hex(16))
    codes = {error["extensions"]["code"] for error in answer.errors}
    if codes & _PASSING:
        raise NotLookedAtError(", ".join(sorted(codes)))
    if codes:  # suspended, or in a role that reads no findings any more
        log.warning("a rule is not looked at", extra=facts(rule=str(rule["id"]), codes=[*codes]))
        return ()
    data = orjson.loads(orjson.dumps(answer.data))
    found = [_verdict(row) for row in data["findings"]["rows"]]
    return [each for each in found if each is not None]


def _verdict(row: Mapping[str, Any]) -> bool | None:
    """Whether the promise is missed beyond chance; None where nothing was promised, or too little
    was decided."""
    if row["direction"] not in ("KEPT", "MISSED"):
        return None
    numbers = {each["name"]: each for each in row["numbers"]}
    return row["direction"] == "MISSED" and numbers["NOW"]["high"] < numbers["PROMISED"]["value"]


def alert_runner(settings: Settings, connections: ConnectionPool) -> SchemaRunner:
    """Asks for figures as the gateway does."""
    # No client reads a cursor of it, and nobody waits for its turn.
    return SchemaRunner(
        connections,
        transaction_starts(settings),
        cursor_keys=(secrets.token_bytes(32),),
        budgets=Budgets(1_000 * MOST, 1_000 * MOST),
    )


async def keep_alerts(
    settings: Settings,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Run the job until ``stop`` is set."""
    runner: SchemaRunner | None = None
    connections = pool(settings.database_url, 1)

    async def check_rules(connection: asyncpg.Connection) -> int:
        nonlocal runner
        if not await connection.fetchval(_HAS_RULES, MailOccasion.TARGET_MISSED):
            return 0
        # Views of the schema take a second and some memory: not before somebody has a rule.
        runner = runner or alert_runner(settings, connections)
        return await check_alerts(runner, connection)

    try:
        await run_repeatedly(check_rules, url, stop, every, jobs)
    finally:
        connections.dispose()
