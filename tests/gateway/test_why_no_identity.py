"""Why who somebody is was not answered: told exactly where it was not, and nothing besides."""

import asyncpg
import pytest

from gateway.execution.plan.plans import PlanCache
from gateway.logs import WhyExecutor
from models.database.connections import connect
from tests.gateway.changing import change
from tests.gateway.conftest import Viewer, without_budget
from tests.world import CASES

pytestmark = pytest.mark.anyio

APPLICANT = {case.reference: case.applicant for case in CASES}
NONE_SUCH = "NONE-SUCH-0000"
#: Whoever states a purpose and lists cases.
STATING = {
    "officer": "CASEWORK",
    "officer-2": "CASEWORK",
    "supervisor": "CASEWORK",
    "agent-au": "INTAKE",
}
LISTED = """
    query ($for: String) @purpose(code: %s, reference: $for) {
        applications(first: 100) { nodes { reference applicant { %s } } }
    }
"""
ONE = """
    query ($case: String!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        application(by: {reference: $case}) { applicant { %s } }
    }
"""
BOTH = "identity { fullName } identityAbsence"


@pytest.fixture(params=["by plans", "by the executor"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by the executor":
        monkeypatch.setattr(PlanCache, "plan", lambda *_: WhyExecutor.REFUSED)


async def reasons(viewer: Viewer, purpose: str, named: str | None, asked: str) -> dict[str, str]:
    """Of each case in reach, why its person is not answered; those who are, are left out."""
    answer = await viewer(LISTED % (purpose, asked), **{"for": named})
    assert answer.errors == [], answer.text
    rows = {row["reference"]: row["applicant"] for row in answer.data["applications"]["nodes"]}
    for reference, one in rows.items():
        if "identity" in one:
            assert (one["identity"] is None) is (one["identityAbsence"] is not None), reference
    return {
        reference: one["identityAbsence"] for reference, one in rows.items()
        if one["identityAbsence"]
    }  # fmt: skip


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", STATING)
async def test_a_reason_is_told_exactly_where_nobody_is_answered(who, name) -> None:
    """Of all that the viewer lists, for each case that may be named, and for one that is none."""
    purpose, viewer = STATING[name], who[name]
    in_reach = set(await reasons(viewer, purpose, NONE_SUCH, BOTH))
    assert len(in_reach) > 2
    for named in (*APPLICANT, NONE_SUCH):
        told = await reasons(viewer, purpose, named, BOTH)
        of_named = APPLICANT[named] if named in in_reach else None
        for reference, reason in told.items():
            is_theirs = APPLICANT[reference] == of_named
            assert reason == ("NOT_IN_HAND" if is_theirs else "ANOTHER_CASE"), (named, reference)


async def test_an_agent_who_names_no_case_is_told_of_what_was_handed_over(who) -> None:
    told = await reasons(who["agent-au"], "INTAKE", None, BOTH)
    assert told == dict.fromkeys(("AUSY-GRAN-0001", "AUSY-LATE-0002"), "NOT_IN_HAND")


async def test_a_reason_says_no_more_of_a_link_than_the_links_do(who) -> None:
    """Who may be the same person is told like anybody else; who surely is, is read."""
    told = await reasons(who["officer"], "CASEWORK", "SGPO-OPEN-0006", BOTH)
    alone = await reasons(who["officer"], "CASEWORK", "SGPO-OPEN-0006", "identityAbsence")
    assert alone == told
    assert told.keys() == APPLICANT.keys() - {"SGPO-OPEN-0006", "DIRE-REVO-0010"}
    assert set(told.values()) == {"ANOTHER_CASE"}


async def test_a_case_out_of_reach_has_the_reason_of_one_that_does_not_exist(who) -> None:
    document = LISTED % ("INTAKE", BOTH)
    foreign, none = [
        await who["agent-au"](document, **{"for": one}) for one in ("SGPO-OPEN-0006", NONE_SUCH)
    ]
    assert without_budget(foreign.text) == without_budget(none.text)


async def test_asking_why_takes_a_purpose_and_counts_and_logs_nothing(who, world, traffic) -> None:
    asked = {"case": "SGPO-OPEN-0006", "for": "SGPO-HELD-0007"}
    person = "applicant { identityAbsence }"
    plain = f"{{ applications(first: 1) {{ nodes {{ {person} }} }} }}"
    questions = f"{{ screenings(first: 1) {{ nodes {{ application {{ {person} }} }} }} }}"
    for name, document in {**dict.fromkeys(STATING, plain), "screening": questions}.items():
        answer = await who[name](document)
        assert answer.codes == ["PURPOSE_REQUIRED"], (name, answer.text)
    assert traffic.statements == []
    for name in ("applicant", "auditor", "manager-au", "service"):
        assert (await who[name](plain)).codes == ["FORBIDDEN_FIELD"], name

    before = await _accounted(world)
    answer = await who["officer"](ONE % "identityAbsence", **asked)
    assert answer.data["application"]["applicant"] == {"identityAbsence": "ANOTHER_CASE"}
    answer = await who["officer"](ONE % "identityAbsence", **{**asked, "for": asked["case"]})
    assert answer.data["application"]["applicant"] == {"identityAbsence": None}
    assert await _accounted(world) == before


async def test_asking_why_admits_nobody_to_an_inquiry(who) -> None:
    given = {"reason": "Who signed the forged bank letters?", "minutes": 60, "mostPeople": 1}
    opened = await change(who["supervisor"], "openInquiry", **given)
    asked = {"case": "AUSY-GRAN-0001", "for": opened.payload["inquiry"]["reference"]}
    document = ONE.replace("CASEWORK", "SUPERVISION")
    for fields, reason in (
        ("identityAbsence", "ANOTHER_CASE"),
        (BOTH, None),
        ("identityAbsence", None),
    ):
        answer = await who["supervisor"](document % fields, **asked)
        assert answer.data["application"]["applicant"]["identityAbsence"] == reason, fields


async def _accounted(world: str) -> list[int]:
    """How many reads are in the log, and how many people in the budgets."""
    connection: asyncpg.Connection = await connect(world)
    try:
        tables = ("access_event", "budgeted_read")
        return [await connection.fetchval(f"SELECT count(*) FROM {name}") for name in tables]
    finally:
        await connection.close()
