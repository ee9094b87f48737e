"""The references by which people quote applications and pay for them: random."""

from random import Random

#: Digits and letters that are not easily confused (Crockford's base 32), in pairs.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _SYMBOLS for second in _SYMBOLS]


def new_reference(rng: Random) -> str:
    """A reference such as ``7K3M-9QPX-2F4D``."""
    bits = rng.getrandbits(60)
    a, b, c, d, e, f = (_PAIRS[bits >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0))
    return f"{a}{b}-{c}{d}-{e}{f}"


def new_billing_code(rng: Random) -> str:
    """A billing code such as ``812345678901234``: 15 digits."""
    return f"8{rng.randrange(10**14):014}"
