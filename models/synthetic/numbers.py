"""The keys and numbers of generated rows: the same in each world of a seed."""

from random import Random
from uuid import UUID

from asyncpg.pgproto import pgproto

from models.case.reference_numbers import visa_number_of
from models.row_keys import key_number

#: Odd, and no multiple of five: so that each number gets a code of its own, in no visible order.
_SPREAD = 6_364_136_223_846_793_003


def billing_code(number: int) -> str:
    """The billing code of the application of a number."""
    return f"8{number * _SPREAD % 10**14:014}"


def receipt_number(number: int) -> str:
    """The receipt of the application of a number, if it was paid."""
    return f"{number * _SPREAD % 2**64:016X}"


def visa_number(number: int) -> str:
    """The visa number of the application of a number, if it was granted."""
    return visa_number_of(number * _SPREAD % 2**60)


def moment_of(key: UUID) -> int:
    """When a key was made."""
    return (key.int >> 80) // 1000


def id_beside(moment: int, application: UUID) -> UUID:
    """A key of a moment for what an application has once, without drawing anything."""
    return _key(moment, application.int * _SPREAD % 2**74)


def new_id(moment: int, rng: Random) -> UUID:
    """A key of a moment that is reproducible from the seed."""
    return _key(moment, rng.getrandbits(74))


def _key(moment: int, bits: int) -> UUID:
    """A key of the driver's type, which is made and written in a fraction of the time."""
    return pgproto.UUID(key_number(moment * 1000, bits).to_bytes(16))
