"""Who answers for applicants in tests, where a visa type asks for the letter of a guarantor."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from tests.gateway.changing import submitted_case
from tests.gateway.conftest import Viewer

COMPANY: Mapping[str, Any] = {
    "kind": "COMPANY", "name": "PT Zephyr Investasi", "registrationNumber": "9120001234567",
    "address": {"street": "Jalan Kenanga 7", "city": "Jakarta Selatan", "province": "DKI Jakarta",
                "postalCode": "12190"},
}  # fmt: skip
PERSON: Mapping[str, Any] = {
    "kind": "PERSON", "name": "Budi Zephyrianto", "registrationNumber": "3174012309850001",
    "address": {"street": "Jalan Melati 1", "city": "Denpasar"},
}  # fmt: skip


async def ask_for_the_letter(connection: asyncpg.Connection) -> None:
    """Since a decree, a C1 is applied for with the letter of a guarantor."""
    await connection.execute(
        "INSERT INTO required_document (visa_type_code, kind, valid_from, is_required)"
        " VALUES ('C1', 'GUARANTEE_LETTER', wib_day(now()), true) ON CONFLICT DO NOTHING"
    )


async def guaranteed_case(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, **given: Any
) -> str:
    """A new application for a C1, for which a company answers."""
    await ask_for_the_letter(connection)
    return await submitted_case(who, visaType="C1", guarantor=dict(COMPANY), **given)
