"""Proofs for others, from the folder of checkpoints; they verify them without a database."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from models.account.checkpoints import CheckpointFolder
from models.account.cosignatures import Witness
from models.account.merkle import HASH_BYTES, Frontier, leaf_hash
from models.account.notes import (
    AccountError,
    Checkpoint,
    decode_base64,
    parse_checkpoint,
    read_note,
)
from models.account.proofs import (
    hash_lines,
    is_continued,
    is_included,
    prove_consistency,
    prove_inclusion,
    read_proof,
    roots_after,
    write_proof,
)
from models.account.sources import SOURCES
from models.account.tables import SALT_BYTES
from models.visa_document.tables import VisaDocument

_JSON = json.JSONDecoder()
#: Of SHA-256, in hexadecimal.
_DIGEST_CHARACTERS = 64
_AS_NAMED = "SET search_path = public, pg_temp"
_CONTENT = """
    SELECT leaf.position, {content} AS content, leaf.salt || {kept_bytes} AS kept
    FROM account_leaf AS leaf
    JOIN {table} AS entry ON {is_its_leaf}
    WHERE leaf.source = '{name}' AND leaf.row_id = $1
    ORDER BY leaf.position DESC LIMIT 1
"""


_NEW_DOCUMENTS = """
    SELECT entry.id, leaf.position, {content} AS content
    FROM account_leaf AS leaf
    JOIN {table} AS entry ON {is_its_leaf}
    WHERE leaf.source = '{name}' AND leaf.position >= $1 AND entry.proof IS NULL
"""
_PROVE = "UPDATE visa_document SET proof = $2, proven_at = clock_timestamp() WHERE id = $1"


async def prove_documents(
    connection: asyncpg.Connection, known: Frontier, leaves: Sequence[bytes], note: str
) -> None:
    """Give each new document of a visa its proof: that the tree has it whose checkpoint this is.

    ``known`` is the tree of the checkpoint before, ``leaves`` those since.
    """
    root_of, size = roots_after(known, leaves), known.size + len(leaves)
    found = SOURCES[VisaDocument.__tablename__].fill(_NEW_DOCUMENTS)
    for row in await connection.fetch(found, known.size):
        hashes = prove_inclusion(row["position"], size, root_of)
        proof = write_proof(row["content"], row["position"], hashes, note)
        await connection.execute(_PROVE, row["id"], proof)


async def prove_entry(
    connection: asyncpg.Connection, folder: CheckpointFolder, name: str, key: UUID
) -> str:
    """Raises AccountError if there is no such entry that is signed."""
    if (source := SOURCES.get(name)) is None:
        raise AccountError(f"the account has {', '.join(sorted(SOURCES))}, and no {name}")
    await connection.execute(_AS_NAMED)
    entry = await connection.fetchrow(source.fill(_CONTENT), key)
    checkpoint, note = _newest(folder)
    if entry is None or entry["position"] >= checkpoint.size:
        raise AccountError(f"no entry {name} {key} is signed yet")
    proof = prove_inclusion(entry["position"], checkpoint.size, folder.leaves().root_of)
    opened = entry["content"] + b"\n" + entry["kept"]
    return write_proof(opened, entry["position"], proof, note)


def prove_since(folder: CheckpointFolder, kept: Path) -> str:
    """That the account continues a checkpoint: the hashes, and the newest checkpoint.

    Raises AccountError if it does not.
    """
    before, (now, note) = _parsed(kept.read_text(encoding="utf-8")), _newest(folder)
    proof = prove_consistency(before.size, now.size, folder.leaves().root_of)
    if not is_continued(before.size, now.size, proof, before.root, now.root):
        raise AccountError(f"the account does not continue {kept}")
    return f"old {before.size}\n{hash_lines(proof)}\n{note}"


def check_entry(proof: str, public: Mapping[str, bytes], witnesses: Sequence[Witness]) -> str:
    """What a proof of inclusion proves. Raises AccountError if that is nothing."""
    entry = read_entry(proof, public, witnesses)
    return f"{entry.where}:\n{orjson.dumps(entry.said).decode()}"


class ProvenEntry(NamedTuple):
    """What an entry says, as far as its proof tells it, and where it is."""

    said: Mapping[str, Any]
    place: int
    checkpoint: Checkpoint

    @property
    def where(self) -> str:
        return f"entry {self.place:,} of {_described(self.checkpoint)}"


def read_entry(
    proof: str, public: Mapping[str, bytes], witnesses: Sequence[Witness]
) -> ProvenEntry:
    """The entry of a proof of inclusion. Raises AccountError if it proves nothing."""
    written, index, hashes, note = read_proof(proof)
    checkpoint = _believed(note, public, witnesses)
    content, said = _read_content(written)
    if not is_included(leaf_hash(content), index, checkpoint.size, hashes, checkpoint.root):
        raise AccountError("the entry is not in the tree of the checkpoint")
    return ProvenEntry(said, index, checkpoint)


def _read_content(written: bytes) -> tuple[bytes, Mapping[str, Any]]:
    """What a leaf is of, and what the entry says: with what is kept, where that is opened behind
    it. Raises AccountError if it is neither."""
    content, _, kept = written.partition(b"\n")
    told, digest = content[:-_DIGEST_CHARACTERS], content[-_DIGEST_CHARACTERS:]
    if kept and sha256(kept).hexdigest().encode() != digest:
        raise AccountError("what was opened is not what the entry has a digest of")
    said: dict[str, Any] = {}
    try:
        text = told.decode()
        while text:
            part, end = _JSON.raw_decode(text)
            said |= part
            text = text[end:]
        if kept:  # behind it stands the seal
            part, _ = _JSON.raw_decode(kept[SALT_BYTES:].decode(errors="replace"))
            said |= part
    except (ValueError, TypeError):
        raise AccountError("that is no entry of an account") from None
    return content, said


def check_since(
    proof: str, kept: Path, public: Mapping[str, bytes], witnesses: Sequence[Witness]
) -> str:
    """What a proof of continuation proves. Raises AccountError if that is nothing."""
    head, _, note = proof.partition("\n\n")
    checkpoint = _believed(note, public, witnesses)
    before = CheckpointFolder.from_file(kept, public)
    hashes = [decode_base64(line) for line in head.splitlines()[1:]]
    is_whole = all(len(one) == HASH_BYTES for one in hashes)
    if not is_whole or not is_continued(
        before.size, checkpoint.size, hashes, before.root, checkpoint.root
    ):
        raise AccountError(f"the tree does not continue {kept}")
    return f"{before.size:,} leaves are the first of {_described(checkpoint)}"


def _believed(note: str, public: Mapping[str, bytes], witnesses: Sequence[Witness]) -> Checkpoint:
    checkpoint = read_note(note, public)
    for witness in witnesses:
        if not witness.has_cosigned(note):
            raise AccountError(f"{witness.name} did not cosign the checkpoint")
    return checkpoint


def _described(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size:,}, signed at {checkpoint.signed_at:%Y-%m-%d %H:%M:%S} UTC"


def _newest(folder: CheckpointFolder) -> tuple[Checkpoint, str]:
    """Whoever verifies a proof judges its signatures; so we do not."""
    file = next(folder.newest_first(), None)
    if file is None:
        raise AccountError(f"there is no checkpoint below {folder.path}")
    note = file.read_text(encoding="utf-8")
    return _parsed(note), note


def _parsed(note: str) -> Checkpoint:
    return parse_checkpoint(f"{note.partition(chr(10) * 2)[0]}\n")
