"""What an administrator cannot change: the past, and what no row can hold."""

from uuid import uuid4

import pytest

from gateway.mapping.ids import GlobalId
from tests.gateway.administering import (
    PROPOSALS,
    administer,
    change_of,
    later,
    refusal_of,
    sample,
)
from tests.gateway.changing import document, everything, key, rupiah
from tests.gateway.test_reference import on

__all__ = ["on"]

pytestmark = pytest.mark.anyio


# --- The past ------------------------------------------------------------------------------------


DAYS = ("openedOn", "closedOn", "validFrom", "validUntil", "day")
_SG = " WHERE partner_code = 'NUSA' AND country_code = 'SG'"
dated = pytest.mark.parametrize(
    "mutation",
    [
        name
        for name in PROPOSALS
        if name
        not in (
            "proposePartner",
            "proposeCountry",
            "proposeNamedEvent",
            "proposeGrantRule",
            "proposePool",
        )
    ],
)


@dated
async def test_a_decree_from_a_day_in_the_past_is_refused(
    who, world, connection, on, mutation
) -> None:
    values = sample(mutation, on)
    [name] = [name for name in values if name in DAYS]
    before = await everything(connection)
    for day in (later(on, -1), "2020-01-01", "0001-01-01"):
        answer = await administer(who["administrator"], mutation, **{**values, name: day})
        assert refusal_of(answer) == ("DATE_PASSED", [name])
    assert await everything(connection) == before


async def test_what_has_begun_or_ended_before_today_stays(who, world, connection, on) -> None:
    past = "'2021-01-01'"
    await connection.execute(
        "INSERT INTO centre (code, partner_code, country_code, city, opened_on, closed_on)"
        f" VALUES ('AU-OLD', 'NUSA', 'AU', 'Old', '2020-01-01', {past})"
    )
    await connection.execute(f"UPDATE partner_country SET closed_on = {past} WHERE country_code"
                             " = 'AU' AND partner_code = 'ANDALAN'")  # fmt: skip
    await connection.execute(
        "INSERT INTO visa_type (code, name_en, name_id, category, stay_days, is_multiple_entry,"
        f" valid_from, valid_until) VALUES ('C9', 'Old', 'Lama', 'TOURISM', 30, false,"
        f" '2020-01-01', {past})"
    )
    before, day = await everything(connection), on.isoformat()
    andalan = {"partner": "ANDALAN", "country": "AU"}
    for mutation, text, found in (
        ("proposePartnerCountry", {**andalan, "openedOn": day}, ("ALREADY_BEGUN", ["openedOn"])),
        ("proposePartnerCountryClosing", andalan, ("ALREADY_ENDED", ["closedOn"])),
        ("proposeCentreClosing", {"centre": "AU-OLD"}, ("ALREADY_ENDED", ["closedOn"])),
        ("proposeCentre", {**sample("proposeCentre", on), "code": "AU-SYD"},
         ("ALREADY_BEGUN", ["openedOn"])),
        ("proposeVisaTypeEnd", {"visaType": "C9"}, ("ALREADY_ENDED", ["validUntil"])),
        ("proposeVisaType", {**sample("proposeVisaType", on), "code": "B1"},
         ("CODE_TAKEN", ["code"])),
    ):  # fmt: skip
        assert refusal_of(await administer(who["administrator"], mutation, **text)) == found
    assert await everything(connection) == before


# --- Bad input -----------------------------------------------------------------------------------


LONG = "x" * 201
BAD = (
    ("proposePartner", "code", ("DIRECT", "x", "", "A B", "A\x7fB", "9LIVES", "A" * 21), "INVALID"),
    ("proposePartner", "name", ("", " ", LONG, "a\nb"), "INVALID"),
    ("proposePartner", "decree", ("", " ", LONG, "a\nb"), "INVALID"),
    ("proposePartner", "reason", ("", " ", "x" * 2_001), "INVALID"),
    ("proposeCountry", "iso3", ("", "tls", "TL", "TLSX"), "INVALID"),
    ("proposeCountry", "iso3", ("AUS",), "CODE_TAKEN"),
    ("proposeDeadline", "days", (0, -1, 3_661), "INVALID"),
    ("proposePartner", "code", ("NUSA",), "CODE_TAKEN"),
    ("proposePartnerCountry", "partner", ("NOBODY", "", "\x7f", "DIRECT"), "NOT_FOUND"),
    ("proposePartnerCountry", "country", ("XX",), "NOT_FOUND"),
    ("proposePartnerCountryClosing", "partner", ("NOBODY", "\x7f"), "NOT_FOUND"),
    ("proposePartnerCountryClosing", "country", ("IN", "XX"), "NOT_FOUND"),
    ("proposeCentre", "code", ("SG-DRW", "AU", "AU-", "AU-darwin", "AU-\x7f\x7f"), "INVALID"),
    ("proposeCentre", "city", ("", LONG), "INVALID"),
    ("proposeCentre", "partner", ("NOBODY",), "NOT_FOUND"),
    ("proposeCentreClosing", "centre", ("AU-XXX", "", "\x7f"), "NOT_FOUND"),
    ("proposeVisaType", "code", ("", "b1", "B", "B1234", "B1\x7f"), "INVALID"),
    ("proposeVisaType", "nameId", ("", LONG), "INVALID"),
    ("proposeVisaType", "stayDays", (0, -1, 3_661), "INVALID"),
    ("proposeVisaType", "useWithinDays", (0, -1, 3_661), "INVALID"),
    ("proposeVisaType", "fee", (rupiah(-1), rupiah(10**12 + 1)), "INVALID"),
    ("proposeVisaType", "hours", (0, 9_000), "INVALID"),
    ("proposeVisaTypeEnd", "visaType", ("Z9", "\x7f"), "NOT_FOUND"),
    ("proposeFee", "visaType", ("Z9", "\x7f"), "NOT_FOUND"),
    ("proposeFee", "useWithinDays", (0, 3_661), "INVALID"),
    ("proposeFee", "fee", (rupiah(-1), rupiah(2**62)), "INVALID"),
    ("proposeServiceTarget", "hours", (0, 2**31 - 1), "INVALID"),
    ("proposeServiceTarget", "workingDays", (5,), "INVALID"),
    ("proposeDayOff", "nameId", ("", LONG), "INVALID"),
    ("proposeServiceTarget", "promisedPercent", (0, -1, 101), "INVALID"),
    ("proposeServiceTarget", "visaType", ("Z9",), "NOT_FOUND"),
    ("proposeEntryRule", "country", ("XX",), "NOT_FOUND"),
)


@pytest.mark.parametrize(("mutation", "name", "values", "code"), BAD)
async def test_values_that_no_column_can_hold_are_reported_with_their_path(
    who, world, connection, on, mutation, name, values, code
) -> None:
    before = await everything(connection)
    # The sample's partner is there by now, which would be a second mistake.
    fields = sample(mutation, on) | ({"code": "NOVA"} if mutation == "proposePartner" else {})
    for value in values:
        answer = await administer(who["administrator"], mutation, **{**fields, name: value})
        assert refusal_of(answer) == (code, [name]), value
    assert await everything(connection) == before


@pytest.mark.parametrize(
    "mutation", ["proposePartnerCountry", "proposePartnerCountryClosing", "proposeEntryRule"]
)
@pytest.mark.parametrize("code", ["au", "\x7f", "Australia", ""])
async def test_an_invalid_country_code_is_refused_before_anything_runs(
    who, world, connection, on, mutation: str, code: str
) -> None:
    before = await everything(connection)
    input_ = {"idempotencyKey": key(), **sample(mutation, on), "country": code}
    answer = await who["administrator"](document(mutation, "errors { code }"), input=input_)
    assert (answer.status, answer.codes) == (400, ["INVALID_VARIABLES"])
    assert "`$input.country`" in answer.errors[0]["message"]
    assert await everything(connection) == before


async def test_nothing_ends_before_it_begins(who, world, connection, on) -> None:
    await connection.execute(
        "INSERT INTO centre VALUES ('AU-CNS', 'NUSA', 'AU', 'Cairns', $1::date + 5, $1::date + 9)",
        on,
    )
    before = await everything(connection)
    closing = {"centre": "AU-CNS", "closedOn": later(on, 5)}
    answer = await administer(who["administrator"], "proposeCentreClosing", **closing)
    assert refusal_of(answer) == ("INVALID", ["closedOn"])
    opening = {**sample("proposeCentre", on), "code": "AU-CNS", "openedOn": later(on, 9)}
    answer = await administer(who["administrator"], "proposeCentre", **opening)
    assert refusal_of(answer) == ("INVALID", ["openedOn"])
    assert await everything(connection) == before


async def test_a_centre_of_somebody_else_keeps_its_code(who, world, connection, on) -> None:
    values = {**sample("proposeCentre", on), "code": "AU-SYD", "partner": "ANDALAN"}
    await connection.execute(
        "UPDATE partner_country SET closed_on = NULL WHERE partner_code = 'ANDALAN'"
    )
    answer = await administer(who["administrator"], "proposeCentre", **values)
    assert refusal_of(answer) == ("CODE_TAKEN", ["code"])


async def test_no_decree_moves_a_country_to_another_region(who, world, connection, on) -> None:
    before = await everything(connection)
    australia = {"code": "AU", "iso3": "AUS", "nameEn": "Australia", "nameId": "Australia"}
    moved = {**sample("proposeCountry", on), **australia, "region": "EUROPE"}
    answer = await administer(who["administrator"], "proposeCountry", **moved)
    assert refusal_of(answer) == ("INVALID", ["region"])
    assert await everything(connection) == before


@pytest.mark.parametrize(
    ("country", "days", "is_served"),
    [
        ("closed_on = wib_day(now()) + 9", 8, True),
        ("closed_on = wib_day(now()) + 9", 9, False),
        ("opened_on = wib_day(now()) + 5", 4, False),
        ("opened_on = wib_day(now()) + 5", 5, True),
    ],
)
async def test_a_centre_opens_on_a_day_on_which_its_partner_is_in_the_country(
    who, world, connection, on, country, days, is_served
) -> None:
    before = await connection.fetchrow("SELECT opened_on, closed_on FROM partner_country" + _SG)
    await connection.execute(f"UPDATE partner_country SET {country}{_SG}")
    values = {**sample("proposeCentre", on), "openedOn": later(on, days)}
    values |= {"country": "SG", "code": f"SG-{country[:1].upper()}{days}X"}
    answer = await administer(who["administrator"], "proposeCentre", **values)
    if is_served:
        by = {"changeId": change_of(answer)["id"], "reason": "Said wrongly."}
        change_of(await administer(who["administrator"], "cancelReferenceChange", **by))
    else:
        assert refusal_of(answer) == ("INVALID", ["country"])
    await connection.execute(
        f"UPDATE partner_country SET opened_on = $1, closed_on = $2{_SG}", *before
    )


# --- The ledger ----------------------------------------------------------------------------------


async def test_only_a_change_that_is_there_and_stands_is_approved_or_cancelled(
    who, world, connection, on
) -> None:
    administrator, other, why = who["administrator"], who["administrator-2"], "Said wrongly."
    before = await everything(connection)
    for change in ("nobody's", GlobalId("ReferenceChange", str(uuid4())).encode()):
        approved = await administer(other, "approveReferenceChange", changeId=change)
        cancelled = await administer(other, "cancelReferenceChange", changeId=change, reason=why)
        assert refusal_of(approved) == refusal_of(cancelled) == ("NOT_FOUND", ["changeId"])
    assert await everything(connection) == before
    values = sample("proposeFee", on)
    change = change_of(await administer(administrator, "proposeFee", **values))["id"]
    change_of(await administer(other, "cancelReferenceChange", changeId=change, reason=why))
    before = await everything(connection)
    approved = await administer(other, "approveReferenceChange", changeId=change)
    cancelled = await administer(other, "cancelReferenceChange", changeId=change, reason=why)
    assert refusal_of(approved) == refusal_of(cancelled) == ("ALREADY_CANCELLED", ["changeId"])
    assert await everything(connection) == before
