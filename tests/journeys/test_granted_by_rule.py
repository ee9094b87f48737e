"""What is certain is granted by rule: decreed by two, stopped by one, and never a refusal."""

from typing import Any

import pytest

from tests.gateway.administering import administer, change_of, refusal_of
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

RULES = """{ visaType(by: {code: "B1"}) { grantRules {
    code version nationalities samplePercent hoursAfterPayment official decree
    stop { stoppedBy reason }
} } }"""
RULE = {"visaType": "B1", "nationalities": ["SG", "AU"], "official": "director"}


async def rules(viewer: Viewer) -> list[dict[str, Any]]:
    answer = await viewer(RULES)
    assert answer.errors == [], answer.text
    return answer.data["visaType"]["grantRules"]


async def test_a_rule_takes_two_and_is_stopped_by_one(who: dict[str, Viewer], world: str) -> None:
    # Nothing is granted by rule until somebody decrees it.
    assert await rules(who["supervisor"]) == []
    for wrong, path in (
        ({"samplePercent": 1}, "samplePercent"),
        ({"hoursAfterPayment": 1}, "hoursAfterPayment"),
        ({"nationalities": []}, "nationalities"),
        ({"official": ""}, "official"),
    ):
        answer = await administer(who["administrator"], "proposeGrantRule", **{**RULE, **wrong})
        assert refusal_of(answer) == ("INVALID", [path])
    for wrong, path in (
        ({"visaType": "Z9"}, "visaType"),
        ({"nationalities": ["ZZ"]}, "nationalities"),
    ):
        answer = await administer(who["administrator"], "proposeGrantRule", **{**RULE, **wrong})
        assert refusal_of(answer) == ("NOT_FOUND", [path])

    # An administrator proposes it, and administrators decide nothing.
    proposed = change_of(await administer(who["administrator"], "proposeGrantRule", **RULE))
    assert (proposed["subject"], proposed["kind"]) == ("B1-1", "GRANT_RULE")
    approval = {"changeId": proposed["id"]}
    for other in ("administrator", "administrator-2", "auditor"):
        answer = await administer(who[other], "approveReferenceChange", **approval)
        assert refusal_of(answer) == ("NOT_FOUND", ["changeId"])
    assert await rules(who["supervisor"]) == []
    change_of(await administer(who["supervisor"], "approveReferenceChange", **approval))
    [rule] = await rules(who["officer"])
    assert rule == {
        "code": "B1-1",
        "version": 1,
        "nationalities": ["AU", "SG"],
        "samplePercent": 2,
        "hoursAfterPayment": 2,
        "official": "director",
        "decree": proposed["decree"],
        "stop": None,
    }
    # Partners read nothing of rules.
    for outside in ("agent-au", "manager-au", "service", "applicant", "screening"):
        assert (await who[outside](RULES)).codes == ["FORBIDDEN_FIELD"]

    # One supervisor stops it, once and for good.
    stop = {"code": "B1-1", "reason": "Too many of the sample were refused."}
    stopped = await stop_rule(who["supervisor-2"], **stop)
    assert stopped["grantRule"]["stop"] == {"stoppedBy": "supervisor-2", "reason": stop["reason"]}
    again = await stop_rule(who["supervisor"], **stop)
    assert [each["code"] for each in again["errors"]] == ["ALREADY_ENDED"]
    none = await stop_rule(who["supervisor"], code="B1-9", reason="Why.")
    assert [each["code"] for each in none["errors"]] == ["NOT_FOUND"]

    # It goes on by another version, which takes the two again.
    second = change_of(await administer(who["administrator"], "proposeGrantRule", **RULE))
    change_of(await administer(who["supervisor"], "approveReferenceChange", changeId=second["id"]))
    newest, before = await rules(who["auditor"])
    assert (newest["code"], newest["stop"], before["code"]) == ("B1-2", None, "B1-1")


async def stop_rule(viewer: Viewer, **given: Any) -> Any:
    answer = await viewer(
        """mutation ($input: StopGrantRuleInput!) { stopGrantRule(input: $input) {
            grantRule { code stop { stoppedBy reason } } errors { code path }
        } }""",
        input={"idempotencyKey": f"stop-{viewer}-{given}"[:60], **given},
    )
    assert answer.errors == [], answer.text
    return answer.data["stopGrantRule"]
