"""Changes reference data as administrators do, and tells what is there afterwards."""

from datetime import date, timedelta
from typing import Any

import asyncpg

from tests.gateway.changing import Changed, document, key
from tests.gateway.conftest import Viewer

_COUNTRIES = "countries(first: 9) { nodes { country { code } openedOn closedOn } }"
#: What each mutation answers with, and what is read of it.
ANSWERS = {
    "addPartner": f"partner {{ code name {_COUNTRIES} }}",
    "openPartnerCountry": f"partner {{ code {_COUNTRIES} }}",
    "closePartnerCountry": f"partner {{ code {_COUNTRIES} }}",
    "openCentre": "centre { code city partner { code } country { code } openedOn closedOn }",
    "closeCentre": "centre { code city partner { code } country { code } openedOn closedOn }",
    "introduceVisaType": "visaType { code name(language: EN) category stayDays isMultipleEntry"
    " validFrom validUntil fees { amountIdr validFrom } serviceTargets { clock hours validFrom } }",
    "endVisaType": "visaType { code validFrom validUntil }",
    "setFee": "visaType { code fees { amountIdr validFrom } }",
    "setServiceTarget": "visaType { code serviceTargets"
    " { clock hours promisedPercent validFrom } }",
    "setEntryRule": "country { code entryRules { entry validFrom } }",
}
#: The tables of reference data, partners and centres.
TABLES = ("partner", "partner_country", "centre", "visa_type", "fee", "service_target",
          "entry_rule")  # fmt: skip


async def today(connection: asyncpg.Connection) -> date:
    """The day in WIB, by the database's clock."""
    return await connection.fetchval("SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date")


def later(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def sample(mutation: str, day: date) -> dict[str, Any]:
    """What each mutation takes beside its key, so that it is done on the small world."""
    on = day.isoformat()
    return {
        "addPartner": {"code": "ZENITH", "name": "Zenith Visa Services"},
        "openPartnerCountry": {"partner": "ANDALAN", "country": "IN", "openedOn": on},
        "closePartnerCountry": {"partner": "NUSA", "country": "NZ", "closedOn": on},
        "openCentre": {"code": "AU-DRW", "partner": "NUSA", "country": "AU", "city": "Darwin",
                       "openedOn": on},
        "closeCentre": {"centre": "AU-MEL", "closedOn": on},
        "introduceVisaType": {
            "code": "E33G", "nameEn": "Remote worker", "nameId": "Pekerja jarak jauh",
            "category": "BUSINESS", "stayDays": 365, "isMultipleEntry": False,
            "amountIdr": 7_000_000, "hours": 120, "validFrom": on,
        },
        "endVisaType": {"visaType": "C1", "validUntil": later(day, 30)},
        "setFee": {"visaType": "B1", "amountIdr": 650_000, "validFrom": on},
        "setServiceTarget": {"visaType": "B1", "clock": "STANDARD", "hours": 12, "validFrom": on},
        "setEntryRule": {"country": "SG", "entry": "VISA_FREE", "validFrom": on},
    }[mutation]  # fmt: skip


async def administer(viewer: Viewer, mutation: str, **given: Any) -> Changed:
    """Call a mutation of reference data."""
    selection = f"{ANSWERS[mutation]} errors {{ code message path }}"
    input_ = {"idempotencyKey": key(), **given}
    asked = await viewer(document(mutation, selection), input=input_)
    assert (asked.status, asked.errors) == (200, []), asked.text
    return Changed(asked, asked.data[mutation])


def changed_of(answer: Changed) -> Any:
    """What was changed, of a change that must be done."""
    assert answer.codes == [], answer.payload
    [name] = set(answer.payload) - {"errors"}
    return answer.payload[name]


def refusal_of(answer: Changed) -> tuple[str, list[str]]:
    """Code and path of the one error of a change that must not be done."""
    [error] = answer.payload["errors"]
    [name] = set(answer.payload) - {"errors"}
    assert answer.payload[name] is None
    return error["code"], error["path"][1:]
