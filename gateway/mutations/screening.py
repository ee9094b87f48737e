"""Asks the screening authority questions that are not answered yet, or must be answered again."""

from collections.abc import Sequence

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.locked_case import Case
from models import Screening
from models.row_keys import new_key
from models.vocabulary import ReferralReason, ScreeningKind, ScreeningResult


def ask(
    transaction: WriteTransaction,
    case: Case,
    kinds: Sequence[ScreeningKind] | None = None,
    *,
    reason: ReferralReason | None = ReferralReason.ROUTINE,
    note: str | None = None,
) -> Sequence[ScreeningKind]:
    """Ask these questions about a case, or all that may be asked now; return those that were
    asked."""
    if kinds is None:
        kinds = case.state.questions_to_ask
    questions = [
        {
            "id": new_key(),
            "application_id": case.id,
            "kind": kind.value,
            "result": ScreeningResult.PENDING.value,
            "requested_at": case.at,
            "referral_reason": reason,
            "referral_note": note,
        }
        for kind in kinds
    ]
    transaction.insert(Screening, *questions)
    return kinds
