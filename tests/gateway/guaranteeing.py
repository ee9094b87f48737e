"""Who answers for applicants in tests: a guarantor, where a visa type asks for the letter, and the
guardian of a minor.
"""

from collections.abc import Mapping
from typing import Any

import asyncpg

from tests.gateway.changing import IDENTITY, submitted_case
from tests.gateway.conftest import Viewer
from tests.world import today

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


#: Somebody who accompanies a minor, and a minor whom an adult of the group accompanies.
MOTHER: Mapping[str, Any] = {
    "hasConsented": True, "name": "Ana Zephyrine", "relation": "PARENT", "phone": "+61 400 777 111",
}  # fmt: skip
IN_GROUP: Mapping[str, Any] = {"hasConsented": True, "travelsInGroup": True}
#: A newborn, whose mother is named.
OF_A_CHILD: Mapping[str, Any] = {
    "identity": {**IDENTITY, "birthDate": today().isoformat()}, "guardian": dict(MOTHER),
}  # fmt: skip
