"""The numbers by which people quote applications, pay for them and enter: random."""

from random import Random

#: Digits and letters that are not easily confused (Crockford's base 32), in pairs.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _SYMBOLS for second in _SYMBOLS]


def new_reference(rng: Random) -> str:
    """A reference such as ``7K3M-9QPX-2F4D``."""
    bits = rng.getrandbits(60)
    a, b, c, d, e, f = (_PAIRS[bits >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0))
    return f"{a}{b}-{c}{d}-{e}{f}"


def new_visa_number(rng: Random) -> str:
    """A visa number such as ``ID7K3M9QPX2F4D``."""
    return visa_number_of(rng.getrandbits(60))


def visa_number_of(bits: int) -> str:
    """The visa number of 60 bits."""
    return "ID" + "".join(_PAIRS[bits >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0))


def new_group_reference(rng: Random) -> str:
    """The reference of a group, such as ``G-7K3M-9QPX-2F4D``: no application has one alike."""
    return f"G-{new_reference(rng)}"


def new_billing_code(rng: Random) -> str:
    """A billing code such as ``812345678901234``: 15 digits."""
    return f"8{rng.randrange(10**14):014}"
