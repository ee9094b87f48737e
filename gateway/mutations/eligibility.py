"""Checks that who applies may take the visa type that is asked for."""

from collections.abc import Collection
from datetime import date

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from models.life import Refusal
from models.reference.eligibility import EligibleVisaTypes, select_eligible
from models.vocabulary import TripPurpose


async def read_eligible(
    transaction: WriteTransaction, nationalities: Collection[str], on: date
) -> EligibleVisaTypes:
    """What is open to some nationalities on a day."""
    rows = await transaction.rows(select_eligible(nationalities, on))
    return EligibleVisaTypes.of(rows)


def check_eligible(
    eligible: EligibleVisaTypes,
    nationality: str,
    visa_type: str,
    purpose: TripPurpose | None,
    reasons: Reasons,
) -> None:
    """Add a reason, with what fits instead, if nationals of a country cannot take a visa type.

    Without a purpose the visa type must serve them for any.
    """
    fitting = eligible.fitting(nationality, purpose)
    if visa_type in fitting:
        return
    if visa_type in eligible.fitting(nationality):
        path = "tripPurpose"
        if fitting:
            reasons.add(Refusal.PURPOSE_NOT_SERVED, path, rule="fits_purpose", fitting=fitting)
        else:
            reasons.add(Refusal.PURPOSE_NOT_SERVED, path, fitting=())
    else:
        path = "visaType"
        if fitting:
            reasons.add(
                Refusal.NATIONALITY_NOT_ELIGIBLE, path, rule="fits_nationality", fitting=fitting
            )
        else:
            reasons.add(Refusal.NATIONALITY_NOT_ELIGIBLE, path, fitting=())
