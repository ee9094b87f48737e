"""Which published figures each viewer reaches, as the domain has it: by place and dimension set."""

from itertools import product
from typing import Any

import asyncpg

from tests.gateway.oracle import Claims, role_of

PUBLISHED = "volume_published"
#: What tells the published figures of the tests apart.
COLUMNS = ("dimension_set", "partner_code", "country_code", "centre_code")
#: Partner, country and centre of what was published; some as no publication would have them.
CELLS = (
    (None, None, None),
    ("NUSA", "AU", None),
    ("NUSA", "SG", None),
    ("ANDALAN", "AU", None),
    ("NUSA", "AU", "AU-SYD"),
    ("NUSA", "AU", "AU-MEL"),
    ("ANDALAN", "AU", "AU-PER"),
    ("NUSA", None, None),
    (None, "AU", None),
    (None, None, "AU-SYD"),
)
_NATIONAL = "national visa_type nationality"
_OF_COUNTRIES = "country country_visa_type country_channel"
_OF_CENTRES = "centre centre_visa_type"
#: Who reads published figures.
READERS = "PARTNER_MANAGER ANONYMOUS"
EVERY_SET = f"{_NATIONAL} {_OF_COUNTRIES} {_OF_CENTRES} country_nationality".split()


async def complete(connection: asyncpg.Connection) -> None:
    """Publish every cell in every set, whether or not a publication would."""
    await connection.executemany(
        "INSERT INTO volume_published (dimension_set, period, starts_on, edition, partner_code,"
        " country_code, centre_code) VALUES ($1, 'month', '2025-01-01', 1, $2, $3, $4)",
        [(dimension_set, *cell) for dimension_set, cell in product(EVERY_SET, CELLS)],
    )


def allowed_by_domain(claims: Claims) -> set[tuple[Any, ...]]:
    """What a viewer reaches, by ``COLUMNS``."""
    if role_of(claims) not in READERS.split():
        return set()
    return {(each, *cell) for each, cell in product(_NATIONAL.split(), CELLS)}
