"""Tells subscribers that a finding is new: the keeper looks at figures as they would.

Each rule is asked as a sealed viewer with the reach that its subscriber had when it was last
renewed, in a read-only transaction in the subscriber's database role: through both walls, like any
question of theirs, and refused while they are suspended. The viewer has no token, so the key
service opens nobody for it. What leaves is that something was found, never a figure.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from gateway.errors import ErrorCode
from gateway.execution.budgets import Budgets
from gateway.execution.cost import MOST
from gateway.execution.cost.volumes import FILTERS
from gateway.execution.operation import OperationRequest, OperationRunner
from gateway.execution.runner import SchemaRunner
from gateway.findings.claims.watched import ENOUGH
from gateway.schema.findings.query import place_of as compared_place
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
from models.mail.subscription import ALERTS, AWAY_DAYS
from models.vocabulary import MailKind, MailOccasion, Role

_EVERY_SECONDS = 60.0
_QUESTION = """
query Alert(
  $from: Date!, $to: Date!, $where: VolumeWhere!, $kinds: [FindingKind!]!, $about: String
) {
  findings(from: $from, to: $to, where: $where, kinds: $kinds, about: $about) {
    rows {
      kind direction isConcern measure
      subject { code } period { startsOn } numbers { name value high }
    }
  }
}
"""
_NEXT = """
    SELECT * FROM mail_subscription
    WHERE occasion = ANY ($1) AND NOT is_ended AND ends_at > clock_timestamp()
        AND seen_at > clock_timestamp() - $3 * interval '1 day'
        AND coalesce(checked_at, '-infinity') < $2
    ORDER BY checked_at NULLS FIRST, id LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
"""
_HAS_RULES = """
    SELECT EXISTS (SELECT FROM mail_subscription WHERE occasion = ANY ($1) AND NOT is_ended)
"""
_CHECKED = "UPDATE mail_subscription SET checked_at = $2, found = $3 WHERE id = $1"

#: Errors that pass by themselves.
_PASSING = {ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED}

log = logging.getLogger(__name__)


class NotLookedAtError(OSError):
    """The figures could not be read just now: the job pauses, and tries again."""


@dataclass(frozen=True)
class _Alert:
    """What an alert is about: the claims that tell, and whether one of them is found."""

    kinds: tuple[str, ...]
    #: None where a claim cannot be judged; what was found of it before then stays.
    judge: Callable[[Mapping[str, Any], date], bool | None]
    #: The window that is asked for, which is also the one to which its link leads.
    period: str = "last-month"
    #: Whether it is about places; the promise is about visa types.
    is_of_places: bool = True


def _is_missed(row: Mapping[str, Any], _: date) -> bool | None:
    """Whether the promise is missed beyond chance: the whole interval of the share lies below what
    was promised. None where nothing was promised, or too little was decided."""
    if row["direction"] not in ("KEPT", "MISSED"):
        return None
    numbers = {each["name"]: each for each in row["numbers"]}
    return row["direction"] == "MISSED" and numbers["NOW"]["high"] < numbers["PROMISED"]["value"]


def _unusual(measure: str) -> _Alert:
    """More than usual in the last month that is over, at a place or at all together."""

    def judge(row: Mapping[str, Any], month: date) -> bool:
        is_of_month = row["period"]["startsOn"] == month.isoformat()
        return is_of_month and row["measure"] == measure and row["isConcern"]

    return _Alert(("PLACE_MONTH", "MONTH"), judge)


def _is_growing(row: Mapping[str, Any], _: date) -> bool:
    """Whether the overdue are many and do not get fewer, or their share is beyond what is usual."""
    if row["kind"] == "WORK_FIGURE":
        return row["measure"] == "backlog" and row["isConcern"]
    numbers = {each["name"]: each["value"] for each in row["numbers"]}
    return numbers["OVERDUE"] >= ENOUGH and numbers["CLOSED"] <= numbers["RECEIVED"]


_ALERTS: Mapping[str, _Alert] = {
    MailOccasion.TARGET_MISSED: _Alert(
        ("VISA_TYPE",), _is_missed, "this-month", is_of_places=False
    ),
    MailOccasion.LATER_THAN_USUAL: _unusual("targetRate"),
    MailOccasion.MORE_REFUSALS: _unusual("refusalRate"),
    MailOccasion.MORE_REQUESTS: _unusual("infoRequestRate"),
    MailOccasion.SLOWER_HANDOVER: _unusual("handoverP90"),
    MailOccasion.GROWING_BACKLOG: _Alert(("WAITING", "WORK_FIGURE"), _is_growing, "this-month"),
}


async def check_alerts(
    runner: OperationRunner, connection: asyncpg.Connection, at: datetime | None = None
) -> int:
    """Look at the rule that was not looked at for longest, where it is due, and post its alert
    where its finding is new; 1, or 0 where none is due. Raises NotLookedAtError.

    It is news where it was not found before, once a month at most; what could not be told yet is
    told in the next month, if it is still so.
    """
    now = at or datetime.now(UTC)
    async with connection.transaction():
        rule = await connection.fetchrow(_NEXT, ALERTS, _due(now), AWAY_DAYS)
        if rule is None:
            return 0
        today, before = wib_day(now), {*rule["found"]}
        verdicts = await _verdicts(runner, rule, today)
        found = {code for code in before if verdicts.get(code, ...) is None}
        found |= {code for code, is_found in verdicts.items() if is_found}
        if new := found - before:
            path = page_of(rule, {"period": _ALERTS[rule["occasion"]].period})
            cause = f"alert {rule['id']} {today:%Y-%m}"
            if not await post(connection, letter_to(rule, MailKind.ALERT, cause, path)):
                found -= new
        await connection.execute(_CHECKED, rule["id"], now, sorted(found))
    return 1


def _due(now: datetime) -> datetime:
    """The latest instant from which on the rules of a day are looked at."""
    local = now.astimezone(WIB)
    due = local.replace(hour=POSTED_HOUR, minute=0, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)


async def _verdicts(
    runner: OperationRunner, rule: Mapping[str, Any], today: date
) -> Mapping[str, bool | None]:
    """By the code of what it is about, whether something is found; None where that is not known.
    Raises NotLookedAtError."""
    viewer = Viewer(
        subject=rule["subject"],
        role=Role(rule["role"]),
        partner=rule["own_partner"],
        countries=tuple(rule["own_countries"]),
        centres=tuple(rule["own_centres"]),
    )
    alert, month = _ALERTS[rule["occasion"]], today.replace(day=1)
    first, last = month, today
    if alert.period == "last-month":
        last = month - timedelta(days=1)
        first = last.replace(day=1)
    named = {**place_of(rule), "visaType": rule["visa_type_code"]}
    about = named.get(FILTERS[compared_place(viewer)]) if alert.is_of_places else None
    variables = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "where": {key: {"in": [code]} for key, code in named.items() if code},
        "kinds": alert.kinds,
        "about": about,
    }
    request = OperationRequest(document=_QUESTION, variables=variables, may_write=False)
    answer = await runner.run(request, viewer, secrets.token_hex(16))
    codes = {error["extensions"]["code"] for error in answer.errors}
    if codes & _PASSING:
        raise NotLookedAtError(", ".join(sorted(codes)))
    if codes:  # suspended, or in a role that reads no findings any more
        log.warning("a rule is not looked at", extra=facts(rule=str(rule["id"]), codes=[*codes]))
        return dict.fromkeys(rule["found"])
    data = orjson.loads(orjson.dumps(answer.data))
    # What was found of a visa type lasts until it is judged again; a place without a row is usual.
    verdicts = dict[str, bool | None]() if alert.is_of_places else dict.fromkeys(rule["found"])
    for row in data["findings"]["rows"]:
        code, verdict = row["subject"]["code"] or "", alert.judge(row, first)
        if verdict is not None and about in (None, code or about):
            verdicts[code] = verdict or bool(verdicts.get(code))
    return verdicts


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
        if not await connection.fetchval(_HAS_RULES, ALERTS):
            return 0
        # Views of the schema take a second and some memory: not before somebody has a rule.
        runner = runner or alert_runner(settings, connections)
        return await check_alerts(runner, connection)

    try:
        await run_repeatedly(check_rules, url, stop, every, jobs)
    finally:
        connections.dispose()
