"""Idempotency keys: what was done under one is answered again, and never done twice."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, bindparam, column, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB, insert

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import (
    Outcome,
    Reason,
    RefusedError,
    Result,
    outcome_from_json,
)
from gateway.viewer import Viewer
from models import Idempotency
from models.life import Refusal

SHORTEST_KEY, LONGEST_KEY = 8, 128
_FIELD = "idempotencyKey"


def is_key(text: str) -> bool:
    """Whether a text is formed as a key."""
    is_plain = text.isascii() and text.isprintable() and " " not in text
    return is_plain and SHORTEST_KEY <= len(text) <= LONGEST_KEY


def digests(viewer: Viewer, key: str, canonical: bytes) -> tuple[bytes, bytes]:
    """The digests of a key and of what is asked for under it.

    The first includes the actor; the second is salted with the key, which is not stored.
    """
    of_actor = sha256(f"{viewer.role}\0{viewer.subject}\0{key}".encode())
    return of_actor.digest(), sha256(key.encode() + b"\0" + canonical).digest()


async def claim_key(transaction: WriteTransaction, key: bytes, input_digest: bytes) -> bool:
    """Claim the key; False if it is stored. Waits for a concurrent request with the same key."""
    claim = {"key_digest": key, "input_digest": input_digest}
    return bool(await transaction.fetch_one(_claim, **claim))


def _claim() -> Any:
    row = {name: bindparam(name) for name in ("key_digest", "input_digest")}
    claim = insert(Idempotency).values(row).on_conflict_do_nothing()
    return claim.returning(Idempotency.key_digest)


async def earlier_outcome(
    transaction: WriteTransaction, key: bytes, input_digest: bytes
) -> Outcome:
    """The stored outcome. Raises RefusedError if the key was used with a different input."""
    rows = await transaction.fetch_one(_select_stored, keys=[key])
    if not rows or rows[0].input_digest != input_digest:
        raise RefusedError(Reason(Refusal.IDEMPOTENCY_CONFLICT, (_FIELD,)))
    return outcome_from_json(rows[0].answer)


_BYTES = ARRAY(LargeBinary)


def _select_stored() -> Any:
    stored = select(Idempotency.key_digest, Idempotency.input_digest, Idempotency.answer)
    return stored.where(Idempotency.key_digest == any_(bindparam("keys", None, _BYTES)))


class KeysOfItems:
    """The keys of the items of a batch, by the numbers of those that have one."""

    def __init__(self, viewer: Viewer, items: Mapping[int, tuple[str, bytes]]) -> None:
        """``items`` are the key of each, and what is asked for, as canonical JSON."""
        self._digests = {
            number: digests(viewer, key, canonical) for number, (key, canonical) in items.items()
        }

    async def find_done(
        self, transaction: WriteTransaction, below: str, numbers: Sequence[int] | None = None
    ) -> dict[int, Result]:
        """What came of those that were done before: the key of each is known.

        One whose key was used for something else is refused at its place ``below`` the input.
        """
        asked = [one for one in numbers or self._digests if one in self._digests]
        if not asked:
            return {}
        keys = [self._digests[number][0] for number in asked]
        rows = await transaction.fetch_one(_select_stored, keys=keys)
        stored = {bytes(row.key_digest): row for row in rows}
        done: dict[int, Result] = {}
        for number in asked:
            key, input_digest = self._digests[number]
            if (row := stored.get(key)) is None:
                continue
            if row.answer and row.input_digest == input_digest:
                [done[number]] = outcome_from_json(row.answer).results
            else:
                path = (below, str(number), _FIELD)
                done[number] = Result(refused=(Reason(Refusal.IDEMPOTENCY_CONFLICT, path),))
        return done

    async def claim(self, transaction: WriteTransaction, made: Mapping[int, UUID]) -> Sequence[int]:
        """Store, with each key, what will have been made under it; the numbers of those whose key
        somebody else stored meanwhile, or that repeat the key of another.

        In the order of the digests, so that of two batches with keys in common one waits.
        """
        numbers = sorted(made.keys() & self._digests.keys(), key=lambda one: self._digests[one])
        if not numbers:
            return ()
        first = {self._digests[number][0]: number for number in reversed(numbers)}
        rows = await transaction.fetch_one(
            _claim_all,
            key=[*first],
            input=[self._digests[number][1] for number in first.values()],
            made=[made[number] for number in first.values()],
        )
        claimed = {first[bytes(row.key_digest)] for row in rows}
        return [number for number in numbers if number not in claimed]


def _claim_all() -> Any:
    names = {"key": LargeBinary, "input": LargeBinary, "made": Uuid}
    given = func.unnest(*(bindparam(name, None, ARRAY(type_)) for name, type_ in names.items()))
    items = given.table_valued(*(column(name, type_) for name, type_ in names.items()))
    item = items.render_derived(name="item")
    answer = func.jsonb_build_array(func.jsonb_build_object("key", item.c.made), type_=JSONB)
    claim = insert(Idempotency).from_select(
        ["key_digest", "input_digest", "answer"],
        select(item.c.key, item.c.input, cast_to(answer, JSONB)),
    )
    return claim.on_conflict_do_nothing().returning(Idempotency.key_digest)
