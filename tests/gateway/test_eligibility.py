"""What holds for visa types, and who may take which: public, and enforced at submission."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.gateway.administering import apply_decree, later, sample
from tests.gateway.administering import today as today_of
from tests.gateway.changing import ENTRY_ON, IDENTITY, change, document, key, rupiah, submitted_case
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

ASK = """
    query ($nationality: CountryCode!, $purpose: TripPurpose, $on: Date) {
        eligibleVisaTypes(nationality: $nationality, purpose: $purpose, on: $on) { code }
    }
"""
SUBMIT = document(
    "submitApplication",
    "application { id } errors { code path message ... on EligibilityError { eligibleVisaTypes } }",
)
FORM = {"visaType": "B1", "nationality": "AF", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}


async def eligible(viewer: Viewer, nationality: str, **given: object) -> list[str]:
    answer = await viewer(ASK, nationality=nationality, **given)
    assert answer.errors == [], answer.text
    return [one["code"] for one in answer.data["eligibleVisaTypes"]]


@pytest.mark.parametrize("name", ["anonymous", "agent-au", "applicant", "officer"])
async def test_everybody_may_ask_what_fits(who, name: str) -> None:
    assert await eligible(who[name], "AU") == ["B1", "C1"]
    assert await eligible(who[name], "AU", purpose="TRANSIT") == ["B1"]
    assert await eligible(who[name], "AU", purpose="INVESTMENT") == []
    # A calling-visa nationality takes no visa on arrival.
    assert await eligible(who[name], "AF") == ["C1"]


async def test_of_an_unknown_nationality_nothing_fits(who) -> None:
    assert await eligible(who["anonymous"], "XX") == []


async def test_eligibility_follows_the_rules_of_the_day(who) -> None:
    before_it_all = date(2019, 12, 31).isoformat()
    assert await eligible(who["anonymous"], "AU", on=before_it_all) == []


async def test_a_visa_type_that_does_not_fit_is_refused_with_those_that_do(who) -> None:
    for language, sentence in (
        ("en", "Nationals of this country cannot apply for this visa type. These fit: C1."),
        ("id", "Warga negara ini tidak dapat mengajukan jenis visa ini."
               " Jenis visa yang sesuai: C1."),
    ):  # fmt: skip
        body = {"query": SUBMIT, "variables": {"input": {"idempotencyKey": key(), **FORM}}}
        answer = await who["agent-au"].send(body, **{"Accept-Language": language})
        assert answer.data["submitApplication"] == {
            "application": None,
            "errors": [{
                "code": "NATIONALITY_NOT_ELIGIBLE", "path": ["input", "visaType"],
                "message": sentence, "eligibleVisaTypes": ["C1"],
            }],
        }  # fmt: skip
    await submitted_case(who, visaType="C1", nationality="AF")


async def test_a_purpose_that_the_visa_type_does_not_serve_is_refused_with_what_does(who) -> None:
    values = {"nationality": "AU", "identity": dict(IDENTITY), "tripPurpose": "BUSINESS",
              "entryOn": ENTRY_ON}  # fmt: skip
    answer = await who["agent-au"](
        SUBMIT, input={"idempotencyKey": key(), "visaType": "C1", **values}
    )
    assert answer.data["submitApplication"]["errors"] == [{
        "code": "PURPOSE_NOT_SERVED", "path": ["input", "tripPurpose"],
        "message": "This visa type does not serve this purpose of the trip. These do: B1.",
        "eligibleVisaTypes": ["B1"],
    }]  # fmt: skip
    invested = {**values, "visaType": "B1", "tripPurpose": "INVESTMENT"}
    answer = await who["agent-au"](SUBMIT, input={"idempotencyKey": key(), **invested})
    [error] = answer.data["submitApplication"]["errors"]
    assert (error["code"], error["eligibleVisaTypes"]) == ("PURPOSE_NOT_SERVED", [])


async def test_the_stated_purpose_stands_with_the_application(who) -> None:
    ask = "query ($id: ID!) { node(id: $id) { ... on Application { tripPurpose } } }"
    for purpose in ("TRANSIT", None):
        case = await submitted_case(who, tripPurpose=purpose)
        for name in ("agent-au", "officer", "manager-au", "service", "auditor"):
            answer = await who[name](ask, id=case)
            assert answer.data["node"] == {"tripPurpose": purpose}


async def test_who_applies_alone_names_no_portal_and_no_group(who) -> None:
    alone = {"visaType": "B1", "nationality": "AU"}
    abroad = await change(who["applicant"], "submitApplication", **alone, country="AU")
    assert [one["path"] for one in abroad.payload["errors"]] == [["input", "country"]]
    joining = await change(
        who["applicant"], "submitApplication", **alone, groupReference="G-0000-0000-0000"
    )
    assert [(one["code"], one["path"]) for one in joining.payload["errors"]] == [
        ("INVALID", ["input", "groupReference"])
    ]


async def test_a_repeated_batch_repeats_its_eligible_visa_types(who) -> None:
    """What did not fit is kept with the key, to be answered alike."""
    form = {"nationality": "AF", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    batch = {
        "idempotencyKey": key(),
        "applications": [{"visaType": "B1", **form}, {"visaType": "C1", **form}],
    }
    text = document(
        "submitApplications",
        "results { errors { code ... on EligibilityError { eligibleVisaTypes } } } errors { code }",
    )
    found = [
        (await who["agent-au"](text, input=batch)).data["submitApplications"]["results"]
        for _ in range(2)
    ]
    refused = {"code": "NATIONALITY_NOT_ELIGIBLE", "eligibleVisaTypes": ["C1"]}
    assert found[0] == found[1] == [{"errors": [refused]}, {"errors": []}]


async def test_whoever_needs_no_visa_may_take_one_on_arrival(who, connection) -> None:
    today = await today_of(connection)
    on, tomorrow = today.isoformat(), (today + timedelta(days=1)).isoformat()
    for entry, valid_from in (("VISA_FREE", on), ("CALLING_VISA", tomorrow)):
        values = {"country": "NZ", "entry": entry, "validFrom": valid_from}
        await apply_decree(who, "proposeEntryRule", **values)
    assert await eligible(who["anonymous"], "NZ") == ["B1", "C1"]
    assert await eligible(who["anonymous"], "NZ", on=tomorrow) == ["C1"]
    await submitted_case(who, nationality="NZ")


async def test_a_decree_closes_a_visa_type_from_its_day_on(who, connection) -> None:
    today = await today_of(connection)
    tomorrow = (today + timedelta(days=1)).isoformat()
    for entry in ("VISA_FREE", "VISA_ON_ARRIVAL", "VISA_REQUIRED", "CALLING_VISA"):
        values = {"visaType": "C1", "entry": entry, "purpose": "TOURISM", "isOpen": False}
        decree = await apply_decree(who, "proposeEligibility", **values, validFrom=tomorrow)
        [latest, *_] = decree["eligibility"]
        assert (latest["isOpen"], latest["validFrom"]) == (False, tomorrow)
    assert await eligible(who["anonymous"], "IN", on=today.isoformat()) == ["B1", "C1"]
    assert await eligible(who["anonymous"], "IN", on=tomorrow) == ["B1"]
    assert await eligible(who["anonymous"], "AF", on=tomorrow) == []
    # What is handed in today is judged by the rules of today.
    await submitted_case(who, visaType="C1", nationality="IN")


async def test_the_message_says_so_where_no_visa_type_fits(who, connection) -> None:
    on = (await today_of(connection)).isoformat()
    values = {"visaType": "C1", "entry": "CALLING_VISA", "purpose": "TOURISM", "isOpen": False}
    await apply_decree(who, "proposeEligibility", **values, validFrom=on)
    refused = await change(who["agent-au"], "submitApplication", **{**FORM, "visaType": "C1"})
    assert [(one["code"], one["message"]) for one in refused.payload["errors"]] == [
        ("NATIONALITY_NOT_ELIGIBLE",
         "Nationals of this country cannot apply for this visa type, and no other one fits.")
    ]  # fmt: skip


OFFERED = '{ visaType(by: {code: "B1"}) { current { isOffered } } }'


async def test_a_visa_type_is_offered_to_the_day_before_its_end(who, connection) -> None:
    today = await today_of(connection)
    ends = "UPDATE visa_type SET valid_until = $1 WHERE code = 'B1'"
    given = {**FORM, "nationality": "AU"}
    try:
        for days, offered, codes in ((1, ["B1"], []), (0, [], ["VISA_TYPE_NOT_OFFERED"])):
            await connection.execute(ends, today + timedelta(days=days))
            assert await eligible(who["anonymous"], "AU", purpose="TRANSIT") == offered
            told = (await who["anonymous"](OFFERED)).data["visaType"]["current"]
            assert told["isOffered"] == bool(offered)
            assert (await change(who["agent-au"], "submitApplication", **given)).codes == codes
    finally:
        await connection.execute(ends, None)


# --- What is in force -----------------------------------------------------------------------------

EXTENDED = """query ($on: Date) { visaType(by: {code: "B1"}) {
    current(on: $on) { extensionRule { days } }
} }"""


async def test_where_a_stay_is_extended_no_more_there_is_no_rule(who, connection) -> None:
    today = await today_of(connection)
    await connection.execute(
        "INSERT INTO extension_rule (visa_type_code, valid_from, times, days, amount_idr)"
        " VALUES ('B1', $1, 0, 30, 0)",
        today + timedelta(days=1),
    )
    try:
        answers = [await who["anonymous"](EXTENDED, on=later(today, days)) for days in (0, 1)]
    finally:
        await connection.execute(
            "DELETE FROM extension_rule WHERE visa_type_code = 'B1' AND times = 0"
        )
    told = [answer.data["visaType"]["current"]["extensionRule"] for answer in answers]
    assert told == [{"days": 30}, None]


CURRENT = """query ($on: Date) { visaType(by: {code: "F1"}) { current(on: $on) {
    on isOffered fees { useWithinDays price { amount currency } validFrom } passportRule { months }
    serviceTargets { clock hours } requiredDocuments { kind } eligibility { entry purpose }
} } }"""


async def test_what_is_in_force_is_one_field(who, world, connection) -> None:
    """Today and on each day, as the decrees say of which nobody needs the history."""
    on = await today_of(connection)
    began, later_day = on.isoformat(), later(on, 3)
    await apply_decree(who, "proposeVisaType", **{**sample("proposeVisaType", on), "code": "F1"})
    day = {"visaType": "F1", "validFrom": later_day}
    await apply_decree(who, "proposeFee", **day, useWithinDays=90, fee=rupiah(1_900_000))
    await apply_decree(who, "proposeRequiredDocument", **day, kind="PHOTOGRAPH", isRequired=True)
    gone = {"kind": "PHOTOGRAPH", "isRequired": False}
    await apply_decree(who, "proposeRequiredDocument", **{**day, "validFrom": later(on, 4)}, **gone)
    closed = {"entry": "VISA_FREE", "purpose": "BUSINESS", "isOpen": False}
    await apply_decree(who, "proposeEligibility", **day, **closed)

    async def read(when: str | None) -> Any:
        return (await who["anonymous"](CURRENT, on=when)).data["visaType"]["current"]

    now = await read(None)
    assert now == {
        "on": began, "isOffered": True,
        "fees": [{"useWithinDays": 90, "price": rupiah(7_000_000), "validFrom": began}],
        "passportRule": {"months": 6}, "serviceTargets": [{"clock": "STANDARD", "hours": 120}],
        "requiredDocuments": [],
        "eligibility": [
            {"entry": entry, "purpose": "BUSINESS"}
            for entry in ("CALLING_VISA", "VISA_FREE", "VISA_ON_ARRIVAL", "VISA_REQUIRED")
        ],
    }  # fmt: skip
    then = await read(later_day)
    assert then == {
        **now, "on": later_day,
        "fees": [{"useWithinDays": 90, "price": rupiah(1_900_000), "validFrom": later_day}],
        "requiredDocuments": [{"kind": "PHOTOGRAPH"}],
        "eligibility": [each for each in now["eligibility"] if each["entry"] != "VISA_FREE"],
    }  # fmt: skip
    assert (await read(later(on, 4)))["requiredDocuments"] == []
    assert await read(later(on, -1)) == {
        "on": later(on, -1), "isOffered": False, "fees": [], "passportRule": None,
        "serviceTargets": [], "requiredDocuments": [], "eligibility": [],
    }  # fmt: skip
