"""An applicant for whom a portal lodged a file claims it with a code from their mail, and follows
it with an account: where it stands, what was decided, the visa, and nothing else."""

import re
from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any

import asyncpg
import pytest

from gateway.execution import answers
from models.case.claim import MOST_CLAIMS, TRIES_OF_A_CLAIM
from models.jobs.erase_people import erase_due
from models.key_service.codes import CLAIM_CODE_HOURS
from models.rights.erasure_steps import hide
from tests.gateway.changing import IDENTITY, key, perform, reference_of, row_id, wait_until_linked
from tests.gateway.conftest import Answer, Viewer, without_budget
from tests.gateway.log_lines import log_lines
from tests.linking import KEYS
from tests.mail_sink import Sink, deliver_all, running_sink, text_of

pytestmark = pytest.mark.anyio

REQUEST = "mutation ($in: RequestClaimCodeInput!) { requestClaimCode(input: $in) { hours %s } }"
CLAIM = "mutation ($in: ClaimFileInput!) { claimFile(input: $in) { claimed %s } }"
_ERRORS = "errors { code path message }"
MINE = """{ claimedFiles {
    reference stage expectedOn outcome isTakenBack visaNumber useBy stayDays
} }"""
OWN = "{ applications(first: 5) { nodes { reference } } myData { keptSince } }"
IDENTITY_OF = """query ($case: ID!) {
    application(by: {id: $case}) { applicant { identity { fullName } } allowed { step } }
}"""


@pytest.fixture(scope="module")
def sink() -> Iterator[tuple[Sink, str]]:
    with running_sink() as running:
        yield running


class Somebody:
    """Somebody with an account, and a file that a portal lodged."""

    def __init__(self, viewer: Viewer, case: str, reference: str, passport: str) -> None:
        self.viewer, self.case, self.reference, self.passport = viewer, case, reference, passport
        self.address = f"{passport}@example.org"

    def given(self, passport: str | None = None, state: str = "AU", **given: Any) -> dict[str, Any]:
        of = {"issuingState": state, "number": passport or self.passport}
        return {"reference": self.reference, "passport": of, "idempotencyKey": key(), **given}

    async def ask(self, **given: Any) -> Answer:
        return await self.viewer(REQUEST % _ERRORS, **{"in": self.given(**given)})

    async def claim(self, code: str, by: Viewer | None = None, **given: Any) -> Answer:
        return await (by or self.viewer)(CLAIM % _ERRORS, **{"in": self.given(**given, code=code)})

    async def read(self) -> list[dict[str, Any]]:
        files: list[dict[str, Any]] = (await self.viewer(MINE)).data["claimedFiles"]
        return files


def account(who: Mapping[str, Viewer], name: str) -> Viewer:
    return Viewer(who["applicant"].client, {"role": "APPLICANT", "sub": name})


async def lodged(
    who: Mapping[str, Viewer], passport: str, lodge: str = "service", **given: Any
) -> Somebody:
    """What the portal's system handed in."""
    email = given.pop("email", f"{passport}@example.org")
    identity = {**IDENTITY, "passportNumber": passport, "email": email}
    of = {"visaType": "B1", "nationality": "AU", "country": "AU", "identity": identity, **given}
    case = await perform(who[lodge], "submitApplication", **of)
    await wait_until_linked(who, case)
    reference = await reference_of(who["officer"], case)
    return Somebody(account(who, f"follows-{passport}"), case, reference, passport)


async def mailed(sink: tuple[Sink, str], connection: asyncpg.Connection, address: str) -> list[str]:
    """The codes that the keeper's mail has for an address, one for each message."""
    await deliver_all(sink[1], connection, KEYS)
    return [
        re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", text_of(each))[0]
        for each in sink[0].to(address)
        if "#claim" in text_of(each)
    ]


async def test_a_file_is_claimed_by_its_code_and_followed_to_the_visa(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    one = await lodged(who, "CLAIM0001")
    assert await one.read() == []
    with log_lines("DEBUG") as log:
        asked = await one.ask()
        assert asked.data == {"requestClaimCode": {"hours": CLAIM_CODE_HOURS, "errors": []}}
        [code] = await mailed(sink, connection, one.address)
        # Another account, which has neither the passport nor the code, is told nothing.
        thief = account(who, "thief")
        assert (await one.claim("00000-00000", thief)).data["claimFile"]["claimed"] is None
        claimed = await one.claim(f" {code.lower().replace('0', 'o')} ", passport="claim 0001")
        assert claimed.data == {"claimFile": {"claimed": 1, "errors": []}}
    told = f"{log.text} {await connection.fetch('SELECT * FROM tracking_try')}"
    for secret in (
        code,
        code.replace("-", ""),
        one.passport,
        one.address,
        one.viewer.claims["sub"],
    ):
        assert secret not in told
    waiting = {
        "reference": one.reference, "stage": "WAITING_FOR_APPLICANT", "expectedOn": None,
        "outcome": None, "isTakenBack": False, "visaNumber": None, "useBy": None, "stayDays": None,
    }  # fmt: skip
    assert await one.read() == [waiting]
    # It stands beside one's own files, among which it is not; it opens nobody and allows no step.
    assert (await one.viewer(OWN)).data == {"applications": {"nodes": []}, "myData": None}
    assert (await one.viewer(IDENTITY_OF, case=one.case)).data == {"application": None}
    for step in ("withdrawApplication", "returnVisa"):
        refused = await one.viewer(
            f"mutation ($in: {step[0].upper()}{step[1:]}Input!)"
            f" {{ {step}(input: $in) {{ errors {{ code }} }} }}",
            **{"in": {"applicationId": one.case, "idempotencyKey": key()}},
        )
        assert refused.data[step]["errors"] == [{"code": "NOT_FOUND"}]
    # Nobody else claims it, with that code or by asking for another; nor does it serve twice.
    again = (await one.claim(code, thief)).data["claimFile"]
    assert [each["code"] for each in again["errors"]] == ["NOT_FOUND"]
    later = Somebody(account(who, "later"), one.case, one.reference, one.passport)
    assert (await later.ask()).data["requestClaimCode"]["hours"] == CLAIM_CODE_HOURS
    assert await mailed(sink, connection, one.address) == [code]
    assert await later.read() == []


_DECIDED = """
    UPDATE file_claim SET application_id = (
        SELECT id FROM application WHERE reference = $2
    ) WHERE account = $1
"""


async def test_what_was_decided_is_read_and_a_visa_that_was_taken_back_is_none(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    one = await lodged(who, "CLAIM0011")
    await one.ask()
    [code] = await mailed(sink, connection, one.address)
    assert (await one.claim(code)).data["claimFile"]["claimed"] == 1
    visa = await connection.fetchrow(
        "SELECT reference, visa_number, use_by, visa.stay_days FROM visa JOIN application"
        " ON application.id = application_id WHERE reference = 'AUSY-GRAN-0001'"
    )
    sub = one.viewer.claims["sub"]
    for reference, outcome, number in (
        ("AUSY-GRAN-0001", "GRANTED", visa["visa_number"]),
        ("AUME-INCO-0004", "REFUSED", None),
    ):
        await connection.execute(_DECIDED, sub, reference)
        [told] = await one.read()
        assert (told["outcome"], told["visaNumber"], told["stage"]) == (outcome, number, "CLOSED")
        assert (told["useBy"] is None, told["stayDays"] is None) == (number is None,) * 2
        assert not told["isTakenBack"]


async def test_misses_are_alike_in_bytes_and_wait_for_a_beat(
    who: Mapping[str, Viewer],
    connection: asyncpg.Connection,
    sink: tuple[Sink, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = await lodged(who, "CLAIM0021"), await lodged(who, "CLAIM0022")
    for each in (one, other):
        await each.ask()
    [code] = await mailed(sink, connection, one.address)
    [others] = await mailed(sink, connection, other.address)
    misses: dict[str, dict[str, Any]] = {
        "no such file": {"reference": "0000-0000-0000"},
        "another's passport": {"passport": other.passport},
        "another state": {"state": "NZ"},
        "another's code": {"code": others},
        "no code": {"code": ""},
    }
    monkeypatch.setattr(answers, "BEAT_SECONDS", 0.3)
    told: dict[str, set[str]] = {"claim": set(), "ask": set()}
    for number, (name, given) in enumerate(misses.items()):
        somebody = account(who, f"guesses-{number}")
        began = monotonic()
        answer = await one.claim(**{"code": code, "by": somebody, **given})
        assert monotonic() - began >= 0.3, name
        told["claim"].add(without_budget(answer.text))
    third = await lodged(who, "CLAIM0023")
    for number, given in enumerate(({}, *[misses[name] for name in [*misses][:3]])):
        third.viewer = account(who, f"asks-{number}")
        began = monotonic()
        told["ask"].add(without_budget((await third.ask(**given)).text))
        assert monotonic() - began >= 0.3
    monkeypatch.undo()
    assert [len(alike) for alike in told.values()] == [1, 1]
    assert "NOT_FOUND" in told["claim"].pop()
    # One an hour is sent, however often it is asked for.
    assert await mailed(sink, connection, one.address) == [code]


async def test_a_file_and_an_account_have_five_tries_a_day(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    one, other = await lodged(who, "CLAIM0031"), await lodged(who, "CLAIM0032")
    for number in range(TRIES_OF_A_CLAIM):
        assert (await one.claim("0", account(who, f"spends-{number}"))).status == 200
    spent = await one.ask()
    assert (spent.status, spent.codes) == (429, ["RATE_LIMITED"])
    assert 0 < int(spent.headers["retry-after"]) <= 86_400
    assert await mailed(sink, connection, one.address) == []
    trawler = account(who, "trawls")
    for number in range(TRIES_OF_A_CLAIM):
        asked = await one.claim("0", trawler, reference=f"0000-0000-000{number}")
        assert asked.status == 200
    assert (await other.claim("0", trawler)).codes == ["RATE_LIMITED"]
    # Of tracking they use up nothing, and the other way round.
    tries = await connection.fetch("SELECT kind, is_found FROM tracking_try WHERE kind = 'CLAIM'")
    assert len(tries) >= 2 * TRIES_OF_A_CLAIM
    assert (await other.ask()).data["requestClaimCode"]["hours"]
    [hit] = await connection.fetch(
        "SELECT kind, is_found FROM tracking_try ORDER BY occurred_at DESC LIMIT 1"
    )
    assert (hit["kind"], hit["is_found"]) == ("CLAIM", True)


async def test_no_agency_is_sent_a_code_and_a_family_is(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    desk = "desk-of-agency@example.org"
    files = [await lodged(who, f"CLAIM004{number}", email=desk) for number in range(6)]
    for one in files:
        await one.ask()
        one.address = desk
    # The first five were sent one: then it is known how many there are.
    assert len(await mailed(sink, connection, desk)) == 5
    later = "UPDATE mail SET cause = cause || 'x' WHERE kind = 'CLAIM'"
    await connection.execute(later)
    for one in files:
        await one.ask()
    assert len(await mailed(sink, connection, desk)) == 5
    group = "UPDATE application SET group_reference = $1 WHERE id = ANY ($2)"
    await connection.execute(later)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(group, "G-0000-0000-0001", [row_id(one.case) for one in files[1:]])
    await files[1].ask()
    assert len(await mailed(sink, connection, desk)) == 6
    # A partner's people are sent none, in whatever case they write their address.
    agent = await lodged(who, "CLAIM0050", email="Agent.Of.Nusa@example.org")
    await connection.execute(
        "INSERT INTO mail_subscription (id, subject, role, occasion, language, address,"
        " own_countries, own_centres) VALUES (gen_random_uuid(), 'a', 'PARTNER_AGENT', 'WEEKLY',"
        " 'EN', 'agent.of.nusa@example.org', '{}', '{}')"
    )
    await agent.ask()
    assert await mailed(sink, connection, "Agent.Of.Nusa@example.org") == []
    await connection.execute("DELETE FROM mail_subscription WHERE subject = 'a'")


async def test_a_code_lapses_and_erasure_ends_a_claim(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    one = await lodged(who, "CLAIM0061")
    await one.ask()
    [code] = await mailed(sink, connection, one.address)
    aged = "UPDATE sent_code SET mailed_at = now() - $1 * interval '1 second' WHERE kind = 'CLAIM'"
    await connection.execute(aged, CLAIM_CODE_HOURS * 3600 + 5)
    assert (await one.claim(code)).data["claimFile"]["claimed"] is None
    await connection.execute(aged, CLAIM_CODE_HOURS * 3600 - 60)
    given = one.given(code=code)
    for _ in range(2):  # repeated with its key, it is answered as before
        done = await one.viewer(CLAIM % _ERRORS, **{"in": given})
        assert done.data["claimFile"]["claimed"] == 1
    assert len(await one.read()) == 1
    person = await connection.fetchval(
        "SELECT applicant_id FROM application WHERE id = $1", row_id(one.case)
    )
    async with connection.transaction():
        await hide(connection, [person])
    assert await one.read() == []
    for table in ("file_claim", "sent_code", "contact_digest"):
        left = f"SELECT count(*) FROM {table} WHERE application_id = $1"
        assert await connection.fetchval(left, row_id(one.case)) == 0
    await erase_due(KEYS, connection)


async def test_an_account_claims_a_familys_files_and_no_more(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    one = await lodged(who, "CLAIM0071")
    await one.ask()
    [code] = await mailed(sink, connection, one.address)
    fill = (
        "INSERT INTO file_claim (application_id, account, code)"
        " SELECT application.id, $1, decode('00', 'hex') FROM"
        " application JOIN applicant ON applicant.id = applicant_id AND erased_at IS NULL"
        " LEFT JOIN file_claim AS made ON application_id = application.id"
        " WHERE made.account IS NULL AND application.id <> $2 LIMIT $3"
    )
    there = (one.viewer.claims["sub"], row_id(one.case))
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(fill, *there, MOST_CLAIMS)
    [refused] = (await one.claim(code)).data["claimFile"]["errors"]
    assert refused["code"] == "TOO_MANY_CLAIMS"
    await connection.execute(
        "DELETE FROM file_claim WHERE application_id IN"
        " (SELECT application_id FROM file_claim WHERE account = $1 LIMIT 1)", there[0],
    )  # fmt: skip
    assert (await one.claim(code)).data["claimFile"]["claimed"] == 1
    newest, *others = await one.read()
    assert (newest["reference"], len(others)) == (one.reference, MOST_CLAIMS - 1)


async def test_whoever_has_an_account_of_their_own_is_claimed_by_nobody(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    own = account(who, "applied-alone")
    identity = {**IDENTITY, "passportNumber": "CLAIM0081", "email": "CLAIM0081@example.org"}
    given = {"visaType": "B1", "nationality": "AU", "identity": identity}
    case = await perform(own, "submitApplication", **given)
    await wait_until_linked(who, case)
    reference = await reference_of(who["officer"], case)
    one = Somebody(account(who, "another"), case, reference, "CLAIM0081")
    await one.ask()
    assert await mailed(sink, connection, one.address) == []
    for other in ("officer", "agent-au", "service", "anonymous"):
        assert (await who[other](MINE)).codes == ["FORBIDDEN_FIELD"]
