"""Where an application is taken in, and the random numbers by which people quote it, pay for it and
enter.
"""

from random import Random
from typing import NamedTuple

from models.vocabulary import Channel


class IntakePlace(NamedTuple):
    """How an application comes in; a direct one has no partner, country and centre."""

    channel: Channel
    partner: str | None = None
    country: str | None = None
    centre: str | None = None


DIRECT = IntakePlace(Channel.DIRECT)


#: Digits and letters that are not easily confused (Crockford's base 32), in pairs.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _SYMBOLS for second in _SYMBOLS]


def new_reference(rng: Random) -> str:
    """A reference such as ``7K3M-9QPX-2F4D``."""
    symbols = _symbols_of(rng.getrandbits(60))
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


def new_visa_number(rng: Random) -> str:
    """A visa number such as ``ID7K3M9QPX2F4D``."""
    return visa_number_of(rng.getrandbits(60))


def visa_number_of(bits: int) -> str:
    """The visa number of 60 bits."""
    return f"ID{_symbols_of(bits)}"


def new_group_reference(rng: Random) -> str:
    """The reference of a group, such as ``G-7K3M-9QPX-2F4D``: no application has one alike."""
    return f"G-{new_reference(rng)}"


def new_billing_code(rng: Random) -> str:
    """A billing code such as ``812345678901234``: 15 digits."""
    return f"8{rng.randrange(10**14):014}"


def _symbols_of(bits: int) -> str:
    """The twelve symbols of 60 bits."""
    return (
        _PAIRS[bits >> 50]
        + _PAIRS[bits >> 40 & 1023]
        + _PAIRS[bits >> 30 & 1023]
        + _PAIRS[bits >> 20 & 1023]
        + _PAIRS[bits >> 10 & 1023]
        + _PAIRS[bits & 1023]
    )
