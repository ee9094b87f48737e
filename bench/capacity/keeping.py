"""The passes of the keeper: what waits for each is done, and then each looks while nothing does; a
day's files linked and screened; and what is asked of a case before each step."""

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, NamedTuple

import asyncpg

from bench.capacity.plans import explaining
from bench.capacity.steps import Figures, Installation, Step, percentiles
from gateway.row_security.step_needs import HOLDS_IF
from gateway.viewer import Viewer
from models.account import CheckpointFolder
from models.ban_list.comparison import BanList
from models.database.connections import connected
from models.jobs.account import Sequencer, keep_account
from models.jobs.erase_people import WalkPosition, keep_retention, order_due
from models.jobs.forget_changes import forget, keep_forgetting
from models.jobs.granting import grant_certain_cases, keep_granting
from models.jobs.inquiries import (
    keep_inquiries,
    lapse_inquiries,
    raise_overdue_complaints,
    raise_overdue_notices,
    raise_overdue_reviews,
)
from models.jobs.linker import keep_linking
from models.jobs.linking import link_cases, screen_bans
from models.jobs.overdue import end_overdue, forget_keys, keep_lapsing, tell_levels
from models.jobs.screener import keep_screening
from models.jobs.screening import screen_paid_cases
from models.jobs.transfers import keep_transferring, transfer_files
from models.jobs.visa_documents import issue_documents
from models.key_service import KeyService
from models.rights.retention import Retention
from models.vocabulary import Role
from models.volumes.keeping import fold_or_age, keep_folding
from tests.acting import act
from tests.walls.undoing import undone

#: The months of a world, in days.
_DAYS = 730
#: What waits for longer than this is measured by what was done until then.
_MOST_SECONDS = 600.0
_LOOKS = 5
_CASES = 300
_UNLINKED = """
    UPDATE application SET is_linked = false
    WHERE id IN (SELECT id FROM application WHERE stage <> 'CLOSED' ORDER BY id DESC LIMIT $1)
"""
#: As a correction does it, whereupon each is compared with the ban list again.
_UNSCREENED = """
    WITH waits AS (
        SELECT id FROM application
        WHERE status IN ('PAID', 'IN_VERIFICATION') AND is_linked
            AND (received_at IS NOT NULL OR partner_code IS NULL)
        ORDER BY id DESC LIMIT $1
    )
    UPDATE screening SET voided_at = clock_timestamp()
    FROM waits WHERE application_id = waits.id AND voided_at IS NULL
"""
_RANDOM_CASES = """
    SELECT id FROM application WHERE stage <> 'CLOSED' ORDER BY md5(id::text) LIMIT $1
"""


class _Pass(NamedTuple):
    """A pass of the keeper, and how often it is due, in seconds."""

    work: Callable[[asyncpg.Connection], Awaitable[object]]
    every: float


def _passes(it: Installation) -> Mapping[str, _Pass]:
    """By the names of their jobs. Mail, notices to partners' systems, scans and erasures need
    somebody on the other side, and are not here."""

    def by_keys(work: Callable[[KeyService, asyncpg.Connection], Awaitable[int]]) -> Any:
        return lambda connection: work(it.keys, connection)

    entries = BanList()
    lapsing, inquiring = _every(keep_lapsing), _every(keep_inquiries)
    linking = _every(keep_linking)
    sequencer = Sequencer(it.keys, CheckpointFolder(it.checkpoints))
    return {
        "fold_or_age": _Pass(fold_or_age, _every(keep_folding)),
        "end_overdue": _Pass(end_overdue, lapsing),
        "tell_levels": _Pass(tell_levels, lapsing),
        "forget_keys": _Pass(forget_keys, lapsing),
        "raise_overdue_reviews": _Pass(raise_overdue_reviews, inquiring),
        "raise_overdue_notices": _Pass(raise_overdue_notices, inquiring),
        "raise_overdue_complaints": _Pass(raise_overdue_complaints, inquiring),
        "lapse_inquiries": _Pass(lapse_inquiries, inquiring),
        "transfer_files": _Pass(transfer_files, _every(keep_transferring)),
        "forget": _Pass(forget, _every(keep_forgetting)),
        "link_cases": _Pass(by_keys(link_cases), linking),
        "screen_bans": _Pass(by_keys(screen_bans), linking),
        "issue_documents": _Pass(by_keys(issue_documents), linking),
        "screen_paid_cases": _Pass(
            lambda connection: screen_paid_cases(it.keys, connection, entries),
            _every(keep_screening),
        ),
        "grant_certain_cases": _Pass(by_keys(grant_certain_cases), _every(keep_granting)),
        "sequence": _Pass(sequencer.sequence, _every(keep_account)),
        "order_due": _Pass(_walk_retention, _every(keep_retention)),
    }


def _every(keeper: Callable[..., object]) -> float:
    return float(inspect.signature(keeper).parameters["every"].default)


async def _walk_retention(connection: asyncpg.Connection) -> int:
    """Everybody's file is looked at, once; nobody is of age in a world of two years."""
    place: WalkPosition | None = None
    while (place := await order_due(connection, Retention(), place, 500)) is not None:
        pass
    return 0


async def _keep(it: Installation) -> Figures:
    passes = dict[str, Any]()
    async with connected(it.url) as connection:
        for name, one in _passes(it).items():
            began, rows = perf_counter(), 0
            while (done := await one.work(connection)) and perf_counter() - began < _MOST_SECONDS:
                rows += int(str(done))
            waiting = perf_counter() - began
            looks = [await _seconds_of(one, connection) for _ in range(_LOOKS)]
            passes[name] = {
                "rows": rows, "waiting": waiting, "idle": sorted(looks)[_LOOKS // 2],
                "every": one.every,
            }  # fmt: skip
    return {"passes": passes}


async def _seconds_of(one: _Pass, connection: asyncpg.Connection) -> float:
    began = perf_counter()
    await one.work(connection)
    return perf_counter() - began


def files_of_a_day(it: Installation) -> int:
    return max(1, it.applications // _DAYS)


async def _link_a_day(it: Installation) -> Figures:
    return await _a_day(it, _UNLINKED, lambda connection: link_cases(it.keys, connection))


async def _screen_a_day(it: Installation) -> Figures:
    entries = BanList()
    found = await _a_day(
        it, _UNSCREENED, lambda connection: screen_paid_cases(it.keys, connection, entries)
    )
    return {**found, "entries": len(entries.entries)}


async def _a_day(
    it: Installation, let_wait: str, work: Callable[[asyncpg.Connection], Awaitable[int]]
) -> Figures:
    """Let as many files wait as a day has, and do what they wait for."""
    async with connected(it.url) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(let_wait, files_of_a_day(it))
        await connection.execute("RESET session_replication_role")
        done, began = 0, perf_counter()
        while batch := await work(connection):
            done += batch
        return {"rows": done, "working": perf_counter() - began}


def _questions_of_a_case() -> Mapping[str, str]:
    """By each function that preconditions ask of a case, a statement that asks as guards do."""
    found = dict[str, str]()
    for condition in HOLDS_IF.values():
        is_of_case = "viewer." in condition and "NEW" not in condition and "new_" not in condition
        if is_of_case:
            name = condition.partition("viewer.")[2].partition("(")[0]
            said = condition.replace("viewer_subject", "'somebody'")
            said = re.sub(r"\bquestion\b", "'ENTRY_BAN'", said)
            found.setdefault(name, f"SELECT {said} FROM application AS it WHERE it.id = $1")
    return found


async def _ask_of_cases(it: Installation) -> Figures:
    """Milliseconds of each, for open cases, with what the functions ask read from their plans."""
    asked = dict[str, Any]()
    async with connected(it.url) as connection:
        cases = [row[0] for row in await connection.fetch(_RANDOM_CASES, _CASES)]
        roles = {
            name: await _asking_role(connection, statement, cases[0])
            for name, statement in _questions_of_a_case().items()
        }
        for name, statement in _questions_of_a_case().items():
            async with _acting(connection, roles[name]):
                taken = [await _milliseconds(connection, statement, case) for case in cases]
            asked[name] = percentiles(taken[len(taken) // 10 :])  # the first ones warm up
        async with explaining(it) as plans, connected(it.url) as explained:
            for name, statement in _questions_of_a_case().items():
                async with _acting(explained, roles[name]):
                    plans.skip()
                    for case in cases[:20]:
                        await explained.fetchval(statement, case)
                    asked[name] = {**asked[name], **await plans.judge()}
    return {"asked": asked}


@asynccontextmanager
async def _acting(connection: asyncpg.Connection, role: Role) -> AsyncIterator[None]:
    """As the guards of steps act: for a viewer, with the owner's rights."""
    async with undone(connection):
        await act(connection, Viewer("somebody", role))
        await connection.execute("RESET ROLE")
        yield


async def _asking_role(connection: asyncpg.Connection, statement: str, case: object) -> Role:
    """A role for which a function answers; most answer for each."""
    for role in (Role.SUPERVISOR, *Role):
        with suppress(asyncpg.InsufficientPrivilegeError):
            async with _acting(connection, role):
                await connection.fetchval(statement, case)
            return role
    raise LookupError(statement)


async def _milliseconds(connection: asyncpg.Connection, statement: str, case: object) -> float:
    began = perf_counter()
    await connection.fetchval(statement, case)
    return 1000 * (perf_counter() - began)


PRECONDITIONS = Step("questions of a case", _ask_of_cases)
LINK_A_DAY = Step("a day's files linked", _link_a_day)
SCREEN_A_DAY = Step("a day's files screened", _screen_a_day)
PASSES = Step("passes of the keeper", _keep)
KEEPING = (PASSES, LINK_A_DAY, SCREEN_A_DAY, PRECONDITIONS)
