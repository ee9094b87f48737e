"""The GRANTER: grants by rule what meets every condition, and says of the rest what is missing.

It acts in a database role of its own, which can grant in the name of a rule that is in force, and
can refuse nothing. A case is judged by its rows first; only of whom these say nothing against,
birth date and passport are opened, which is recorded before. Everything of a batch is one
transaction: a killed run has granted all of it or nothing, and starts again.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import SystemRandom
from typing import Any
from uuid import UUID

import asyncpg

from models.account import AccountError
from models.case.reference_numbers import new_visa_number
from models.database.connections import connected
from models.jobs.grant_parties import Member, Party
from models.jobs.linking import record_reads
from models.jobs.scheduler import Job, Jobs, keep_working, pause
from models.key_service import Cause, KeyService, KeyServiceError, Relation, RelationKind
from models.life.grant_conditions import LARGEST_FAMILY, unmet_sql
from models.person.identity import Identity
from models.person.sealed import cells_sql
from models.person.vault import Cell, UnreadableError, Vault, VaultError
from models.reference.grant_rule import DECIDED_TWICE
from models.row_keys import new_key
from models.row_security import GRANTER
from models.supervision.alert import raise_tampering
from models.visa_document.content import VisaTerms
from models.vocabulary import GrantVerdict, IdentityReader

_RANDOM = SystemRandom()
_EVERY_SECONDS = 10.0
#: How long whom nobody can read is left aside.
_TRIED_AGAIN_AFTER_SECONDS = 60.0
_BATCH = 100
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gerbang granter', 0))"
#: The newest version of each visa type, unless it was stopped.
_IN_FORCE = """
    SELECT * FROM grant_rule
    WHERE NOT EXISTS (
        SELECT FROM grant_rule AS newer
        WHERE newer.visa_type_code = grant_rule.visa_type_code
            AND newer.version > grant_rule.version
    ) AND NOT EXISTS (SELECT FROM grant_rule_stop WHERE rule_code = grant_rule.code)
"""
#: Whoever stops one waits until a batch has ended, and the next one sees it.
_LOCK_RULES = "SELECT code FROM grant_rule ORDER BY code FOR UPDATE"
_OPEN = f"""
    SELECT application.id FROM application
    JOIN ({_IN_FORCE}) AS rule ON rule.visa_type_code = application.visa_type_code
    WHERE stage <> 'CLOSED' AND NOT is_assigned AND NOT EXISTS (
        SELECT FROM grant_check WHERE application_id = application.id AND verdict <> 'WAITS'
    )
    ORDER BY application.id
"""  # noqa: S608 - constants alone
#: Those of a family, whatever their visa types, are looked at together.
_WITH_FAMILIES = """
    SELECT member.id FROM application AS member
    WHERE member.id = ANY ($1) OR member.stage <> 'CLOSED' AND member.group_reference IN (
        SELECT one.group_reference FROM application AS one
        JOIN application AS other ON other.group_reference = one.group_reference
        WHERE one.id = ANY ($1) GROUP BY one.id, one.group_reference HAVING count(*) <= $2
    )
    ORDER BY member.id
"""
_LOOK = f"""
    SELECT
        application.id, applicant_id, reference, group_reference, application.visa_type_code,
        use_within_days,
        rule.code AS rule, rule.official, rule.sample_percent,
        {unmet_sql()} AS unmet, known.unmet AS known_unmet, known.rule_code AS known_rule,
        known.verdict AS known_verdict, known.version AS known_version, coalesce((
            SELECT max(number) FROM identity_version
            WHERE identity_version.applicant_id = application.applicant_id
                AND valid_from IS NOT NULL
        ), 1) AS version,
        coalesce(entry_on, wib_day(clock_timestamp())) AS entry_on,
        wib_day(clock_timestamp()) AS today, clock_timestamp() AS at, coalesce((
            SELECT months FROM passport_rule
            WHERE passport_rule.visa_type_code = application.visa_type_code
                AND valid_from <= wib_day(submitted_at)
            ORDER BY valid_from DESC LIMIT 1
        ), 0) AS months,
        group_reference IS NOT NULL AND (
            SELECT count(*) FROM application AS member
            WHERE member.group_reference = application.group_reference
        ) <= {LARGEST_FAMILY} AS is_of_a_family
    FROM application
    LEFT JOIN ({_IN_FORCE}) AS rule ON rule.visa_type_code = application.visa_type_code
    LEFT JOIN grant_check AS known ON known.application_id = application.id
    WHERE application.id = ANY ($1)
    ORDER BY application.id
"""  # noqa: S608 - constants alone
#: The columns of Identity that are read, and their names in the API.
_READ = {"birth_date": "birthDate", "passport_expires_on": "passportExpiresOn"}
_PEOPLE = f"""
    SELECT applicant_id, {cells_sql(*(getattr(Identity, name) for name in _READ))}
    FROM identity WHERE applicant_id = ANY ($1)
"""  # noqa: S608 - constants alone
_APPLICANTS = "SELECT applicant_id FROM application WHERE id = ANY ($1)"
_LOCK_PEOPLE = """
    SELECT id FROM applicant WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
_LOCK_CASES = """
    SELECT id FROM application WHERE id = ANY ($1) AND applicant_id = ANY ($2)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
#: What is missing is written once, and again where it has changed.
_NOTE = """
    INSERT INTO grant_check AS known (
        application_id, rule_code, verdict, unmet, version, is_decided_twice
    )
    SELECT application_id, rule_code, verdict, string_to_array(listed, ' '), version, $6
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[])
        AS found (application_id, rule_code, verdict, listed, version)
    ON CONFLICT (application_id) DO UPDATE SET
        rule_code = excluded.rule_code, verdict = excluded.verdict, unmet = excluded.unmet,
        version = excluded.version, is_decided_twice = excluded.is_decided_twice,
        checked_at = clock_timestamp()
    WHERE known.verdict = 'WAITS' AND (known.rule_code, known.verdict, known.unmet, known.version)
        IS DISTINCT FROM
            (excluded.rule_code, excluded.verdict, excluded.unmet, excluded.version)
"""
_TERMS = "SELECT code, stay_days FROM visa_type WHERE code = ANY ($1)"
_DECIDE = """
    INSERT INTO decision (id, application_id, outcome, decided_at, officer, grant_rule_code)
    SELECT id, application_id, 'GRANTED', $1, official, rule_code
    FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[])
        AS made (id, application_id, official, rule_code)
"""
_ISSUE = """
    INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days)
    SELECT visa_number, application_id, decision_id, $1, use_by, stay_days
    FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::date[], $6::bigint[])
        AS made (visa_number, application_id, decision_id, use_by, stay_days)
"""
_CLOSE = """
    UPDATE application SET status = 'GRANTED', closed_at = $1, current_decision_id = decision_id
    FROM unnest($2::uuid[], $3::uuid[]) AS made (application_id, decision_id)
    WHERE id = application_id
"""
_TELL = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT application_id, 1 + max(sequence), 'GRANTED', $1
    FROM application_event WHERE application_id = ANY ($2) GROUP BY application_id
"""


async def keep_granting(
    keys: KeyService,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Grant by rule what is certain, until ``stop`` is set."""
    job = (jobs or Jobs()).add(grant_certain_cases.__name__, every)
    work = partial(_grant_when_due, keys, url, stop, job)
    await keep_working(work, stop, job, after=(AccountError, KeyServiceError))


async def _grant_when_due(keys: KeyService, url: str, stop: asyncio.Event, job: Job) -> None:
    unreadable, now = dict[UUID, float](), asyncio.get_running_loop().time
    async with connected(url) as connection:
        while not stop.is_set():
            leaving = [subject for subject, until in unreadable.items() if until > now()]
            try:
                await job.record_pass(grant_certain_cases(keys, connection, leaving=leaving))
            except UnreadableError as error:
                job.note_failure(error)
                again = now() + _TRIED_AGAIN_AFTER_SECONDS
                unreadable |= dict.fromkeys(error.subjects, again)
                if isinstance(error, VaultError):
                    await raise_tampering(connection, error.tampered)
            else:
                await pause(stop, job.every)


async def grant_certain_cases(
    keys: KeyService,
    connection: asyncpg.Connection,
    draw: Callable[[], float] = _RANDOM.random,
    leaving: Collection[UUID] = (),
) -> int:
    """Look at every open case of a visa type with a rule in force; return how many were granted.

    ``draw`` says, from 0 to 1, who is of the sample, and who of these is decided twice. Raises
    KeyServiceError if the keys cannot be used, and UnreadableError, which names the people whom
    nobody can read: what was granted before stays so.
    """
    waiting = [row["id"] for row in await connection.fetch(_OPEN)]
    done, seen = 0, set[UUID]()
    while batch := [one for one in waiting if one not in seen][:_BATCH]:
        ids = {row["id"] for row in await connection.fetch(_WITH_FAMILIES, batch, LARGEST_FAMILY)}
        seen |= {*batch, *ids}
        done += await _grant_batch(keys, connection, sorted(ids), draw, leaving)
    return done


async def _grant_batch(
    keys: KeyService,
    connection: asyncpg.Connection,
    ids: Sequence[UUID],
    draw: Callable[[], float],
    leaving: Collection[UUID],
) -> int:
    async with connection.transaction():
        await connection.execute(_LOCK)
        await connection.execute(_LOCK_RULES)
        people = {row["applicant_id"] for row in await connection.fetch(_APPLICANTS, ids)}
        locked = [row["id"] for row in await connection.fetch(_LOCK_PEOPLE, [*people - {*leaving}])]
        ready = {row["id"] for row in await connection.fetch(_LOCK_CASES, ids, locked)}
        # Under the locks, so that nothing of it changes before the end.
        parties = _parties(await connection.fetch(_LOOK, ids), ready)
        async with _as_granter(connection):
            await _open(keys, connection, [one for one in parties if one.is_to_be_opened])
            certain = [one for one in parties if one.is_certain]
            sampled = [
                one for one in certain if one.is_sampled or 100 * draw() < one.sample_percent
            ]
            granted = [one for one in certain if one not in sampled]
            await _note(connection, parties, GrantVerdict.WAITS)
            twice = [one for one in sampled if draw() < DECIDED_TWICE]
            once = [one for one in sampled if one not in twice]
            await _note(connection, once, GrantVerdict.SAMPLED)
            await _note(connection, twice, GrantVerdict.SAMPLED, is_decided_twice=True)
            await _note(connection, granted, GrantVerdict.GRANTED)
            return await _grant(keys, connection, [case for one in granted for case in one.cases])


def _parties(rows: Iterable[asyncpg.Record], ready: Collection[UUID]) -> list[Party]:
    """What is granted together; what others work on at this moment is left for the next pass."""
    parties = defaultdict[str, list[Member]](list)
    for row in rows:
        is_of_a_family = row["group_reference"] is not None and row["is_of_a_family"]
        parties[row["group_reference"] if is_of_a_family else row["id"].hex].append(
            Member(row, list(row["unmet"]))
        )
    return [Party(cases) for cases in parties.values() if all(one.id in ready for one in cases)]


async def _open(keys: KeyService, connection: asyncpg.Connection, parties: Sequence[Party]) -> None:
    """Read and judge the people of parties against whom the rows say nothing."""
    cases = {one.row["applicant_id"]: one for party in parties for one in party.cases}
    if not cases:
        return
    versions = [one.row["version"] for one in cases.values()]
    reader = IdentityReader.GRANTER
    await record_reads(connection, [*cases], versions, reader, [*_READ.values()])
    rows = await connection.fetch(_PEOPLE, [*cases])
    cells = {
        (row["applicant_id"], name): Cell(row["applicant_id"], name, row[name])
        for row in rows
        for name in _READ
        if row[name] is not None
    }
    values = await Vault(keys, Cause.GRANTING).open([*cells.values()])
    opened = {key: date.fromisoformat(value) for key, value in zip(cells, values, strict=True)}
    for party in parties:
        party.judge(opened)


async def _note(
    connection: asyncpg.Connection,
    parties: Iterable[Party],
    verdict: GrantVerdict,
    *,
    is_decided_twice: bool = False,
) -> None:
    """Write what is missing of cases, or that they are of the sample."""
    rows = [
        (
            case.id,
            case.row["rule"],
            verdict,
            " ".join(case.unmet),
            case.row["version"] if party.is_opened else None,
        )
        for party in parties
        for case in party.cases
        if case.row["rule"] is not None and (verdict is not GrantVerdict.WAITS or case.unmet)
    ]
    columns = ([row[at] for row in rows] for at in range(5))
    await connection.execute(_NOTE, *columns, is_decided_twice)


async def _grant(keys: KeyService, connection: asyncpg.Connection, cases: Sequence[Member]) -> int:
    """Decide, issue the visas, and close; the key service signs documents for these terms alone."""
    if not cases:
        return 0
    rows = [one.row for one in cases]
    stays = {
        row["code"]: row["stay_days"]
        for row in await connection.fetch(_TERMS, sorted({row["visa_type_code"] for row in rows}))
    }
    at: datetime = rows[0]["at"]
    made = list[tuple[Any, ...]]()
    for row in rows:
        use_by = row["today"] + timedelta(days=row["use_within_days"])
        number = new_visa_number(_RANDOM)
        made.append(
            (new_key(), row["id"], row["official"], row["rule"], number, use_by,
             stays[row["visa_type_code"]])
        )  # fmt: skip
    granted = [
        VisaTerms.granted(row["reference"], number, row["visa_type_code"], at, use_by, stay)
        for row, (*_, number, use_by, stay) in zip(rows, made, strict=True)
    ]
    await keys.relate(
        [
            Relation(RelationKind.VISA, str(one), row["applicant_id"])
            for row, one in zip(rows, granted, strict=True)
        ]
    )
    decisions, ids, officials, rules, numbers, use_bys, days = map(list, zip(*made, strict=True))
    await connection.execute(_DECIDE, at, decisions, ids, officials, rules)
    await connection.execute(_ISSUE, at, numbers, ids, decisions, use_bys, days)
    await connection.execute(_CLOSE, at, ids, decisions)
    await connection.execute(_TELL, at, ids)
    return len(cases)


@contextlib.asynccontextmanager
async def _as_granter(connection: asyncpg.Connection) -> AsyncIterator[None]:
    await connection.execute(f"SET LOCAL ROLE {GRANTER}")
    yield
    await connection.execute("RESET ROLE")
