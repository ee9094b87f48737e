"""A day at the screening authority: the entry-ban list and clearances are answered here alone."""

import pytest

from models.ban import RULE_VERSION
from models.ban_list.comparison import BanList
from models.jobs.screening import screen_paid_cases
from tests.gateway.changing import (
    IDENTITY,
    change,
    in_screening,
    in_verification,
    perform,
    reference_of,
)
from tests.gateway.conftest import Viewer
from tests.gateway.live import served
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

OPEN_QUESTIONS = """
    query { screenings(first: 50) { nodes {
        kind requestedAt proposed proposedBy reason
        application { id reference nationality { code } visaType { code } }
    } } }
"""
WHO_IS_IT = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { applicant { identity { fullName birthDate } } } }
    }
"""
ANSWERS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        hasOpenHit
        screenings(first: 9) { nodes {
            kind result answeredBy confirmedBy answeredAt reason listVersion ruleVersion
        } }
        events(first: 50) { nodes { kind actor actorRole } }
    } } }
"""
HITS = """{ applications(
    first: 50, where: {hasOpenHit: {eq: true}}, orderBy: {field: TARGET_DUE_AT}
) { nodes { id } } }"""
DESK = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        status isReferred
        assignments(first: 9) { nodes { officer endedAt } }
        events(first: 50) { nodes { kind } }
        allowed { step isAllowed reason { code } }
    } } }
"""
ALERTS = """{ alerts(first: 50) { nodes {
    kind actor actorRole closedBy closeReason application { id }
} } }"""
ASKED = """subscription { screeningAsked {
    position ... on Screening { kind proposed application { id } }
} }"""
CALLING = {"visaType": "C1", "nationality": "AF"}


async def questions(screening: Viewer, case: str) -> list[str]:
    """The open questions about a case."""
    nodes = (await screening(OPEN_QUESTIONS)).data["screenings"]["nodes"]
    return [one["kind"] for one in nodes if one["application"]["id"] == case]


async def answers(who: dict[str, Viewer], case: str) -> dict[str, object]:
    return (await who["supervisor"](ANSWERS, case=case)).data["node"]


async def test_an_entry_ban_question_is_answered_with_the_person_at_hand(who) -> None:
    screening = who["screening"]
    case = await in_screening(who)

    # The question is in the list, with what is needed to look the person up, and no more.
    assert await questions(screening, case) == ["ENTRY_BAN"]
    named = {"case": case, "for": await reference_of(who["officer"], case)}
    person = (await screening(WHO_IS_IT, **named)).data["node"]["applicant"]["identity"]
    assert person == {"fullName": IDENTITY["fullName"], "birthDate": IDENTITY["birthDate"]}
    hidden = await screening("{ applications(first: 1) { nodes { status } } }")
    assert hidden.status == 400

    # Answered, it is nobody's question any more: the person is out of reach as well.
    await answer(screening, case, "ENTRY_BAN", "CLEAR")
    assert await questions(screening, case) == []
    assert (await screening(WHO_IS_IT, **named)).data["node"] is None

    # Who answered, and when, stands with the answer and in the events of the case.
    found = await answers(who, case)
    [one] = found["screenings"]["nodes"]
    assert (one["result"], one["answeredBy"], one["confirmedBy"]) == ("CLEAR", "screening", None)
    assert found["events"]["nodes"][-1] == {
        "kind": "SCREENED", "actor": "screening", "actorRole": "SCREENING",
    }  # fmt: skip
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_the_system_clears_a_file_and_whoever_refers_it_asks_people(who, connection) -> None:
    case = await in_verification(who)
    while await screen_paid_cases(KEYS, connection, BanList()):
        pass
    found = await answers(who, case)
    [one] = found["screenings"]["nodes"]
    assert (one["kind"], one["result"], one["answeredBy"]) == ("ENTRY_BAN", "CLEAR", None)
    assert (one["ruleVersion"], bool(one["listVersion"])) == (RULE_VERSION, True)
    assert found["events"]["nodes"][-1] == {"kind": "SCREENED", "actor": None, "actorRole": None}

    # Referred all the same, it waits for a person, whose answer counts.
    await perform(who["officer"], "referToScreening", case)
    assert await questions(who["screening"], case) == ["ENTRY_BAN"]
    granted = await change(who["officer"], "recordDecision", case, outcome="GRANTED")
    assert granted.codes == ["NOT_CLEARED"]
    await answer(who["screening"], case, "ENTRY_BAN", "CLEAR")
    again = await change(who["officer"], "referToScreening", case)
    assert again.codes == ["NOTHING_TO_ASK"]
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_file_that_the_system_cleared_is_granted_without_another_answer(
    who, connection
) -> None:
    case = await in_verification(who)
    while await screen_paid_cases(KEYS, connection, BanList()):
        pass
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_clearance_takes_a_second_person(who) -> None:
    first, second = who["screening"], who["screening-2"]
    case = await in_screening(who, **CALLING)
    assert sorted(await questions(first, case)) == ["CLEARANCE", "ENTRY_BAN"]
    await answer(first, case, "ENTRY_BAN", "CLEAR")
    await answer(first, case, "CLEARANCE", "CLEAR")

    # One person's answer is a proposal: nothing is granted on it, and it stays in the list.
    assert await questions(second, case) == ["CLEARANCE"]
    granted = await change(who["officer"], "recordDecision", case, outcome="GRANTED")
    assert granted.codes == ["NOT_CLEARED"]
    assert await confirm(first, case, "CLEARANCE") == ["SECOND_PERSON_REQUIRED"]
    assert await confirm(second, case, "CLEARANCE") == []
    assert await confirm(second, case, "CLEARANCE") == ["NOTHING_PROPOSED"]

    nodes = (await answers(who, case))["screenings"]["nodes"]
    assert {one["kind"]: (one["answeredBy"], one["confirmedBy"]) for one in nodes} == {
        "ENTRY_BAN": ("screening", None), "CLEARANCE": ("screening", "screening-2"),
    }  # fmt: skip
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_false_hit_is_resolved_and_the_case_goes_on(who) -> None:
    """With names, most hits are somebody else."""
    case = await in_screening(who)
    await answer(who["screening"], case, "ENTRY_BAN", "HIT")

    # It stands in the supervisors' queue at once. The officer sees no hit.
    hits = (await who["supervisor"](HITS)).data["applications"]["nodes"]
    assert case in [one["id"] for one in hits]
    refused = await change(who["officer"], "recordDecision", case, outcome="GRANTED")
    assert refused.codes == ["NOT_CLEARED"]
    kinds = [one["kind"] for one in (await desk(who["officer"], case))["events"]["nodes"]]
    assert not {"SCREENED", "ANSWER_PROPOSED"} & set(kinds)
    # Nobody asks again until the answer is another one.
    again = await change(who["supervisor"], "referToScreening", case)
    assert again.codes == ["NOTHING_TO_ASK"]

    # The supervisor says why it is somebody else, and a second person of the authority agrees:
    # not the one who found the hit.
    assert await resolve(who["supervisor"], case, "NO_MATCH", "Born in another year.") == []
    assert await confirm(who["screening"], case, "ENTRY_BAN") == ["SECOND_PERSON_REQUIRED"]
    [asked] = [
        one
        for one in (await who["screening-2"](OPEN_QUESTIONS)).data["screenings"]["nodes"]
        if one["application"]["id"] == case
    ]
    assert (asked["proposed"], asked["reason"]) == ("NO_MATCH", "Born in another year.")
    assert await confirm(who["screening-2"], case, "ENTRY_BAN") == []

    found = await answers(who, case)
    assert found["hasOpenHit"] is False
    assert [(one["result"], one["answeredBy"], one["confirmedBy"])
            for one in found["screenings"]["nodes"]] == [
        ("HIT", "screening", None), ("NO_MATCH", "supervisor", "screening-2"),
    ]  # fmt: skip
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_true_hit_leaves_the_officers_desk_and_is_refused_by_the_supervisor(who) -> None:
    case = await in_screening(who)
    await answer(who["screening"], case, "ENTRY_BAN", "HIT")
    supervisor, officer = who["supervisor"], who["officer"]
    refusal = {"outcome": "REFUSED", "grounds": ["ENTRY_BAN"]}
    not_yet = await change(supervisor, "recordDecision", case, **refusal)
    assert not_yet.codes == ["NOT_ASSIGNED"]

    assert await resolve(supervisor, case, "MATCH", "Same passport, same birth date.") == []
    assert await confirm(who["screening-2"], case, "ENTRY_BAN") == []

    # The officer learns that the case left the desk, and nothing else.
    found = await desk(officer, case)
    assert found["status"] == "SCREENING"
    assert [one["officer"] for one in found["assignments"]["nodes"]] == ["officer"]
    assert found["assignments"]["nodes"][0]["endedAt"] is not None
    for given in ({"outcome": "GRANTED"}, refusal):
        assert (await change(officer, "recordDecision", case, **given)).codes == ["NOT_ASSIGNED"]

    # It is on the desk of the supervisor who looked into it; no other one takes it.
    other = await change(who["supervisor-2"], "recordDecision", case, **refusal)
    assert other.codes == ["NOT_ASSIGNED"]
    assert (await change(supervisor, "recordDecision", case, outcome="GRANTED")).codes == [
        "WRONG_STATUS"
    ]
    await perform(supervisor, "recordDecision", case, **refusal)
    assert (await desk(officer, case))["status"] == "REFUSED"

    # Of such cases alone: nobody gives a supervisor the work of an officer.
    given = {"officer": "supervisor", "reason": "Has judged a hit."}
    next_one = await in_screening(who)
    assert (await change(who["supervisor-2"], "reassignCase", next_one, **given)).codes == [
        "OFFICER_UNKNOWN"
    ]


async def test_the_authority_follows_its_questions_and_what_waits_for_a_second_person(
    who, world
) -> None:
    async with (
        served(world) as live,
        live.as_viewer("screening") as first,
        live.as_viewer("screening-2") as second,
    ):
        for one in (first, second):
            await one.follows(ASKED)
        case = await in_screening(who, **CALLING)
        for one in (first, second):
            asked = [await one.next_value() for _ in range(2)]
            assert {each["application"]["id"] for each in asked} == {case}
            assert sorted(each["kind"] for each in asked) == ["CLEARANCE", "ENTRY_BAN"]
        # What is answered is nobody's question any more; what waits for somebody else is.
        await answer(who["screening"], case, "ENTRY_BAN", "CLEAR")
        await answer(who["screening"], case, "CLEARANCE", "CLEAR")
        for one in (first, second):
            waiting = await one.next_value()
            assert (waiting["kind"], waiting["proposed"]) == ("CLEARANCE", "CLEAR")
        assert await confirm(who["screening-2"], case, "CLEARANCE") == []
        await first.receives_nothing()


async def test_supervisors_are_alerted_of_referrals_and_hits_until_those_are_settled(who) -> None:
    supervisor = who["supervisor"]
    # What is asked of every file alerts nobody.
    routine = await in_screening(who)
    assert await alerts(supervisor, routine) == []

    case = await in_verification(who)
    doubt = {"reason": "DOCUMENTS_IN_DOUBT", "note": "The stamp is of another year."}
    await perform(who["officer"], "referToScreening", case, **doubt)
    assert await alerts(supervisor, case) == [("REFERRAL", "officer", "OFFICER", None, None)]
    await answer(who["screening"], case, "ENTRY_BAN", "UNAVAILABLE")
    await perform(who["officer"], "referToScreening", case, **doubt)
    await answer(who["screening"], case, "ENTRY_BAN", "HIT")
    referred = ("REFERRAL", "officer", "OFFICER", "screening", "HIT")
    assert await alerts(supervisor, case) == [
        referred,
        ("HIT", "screening", "SCREENING", None, None),
    ]

    await resolve(supervisor, case, "NO_MATCH", "Born in another year.")
    assert (await alerts(supervisor, case))[1][3:] == (None, None)
    assert await confirm(who["screening-2"], case, "ENTRY_BAN") == []
    settled = ("HIT", "screening", "SCREENING", "supervisor", "Born in another year.")
    assert await alerts(supervisor, case) == [referred, settled]


@pytest.mark.parametrize("name", ["service", "agent-au", "applicant", "officer", "treasury"])
async def test_nobody_else_answers_a_question(who, name) -> None:
    """Least of all the partner's own system, which cleared its own applicants before."""
    case = await in_screening(who, **CALLING)
    for mutation, given in (
        ("recordScreening", {"kind": "ENTRY_BAN", "result": "CLEAR"}),
        ("recordScreening", {"kind": "CLEARANCE", "result": "CLEAR"}),
        ("confirmScreening", {"kind": "CLEARANCE"}),
    ):
        type_name = mutation[0].upper() + mutation[1:]
        asked = await who[name](
            f"mutation($input: {type_name}Input!) {{"
            f" {mutation}(input: $input) {{ errors {{ code }} }} }}",
            input={"idempotencyKey": "not-the-authority", "applicationId": case, **given},
        )
        assert (asked.status, asked.codes[0]) == (400, "FORBIDDEN_FIELD")
    answer = await answers(who, case)
    assert {one["result"] for one in answer["screenings"]["nodes"]} == {"PENDING"}


async def test_the_authority_reaches_no_case_without_a_question(who) -> None:
    case = await in_verification(who)
    named = {"case": case, "for": await reference_of(who["officer"], case)}
    assert (await who["screening"](WHO_IS_IT, **named)).data["node"] is None
    refused = await change_screening(
        who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR"
    )
    assert refused == ["NOT_FOUND"]


# --- What the day consists of --------------------------------------------------------------------


async def change_screening(viewer: Viewer, mutation: str, case: str, **given: str) -> list[str]:
    return (await change(viewer, mutation, case, **given)).codes


async def answer(viewer: Viewer, case: str, kind: str, result: str) -> None:
    assert await change_screening(viewer, "recordScreening", case, kind=kind, result=result) == []


async def confirm(viewer: Viewer, case: str, kind: str) -> list[str]:
    return await change_screening(viewer, "confirmScreening", case, kind=kind)


async def resolve(viewer: Viewer, case: str, resolution: str, reason: str) -> list[str]:
    given = {"kind": "ENTRY_BAN", "resolution": resolution, "reason": reason}
    return await change_screening(viewer, "resolveHit", case, **given)


async def alerts(viewer: Viewer, case: str) -> list[tuple[str | None, ...]]:
    """The alerts about a case, the first raised first."""
    nodes = (await viewer(ALERTS)).data["alerts"]["nodes"]
    return [
        tuple(one[each] for each in ("kind", "actor", "actorRole", "closedBy", "closeReason"))
        for one in reversed(nodes)
        if one["application"] and one["application"]["id"] == case
    ]


async def desk(viewer: Viewer, case: str) -> dict[str, object]:
    return (await viewer(DESK, case=case)).data["node"]
