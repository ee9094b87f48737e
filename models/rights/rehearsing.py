"""Rehearses a restore: a copy of the database beside a copy of the keys, whatever instants both are
of. What can be repaired is repaired in the copies; who is lost is named."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson

from models.jobs.erase_people import reconcile
from models.jobs.relating import relate_everybody
from models.key_service import KeyUse, LocalKeyService, Signature
from models.rights.key_comparison import KeyComparison, compare_keys
from models.signatures import is_signed

#: Before what is signed, so that no signature of anything else is taken for one of a report.
_SIGNED = b"gerbang rehearsal 1\n"
_FIRST = UUID(int=0)
_LATEST = "SELECT max(created_at) FROM applicant"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was found in both copies, and what was left when they were repaired."""

    rehearsed_at: str
    #: When the latest applicant of the copy came; None where there is nobody.
    latest_applicant_at: str | None
    verdict: str
    people: int
    keys: int
    #: Keys that belong to nobody on file.
    orphans: int
    #: Who was erased, and had come back with one of both copies; erased again.
    erased_again: int
    #: Who belongs together, noted again by the database.
    relations: int
    #: People whose data key was opened.
    opened: int
    #: The keys of the people whom nobody can read: their data keys are in neither copy.
    lost: Sequence[str]

    def message(self) -> bytes:
        """What is signed."""
        return _SIGNED + orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)

    def report(self, signature: Signature) -> bytes:
        """The report as a file: JSON, with its signature."""
        content = {
            "rehearsal": asdict(self),
            "public_key": signature.public_key.hex(),
            "signature": signature.value.hex(),
        }
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def read_report(content: bytes, public_key: bytes) -> Rehearsal:
    """A report that was signed by a key. Raises ValueError where it is none."""
    try:
        read = orjson.loads(content)
        done = Rehearsal(**read["rehearsal"])
        signature = bytes.fromhex(read["signature"])
        if not is_signed(public_key, done.message(), signature):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise ValueError("it is no report that this key signed") from None
    return done


async def rehearse(keys: LocalKeyService, connection: asyncpg.Connection) -> Rehearsal:
    """Compare both copies, repair them, and open everybody's key. Raises KeyServiceError."""
    before = await compare_keys(keys, connection)
    erased_again = await reconcile(keys, connection)
    relations = await relate_everybody(keys, connection)
    after = await compare_keys(keys, connection)
    latest = await connection.fetchval(_LATEST)
    return Rehearsal(
        rehearsed_at=datetime.now(UTC).isoformat(timespec="seconds"),
        latest_applicant_at=latest and latest.astimezone(UTC).isoformat(timespec="seconds"),
        verdict=before.verdict.value,
        people=after.people,
        keys=after.keys,
        orphans=after.orphans,
        erased_again=erased_again,
        relations=relations,
        opened=await _open_everybody(keys, after),
        lost=[str(one) for one in after.lost],
    )


async def sign(keys: LocalKeyService, done: Rehearsal) -> bytes:
    """The report of a rehearsal, signed by the key of checkpoints. Raises KeyServiceError."""
    return done.report(await keys.sign(KeyUse.CHECKPOINT, done.message()))


async def _open_everybody(keys: LocalKeyService, compared: KeyComparison) -> int:
    """How many keys the copies open, but for those of nobody: a page at a time."""
    number, after = 0, _FIRST
    while subjects := await keys.list_subjects(after):
        number, after = number + len(await keys.open_data_keys(subjects)), subjects[-1]
    return number - compared.orphans
