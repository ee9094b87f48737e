"""The tree as it was signed outside: its newest checkpoint, and what others know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.account.checkpoints import CheckpointFolder
from models.account.cosignatures import Witness, cosigned_size
from models.account.findings import Report, Tampering
from models.account.merkle import LeafFiles
from models.account.notes import AccountError, Checkpoint


@dataclass(slots=True)
class SignedTree:
    """A checkpoint with its signatures, and the hashes of the leaves that it covers."""

    checkpoint: Checkpoint
    note: str
    hashes: LeafFiles


def read_signed_tree(
    folder: CheckpointFolder, public: Mapping[str, bytes], report: Report
) -> SignedTree:
    """Raises AccountError if no checkpoint is believed."""
    newest_file = next(folder.newest_first(), None)
    if newest_file is None:
        raise AccountError(f"there is no checkpoint below {folder.path}")
    try:
        newest = folder.from_file(newest_file, public)
    except AccountError as error:
        report.add(Tampering.FORGED, f"the checkpoint {error}")
        newest_file = folder.newest_file(public)
        if newest_file is None:
            raise AccountError(f"no checkpoint below {folder.path} is believed") from None
        newest = folder.from_file(newest_file, public)
    hashes = folder.leaves()
    if hashes.root(newest.size) != newest.root:
        hashes = folder.leaves(in_full=True)
    if hashes.root(newest.size) != newest.root:
        report.add(
            Tampering.FORGED,
            f"the hashes of leaves below {folder.path} are not those of the checkpoint",
        )
    return SignedTree(newest, newest_file.read_text(encoding="utf-8"), hashes)


def compare_kept(kept: Checkpoint, signed: SignedTree, report: Report) -> None:
    if kept.size > signed.checkpoint.size:
        report.add(
            Tampering.ROLLED_BACK,
            f"the checkpoint that was kept has {kept.size:,} leaves, the newest of the folder"
            f" {signed.checkpoint.size:,}",
        )
    elif signed.hashes.root(kept.size) != kept.root:
        report.add(
            Tampering.CHANGED,
            f"the first {kept.size:,} leaves are not those of the checkpoint that was kept",
        )


async def compare_cosigned(
    signed: SignedTree, witnesses: Sequence[Witness], report: Report
) -> None:
    """Whether each witness cosigned the newest checkpoint, and, where it can be asked, no larger
    tree."""
    size = signed.checkpoint.size
    for witness in witnesses:
        if not witness.has_cosigned(signed.note):
            report.add(Tampering.UNCOSIGNED, f"{witness.name} did not cosign {size:,} leaves")
        known = await cosigned_size(witness, signed.note) if witness.url else None
        if known is not None and known > size:
            report.add(
                Tampering.ROLLED_BACK,
                f"{witness.name} cosigned {known:,} leaves, the newest checkpoint of the folder has"
                f" {size:,}",
            )
