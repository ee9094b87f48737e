"""Applications are handed in, one by one and in batches: what is written, what is refused."""

from asyncio import ensure_future, gather, sleep, timeout
from datetime import timedelta
from typing import Any

import pytest

from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    assign_to,
    change,
    document,
    events,
    everything,
    key,
    pay_bill,
    perform,
    row,
    rupiah,
    submitted_case,
)
from tests.gateway.conftest import Viewer
from tests.gateway.guaranteeing import MOTHER
from tests.people import identities
from tests.world import today

pytestmark = pytest.mark.anyio


async def test_an_agent_submits_at_the_own_centre(who, world, connection) -> None:
    id_ = await submitted_case(who, identity=dict(IDENTITY))
    written = await row(connection, id_)
    assert {name: written[name] for name in (
        "status", "channel", "partner_code", "country_code", "centre_code", "visa_type_code",
        "nationality_code", "paid_at", "received_at", "closed_at",
    )} == {
        "status": "AWAITING_PAYMENT", "channel": "PARTNER_CENTRE", "partner_code": "NUSA",
        "country_code": "AU", "centre_code": "AU-SYD", "visa_type_code": "B1",
        "nationality_code": "AU", "paid_at": None, "received_at": None, "closed_at": None,
    }  # fmt: skip
    assert await events(connection, id_) == [
        (1, "SUBMITTED", "agent-au"), (2, "AWAITING_PAYMENT", None),
    ]  # fmt: skip
    [text] = await identities(connection, "applicant_id = $1", written["applicant_id"])
    assert (text["full_name"], text["passport_number"]) == (
        IDENTITY["fullName"], IDENTITY["passportNumber"],
    )  # fmt: skip
    person = await connection.fetchrow(
        "SELECT * FROM applicant WHERE id = $1", written["applicant_id"]
    )
    assert (person["passport_last_four"], person["account"]) == (None, None)
    ending = "SELECT last_four FROM passport_ending WHERE applicant_id = $1"
    assert await connection.fetchval(ending, written["applicant_id"]) == "4567"


async def test_an_applicant_submits_directly_and_is_the_same_person_each_time(
    who, world, connection
) -> None:
    ruby = who["applicant"]
    id_ = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    written = await row(connection, id_)
    assert (written["channel"], written["partner_code"], written["centre_code"]) == (
        "DIRECT", None, None,
    )  # fmt: skip
    before = await connection.fetchval(
        "SELECT applicant_id FROM application WHERE reference = 'AUSY-GRAN-0001'"
    )
    assert written["applicant_id"] == before
    other = dict(IDENTITY)
    values: dict[str, Any] = {"visaType": "C1", "nationality": "AU", "identity": other}
    assert (await change(ruby, "submitApplication", **values)).codes == ["IDENTITY_DIFFERS"]
    values = {"visaType": "C1", "nationality": "NZ"}
    assert (await change(ruby, "submitApplication", **values)).codes == ["IDENTITY_DIFFERS"]


async def test_who_was_born_today_applies(who) -> None:
    born = {**IDENTITY, "birthDate": today().isoformat()}
    tomorrow = {**IDENTITY, "birthDate": (today() + timedelta(days=1)).isoformat()}
    values = {"visaType": "B1", "nationality": "AU"}
    await submitted_case(who, identity=born, guardian=dict(MOTHER))
    refused = await change(who["agent-au"], "submitApplication", **values, identity=tomorrow)
    assert refused.codes == ["INVALID"]


async def test_a_first_application_says_who_applies(who, world, connection) -> None:
    newcomer = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "newcomer"})
    values: dict[str, Any] = {"visaType": "C1", "nationality": "IN"}
    assert (await change(newcomer, "submitApplication", **values)).codes == ["IDENTITY_REQUIRED"]
    id_ = await perform(newcomer, "submitApplication", **values, identity=dict(IDENTITY))
    again = await perform(newcomer, "submitApplication", **values, identity=dict(IDENTITY))
    persons = {(await row(connection, one))["applicant_id"] for one in (id_, again)}
    assert len(persons) == 1
    account = "SELECT account FROM applicant WHERE id = $1"
    assert await connection.fetchval(account, *persons) == "newcomer"


async def test_of_two_first_applications_at_once_the_second_is_of_the_same_person(
    who, connection
) -> None:
    """Neither finds the account's person when it is checked; one waits for the other's."""
    twice = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "twice-at-once"})
    values: dict[str, Any] = {"visaType": "C1", "nationality": "IN"}
    people = [{**IDENTITY, "fullName": name} for name in ("Ada Lind", "Eva Lind")]
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'applicant'::regclass AND NOT granted"
    async with connection.transaction():
        await connection.execute("LOCK TABLE applicant IN SHARE MODE")
        both = ensure_future(
            gather(*(change(twice, "submitApplication", **values, identity=one) for one in people))
        )
        async with timeout(30):
            while await connection.fetchval(waiting) < 2:  # noqa: ASYNC110
                await sleep(0.01)
    assert sorted(each.codes for each in await both) == [[], ["IDENTITY_DIFFERS"]]


async def test_no_partner_hands_over_a_direct_application(who, world) -> None:
    id_ = await perform(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    await pay_bill(who, id_, paid=rupiah(1_500_000))
    assert (await change(who["service"], "markReceived", id_)).codes == ["NOT_FOUND"]
    # No partner hands it over, so an officer may take it at once.
    await assign_to(who, "officer", id_)


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ({"visaType": "Z9"}, "VISA_TYPE_NOT_OFFERED", ["visaType"]),
        ({"nationality": "XX"}, "NATIONALITY_UNKNOWN", ["nationality"]),
        ({"centre": "AU-MEL"}, "CENTRE_NOT_FOUND", ["centre"]),
        ({"centre": "SG-SIN"}, "CENTRE_NOT_FOUND", ["centre"]),
        ({"centre": "XX-XXX"}, "CENTRE_NOT_FOUND", ["centre"]),
        ({"identity": None}, "IDENTITY_REQUIRED", ["identity"]),
        ({"identity": {**IDENTITY, "passportNumber": "zx 1"}}, "INVALID",
         ["identity", "passportNumber"]),
        ({"identity": {**IDENTITY, "email": "nowhere"}}, "INVALID", ["identity", "email"]),
        ({"identity": {**IDENTITY, "phone": "0812"}}, "INVALID", ["identity", "phone"]),
        ({"identity": {**IDENTITY, "birthDate": "2999-01-01"}}, "INVALID",
         ["identity", "birthDate"]),
        ({"identity": {**IDENTITY, "fullName": ""}}, "INVALID", ["identity", "fullName"]),
        ({"identity": {**IDENTITY, "placeOfBirth": ""}}, "INVALID", ["identity", "placeOfBirth"]),
        *(
            ({"identity": {**IDENTITY, field: f"Ana{unseen} Lund"}}, "INVALID", ["identity", field])
            for field in ("fullName", "placeOfBirth")
            # What turns the direction of writing, and what has no width.
            for unseen in "\u202e\u2066\u200f\u200b\u200d\u2060\ufeff\xad\x85"
        ),
        ({"identity": {**IDENTITY, "passportIssuingState": "XX"}}, "INVALID",
         ["identity", "passportIssuingState"]),
        ({"identity": {**IDENTITY, "passportExpiresOn": "2025-01-01"}}, "PASSPORT_EXPIRES",
         ["identity", "passportExpiresOn"]),
        ({"idempotencyKey": "short"}, "INVALID", ["idempotencyKey"]),
    ],
)  # fmt: skip
async def test_mistakes_of_a_submission_are_reported_with_their_path(
    who, world, connection, said, code, place
) -> None:
    before = await everything(connection)
    whole = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY), **said}
    changed = await change(who["agent-au"], "submitApplication", **whole)
    [error] = changed.payload["errors"]
    assert (error["code"], error["path"]) == (code, ["input", *place])
    assert changed.payload["application"] is None
    assert await everything(connection) == before


PASSPORT = """
    query ($case: ID!) @purpose(code: INTAKE) {
        node(id: $case) { ... on Application { applicant { identity {
            sex placeOfBirth passportIssuingState { code } passportExpiresOn
        } } } }
    }
"""


async def passport(viewer: Viewer, id_: str) -> dict[str, Any]:
    asked = await viewer(PASSPORT, case=id_)
    return asked.data["node"]["applicant"]["identity"]


async def test_a_passport_is_written_down_whole_and_reading_it_is_logged_by_field(
    who, world, connection
) -> None:
    values = {"sex": "X", "placeOfBirth": "Hobart", "passportIssuingState": "NZ",
            "passportExpiresOn": "2040-01-01"}  # fmt: skip
    id_ = await submitted_case(who, identity={**IDENTITY, **values})
    read = await passport(who["agent-au"], id_)
    assert read == values | {"passportIssuingState": {"code": "NZ"}}
    logged = await connection.fetchval(
        "SELECT fields FROM access_event WHERE applicant_id = $1",
        (await row(connection, id_))["applicant_id"],
    )
    assert logged == ["passportExpiresOn", "passportIssuingState", "placeOfBirth", "sex"]


async def test_an_older_front_end_may_leave_out_the_newer_fields_of_an_identity(who, world) -> None:
    """The nationality is that of the passport's country: it stands for the issuing state."""
    id_ = await submitted_case(who)
    assert await passport(who["agent-au"], id_) == {
        "sex": None, "placeOfBirth": None, "passportIssuingState": {"code": "AU"},
        "passportExpiresOn": IDENTITY["passportExpiresOn"],
    }  # fmt: skip


@pytest.mark.parametrize("place", ["centre", "partner_country"])
@pytest.mark.parametrize(
    ("opened", "closed", "is_open"),
    [(0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False)],
)
async def test_a_place_takes_files_in_from_the_day_it_opens_until_it_closes(
    who, world, connection, place: str, opened: int, closed: int | None, is_open: bool
) -> None:
    values = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    which = {"centre": "code = 'AU-SYD'", "partner_country": "(partner_code, country_code) ="
             " ('NUSA', 'AU')"}[place]  # fmt: skip
    moving = f"UPDATE {place} SET opened_on = $1, closed_on = $2 WHERE {which}"
    was = await connection.fetchval(f"SELECT opened_on FROM {place} WHERE {which}")
    ends = None if closed is None else today() + timedelta(days=closed)
    await connection.execute(moving, today() + timedelta(days=opened), ends)
    try:
        changed = await change(who["agent-au"], "submitApplication", **values)
    finally:
        await connection.execute(moving, was, None)
    assert changed.codes == ([] if is_open else ["CENTRE_NOT_FOUND"])


# --- Batches -------------------------------------------------------------------------------------

RESULTS = "results { application { id } errors { code path message } } errors { code path }"


async def batch(viewer: Viewer, items: list[dict[str, Any]], key_: str) -> dict[str, Any]:
    answer = await viewer(
        document("submitApplications", RESULTS),
        input={"idempotencyKey": key_, "applications": items},
    )
    assert (answer.status, answer.errors) == (200, [])
    return answer.data["submitApplications"]


async def test_a_batch_answers_for_each_application(who, world, connection) -> None:
    good = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    nameless = {**good, "identity": {**IDENTITY, "fullName": ""}}
    items = [good, {**good, "visaType": "Z9"}, {**good, "nationality": "NZ"}, nameless]
    answer = await batch(who["agent-au"], items, key_ := key())
    assert answer["errors"] == []
    first, second, third, fourth = answer["results"]
    message = "A name has from 1 to 200 characters, all of them visible."
    assert fourth["errors"][0]["message"] == message
    assert second == {
        "application": None,
        "errors": [{
            "code": "VISA_TYPE_NOT_OFFERED",
            "message": "There is no such visa type today.",
            "path": ["input", "applications", "1", "visaType"],
        }],
    }  # fmt: skip
    nationalities = [
        (await row(connection, one["application"]["id"]))["nationality_code"]
        for one in (first, third)
    ]
    assert nationalities == ["AU", "NZ"]
    before = await everything(connection)
    assert await batch(who["agent-au"], items, key_) == answer
    assert await everything(connection) == before


async def test_a_batch_has_from_one_to_three_hundred(who, world, connection) -> None:
    one = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    for number in (0, 301):
        answer = await batch(who["agent-au"], [one] * number, key())
        assert answer["errors"] == [{"code": "INVALID", "path": ["input", "applications"]}]
    before = await connection.fetchval("SELECT count(*) FROM application")
    answer = await batch(who["agent-au"], [one] * 300, key())
    ids = {result["application"]["id"] for result in answer["results"]}
    assert len(ids) == 300
    assert await connection.fetchval("SELECT count(*) FROM application") == before + 300


async def test_a_batch_whose_applications_are_all_refused_leaves_nothing(
    who, world, connection
) -> None:
    before = await everything(connection)
    items = [
        {"visaType": "Z9", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    ] * 2
    answer = await batch(who["agent-au"], items, key())
    assert [one["errors"][0]["code"] for one in answer["results"]] == ["VISA_TYPE_NOT_OFFERED"] * 2
    assert await everything(connection) == before


async def test_an_application_of_a_batch_is_handed_in_once_by_its_key(
    who, world, connection
) -> None:
    one = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    first, second, third, wrong = ({**one, "idempotencyKey": key()} for _ in range(4))
    wrong["visaType"] = "Z9"
    count = "SELECT count(*) FROM application"
    before = await connection.fetchval(count)

    made = (await batch(who["agent-au"], [first, second, wrong], key()))["results"]
    # In another batch, beside a new one and repeated there; not what its key was not used for.
    other = {**second, "nationality": "NZ"}
    short = {**one, "idempotencyKey": "short"}
    items = [third, first, third, other, short, {**wrong, "visaType": "B1"}]
    again = (await batch(who["agent-au"], items, key()))["results"]
    assert again[1] == made[0]
    assert again[2] == again[0] != again[1]
    assert [[(e["code"], e["path"]) for e in each["errors"]] for each in again] == [
        [], [], [],
        [("IDEMPOTENCY_CONFLICT", ["input", "applications", "3", "idempotencyKey"])],
        [("INVALID", ["input", "applications", "4", "idempotencyKey"])],
        [],
    ]  # fmt: skip
    assert await connection.fetchval(count) == before + 4

    # All of them were done before: nothing is done, and all are answered.
    assert (await batch(who["agent-au"], [second, first], key()))["results"] == made[1::-1]
    # A key is of whoever sends it.
    [elsewhere] = (await batch(who["service"], [{**first, "centre": "AU-SYD"}], key()))["results"]
    assert elsewhere["application"] not in (None, made[0]["application"])
    assert await connection.fetchval(count) == before + 5


async def test_batches_that_come_at_once_hand_each_application_in_once(
    who, world, connection
) -> None:
    one = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    items = [{**one, "idempotencyKey": key()} for _ in range(30)]
    before = await connection.fetchval("SELECT count(*) FROM application")
    orders = (items, items[::-1], items[15:] + items[:15])
    answers = await gather(*(batch(who["agent-au"], order, key()) for order in orders))
    made = {
        item["idempotencyKey"]: {
            result["application"]["id"]
            for order, answer in zip(orders, answers, strict=True)
            for given, result in zip(order, answer["results"], strict=True)
            if given is item
        }
        for item in items
    }
    assert {len(ids) for ids in made.values()} == {1}
    assert len({id_ for ids in made.values() for id_ in ids}) == 30
    assert await connection.fetchval("SELECT count(*) FROM application") == before + 30
