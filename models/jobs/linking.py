"""The LINKER: finds other files of each person once a case or a correction is committed.

It acts in a database role of its own, which reads names, birth dates and passports, and can say of
a case only that it is linked. Everybody on file is read in the same way, and each read is recorded.
Only one works at a time: two would not see each other's new files, and would miss what these have
in common. One that waited finds the work done. No change of a case waits for it: cases are locked
when all is found, and those whose applicant was corrected by then are left for the next batch.
"""

import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from models.account import require_written
from models.jobs.rescreening import (
    end_bans,
    forget_other_keys_of_bans,
    index_bans,
    screen_cases,
    screen_due_bans,
)
from models.key_service import Cause, KeyService, KeyUse, Relation, RelationKind
from models.life.grant_conditions import LARGEST_FAMILY
from models.person.identity import Identity, IdentityVersion
from models.person.matching import index_messages
from models.person.person_link import MOST_LINKED
from models.person.sealed import cells_sql
from models.person.vault import Cell, Vault
from models.row_keys import new_key
from models.row_security import LINKER
from models.vocabulary import IdentityReader

_BATCH = 200
#: The batch for a world that was just loaded: the links of everybody need not fit into memory.
_LINKED_AT_ONCE = 20_000
#: The fields of Identity that are read, by their names in the API.
READ_FIELDS = ["fullName", "birthDate", "passportNumber", "passportIssuingState"]
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gerbang linker', 0))"
_TO_LINK = """
    SELECT id, applicant_id FROM application
    WHERE NOT is_linked AND applicant_id <> ALL ($2) ORDER BY id LIMIT $1
"""
#: Applicants beyond a key who lack a digest of the key that writes, in the order of their keys.
_TO_INDEX = """
    SELECT applicant_id FROM identity
    WHERE applicant_id > $1 AND applicant_id <> ALL ($4) AND NOT EXISTS (
        SELECT FROM person_index
        WHERE person_index.applicant_id = identity.applicant_id AND key_id = $2
    )
    ORDER BY applicant_id LIMIT $3
"""
#: The columns of Identity that are read.
READ = ("full_name", "birth_date", "passport_number")
#: Every version that is or was in force: a passport that was corrected counts too.
VERSIONS = f"""
    SELECT
        applicant_id, coalesce(in_force.number, 1) AS version,
        coalesce(passport_issuing_state, nationality_code) AS state,
        {cells_sql(*(getattr(Identity, name) for name in READ))}
    FROM identity
    JOIN applicant ON applicant.id = applicant_id
    LEFT JOIN LATERAL (
        SELECT max(number) AS number FROM identity_version
        WHERE identity_version.applicant_id = identity.applicant_id AND valid_from IS NOT NULL
    ) AS in_force ON true
    WHERE applicant_id = ANY ($1)
    UNION ALL
    SELECT
        applicant_id, number, coalesce(passport_issuing_state, nationality_code),
        {cells_sql(*(getattr(IdentityVersion, name) for name in READ))}
    FROM identity_version
    WHERE applicant_id = ANY ($1) AND valid_until IS NOT NULL AND EXISTS (
        SELECT FROM identity WHERE identity.applicant_id = identity_version.applicant_id
    )
"""  # noqa: S608
_RECORD = """
    INSERT INTO linker_read (id, applicant_id, version, fields, reader)
    SELECT *, $4, $5 FROM unnest($1::uuid[], $2::uuid[], $3::bigint[])
"""
#: An erasure at the same time waits for the record, or the person is no longer on file.
_ON_FILE = "SELECT applicant_id FROM identity WHERE applicant_id = ANY ($1)"
_FORGET_KEYS = "DELETE FROM person_index WHERE key_id <> ALL ($1)"
_FORGET_SETTLED = """
    DELETE FROM person_index AS other WHERE key_id <> ALL ($1) AND EXISTS (
        SELECT FROM person_index AS settled
        WHERE settled.applicant_id = other.applicant_id AND settled.key_id = ANY ($1)
    )
"""
_NUMBER_KEPT = """
    SELECT count(DISTINCT applicant_id) FROM person_index
    WHERE key_id <> ALL ($1) AND applicant_id <> ALL ($2)
"""
_FORGET = "DELETE FROM person_index WHERE applicant_id = ANY ($1)"
_INDEX = """
    INSERT INTO person_index (applicant_id, version, kind, key_id, digest)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])
"""
#: By each digest, whose files are next to a person's in the order of keys: that of handing in.
_SAME_DIGEST = """
    SELECT found.applicant_id, near.applicant_id AS linked_id, found.kind AS reason
    FROM (
        SELECT DISTINCT applicant_id, kind, digest FROM person_index
        WHERE applicant_id = ANY ($1) AND kind <> 'PASSPORT_AND_BIRTH_DATE'
    ) AS found
    CROSS JOIN LATERAL (
        (SELECT DISTINCT applicant_id FROM person_index WHERE digest = found.digest
            AND applicant_id < found.applicant_id ORDER BY applicant_id DESC LIMIT $2)
        UNION ALL
        (SELECT DISTINCT applicant_id FROM person_index WHERE digest = found.digest
            AND applicant_id > found.applicant_id ORDER BY applicant_id LIMIT $2)
    ) AS near
"""
_SAME_GROUP = """
    SELECT DISTINCT one.applicant_id, other.applicant_id AS linked_id, 'GROUP' AS reason
    FROM application AS one
    JOIN application AS other ON other.group_reference = one.group_reference
    WHERE one.applicant_id = ANY ($1) AND other.applicant_id <> one.applicant_id
        AND (
            SELECT count(*) FROM application AS member
            WHERE member.group_reference = one.group_reference
        ) <= $2
"""
#: Who can be linked at all, when everybody is looked at.
_TO_LINK_AT_ONCE = """
    SELECT applicant_id FROM person_index
    WHERE digest IN (
        SELECT digest FROM person_index GROUP BY digest HAVING count(DISTINCT applicant_id) > 1
    )
    UNION SELECT applicant_id FROM application WHERE group_reference IS NOT NULL
"""
_LINK = """
    INSERT INTO person_link (id, applicant_id, linked_id, reason, state)
    SELECT id, applicant_id, linked_id, reason,
        CASE reason WHEN 'PASSPORT' THEN 'CERTAIN' WHEN 'GROUP' THEN NULL ELSE 'PROPOSED' END
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
        AS found (id, applicant_id, linked_id, reason)
    ON CONFLICT (applicant_id, linked_id, reason) DO NOTHING
"""
_LOCK_CASES = """
    SELECT id FROM application WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
#: What the key service knows of a link, by its reason; of a group it knows nothing.
_RELATION_OF = {
    "PASSPORT": RelationKind.LINK,
    "NAME_AND_BIRTH_DATE": RelationKind.LIKENESS,
}
#: Unless another version came into force than was read.
_LINKED = """
    UPDATE application SET is_linked = true
    WHERE id = ANY ($1) AND NOT EXISTS (
        SELECT FROM identity
        JOIN identity_version USING (applicant_id)
        WHERE applicant_id = application.applicant_id AND valid_from IS NOT NULL AND number > (
            SELECT coalesce(max(version), 0) FROM person_index
            WHERE person_index.applicant_id = application.applicant_id
        )
    )
    RETURNING id
"""


async def link_cases(
    keys: KeyService,
    connection: asyncpg.Connection,
    limit: int = _BATCH,
    leaving: Collection[UUID] = (),
) -> int:
    """Link a batch of cases that are not linked yet, but for those of the applicants to leave;
    return how many were.

    Nothing is linked if an error is raised: KeyServiceError if the keys cannot be used, and
    UnreadableError, which names the applicants whom nobody can read.
    """
    async with connection.transaction():
        async with _as_linker(connection):
            cases = await connection.fetch(_TO_LINK, limit, list(leaving))
            if not cases:
                return 0
            people = sorted({case["applicant_id"] for case in cases})
            await _index_people(keys, connection, people, Cause.LINKING)
            await _link_people(keys, connection, people)
            locked = await connection.fetch(_LOCK_CASES, [case["id"] for case in cases])
            linked = await connection.fetch(_LINKED, [case["id"] for case in locked])
        if linked:
            await screen_cases(connection, [case["id"] for case in linked])
    return len(linked)


async def screen_bans(
    keys: KeyService,
    connection: asyncpg.Connection,
    limit: int = 20,
    leaving: Collection[UUID] = (),
) -> int:
    """Match people with new entries of the ban list, but for those to leave, and end the matches
    of ended ones. Raises as `link_cases` does."""
    accepted = await keys.key_ids(KeyUse.PERSON_INDEX)
    async with connection.transaction():
        async with _as_linker(connection):
            listed = await index_bans(keys, connection, accepted[0], limit, leaving)
        return listed + await screen_due_bans(connection, limit) + await end_bans(connection)


async def index_people(
    keys: KeyService,
    connection: asyncpg.Connection,
    after: UUID,
    limit: int = _BATCH,
    leaving: Collection[UUID] = (),
) -> UUID | None:
    """Index and link a batch of the applicants whom the key that writes has not indexed, but for
    those to leave.

    Returns the last one, to go on after; None if none was left. Applicants who are indexed are
    skipped, so that this can be stopped and run again. Nobody of the batch is indexed if an error
    is raised, as by `link_cases`.
    """
    writing, *_ = await keys.key_ids(KeyUse.PERSON_INDEX)
    async with _as_linker(connection):
        found = await connection.fetch(_TO_INDEX, after, writing, limit, list(leaving))
        people = [row[0] for row in found]
        if not people:
            return None
        await _index_people(keys, connection, people, Cause.LOADING)
        await _link_people(keys, connection, people)
    return people[-1]


async def link_everybody(connection: asyncpg.Connection) -> None:
    """Link all who are indexed, at once: of a world that was just loaded."""
    async with _as_linker(connection):
        people = [row[0] for row in await connection.fetch(_TO_LINK_AT_ONCE)]
        for first in range(0, len(people), _LINKED_AT_ONCE):
            await _link_people(None, connection, people[first : first + _LINKED_AT_ONCE])


async def forget_settled(
    keys: KeyService, connection: asyncpg.Connection, unreadable: Collection[UUID] = ()
) -> int:
    """Remove digests of other keys from applicants who have these; return how many have none, but
    for those whom nobody can read.

    Those are erased people whose digests the law keeps: nobody can read them to index them again.
    """
    accepted = list(await keys.key_ids(KeyUse.PERSON_INDEX))
    async with _as_linker(connection):
        await connection.execute(_FORGET_SETTLED, accepted)
        return await connection.fetchval(_NUMBER_KEPT, accepted, list(unreadable)) or 0


async def forget_other_keys(keys: KeyService, connection: asyncpg.Connection) -> None:
    """Remove digests of keys that are not accepted any more."""
    accepted = await keys.key_ids(KeyUse.PERSON_INDEX)
    async with _as_linker(connection):
        await connection.execute(_FORGET_KEYS, list(accepted))
        await forget_other_keys_of_bans(connection, accepted)


@contextlib.asynccontextmanager
async def _as_linker(connection: asyncpg.Connection) -> AsyncIterator[None]:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {LINKER}")
        await connection.execute(LOCK)
        yield
        await connection.execute("RESET ROLE")  # where the transaction goes on


async def _index_people(
    keys: KeyService, connection: asyncpg.Connection, people: Sequence[UUID], cause: Cause
) -> None:
    """Read who they are, record that, and write their digests by each key that is accepted.

    Nothing is read of people who were erased; digests that the law keeps stay.
    """
    versions = await connection.fetch(VERSIONS, people)
    applicants, numbers = ([one[name] for one in versions] for name in ("applicant_id", "version"))
    people = sorted(set(applicants))
    await record_reads(connection, applicants, numbers)
    on_file = {row[0] for row in await connection.fetch(_ON_FILE, people)}
    versions = [one for one in versions if one["applicant_id"] in on_file]
    if not versions:
        return
    # Everybody has each of these: one that was removed does not open either.
    cells = [Cell(one["applicant_id"], name, one[name] or "") for one in versions for name in READ]
    opened = iter(await Vault(keys, cause).open(cells))
    messages = [
        (one, kind, message)
        for one, name, born, number in zip(versions, opened, opened, opened, strict=True)
        for kind, message in index_messages(one["state"], number, name, date.fromisoformat(born))
    ]
    texts = [message for *_, message in messages]
    digests = await keys.digests(KeyUse.PERSON_INDEX, texts, cause)
    rows = [
        (one["applicant_id"], one["version"], kind.value, digest.key_id, digest.value)
        for (one, kind, _), of_keys in zip(messages, digests, strict=True)
        for digest in of_keys
    ]
    await connection.execute(_FORGET, list(on_file))
    await connection.execute(_INDEX, *map(list, zip(*rows, strict=True)))


async def record_reads(
    connection: asyncpg.Connection,
    people: Sequence[UUID],
    versions: Sequence[int],
    reader: IdentityReader = IdentityReader.LINKER,
    fields: Sequence[str] = tuple(READ_FIELDS),
) -> None:
    """Record that these versions of people are read. Raises AccountError where that was not
    written."""
    ids = [new_key() for _ in people]
    status = await connection.execute(_RECORD, ids, people, versions, list(fields), reader)
    require_written(status, len(people))


async def _link_people(
    keys: KeyService | None, connection: asyncpg.Connection, people: Sequence[UUID]
) -> None:
    """Link people to others; the key service is told first, where there is one."""
    if not people:
        return
    found = [
        *await connection.fetch(_SAME_DIGEST, people, MOST_LINKED),
        *await connection.fetch(_SAME_GROUP, people, LARGEST_FAMILY),
    ]
    # From both sides, in a fixed order, so that the rows do not depend on which file came first.
    both = sorted(
        {
            (one, other, row["reason"])
            for row in found
            for one, other in (
                (row["applicant_id"], row["linked_id"]),
                (row["linked_id"], row["applicant_id"]),
            )
        }
    )
    if both:
        if keys is not None:
            await keys.relate(
                [
                    Relation(_RELATION_OF[reason], one.hex, other)
                    for one, other, reason in both
                    if reason in _RELATION_OF
                ]
            )
        columns = map(list, zip(*both, strict=True))
        await connection.execute(_LINK, [new_key() for _ in both], *columns)
