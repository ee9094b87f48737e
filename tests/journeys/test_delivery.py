"""A partner's portal finishes what it began: its system reads the outcome, fetches the visa once,
and delivers it; what it has no part in, it does not learn of."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.policy import READ_BUDGETS
from models.vocabulary import Role
from tests.accounts import swallowed
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    hand_over,
    key,
    pay_bill,
    perform,
)
from tests.gateway.conftest import Answer, Viewer, without_budget
from tests.gateway.judged import Judged, judged_gateway
from tests.visas_in_hand import Reader, prove, wait_until_issued

pytestmark = pytest.mark.anyio

OUTCOME = """
    query ($case: ID!) { application(by: {id: $case}) {
        reference stage closedAt payBy answerBy decideBy
        decision { outcome decidedAt visa { number useBy stayDays revokedAt } }
    } }
"""
FETCH = """
    mutation ($input: FetchVisaInput!, $case: String!)
    @purpose(code: DELIVERY, reference: $case) {
        fetchVisa(input: $input) {
            visaDocument { issuedAt code proof pdf } errors { code message path }
        }
    }
"""
ANOTHER = {"role": "PARTNER_SERVICE", "sub": "other", "partner": "ANDALAN", "countries": ["AU"]}

OF_NEW_ZEALAND = {
    "role": "PARTNER_SERVICE", "sub": "nz", "partner": "NUSA", "countries": ["NZ"],
}  # fmt: skip


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world) as running:
        yield running


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the account's checkpoints."""
    return tmp_path_factory.mktemp("account")


@pytest.fixture
def service(judged: Judged) -> Viewer:
    return judged.who["service"]


async def lodged(service: Viewer, passport: str) -> str:
    """What the portal's system hands in."""
    identity = {**IDENTITY, "passportNumber": passport}
    given = {"visaType": "B1", "nationality": "AU", "country": "AU", "identity": identity}
    return await perform(service, "submitApplication", **given)


async def granted(judged: Judged, service: Viewer, passport: str) -> str:
    who, case = judged.who, await lodged(service, passport)
    await pay_bill(who, case)
    await hand_over(service, case, "B1")
    await assign_to(who, "officer", case)
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    return await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def outcome(viewer: Viewer, case: str) -> dict[str, Any] | None:
    answer = await viewer(OUTCOME, case=case)
    assert answer.errors == []
    return answer.data["application"]


async def in_hand(judged: Judged, service: Viewer, account: Path, passport: str) -> dict[str, Any]:
    """A file of the portal whose visa can be fetched, as its system reads it."""
    case = await granted(judged, service, passport)
    await wait_until_issued(judged, case)
    await prove(judged, account)
    read = await outcome(service, case)
    assert read
    return {"id": case, **read}


async def fetch(service: Viewer, number: str, case: str, with_key: str | None = None) -> Answer:
    given = {"visaNumber": number, "idempotencyKey": with_key or key()}
    return await service(FETCH, input=given, case=case)


def codes(answer: Answer) -> list[str]:
    assert answer.errors == [], answer.text
    payload = answer.data["fetchVisa"]
    assert (payload["visaDocument"] is None) is bool(payload["errors"])
    return [error["code"] for error in payload["errors"]]


async def test_a_portals_system_reads_the_outcome_and_delivers_the_visa(
    judged: Judged, service: Viewer, account: Path, tmp_path: Path
) -> None:
    case = await granted(judged, service, "DL0000001")
    read = await outcome(service, case)
    assert read
    visa = read["decision"]["visa"]
    assert (read["stage"], read["decision"]["outcome"]) == ("CLOSED", "GRANTED")
    assert (visa["stayDays"], visa["revokedAt"]) == (30, None)

    reference, number = read["reference"], visa["number"]
    await wait_until_issued(judged, case)
    early = await fetch(service, number, reference)
    assert codes(early) == ["NOT_IN_HAND"]  # its proof is still to come
    await prove(judged, account)
    mine = key()
    fetched = await fetch(service, number, reference, mine)
    assert codes(fetched) == []
    page = b64decode(fetched.data["fetchVisa"]["visaDocument"]["pdf"])
    found = await (await Reader.of(tmp_path, judged)).verify(page)
    assert found.exit_code == 0, found.output
    assert found.output.startswith(f"AUTHENTIC: {number}, B1, granted ")
    assert f"to {IDENTITY['fullName']}, born" in found.output

    # Its answer may have been lost on the way: the same key brings the same document.
    again = await fetch(service, number, reference, mine)
    assert again.data == fetched.data
    assert codes(await fetch(service, number, reference)) == ["ALREADY_FETCHED"]
    reads = await judged.owner.fetch(
        "SELECT actor, actor_role, purpose, ARRAY(SELECT unnest(fields) ORDER BY 1)"
        " FROM access_event WHERE case_reference = $1 AND actor_role = 'PARTNER_SERVICE'"
        " ORDER BY occurred_at",
        reference,
    )
    fields = ["visa.code", "visa.issuedAt", "visa.pdf", "visa.proof"]
    one = ("service", "PARTNER_SERVICE", "DELIVERY")
    assert [(*row.values(),) for row in reads] == [(*one, fields)] * 2
    # Its holder learns of it.
    await judged.administer(
        "UPDATE applicant SET account = 'holder' FROM application"
        f" WHERE applicant.id = applicant_id AND reference = '{reference}'"
    )
    holder = Viewer(service.client, {"role": "APPLICANT", "sub": "holder"})
    told = await holder("{ accessEvents(first: 9) { nodes { inWords(language: EN) } } }")
    assert {one["inWords"] for one in told.data["accessEvents"]["nodes"]} == {
        "The system of the partner who took your application in fetched your visa to hand it over"
        " to you."
    }


async def test_a_document_that_replaces_another_is_fetched_once_more(
    judged: Judged, service: Viewer, account: Path
) -> None:
    file = await in_hand(judged, service, account, "DL0000002")
    number, reference = file["decision"]["visa"]["number"], file["reference"]
    mine = key()
    before = await fetch(service, number, reference, mine)
    assert codes(before) == []
    # As where the key that signed it is revoked, or its holder corrected.
    await judged.owner.execute(
        "SELECT make_documents_anew(ARRAY("
        "SELECT id FROM visa_document WHERE visa_number = $1), clock_timestamp())",
        number,
    )
    await wait_until_issued(judged, file["id"])
    assert codes(await fetch(service, number, reference)) == ["NOT_IN_HAND"]
    await prove(judged, account)
    # What was fetched is no longer good: its key brings nothing.
    again = await fetch(service, number, reference, mine)
    assert again.data["fetchVisa"] == {"visaDocument": None, "errors": []}
    after = await fetch(service, number, reference)
    assert codes(after) == []
    written = [one.data["fetchVisa"]["visaDocument"]["code"] for one in (before, after)]
    assert len({*written}) == 2
    assert codes(await fetch(service, number, reference)) == ["ALREADY_FETCHED"]


async def test_a_visa_that_was_taken_back_or_closed_long_ago_is_not_fetched(
    judged: Judged, service: Viewer, account: Path
) -> None:
    file = await in_hand(judged, service, account, "DL0000005")
    number, reference = file["decision"]["visa"]["number"], file["reference"]
    revoked = {"reason": "The employer is invented."}
    await perform(judged.who["supervisor"], "revokeVisa", file["id"], **revoked)
    read = await outcome(service, file["id"])
    assert read
    assert read["decision"]["visa"]["revokedAt"] is not None
    assert codes(await fetch(service, number, reference)) == ["NOT_IN_HAND"]

    old = await in_hand(judged, service, account, "DL0000006")
    number, reference = old["decision"]["visa"]["number"], old["reference"]
    older = (
        "UPDATE application SET closed_at = closed_at - interval '{0}',"
        " submitted_at = submitted_at - interval '{0}', paid_at = paid_at - interval '{0}',"
        " received_at = received_at - interval '{0}' WHERE reference = '{1}'"
    )
    await judged.administer(older.format("29 days 23 hours", reference))
    assert (await outcome(service, old["id"]) or {})["decision"]["outcome"] == "GRANTED"
    await judged.administer(older.format("1 hour", reference))
    read = await outcome(service, old["id"])
    assert read
    assert (read["stage"], read["decision"]) == ("CLOSED", None)
    assert codes(await fetch(service, number, reference)) == ["NOT_FOUND"]


async def test_nothing_is_fetched_by_halves(judged: Judged, service: Viewer, account: Path) -> None:
    file = await in_hand(judged, service, account, "DL0000007")
    number, reference = file["decision"]["visa"]["number"], file["reference"]
    fetched_at = "SELECT fetched_at FROM visa_document WHERE visa_number = $1"
    # A spent budget: nothing is noted as fetched.
    await judged.owner.execute(
        "INSERT INTO budgeted_read (actor, actor_role, person, read_at) SELECT 'service',"
        " 'PARTNER_SERVICE', gen_random_uuid(), now() FROM generate_series(1, $1)",
        READ_BUDGETS[Role.PARTNER_SERVICE],
    )
    assert (await fetch(service, number, reference)).codes == ["READ_BUDGET"]
    assert await judged.owner.fetchval(fetched_at, number) is None
    await judged.owner.execute("DELETE FROM budgeted_read WHERE actor = 'service'")
    # A log that takes nothing: what was not logged is not answered, and asked for again.
    mine = key()
    async with swallowed(judged.owner, "access_event"):
        assert (await fetch(service, number, reference, mine)).codes == ["UNAVAILABLE"]
    assert await judged.owner.fetchval(fetched_at, number) is not None
    assert codes(await fetch(service, number, reference, mine)) == []
    # Many at once, each with a key of its own: one has it.
    other = await in_hand(judged, service, account, "DL0000008")
    number, reference = other["decision"]["visa"]["number"], other["reference"]
    answers = await asyncio.gather(*(fetch(service, number, reference) for _ in range(4)))
    assert sorted(map(codes, answers)) == [[], *[["ALREADY_FETCHED"]] * 3]


async def test_a_portals_system_corrects_and_withdraws_for_its_applicants(
    judged: Judged, service: Viewer
) -> None:
    case = await lodged(service, "DL0000009")
    corrected = {"fullName": "Olive Zephyr"}
    await perform(service, "proposeCorrection", case, identity=corrected)
    read = await service(
        "query ($case: ID!) { application(by: {id: $case}) {"
        " corrections(first: 9) { nodes { state proposedRole } } } }",
        case=case,
    )
    [correction] = read.data["application"]["corrections"]["nodes"]
    assert correction == {"state": "IN_EFFECT", "proposedRole": "PARTNER_SERVICE"}
    for viewer in (Viewer(service.client, ANOTHER), Viewer(service.client, OF_NEW_ZEALAND)):
        for mutation, given in (
            ("proposeCorrection", {"identity": corrected}),
            ("withdrawApplication", {}),
        ):
            assert (await change(viewer, mutation, case, **given)).codes == ["NOT_FOUND"]
    # Once it is paid, the officer on whose desk it is agrees.
    await pay_bill(judged.who, case)
    await perform(service, "proposeCorrection", case, identity={"fullName": "Olive Zephyrus"})
    await hand_over(service, case, "B1")
    await assign_to(judged.who, "officer", case)
    await perform(judged.who["officer"], "approveCorrection", case)
    await perform(service, "withdrawApplication", case)
    closed = await outcome(service, case)
    assert closed
    assert (closed["stage"], closed["decision"]) == ("CLOSED", None)
    assert (await change(service, "withdrawApplication", case)).codes == ["WRONG_STAGE"]


async def test_a_file_of_another_partner_is_not_told_from_none(
    judged: Judged, service: Viewer, account: Path
) -> None:
    file = await in_hand(judged, service, account, "DL0000003")
    number, reference = file["decision"]["visa"]["number"], file["reference"]
    other = Viewer(service.client, ANOTHER)
    for viewer in (other, Viewer(service.client, OF_NEW_ZEALAND)):
        assert await outcome(viewer, file["id"]) is None
        foreign = await fetch(viewer, number, reference)
        missing = await fetch(viewer, "ID0000000000000", reference)
        assert codes(foreign) == ["NOT_FOUND"]
        assert without_budget(foreign.text) == without_budget(missing.text)
    # Neither is the purpose of another case, nor a key that somebody else has used.
    theirs = await in_hand(judged, service, account, "DL0000004")
    assert codes(await fetch(service, number, theirs["reference"])) == ["NOT_IN_HAND"]
    mine = key()
    assert codes(await fetch(service, number, reference, mine)) == []
    assert codes(await fetch(other, number, reference, mine)) == ["NOT_FOUND"]


@pytest.mark.parametrize("purpose", ["CASEWORK", "INTAKE", "OWN_DATA"])
async def test_a_visa_is_fetched_to_deliver_it_and_for_nothing_else(
    judged: Judged, service: Viewer, purpose: str
) -> None:
    given = {"visaNumber": "ID0000000000000", "idempotencyKey": key()}
    answer = await service(FETCH.replace("DELIVERY", purpose), input=given, case="AUSY-PAID-0013")
    assert answer.codes == ["PURPOSE_NOT_ALLOWED"]
    without = FETCH.replace("@purpose(code: DELIVERY, reference: $case)", "").replace(
        ", $case: String!", ""
    )
    assert (await service(without, input=given)).codes == ["PURPOSE_REQUIRED"]
