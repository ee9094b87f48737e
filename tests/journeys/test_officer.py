"""A day of an officer: the most urgent case is taken, read, referred and decided; one goes back."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    everything,
    key,
    paid_case,
    perform,
    reference_of,
    row_id,
)
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

WHO_IS_IT = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application {
            status
            applicant { identity { fullName passportNumber } identityAbsence }
        } }
    }
"""
NOTES = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { notes(first: 9) { nodes { author text } } } }
    }
"""
NO_BOOKING = "Called the hotel: no booking under this name."
#: Whether somebody waits for a lock of the asking transaction.
WAITING = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))
    )
"""
REFUSAL = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS"]}


async def test_an_officer_works_through_a_day(who) -> None:
    officer = who["officer"]
    first, second = await paid_case(who), await paid_case(who)

    # Nobody chooses: the case that is due first is given, and with it who applies.
    taken = await perform(officer, "takeCase", queue="FREE")
    assert taken == first
    assert await person(officer, taken) == IDENTITY["fullName"]

    # Supervision is asked, answers, and the visa is granted: the case leaves the desk.
    await perform(officer, "referToScreening", taken)
    await perform(who["screening"], "recordScreening", taken, kind="ENTRY_BAN", result="CLEAR")
    await perform(officer, "recordDecision", taken, outcome="GRANTED")
    assert await person(officer, taken) == "NOT_IN_HAND"

    # The next one is of somebody whom the officer knows: it goes back, with the reason.
    assert await perform(officer, "takeCase", queue="FREE") == second
    await perform(officer, "writeNote", second, text=f" {NO_BOOKING} ")
    assert await notes(officer, second) == [("officer", NO_BOOKING)]
    unsaid = await change(officer, "releaseCase", second, reason=" ")
    assert [error["path"] for error in unsaid.payload["errors"]] == [["input", "reason"]]
    await perform(officer, "releaseCase", second, reason="The applicant is a cousin of mine.")
    assert await person(officer, second) == "NOT_IN_HAND"
    assert await notes(officer, second) == []
    assert (await change(officer, "writeNote", second)).codes == ["NOT_ASSIGNED"]

    # It does not return to who gave it back, and is the next of anybody else.
    assert (await change(officer, "takeCase", queue="FREE")).codes == ["QUEUE_EMPTY"]
    assert await perform(who["officer-2"], "takeCase", queue="FREE") == second
    # What was noted is not lost with it; supervisors take part.
    await perform(who["supervisor"], "writeNote", second, text="Ask for a booking.")
    noted = [("supervisor", "Ask for a booking."), ("officer", NO_BOOKING)]
    for viewer in (who["officer-2"], who["supervisor"]):
        assert await notes(viewer, second) == noted
    await perform(who["officer-2"], "recordDecision", second, **REFUSAL)
    for viewer in (who["officer-2"], who["supervisor"]):
        assert (await change(viewer, "writeNote", second)).codes == ["WRONG_STATUS"]
    assert await notes(who["supervisor"], second) == noted


async def test_what_officers_note_is_told_to_nobody_else(
    who, connection: asyncpg.Connection
) -> None:
    """Neither that there is a note, nor how many: not by what others read, nor by the log of reads,
    of which people are told once their case is closed."""
    noted, plain = [await assign_to(who, "officer", await paid_case(who)) for _ in range(2)]
    changes = "SELECT count(*) FROM application_change"
    before, changed = await everything(connection), await connection.fetchval(changes)
    given = {"text": NO_BOOKING, "idempotencyKey": key()}
    for _ in range(2):
        await perform(who["officer"], "writeNote", noted, **given)
    after = await everything(connection)
    assert {name for name in before if before[name] != after[name]} == {"case_note", "idempotency"}
    assert await connection.fetchval(changes) == changed
    for length, codes in ((0, ["INVALID"]), (2_000, []), (2_001, ["INVALID"])):
        answer = await change(who["officer"], "writeNote", noted, text="x" * length)
        assert answer.codes == codes, length
    for name in ("agent-au", "manager-au", "service", "applicant", "auditor", "screening"):
        answer = await who[name](NOTES, case=noted, **{"for": "A"})
        assert set(answer.codes) == {"FORBIDDEN_FIELD"}, name
    assert [text[:9] for _, text in await notes(who["officer"], noted)] == ["x" * 9, "Called th"]
    assert await notes(who["officer"], plain) == []
    reads = (
        "SELECT fields FROM access_event JOIN application USING (applicant_id)"
        " WHERE application.id = $1"
    )
    for case in (noted, plain):
        read = {tuple(row[0]) for row in await connection.fetch(reads, row_id(case))}
        assert read == {("notes.author", "notes.text")}
    written = "SELECT to_jsonb(case_note)::text FROM case_note WHERE application_id = $1"
    assert NO_BOOKING not in str(await connection.fetch(written, row_id(noted)))
    for case in (noted, plain):
        await perform(who["officer"], "recordDecision", case, **REFUSAL)


async def notes(viewer: Viewer, case: str) -> list[tuple[str, str]]:
    answer = await viewer(NOTES, case=case, **{"for": await reference_of(viewer, case)})
    assert answer.errors == [], answer.text
    return [(one["author"], one["text"]) for one in answer.data["node"]["notes"]["nodes"]]


async def test_the_queue_of_the_overdue_gives_what_is_overdue_and_nothing_else(
    who, connection: asyncpg.Connection
) -> None:
    officer = who["officer"]
    in_time, late = await paid_case(who), await paid_case(who)
    await connection.execute(
        "UPDATE application SET target_due_at = now() - interval '1 minute' WHERE id = $1",
        row_id(late),
    )
    assert await perform(officer, "takeCase", queue="OVERDUE") == late
    assert (await change(officer, "takeCase", queue="OVERDUE")).codes == ["QUEUE_EMPTY"]
    assert await perform(officer, "takeCase", queue="FREE") == in_time
    for case in (late, in_time):
        await perform(officer, "recordDecision", case, **REFUSAL)


async def test_the_case_that_is_due_first_is_taken_unless_somebody_is_just_taking_it(
    who, connection: asyncpg.Connection
) -> None:
    cases = [await paid_case(who) for _ in range(3)]
    for minutes, case in zip((3, 1, 2), cases, strict=True):
        await connection.execute(
            "UPDATE application SET target_due_at = now() - $2 * interval '1 minute' WHERE id = $1",
            *(row_id(case), 4 - minutes),
        )
    third, first, second = cases
    async with connection.transaction():
        await connection.execute("SELECT FROM application WHERE id = $1 FOR UPDATE", row_id(first))
        assert await perform(who["officer"], "takeCase", queue="FREE") == second
    assert await perform(who["officer"], "takeCase", queue="FREE") == first
    assert await perform(who["officer"], "takeCase", queue="OVERDUE") == third
    for case in cases:
        await perform(who["officer"], "recordDecision", case, **REFUSAL)


async def test_the_last_case_is_waited_for_while_it_is_changed(
    who, connection: asyncpg.Connection
) -> None:
    """The keeper changes cases too: the officer is not told that there is none."""
    case = await paid_case(who)
    async with connection.transaction():
        await connection.execute("SELECT FROM application WHERE id = $1 FOR UPDATE", row_id(case))
        taking = asyncio.create_task(perform(who["officer"], "takeCase", queue="FREE"))
        while not taking.done() and not await connection.fetchval(WAITING):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert not taking.done()
    assert await taking == case
    await perform(who["officer"], "recordDecision", case, **REFUSAL)


async def test_an_officer_does_nothing_to_a_case_on_another_desk(who) -> None:
    """An officer refused another's case before, without having seen the person."""
    case = await assign_to(who, "officer-2", await paid_case(who))
    for mutation, given in (
        ("requestInformation", {}),
        ("referToScreening", {}),
        ("releaseCase", {"reason": "Not mine."}),
        ("recordDecision", REFUSAL),
        ("recordDecision", {"outcome": "GRANTED"}),
    ):
        answer = await change(who["officer"], mutation, case, **given)
        assert answer.codes == ["NOT_ASSIGNED"], mutation
    assert await person(who["officer"], case) == "NOT_IN_HAND"
    await perform(who["officer-2"], "recordDecision", case, **REFUSAL)


async def test_a_queue_that_is_no_queue_to_take_from_is_refused(who) -> None:
    for queue in ("MINE",):
        answer = await change(who["officer"], "takeCase", queue=queue)
        assert [(one["code"], one["path"]) for one in answer.payload["errors"]] == [
            ("INVALID", ["input", "queue"])
        ]


# --- What the day consists of --------------------------------------------------------------------


async def person(viewer: Viewer, case: str) -> str:
    """The applicant's name, or why the viewer does not read it."""
    named = {"case": case, "for": await reference_of(viewer, case)}
    node: Mapping[str, Any] = (await viewer(WHO_IS_IT, **named)).data["node"]
    identity, absence = node["applicant"].values()
    assert (identity is None) is (absence is not None)
    return absence or identity["fullName"]
