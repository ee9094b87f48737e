"""The account: one Merkle tree over everything that must not be rewritten, signed outside.

Whoever reads people, decides, or changes reference data leaves a row, and a trigger notes it in an
outbox, in the same transaction. A job of the keeper integrates what was committed into one tree
(RFC 6962), and signs its state (a checkpoint by C2SP) to a folder that the database cannot reach.
"""

from models.account.checkpoints import CheckpointFolder
from models.account.entries import EntrySeal, seal_entries
from models.account.errors import AccountError
from models.account.old_entries import drop_of_age, find_of_age
from models.account.sequencing import begin_anew, integrate, sign_checkpoint, take_up_again
from models.account.signing_anew import sign_anew
from models.account.tables import FEWEST_DAYS_KEPT
from models.account.verifying import verify

__all__ = [
    "FEWEST_DAYS_KEPT",
    "AccountError",
    "CheckpointFolder",
    "EntrySeal",
    "begin_anew",
    "drop_of_age",
    "find_of_age",
    "integrate",
    "seal_entries",
    "sign_anew",
    "sign_checkpoint",
    "take_up_again",
    "verify",
]
