"""An investor asks for a visa of two years and keeps it, whatever a later decree offers; each of a
family chooses for itself.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.gateway.administering import apply_decree, sample, today
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    document,
    key,
    pay,
    pay_bill,
    perform,
    row_id,
    rupiah,
    submitted_case,
)
from tests.gateway.conftest import Viewer
from tests.journeys.test_passenger import Passenger

pytestmark = pytest.mark.anyio

OFFERED = """query ($code: String!) { visaType(by: {code: $code}) {
    current { fees { useWithinDays price { amount } } }
} }"""
FILE = """query ($case: ID!) { node(id: $case) { ... on Application {
    useWithinDays bill { fee { amount } } decision { visa { useBy } }
} } }"""
FAMILY = document(
    "submitApplications",
    "results { application { useWithinDays bill { fee { amount } familyFee { amount } } }"
    " errors { code path } } errors { code path }",
)
YEAR, TWO_YEARS, FIVE_YEARS = 365, 730, 1_825


async def offer(who: Mapping[str, Viewer], on: date, code: str, prices: Mapping[int, int]) -> None:
    """A visa type of several entries by decree, and each further validity by one of its own."""
    (first, price), *others = prices.items()
    named = {"code": code, "category": "INVESTMENT", "stayDays": 60, "isMultipleEntry": True}
    begins = {**sample("proposeVisaType", on), **named, "useWithinDays": first}
    await apply_decree(who, "proposeVisaType", **{**begins, "fee": rupiah(price)})
    for days, other in others:
        await decree_fee(who, on, code, days, other)


async def decree_fee(
    who: Mapping[str, Viewer], on: date, code: str, days: int, price: int, **given: Any
) -> None:
    fee = {"visaType": code, "useWithinDays": days, "fee": rupiah(price), "validFrom": str(on)}
    await apply_decree(who, "proposeFee", **fee, **given)


async def offered(viewer: Viewer, code: str) -> dict[int, int]:
    asked = await viewer(OFFERED, code=code)
    fees = asked.data["visaType"]["current"]["fees"]
    return {each["useWithinDays"]: each["price"]["amount"] for each in fees}


async def refusal(agent: Viewer, **given: Any) -> dict[str, Any]:
    form = {"nationality": "AU", "identity": dict(IDENTITY), **given}
    [error] = (await change(agent, "submitApplication", **form)).payload["errors"]
    return error


def choose_of(*days: int) -> dict[str, Any]:
    """The refusal of whoever chose none of these."""
    chosen_of = "Choose the validity of the visa, of those that are offered, in days"
    return {
        "code": "VALIDITY_NOT_OFFERED", "path": ["input", "useWithinDays"],
        "message": f"{chosen_of}: {', '.join(map(str, days))}.",
    }  # fmt: skip


async def test_an_investor_keeps_the_two_years_that_were_chosen_and_paid(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    agent, on = who["agent-au"], await today(connection)
    await offer(who, on, "D12", {YEAR: 5_000_000, TWO_YEARS: 8_000_000})

    # The agent reads what is offered. Nobody is given what they did not choose, or cannot have.
    assert await offered(agent, "D12") == {YEAR: 5_000_000, TWO_YEARS: 8_000_000}
    assert await refusal(agent, visaType="D12") == choose_of(YEAR, TWO_YEARS)
    for wrong in (FIVE_YEARS, 0, -TWO_YEARS):
        asked = {"visaType": "D12", "useWithinDays": wrong}
        assert await refusal(agent, **asked) == choose_of(YEAR, TWO_YEARS)
    late = {"visaType": "D12", "entryOn": str(on + timedelta(400))}
    too_late = await refusal(agent, **late, useWithinDays=YEAR)
    assert (too_late["code"], too_late["path"]) == ("INVALID", ["input", "entryOn"])

    # Two years it is: the trip in thirteen months fits, and the bill is theirs alone.
    chosen = {**late, "useWithinDays": TWO_YEARS}
    identity = {**IDENTITY, "passportNumber": "INVEST001"}
    case = await submitted_case(who, **chosen, identity=identity)
    assert (await agent(FILE, case=case)).data["node"] == {
        "useWithinDays": TWO_YEARS, "bill": {"fee": {"amount": 8_000_000}}, "decision": None,
    }  # fmt: skip
    assert (await pay(who, case, paid=rupiah(5_000_000))).codes == ["AMOUNT_DIFFERS"]

    # By a decree of two, two years are offered no longer, and a year needs no choice any more.
    await decree_fee(who, on, "D12", TWO_YEARS, 8_000_000, isOffered=False)
    await decree_fee(who, on, "D12", YEAR, 6_000_000)
    assert await offered(who["anonymous"], "D12") == {YEAR: 6_000_000}
    again = {"visaType": "D12", "useWithinDays": TWO_YEARS}
    assert await refusal(agent, **again) == choose_of(YEAR)
    other = await submitted_case(who, visaType="D12")
    told = (await agent(FILE, case=other)).data["node"]
    assert (told["useWithinDays"], told["bill"]) == (YEAR, {"fee": {"amount": 6_000_000}})

    # Whoever chose before pays what was billed, and has what was chosen.
    await pay_bill(who, case)
    await perform(agent, "markReceived", case)
    await perform(who["officer"], "referToScreening", await assign_to(who, "officer", case))
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")
    visa = await connection.fetchrow(
        "SELECT visa_number, use_by FROM visa WHERE application_id = $1", row_id(case)
    )
    assert visa is not None
    assert visa["use_by"] == on + timedelta(TWO_YEARS)
    departs_at = datetime.now(UTC) + timedelta(hours=9)
    flight = {"number": "GA715", "departsAt": departs_at.isoformat()}
    holder = Passenger(who, case, visa["visa_number"], identity["passportNumber"])
    assert await holder.status("carrier", flight=flight) == "OK"


async def test_each_of_a_family_chooses_and_one_bill_adds_up(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    agent, on = who["agent-au"], await today(connection)
    await offer(who, on, "D1", {YEAR: 3_000_000, TWO_YEARS: 5_000_000, FIVE_YEARS: 10_000_000})

    def member(number: int, **given: Any) -> dict[str, Any]:
        identity = {**IDENTITY, "passportNumber": f"FAM000{number}"}
        entry_on = str(on + timedelta(20))
        return {"nationality": "AU", "entryOn": entry_on, "identity": identity, **given}

    form = {
        "idempotencyKey": key(), "isGroup": True, "isBilledTogether": True,
        "applications": [
            member(1, visaType="D1", useWithinDays=FIVE_YEARS),
            member(2, visaType="D1", useWithinDays=YEAR),
            member(3, visaType="B1"),
            member(4, visaType="D1"),
        ],
    }  # fmt: skip
    taken = (await agent(FAMILY, input=form)).data["submitApplications"]
    *files, undecided = taken["results"]
    assert undecided["errors"] == [{
        "code": "VALIDITY_NOT_OFFERED", "path": ["input", "applications", "3", "useWithinDays"],
    }]  # fmt: skip
    assert [
        (one["application"]["useWithinDays"], one["application"]["bill"]["fee"]["amount"])
        for one in files
    ] == [(FIVE_YEARS, 10_000_000), (YEAR, 3_000_000), (90, 500_000)]
    whole = {one["application"]["bill"]["familyFee"]["amount"] for one in files}
    assert whole == {13_500_000}
