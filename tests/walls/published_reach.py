"""Which published figures each viewer reaches, as the domain has it: all of them, or none."""

from itertools import product
from typing import Any

import asyncpg

from tests.gateway.oracle import Claims, role_of

PUBLISHED = "volume_published"
#: What tells the published figures of the tests apart.
COLUMNS = ("dimension_set", "region", "country_code", "visa_type_code", "nationality_code")
SETS = ("national", "region", "country", "visa_type", "nationality")
CELLS = tuple(product(SETS, (None, "OCEANIA"), (None, "NZ"), (None, "B1"), (None, "AU")))
#: Who reads published figures.
READERS = "PARTNER_MANAGER ANONYMOUS"


async def complete(connection: asyncpg.Connection) -> None:
    """Publish every cell in every set, whether or not a publication would."""
    await connection.executemany(
        "INSERT INTO volume_published (dimension_set, period, starts_on, edition, region,"
        " country_code, visa_type_code, nationality_code)"
        " VALUES ($1, 'month', '2025-01-01', 1, $2, $3, $4, $5)",
        CELLS,
    )


def allowed_by_domain(claims: Claims) -> set[tuple[Any, ...]]:
    """What a viewer reaches, by ``COLUMNS``."""
    return {*CELLS} if role_of(claims) in READERS.split() else set()
