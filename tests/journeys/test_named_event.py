"""An outage is recorded soon, approved by somebody else, and read with the figures of its days."""

from datetime import timedelta

import pytest

from tests.gateway.administering import administer, change_of, refusal_of
from tests.gateway.conftest import Viewer
from tests.world import today

pytestmark = pytest.mark.anyio

EVENTS = """{ namedEvents(first: 9) { nodes {
    code kind beganOn endedOn country { code } %s
} } }"""
VERDICT = """query ($from: Date!, $to: Date!) {
    findings(from: $from, to: $to, kinds: [PROMISE, EVENT]) {
        rows { kind sentence { english indonesian } numbers { name value n } }
    }
}"""


async def codes(viewer: Viewer, more: str = "") -> list[str]:
    answer = await viewer(EVENTS % more)
    assert answer.errors == [], answer.text
    return [each["code"] for each in answer.data["namedEvents"]["nodes"]]


async def test_an_outage_of_screening_is_an_outage_outside_the_directorate(
    who: dict[str, Viewer], world: str
) -> None:
    began = today() - timedelta(days=2)
    event = {
        "kind": "OUTAGE",
        "beganOn": began.isoformat(),
        "endedOn": today().isoformat(),
        "wasScreeningOut": True,
    }
    code = f"OUTAGE-{began.isoformat()}"

    # The next working day an administrator records it. It explains nothing yet.
    proposed = change_of(await administer(who["administrator"], "proposeNamedEvent", **event))
    assert (proposed["subject"], proposed["state"]) == (code, "PROPOSED")
    assert code not in await codes(who["leadership"])

    # Whoever else administers does not approve it: that is for somebody who audits.
    approval = {"changeId": proposed["id"]}
    for other in ("administrator", "administrator-2"):
        answer = await administer(who[other], "approveReferenceChange", **approval)
        assert refusal_of(answer) == ("NOT_FOUND", ["changeId"])
    approved = change_of(await administer(who["auditor"], "approveReferenceChange", **approval))
    assert (approved["state"], approved["approvedBy"]) == ("APPROVED", "auditor")

    # Inside the directorate it is known what was out, outside that there was an outage.
    for inside in ("leadership", "officer", "supervisor", "auditor", "administrator"):
        assert code in await codes(who[inside], "wasScreeningOut")
    for outside in ("manager-au", "manager-pacific", "agent-au"):
        assert code in await codes(who[outside])
        told = await who[outside](EVENTS % "wasScreeningOut")
        assert told.codes == ["FORBIDDEN_FIELD"]
    for nobody in ("applicant", "service", "screening", "treasury"):
        assert (await who[nobody](EVENTS % "")).codes == ["FORBIDDEN_FIELD"]

    # And so their sentences say.
    window = {"from": (began - timedelta(days=40)).isoformat(), "to": today().isoformat()}
    for viewer, words in (("leadership", "outage of screening"), ("manager-au", "the outage of")):
        answer = await who[viewer](VERDICT, **window)
        texts = [
            text
            for row in answer.data["findings"]["rows"]
            if row["kind"] == "EVENT"
            for text in row["sentence"].values()
        ]
        assert any(words in text for text in texts), texts
        assert any("screening" in text for text in texts) == (viewer == "leadership")


async def test_an_event_of_a_country_is_told_to_those_who_work_there(
    who: dict[str, Viewer], world: str
) -> None:
    began = today() - timedelta(days=1)
    event = {
        "kind": "STRIKE",
        "beganOn": began.isoformat(),
        "endedOn": began.isoformat(),
        "country": "NZ",
    }
    proposed = change_of(await administer(who["administrator"], "proposeNamedEvent", **event))
    by_auditor = {"changeId": proposed["id"]}
    change_of(await administer(who["auditor"], "approveReferenceChange", **by_auditor))
    code = f"STRIKE-{began.isoformat()}-NZ"
    told = {name: code in await codes(who[name]) for name in ("leadership", "manager-pacific")}
    assert told == {"leadership": True, "manager-pacific": True}
    assert code not in await codes(who["manager-au"])


async def test_nobody_finds_an_event_when_a_year_is_judged(
    who: dict[str, Viewer], world: str
) -> None:
    event = {"kind": "OUTAGE", "endedOn": today().isoformat()}
    for days, code in ((15, "INVALID"), (-1, "INVALID")):
        began = today() - timedelta(days=days)
        answer = await administer(
            who["administrator"], "proposeNamedEvent", **event, beganOn=began.isoformat()
        )
        assert (code, ["beganOn"]) in [
            (error["code"], error["path"][1:]) for error in answer.payload["errors"]
        ]
    long = {**event, "beganOn": today().isoformat()}
    long["endedOn"] = (today() + timedelta(days=31)).isoformat()
    answer = await administer(who["administrator"], "proposeNamedEvent", **long)
    assert refusal_of(answer) == ("INVALID", ["endedOn"])
    strike = {**event, "kind": "STRIKE", "beganOn": today().isoformat(), "wasScreeningOut": True}
    answer = await administer(who["administrator"], "proposeNamedEvent", **strike)
    assert refusal_of(answer) == ("INVALID", ["wasScreeningOut"])


async def test_an_auditor_who_does_not_agree_says_why(who: dict[str, Viewer], world: str) -> None:
    day = (today() - timedelta(days=3)).isoformat()
    rush = {"kind": "HOLIDAY_RUSH", "beganOn": day, "endedOn": day}
    proposed = change_of(await administer(who["administrator"], "proposeNamedEvent", **rush))
    refusal = {"changeId": proposed["id"], "reason": "Not more than in other weeks."}
    refused = change_of(await administer(who["auditor"], "cancelReferenceChange", **refusal))
    assert (refused["state"], refused["cancelledBy"]) == ("CANCELLED", "auditor")
    assert f"HOLIDAY_RUSH-{day}" not in await codes(who["auditor"])
