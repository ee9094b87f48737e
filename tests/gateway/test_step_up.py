"""Who somebody is takes the sign-in that the settings demand: the gateway says so to any other
token (RFC 9470), and the key service, which verifies the token itself, opens nobody for it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.key_service import KeyUse, Statement, WeakSignInError
from tests import tokens
from tests.gateway.changing import document, key, row_id
from tests.gateway.conftest import Viewer
from tests.gateway.judged import Judged, judged_gateway
from tests.gateway.test_judged import CASEWORK, OPEN, names_in
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

ACCEPTED = "mfa,hardware"
LOOK_UP = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        people(by: {passport: {issuingState: "SG", number: "K1234567X"}}) { id }
    }
"""
CASES = "{ applications(first: 1) { nodes { id reference } } }"
CHALLENGE = (
    'Bearer realm="gerbang", error="insufficient_user_authentication", error_description="Who'
    ' somebody is takes a stronger sign-in than that of your token.", acr_values="mfa hardware"'
)
weaker = pytest.mark.parametrize("acr", [None, "pwd", "MFA", "mfa hardware", 2, ["mfa"]])


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world, identity_acr=ACCEPTED) as running:
        yield running


def signed_in(viewer: Viewer, acr: Any) -> Viewer:
    return Viewer(viewer.client, {**viewer.claims, "acr": acr})


@weaker
async def test_a_weaker_sign_in_is_told_which_one_it_takes(judged: Judged, acr: Any) -> None:
    officer = signed_in(judged.who["officer"], acr)
    for asked in (CASEWORK, LOOK_UP):
        answer = await officer(asked, case=OPEN)
        assert (answer.status, answer.codes) == (401, ["INSUFFICIENT_USER_AUTHENTICATION"])
        assert answer.errors[0]["extensions"]["acrValues"] == ["mfa", "hardware"]
        assert answer.headers["www-authenticate"] == CHALLENGE
        assert "data" not in answer.body
    # What says of nobody who it is, is answered to any sign-in.
    assert (await officer(CASES)).errors == []


@pytest.mark.parametrize("acr", ["mfa", "hardware"])
async def test_a_sufficient_sign_in_reads_and_looks_up(judged: Judged, acr: str) -> None:
    officer = signed_in(judged.who["officer"], acr)
    assert names_in((await officer(CASEWORK, case=OPEN)).data) == ["Wei Tan"]
    assert (await officer(LOOK_UP, case=OPEN)).errors == []


@weaker
async def test_a_captured_gateway_has_nobody_opened_for_a_weaker_one(
    judged: Judged, acr: Any
) -> None:
    def stated(how: Any) -> Statement:
        bearer = tokens.token("OFFICER", sub="officer", acr=how)
        return Statement(bearer, "OFFICER", OPEN)

    people, keys = [applicant_id("Wei Tan")], judged.keys
    asks = (
        lambda by: keys.open_data_keys(people, by),
        lambda by: keys.make_data_keys(people, by),
        lambda by: keys.digests(KeyUse.PERSON_INDEX, [b"somebody"], by),
        lambda by: keys.look_up(b"somebody", by),
    )
    for ask in asks:
        with pytest.raises(WeakSignInError) as refused:
            await ask(stated(acr))
        assert refused.value.acr_values == ("mfa", "hardware")
        assert await ask(stated("mfa"))


async def test_a_change_that_opens_somebody_takes_it_too(judged: Judged) -> None:
    agent, correction = judged.who["agent-au"], {"identity": {"fullName": "Noah Fynch"}}
    cases = (await agent("{ applications(first: 9) { nodes { id reference } } }")).data
    [case] = [
        one["id"] for one in cases["applications"]["nodes"] if one["reference"] == "AUSY-PAID-0013"
    ]
    asked = document("proposeCorrection", "application { id } errors { code }")
    for acr, codes in (("pwd", ["INSUFFICIENT_USER_AUTHENTICATION"]), ("mfa", [])):
        input_ = {"idempotencyKey": key(), "applicationId": case, **correction}
        answer = await signed_in(agent, acr)(asked, input=input_)
        assert answer.codes == codes, answer.text
    assert row_id(case)
