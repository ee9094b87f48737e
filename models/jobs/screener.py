"""The SCREENER's work in the keeper: it screens what is paid, and, where nothing waits, replays.

A replay compares everybody who has a live visa or an open file, and whom it cleared by an older
list or rule, with the list of today. About whoever may be on it people are asked, as they are about
whoever is paid: the earlier answer counts no more. A batch is one transaction, and the replay says
how far it is, so a killed one goes on.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from models.account import AccountError
from models.ban import RULE_VERSION
from models.ban_list.comparison import BanList
from models.case.decision import IS_LIVE
from models.database.connections import connected
from models.jobs import linking
from models.jobs.rescreening import ask_anew
from models.jobs.scheduler import Job, Jobs, keep_working, pause
from models.jobs.screening import (
    LOCK,
    as_screener,
    bans_in_force,
    bring_up_to_date,
    find_candidates,
    note_candidates,
    screen_paid_cases,
)
from models.key_service import KeyService, KeyServiceError
from models.person.vault import UnreadableError, VaultError
from models.row_keys import new_key
from models.supervision.alert import raise_tampering

_EVERY_SECONDS = 5.0
#: How long whom nobody can read is left aside.
_TRIED_AGAIN_AFTER_SECONDS = 60.0
#: How many files a replay opens at once, and how often: 12,000 people an hour, so that the ceiling
#: of the key service leaves room for those who have paid.
_REPLAYED_AT_ONCE, _REPLAYS_EVERY_SECONDS = 50, 15.0
#: Among how many applications it looks for them at once.
_LOOKED_THROUGH = 5_000
_WAITING = "SELECT id, reached FROM screening_replay WHERE completed_at IS NULL FOR NO KEY UPDATE"
_STANDS = f"""(
    application.stage <> 'CLOSED' OR application.status = 'GRANTED' AND EXISTS (
        SELECT FROM visa WHERE decision_id = current_decision_id AND {IS_LIVE}
    )
)"""
#: The latest answer of each, if it is the system's, by another list or rule.
_CLEARED = f"""
    WITH beyond AS (
        SELECT * FROM application WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2
    )
    SELECT application.id, applicant_id, answer.id AS answer_id, list_version, rule_version,
        (SELECT max(id::text)::uuid FROM beyond) AS last
    FROM (SELECT) AS one LEFT JOIN (
        beyond AS application
        JOIN LATERAL (
            SELECT id, list_version, rule_version FROM screening
            WHERE application_id = application.id AND kind = 'ENTRY_BAN' AND voided_at IS NULL
            ORDER BY requested_at DESC, id DESC LIMIT 1
        ) AS answer ON (list_version, rule_version) <> ($4, $5)
    ) ON {_STANDS} AND EXISTS (
        SELECT FROM identity WHERE identity.applicant_id = application.applicant_id
    )
    ORDER BY application.id LIMIT $3
"""  # noqa: S608 - constants alone
_LOCK_CASES = "SELECT id FROM application WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE"
#: Unless it was corrected, asked again or ended meanwhile.
_VOID = f"""
    UPDATE screening SET voided_at = clock_timestamp()
    FROM application
    WHERE application.id = application_id AND screening.id = ANY ($1) AND voided_at IS NULL
        AND {_STANDS}
    RETURNING application_id, list_version, rule_version,
        application.status IN ('SCREENING', 'GRANTED') AS is_asked
"""  # noqa: S608 - constants alone
_NOTE = """
    INSERT INTO screening_replay_candidate
        (id, replay_id, application_id, list_version, rule_version)
    SELECT key, $1, case_id, list, rule
    FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS found (key, case_id, list, rule)
"""
_COUNT = """
    INSERT INTO screening_replay_line AS line
        (id, replay_id, list_version, rule_version, files, unread, candidates)
    SELECT key, $1, list, rule, files, unread, candidates
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[])
        AS found (key, list, rule, files, unread, candidates)
    ON CONFLICT (replay_id, list_version, rule_version) DO UPDATE SET
        files = line.files + excluded.files, unread = line.unread + excluded.unread,
        candidates = line.candidates + excluded.candidates
"""
_REACH = """
    UPDATE screening_replay SET reached = coalesce($2, reached), list_version = $3,
        rule_version = $4, completed_at = CASE WHEN $2::uuid IS NULL THEN clock_timestamp() END
    WHERE id = $1
"""


async def keep_screening(
    keys: KeyService,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Screen what is complete and paid, and replay, until ``stop`` is set."""
    job = (jobs or Jobs()).add(screen_paid_cases.__name__, every)
    work = partial(_screen_when_due, keys, url, stop, job)
    await keep_working(work, stop, job, after=(AccountError, KeyServiceError))


async def _screen_when_due(keys: KeyService, url: str, stop: asyncio.Event, job: Job) -> None:
    entries, unreadable = BanList(), dict[UUID, float]()
    now = asyncio.get_running_loop().time
    replays_at = 0.0
    async with connected(url) as connection:
        while not stop.is_set():
            leaving = [subject for subject, until in unreadable.items() if until > now()]
            try:
                done = await job.record_pass(screen_paid_cases(keys, connection, entries, leaving))
                if not done and now() >= replays_at:
                    looked_at = await replay_cleared_cases(keys, connection, entries, leaving)
                    done = int(looked_at == 0)  # nobody was opened: the next batch can follow
                    replays_at = now() + (_REPLAYS_EVERY_SECONDS if looked_at else 0)
            except UnreadableError as error:
                # An applicant is left aside; without an entry of the list everybody waits.
                job.note_failure(error)
                again = now() + _TRIED_AGAIN_AFTER_SECONDS
                unreadable |= dict.fromkeys(error.subjects, again)
                if isinstance(error, VaultError):
                    await raise_tampering(connection, error.tampered)
                done = 0
            if not done:
                await pause(stop, job.every)


async def replay_cleared_cases(
    keys: KeyService,
    connection: asyncpg.Connection,
    entries: BanList,
    leaving: Collection[UUID] = (),
    limit: int = _REPLAYED_AT_ONCE,
    among: int = _LOOKED_THROUGH,
) -> int | None:
    """Look at a batch of files for the replay that goes on; return how many there were, and None
    where no replay goes on.

    Those of the applicants to leave are counted as unread. ``entries`` and errors are as those of
    `screen_paid_cases`; where an error is raised, the replay is where it was.
    """
    async with connection.transaction():
        await connection.execute(LOCK)
        replay = await connection.fetchrow(_WAITING)
        if replay is None:
            return None
        async with as_screener(connection):
            await bring_up_to_date(keys, connection, entries)
        by = (entries.version, RULE_VERSION)
        rows = await connection.fetch(_CLEARED, replay["reached"], among, limit, *by)
        cases = [row for row in rows if row["id"] is not None]
        people = sorted({row["applicant_id"] for row in cases} - set(leaving))
        found = await find_candidates(keys, connection, people, entries)
        # As in `screen_paid_cases`: nothing is linked or put on the list between here and the end.
        await connection.execute(linking.LOCK)
        if await bans_in_force(connection) != entries.entries.keys():
            return len(cases)  # the list has changed meanwhile: the next batch has it
        hits = {row["id"]: row for row in cases if found.get(row["applicant_id"])}
        await connection.execute(_LOCK_CASES, list(hits))
        voided = await connection.fetch(_VOID, [row["answer_id"] for row in hits.values()])
        of_case = {
            row["application_id"]: found[hits[row["application_id"]]["applicant_id"]]
            for row in voided
        }
        await note_candidates(connection, of_case)
        await ask_anew(connection, [row["application_id"] for row in voided if row["is_asked"]])
        noted = [(new_key(), *row.values()) for row in voided]
        await connection.execute(_NOTE, replay["id"], *_columns([one[:4] for one in noted], 4))
        counted = _count(cases, voided, leaving)
        await connection.execute(_COUNT, replay["id"], *_columns(counted, 6))
        reached = cases[-1]["id"] if len(cases) == limit else rows[0]["last"]
        await connection.execute(_REACH, replay["id"], reached, *by)
    return len(cases)


def _count(
    cases: Sequence[Mapping[str, Any]],
    voided: Sequence[Mapping[str, Any]],
    leaving: Collection[UUID],
) -> list[tuple[Any, ...]]:
    """A line for each list and rule by which cases were cleared."""
    files, unread, candidates = Counter[Any](), Counter[Any](), Counter[Any]()
    for row in cases:
        files[row["list_version"], row["rule_version"]] += 1
        unread[row["list_version"], row["rule_version"]] += row["applicant_id"] in leaving
    for row in voided:
        candidates[row["list_version"], row["rule_version"]] += 1
    return [
        (new_key(), *by, number, unread[by], candidates[by]) for by, number in sorted(files.items())
    ]


def _columns(rows: Sequence[tuple[Any, ...]], number: int) -> list[list[Any]]:
    return [[row[at] for row in rows] for at in range(number)]
