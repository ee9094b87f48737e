"""Asks the screening authority: what is not answered yet, or is to be answered anew."""

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
    """Ask these of a case, or what may be asked of it now; answers with what was."""
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
