"""The account: one Merkle tree over everything that must not be rewritten, signed outside.

Whoever reads people, decides, or changes reference data leaves a row, and a trigger notes it in an
outbox, in the same transaction. A job of the keeper integrates what was committed into one tree
(RFC 6962), and signs its state (a checkpoint by C2SP) to a folder that the database cannot reach.
"""

from models.account.checkpoints import CheckpointFolder
from models.account.entries import EntrySeal, seal_entries
from models.account.errors import AccountError
from models.account.sequencing import begin_anew, integrate, sign_checkpoint, take_up_again
from models.account.verifying import verify

__all__ = [
    "AccountError",
    "CheckpointFolder",
    "EntrySeal",
    "begin_anew",
    "integrate",
    "seal_entries",
    "sign_checkpoint",
    "take_up_again",
    "verify",
]
