"""Reference data, partners and centres, as the administrator changes them from today on."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.gateway.administering import (
    administer,
    apply_decree,
    cancel_change,
    later,
    refusal_of,
    sample,
    today,
)
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    hand_over,
    pay,
    pay_bill,
    perform,
    row,
    row_id,
    rupiah,
    submitted_case,
)
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(connection: asyncpg.Connection) -> date:
    return await today(connection)


async def set_fee(who: Mapping[str, Viewer], amount: int, day: str, visa_type: str = "B1") -> Any:
    values = {"visaType": visa_type, "useWithinDays": 90, "fee": rupiah(amount), "validFrom": day}
    return (await apply_decree(who, "proposeFee", **values))["fees"]


def fee_from(amount: int, since: str) -> dict[str, Any]:
    price = {"amount": amount}
    return {"useWithinDays": 90, "price": price, "isOffered": True, "validFrom": since}


def target(
    clock: str, hours: int | None, promised: int | None, since: str = "2020-01-01", days: Any = None
) -> dict[str, Any]:
    return {
        "clock": clock, "hours": hours, "workingDays": days, "promisedPercent": promised,
        "validFrom": since,
    }  # fmt: skip


# --- Fees, targets, entry rules ------------------------------------------------------------------


async def test_a_fee_is_that_of_bills_from_its_day_on_and_of_none_before(
    who, world, connection, on
) -> None:
    billed_before = await submitted_case(who)
    assert await set_fee(who, 700_000, later(on, 1)) == [
        fee_from(700_000, later(on, 1)),
        fee_from(500_000, "2020-01-01"),
    ]
    tomorrows = await submitted_case(who)
    await set_fee(who, 600_000, on.isoformat())
    billed_after = await submitted_case(who)
    for id_, amount in ((billed_before, 500_000), (tomorrows, 500_000), (billed_after, 600_000)):
        wrong = await pay(who, id_, paid=rupiah(1_100_000 - amount))
        assert wrong.codes == ["AMOUNT_DIFFERS"]
        await pay_bill(who, id_, paid=rupiah(amount))
        assert (await row(connection, id_))["fee_idr"] == amount


async def test_a_correction_of_the_same_day_replaces(who, world, on) -> None:
    for amount in (1_700_000, 1_800_000):
        fees = await set_fee(who, amount, on.isoformat(), "C1")
    assert fees == [
        fee_from(1_800_000, on.isoformat()),
        fee_from(1_500_000, "2020-01-01"),
    ]


async def test_a_target_is_that_of_what_is_paid_from_its_day_on(who, world, connection, on) -> None:
    values = {"visaType": "C1", "nationality": "IN", "identity": dict(IDENTITY)}
    before, after = await submitted_case(who, **values), await submitted_case(who, **values)
    await pay_bill(who, before)
    shorter = {
        "visaType": "C1",
        "clock": "STANDARD",
        "hours": 48,
        "validFrom": on.isoformat(),
        "promisedPercent": 97,
    }
    answer = await apply_decree(who, "proposeServiceTarget", **shorter)
    assert answer["serviceTargets"] == [
        target("STANDARD", 48, 97, on.isoformat()),
        target("CALLING_VISA", 336, 90),
        target("STANDARD", 120, 95),
    ]
    await pay_bill(who, after)
    hours = []
    for id_ in (before, after):
        written = await row(connection, id_)
        hours.append((written["target_due_at"] - written["paid_at"]) / timedelta(hours=1))
    assert hours == [120, 48]


async def test_a_target_in_working_days_ends_with_the_last_of_them(
    who, world, connection, on
) -> None:
    """Weekends count as little as days off; a day that is worked after all counts."""
    values = {"visaType": "C1", "nationality": "IN", "identity": dict(IDENTITY)}
    before, after = await submitted_case(who, **values), await submitted_case(who, **values)
    in_days = {"visaType": "C1", "clock": "STANDARD", "workingDays": 2, "validFrom": str(on)}
    answer = await apply_decree(who, "proposeServiceTarget", **in_days)
    assert answer["serviceTargets"][0] == target("STANDARD", None, None, str(on), 2)
    for number in range(1, 9):
        named = sample("proposeDayOff", on) | {"day": later(on, number)}
        answer = await apply_decree(who, "proposeDayOff", **named, isOff=number not in (5, 8))
    listed = [(each["day"], each["isOff"]) for each in answer["nodes"]]
    assert listed == [(later(on, 8), False)]
    await pay_bill(who, before)
    # What was paid keeps its target.
    await connection.execute("UPDATE day_off SET is_off = true WHERE day = $1", on + timedelta(5))
    await pay_bill(who, after)
    due = [(await row(connection, id_))["target_due_at"] for id_ in (before, after)]
    assert due[0] == datetime.fromisoformat(f"{later(on, 9)}T00:00:00+07:00") < due[1]


async def test_a_document_belongs_to_what_is_handed_in_from_its_day_on(
    who, world, connection, on
) -> None:
    async def checklist(id_: str) -> list[str]:
        rows = "SELECT kind FROM case_document WHERE application_id = $1 ORDER BY kind"
        return [kind for (kind,) in await connection.fetch(rows, row_id(id_))]

    values = {"visaType": "B1", "kind": "HEALTH_INSURANCE", "isRequired": True}
    before = await submitted_case(who)
    await apply_decree(who, "proposeRequiredDocument", **values, validFrom=later(on, 1))
    todays = await submitted_case(who)
    answer = await apply_decree(who, "proposeRequiredDocument", **values, validFrom=on.isoformat())
    assert answer["requiredDocuments"] == [
        {"kind": "HEALTH_INSURANCE", "isRequired": True, "validFrom": later(on, 1)},
        {"kind": "HEALTH_INSURANCE", "isRequired": True, "validFrom": on.isoformat()},
    ]
    after = await submitted_case(who)
    # What its applicant hands in has the same checklist.
    direct = await perform(who["applicant"], "submitApplication", visaType="B1", nationality="AU")
    values |= {"isRequired": False, "validFrom": on.isoformat()}
    await apply_decree(who, "proposeRequiredDocument", **values)
    none_again = await submitted_case(who)
    assert [await checklist(id_) for id_ in (before, todays, after, direct, none_again)] == [
        [], [], ["HEALTH_INSURANCE"], ["HEALTH_INSURANCE"], [],
    ]  # fmt: skip
    # Each file keeps its own.
    assert (await change(who["agent-au"], "markReceived", after)).codes == ["DOCUMENTS_MISSING"]
    await perform(who["agent-au"], "markReceived", before)


async def test_an_entry_rule_decides_what_is_asked_from_its_day_on(who, world, on) -> None:
    values = {"country": "NZ", "entry": "CALLING_VISA", "validFrom": on.isoformat()}
    answer = await apply_decree(who, "proposeEntryRule", **values)
    assert answer["entryRules"][0] == {"entry": "CALLING_VISA", "validFrom": on.isoformat()}
    id_ = await submitted_case(who, visaType="C1", nationality="NZ")
    await pay_bill(who, id_)
    await hand_over(who["agent-au"], id_, "C1")
    await assign_to(who, "officer", id_)
    await perform(who["officer"], "referToScreening", id_)
    answer = await who["supervisor"](
        f'{{ node(id: "{id_}") {{ ... on Application {{'
        " screenings(first: 9) { nodes { kind } } } } }"
    )
    asked = {one["kind"] for one in answer.data["node"]["screenings"]["nodes"]}
    assert asked == {"ENTRY_BAN", "CLEARANCE"}


# --- Visa types ----------------------------------------------------------------------------------


async def test_a_visa_type_is_introduced_with_a_fee_and_a_target(who, world, on) -> None:
    values = sample("proposeVisaType", on)
    first = await apply_decree(who, "proposeVisaType", **values)
    assert first == {
        "code": "E33G", "name": "Remote worker", "category": "BUSINESS", "stayDays": 365,
        "isMultipleEntry": False, "validFrom": on.isoformat(), "validUntil": None,
        "fees": [fee_from(7_000_000, on.isoformat())],
        "serviceTargets": [target("STANDARD", 120, None, on.isoformat())],
        "requiredDocuments": [],
        "passportRules": [{"months": 6, "validFrom": on.isoformat()}],
        "extensionRules": [], "handlingRules": [],
        "eligibility": [
            {"entry": entry, "purpose": "BUSINESS", "isOpen": True, "validFrom": on.isoformat()}
            for entry in ("CALLING_VISA", "VISA_FREE", "VISA_ON_ARRIVAL", "VISA_REQUIRED")
        ],
    }  # fmt: skip
    corrected = {**values, "nameEn": "Digital nomad", "fee": rupiah(8_000_000), "hours": 72,
                 "promisedPercent": 90}  # fmt: skip
    second = await apply_decree(who, "proposeVisaType", **corrected)
    assert second == {
        **first, "name": "Digital nomad",
        "fees": [fee_from(8_000_000, on.isoformat())],
        "serviceTargets": [target("STANDARD", 72, 90, on.isoformat())],
    }  # fmt: skip
    id_ = await submitted_case(who, visaType="E33G")
    await pay_bill(who, id_, paid=rupiah(8_000_000))


async def test_a_visa_type_that_ends_cannot_be_asked_for_and_what_was_goes_on(
    who, world, on
) -> None:
    values = {**sample("proposeVisaType", on), "code": "D12"}
    await apply_decree(who, "proposeVisaType", **values)
    end = {"visaType": "D12", "validUntil": later(on, 1)}
    assert (await apply_decree(who, "proposeVisaTypeEnd", **end))["validUntil"] == later(on, 1)
    id_ = await submitted_case(who, visaType="D12")
    await pay_bill(who, id_, paid=rupiah(7_000_000))
    # A planned end is taken back by cancelling its decree, not by another one.
    taken_back = await administer(who["administrator"], "proposeVisaTypeEnd", visaType="D12")
    assert refusal_of(taken_back) == ("ALREADY_PROPOSED", [])
    await cancel_change(who, "D12")
    asked = await who["officer"]('{ visaType(by: {code: "D12"}) { validUntil } }')
    assert asked.data["visaType"]["validUntil"] is None


async def test_what_is_introduced_tomorrow_is_not_offered_today(who, world, on) -> None:
    values = {**sample("proposeVisaType", on), "code": "D2", "validFrom": later(on, 1)}
    await apply_decree(who, "proposeVisaType", **values)
    answer = await change(
        who["agent-au"], "submitApplication", visaType="D2", nationality="AU",
        identity=dict(IDENTITY),
    )  # fmt: skip
    assert answer.codes == ["VISA_TYPE_NOT_OFFERED"]


# --- Partners and centres ------------------------------------------------------------------------


async def test_a_new_partner_takes_applications_in_where_it_is_let(who, world, on) -> None:
    administrator, day = who["administrator"], on.isoformat()
    partner = await apply_decree(who, "proposePartner", **sample("proposePartner", on))
    assert partner == {"code": "ZENITH", "name": "Zenith Visa Services", "countries": {"nodes": []}}
    country = {"partner": "ZENITH", "country": "SG", "openedOn": day}
    centre = {"code": "SG-ZEN", "partner": "ZENITH", "country": "SG", "city": "Singapore",
              "openedOn": day}  # fmt: skip
    early = await administer(administrator, "proposeCentre", **centre)
    assert refusal_of(early) == ("INVALID", ["country"])
    opened = await apply_decree(who, "proposePartnerCountry", **country)
    assert opened["countries"]["nodes"] == [
        {"country": {"code": "SG"}, "openedOn": day, "closedOn": None},
    ]
    await apply_decree(who, "proposeCentre", **centre)
    # Until the day is over, its first day can be changed: nothing had begun before today.
    assert (await administer(administrator, "proposePartnerCountry", **country)).codes == []
    await cancel_change(who, "ZENITH")
    agent = Viewer(administrator.client, {
        "role": "PARTNER_AGENT", "sub": "agent-zenith", "partner": "ZENITH", "countries": ["SG"],
        "centres": ["SG-ZEN"],
    })  # fmt: skip
    values = {"visaType": "B1", "nationality": "SG", "identity": dict(IDENTITY)}
    await perform(agent, "submitApplication", **values)
    closing = {"partner": "ZENITH", "country": "SG", "closedOn": later(on, 1)}
    closed = await apply_decree(who, "proposePartnerCountryClosing", **closing)
    assert closed["countries"]["nodes"] == [
        {"country": {"code": "SG"}, "openedOn": day, "closedOn": later(on, 1)},
    ]
    await perform(agent, "submitApplication", **values)
    # From the day of its closing on, no centre opens there.
    late = {**centre, "code": "SG-LAT", "openedOn": later(on, 1)}
    assert refusal_of(await administer(administrator, "proposeCentre", **late)) == (
        "INVALID", ["country"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "days", "codes"),
    [("opened_on", 5, []), ("opened_on", 6, ["INVALID"]),
     ("closed_on", 6, []), ("closed_on", 5, ["INVALID"])],
)  # fmt: skip
async def test_a_successor_is_open_on_the_day_from_which_a_place_is_closed(
    who, world, connection, on, column, days, codes
) -> None:
    closing = {"centre": "AU-MEL", "closedOn": later(on, 5), "successor": "AU-SYD"}
    before = await connection.fetchval(f"SELECT {column} FROM centre WHERE code = 'AU-SYD'")
    write = f"UPDATE centre SET {column} = $1 WHERE code = 'AU-SYD'"
    await connection.execute(write, on + timedelta(days=days))
    answer = await administer(who["administrator"], "proposeCentreClosing", **closing)
    await connection.execute(write, before)
    assert answer.codes == codes
    if not codes:
        await cancel_change(who, "AU-MEL")


async def test_a_closed_centre_takes_nothing_in_and_stays_on_record(who, world, on) -> None:
    agent = Viewer(who["agent-au"].client, {**who["agent-au"].claims, "centres": ["AU-MEL"]})
    values = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    await perform(agent, "submitApplication", **values)
    closing = {"centre": "AU-MEL", "closedOn": on.isoformat()}
    centre = await apply_decree(who, "proposeCentreClosing", **closing)
    assert centre == {
        "code": "AU-MEL", "city": "Melbourne", "partner": {"code": "NUSA"},
        "country": {"code": "AU"}, "openedOn": "2020-01-01", "closedOn": on.isoformat(),
    }  # fmt: skip
    assert (await change(agent, "submitApplication", **values)).codes == ["CENTRE_NOT_FOUND"]
    await apply_decree(who, "proposeCentreClosing", centre="AU-MEL")
    await perform(agent, "submitApplication", **values)


async def test_a_closed_country_closes_the_way_through_its_centres(
    who, world, connection, on
) -> None:
    values = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    closing = {"partner": "NUSA", "country": "AU"}
    day = {"closedOn": on.isoformat()}
    await apply_decree(who, "proposePartnerCountryClosing", **closing, **day)
    answer = await change(who["agent-au"], "submitApplication", **values)
    assert answer.codes == ["CENTRE_NOT_FOUND"]
    await apply_decree(who, "proposePartnerCountryClosing", **closing)
    await perform(who["agent-au"], "submitApplication", **values)


async def test_an_opening_in_the_future_can_be_proposed_again(who, world, on) -> None:
    values = sample("proposePartnerCountry", on)
    for days in (7, 3):
        opening = {**values, "openedOn": later(on, days)}
        await apply_decree(who, "proposePartnerCountry", **opening)
        again = await administer(who["administrator"], "proposePartnerCountry", **opening)
        assert refusal_of(again) == ("ALREADY_PROPOSED", [])
        if days == 7:
            await cancel_change(who, "ANDALAN")
    centre = {
        **sample("proposeCentre", on),
        "code": "IN-GOI",
        "partner": "ANDALAN",
        "country": "IN",
    }
    early = await administer(who["administrator"], "proposeCentre", **centre)
    assert refusal_of(early) == ("INVALID", ["country"])
    opening = {**centre, "city": "Goa", "openedOn": later(on, 3)}
    answer = await apply_decree(who, "proposeCentre", **opening)
    assert (answer["city"], answer["openedOn"]) == ("Goa", later(on, 3))
