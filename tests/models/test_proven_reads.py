"""Whoever was read verifies a list of reads by its proofs: whose they are, what they say, when."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.account.merkle import Frontier, leaf_hash
from models.account.notes import AccountError, Checkpoint, signed_note
from models.account.proofs import prove_inclusion, read_proof, roots_after, write_proof
from models.account.proven_reads import ProvenReads
from models.account.proving import read_entry
from models.account.tables import SALT_BYTES

OURS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = {"ours": OURS.public_key().public_bytes_raw()}
SIGNED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEAVES = 4


def proven(
    number: int,
    at: datetime,
    signed_at: datetime = SIGNED_AT,
    of: int = 1,
    kept: bytes = b"",
    **said: Any,
) -> tuple[str, dict[str, Any]]:
    """A proof of a read, as the first of four leaves; and the read as the page lists it."""
    read = {"actor_role": "OFFICER", "purpose": "CASEWORK", "fields": ["fullName", "sex"]} | said
    entry = {
        "id": str(UUID(int=number)), "applicant_id": str(UUID(int=of)),
        "occurred_at": int(at.timestamp() * 1_000_000), **read,
    }  # fmt: skip
    content = json.dumps(entry).encode() + sha256(kept).hexdigest().encode()
    leaves = [leaf_hash(content), *(bytes([n]) * 32 for n in range(LEAVES - 1))]
    root_of = roots_after(Frontier(), leaves)
    checkpoint = Checkpoint(LEAVES, root_of(0, LEAVES), signed_at)
    note = signed_note(checkpoint, PUBLIC["ours"], OURS.sign(checkpoint.text().encode()))
    opened = content + b"\n" + kept if kept else content
    proof = write_proof(opened, 0, prove_inclusion(0, LEAVES, root_of), note)
    listed = {
        "occurredAt": at.isoformat(), "actorRole": read["actor_role"],
        "purpose": read["purpose"], "fields": read["fields"], "proof": proof,
    }  # fmt: skip
    return proof, listed


def verified(tmp_path: Path, *listed: Mapping[str, Any]) -> ProvenReads:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"reads": listed}), encoding="utf-8")
    return ProvenReads.verify(file, PUBLIC, ())


AT = SIGNED_AT - timedelta(hours=1)


def test_reads_are_of_one_person_and_say_what_their_proofs_say(tmp_path: Path) -> None:
    listed = [proven(n, AT + timedelta(minutes=n))[1] for n in range(3)]
    found = verified(tmp_path, *listed)
    assert (len(found.by_key), found.waiting, found.faults) == (3, [], [])
    of_another = proven(3, AT, of=2)[1]
    assert verified(tmp_path, *listed, of_another).faults == [
        "these are the reads of several people"
    ]
    others = ([], ["fullName"], ["sex", "fullName"], ["fullName", "sex", "email"])
    for other in (
        *({"fields": fields} for fields in others),
        {"purpose": "SUPERVISION"},
        {"actorRole": "SUPERVISOR"},
    ):
        [fault] = verified(tmp_path, listed[0] | other).faults
        assert "its proof is that of something else" in fault
    [fault] = verified(tmp_path, listed[0], listed[0]).faults
    assert "that of another read, too" in fault


@pytest.mark.parametrize(
    ("seconds", "is_waiting"), [(-61, False), (-60, False), (-59, True), (60, True)]
)
def test_a_read_of_the_minute_before_the_newest_checkpoint_may_have_no_proof(
    tmp_path: Path, seconds: int, is_waiting: bool
) -> None:
    """Whatever older checkpoints the proofs of others have."""
    older = proven(1, AT, SIGNED_AT - timedelta(minutes=30))[1]
    newest = proven(2, AT)[1]
    without = proven(3, SIGNED_AT + timedelta(seconds=seconds))[1] | {"proof": None}
    found = verified(tmp_path, older, newest, without)
    assert (len(found.waiting), len(found.faults)) == (is_waiting, not is_waiting)
    assert len(verified(tmp_path, without).waiting) == 1  # nothing is known of checkpoints


def test_a_proof_is_of_its_place_and_of_what_was_opened() -> None:
    kept = bytes(SALT_BYTES) + b'{"actor": "officer"}'
    proof, _ = proven(1, AT, kept=kept)
    assert read_entry(proof, PUBLIC, ()).said["actor"] == "officer"
    written, index, hashes, note = read_proof(proof)
    by_another = write_proof(written.replace(b'"officer"', b'"another"'), index, hashes, note)
    with pytest.raises(AccountError, match="what was opened"):
        read_entry(by_another, PUBLIC, ())
    for part, other in (
        ("index 0", "index 1"),
        ("index 0", f"index {LEAVES}"),  # the same way up, in no such tree
        ("index 0", "index -4"),
        ("tlog-proof@v1", "tlog-proof@v2"),
    ):
        assert part in proof
        with pytest.raises(AccountError):
            read_entry(proof.replace(part, other), PUBLIC, ())
