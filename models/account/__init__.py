"""The account: one Merkle tree over everything that must not be rewritten, signed outside.

Every read of a person, decision and change of reference data leaves a row, which a trigger notes in
an outbox in the same transaction. A job of the keeper integrates what was committed into one tree
(RFC 6962), and signs its state (a checkpoint by C2SP) to a folder that the database cannot reach.
"""

from models.account.checkpoints import CheckpointFolder
from models.account.notes import AccountError
from models.account.old_entries import (
    HeldMeanwhileError,
    drop_of_age,
    drop_partition,
    find_of_age,
    partitions_of_age,
)
from models.account.reconciling import reconcile_all
from models.account.sequencing import (
    integrate,
    renew_signatures,
    reset_sources,
    restart_account,
    sign_checkpoint,
)
from models.account.sources import EntrySeal, require_written, seal_entries
from models.account.tables import FEWEST_DAYS_KEPT
from models.account.verifying import verify

__all__ = [
    "FEWEST_DAYS_KEPT",
    "AccountError",
    "CheckpointFolder",
    "EntrySeal",
    "HeldMeanwhileError",
    "drop_of_age",
    "drop_partition",
    "find_of_age",
    "integrate",
    "partitions_of_age",
    "reconcile_all",
    "renew_signatures",
    "require_written",
    "reset_sources",
    "restart_account",
    "seal_entries",
    "sign_checkpoint",
    "verify",
]
