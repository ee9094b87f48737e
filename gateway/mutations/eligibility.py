"""Checks that an applicant may take the requested visa type."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Text, bindparam

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from models.life import Refusal
from models.reference.dated_rules import EligibleVisaTypes, select_eligible
from models.vocabulary import TripPurpose


async def read_eligible(
    transaction: WriteTransaction, nationalities: Collection[str], on: date
) -> EligibleVisaTypes:
    """What is open to some nationalities on a day."""
    names = list(nationalities)
    return EligibleVisaTypes.of(
        await transaction.fetch_one(select_eligible_then, nationalities=names, on=on)
    )


def select_eligible_then() -> Any:
    """What is open to ``nationalities`` on the day ``on``."""
    nationalities = bindparam("nationalities", None, ARRAY(Text))
    return select_eligible(nationalities, bindparam("on", None, Date))


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
    fitting = eligible.fitting_types(nationality, purpose)
    if visa_type in fitting:
        return
    if visa_type in eligible.fitting_types(nationality):
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
