"""The second wall of links that count: whatever a gateway says, nobody grants alone a file of
whoever was refused for forgery, lost a visa, or was found on the entry-ban list."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.life.grant_conditions import unmet_sql
from models.person.person_link import MOST_LINKED
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id, decision_id

pytestmark = pytest.mark.anyio

#: On the desk of an officer; and who was refused, revoked, or has nothing to do with it.
CASE, REFUSED = application_id("SGPO-OPEN-0006"), application_id("AUPO-SECU-0003")
REVOKED = application_id("DIRE-REVO-0010")
OFFICER, SUPERVISOR = Viewer("officer", Role.OFFICER), Viewer("supervisor", Role.SUPERVISOR)
ANOTHER, ALIKE = Viewer("officer-2", Role.OFFICER), Viewer("officer", Role.SUPERVISOR)
READY = (
    "DELETE FROM person_link",
    "UPDATE application SET is_linked = true, is_held = false WHERE id = $1",
    "ALTER TABLE decision DISABLE TRIGGER append_only",
    "ALTER TABLE application_event DISABLE TRIGGER append_only",
    "DELETE FROM screening WHERE application_id = $1",
    "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at) VALUES"
    " (gen_random_uuid(), $1, 'ENTRY_BAN', 'CLEAR', now(), now())",
)
LINK = (
    "INSERT INTO person_link (id, applicant_id, linked_id, reason, state, found_at, resolved_at,"
    " resolved_by, resolved_in, resolution) SELECT gen_random_uuid(), $1, $2, $3, $4, now(), at,"
    " by, $5, by FROM (SELECT CASE WHEN $4 IN ('CONFIRMED', 'REJECTED') THEN now() END AS at,"
    " CASE WHEN $4 IN ('CONFIRMED', 'REJECTED') THEN 'officer' END AS by) AS said"
)
GROUNDS = (
    "UPDATE decision SET grounds = '{{{}}}', public_reasons = CASE WHEN '{{{}}}' <@"
    " '{{ENTRY_BAN,SECURITY}}'::text[] THEN '{{NOT_DISCLOSED}}' ELSE"
    " array_remove(array_remove('{{{}}}'::text[], 'ENTRY_BAN'), 'SECURITY') END"
)
FORGED = f"{GROUNDS.format(*['FORGED_DOCUMENT'] * 3)} WHERE application_id = '{REFUSED}'"
SCREENED = (
    "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at{})"
    f" VALUES (gen_random_uuid(), '{REFUSED}', '{{}}', '{{}}', now() - interval '{{}} s',"
    " now(){})"
)
KEY = "00000000-0000-0000-0000-00000000d103"
SUPERSEDED = (
    "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer,"
    f" supersedes_id) SELECT '{KEY}', id, 'REFUSED', '{{INSUFFICIENT_MEANS}}', now(), 'supervisor',"
    f" current_decision_id FROM application WHERE id = '{REFUSED}'",
    f"UPDATE application SET current_decision_id = '{KEY}' WHERE id = '{REFUSED}'",
)
BY_TWO = (
    ", reason, proposed, proposed_by, answered_by, confirmed_by",
    ", 'So.', '{0}', 'supervisor', 'supervisor', 'screening'",
)


def screened(result: str, kind: str = "ENTRY_BAN", seconds: int = 0) -> str:
    columns, values = BY_TWO
    return SCREENED.format(columns, kind, result, 9 - seconds, values.format(result))


def event(kind: str, by: Viewer, reason: str = "NULL", sequence: int = 90) -> str:
    return (
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor,"
        f" actor_role, reason) VALUES ('{CASE}', {sequence}, '{kind}', clock_timestamp(),"
        f" '{by.subject}', '{by.role}', {reason})"
    )


PROPOSED = event("GRANT_PROPOSED", OFFICER, "'So.'")
APPROVED = event("GRANT_APPROVED", SUPERVISOR, sequence=91)
REJECTED = event("GRANT_REJECTED", SUPERVISOR, "'No.'", sequence=91)
GRANT = (
    "INSERT INTO decision (id, application_id, outcome, decided_at, officer) VALUES"
    f" ('00000000-0000-0000-0000-00000000d102', '{CASE}', 'GRANTED', now(), 'officer')"
)


async def link(
    connection: asyncpg.Connection,
    to: str,
    state: str | None = "CERTAIN",
    reason: str = "PASSPORT",
) -> None:
    pair = (applicant_id("Wei Tan"), applicant_id(to))
    await connection.execute(LINK, *pair, reason, state, CASE if state in SAID else None)


SAID = ("CONFIRMED", "REJECTED")


async def stop(connection: asyncpg.Connection, viewer: Viewer = OFFICER) -> str | None:
    async with undone(connection):
        await act_writing(connection, viewer)
        found: str | None = await connection.fetchval("SELECT viewer.grant_stop($1)", CASE)
        return found


@pytest.fixture
async def ready(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The case could be granted."""
    async with undone(complete_world):
        for statement in READY:
            await complete_world.execute(statement, *[CASE][: "$1" in statement])
        assert await is_done(complete_world, OFFICER, GRANT)
        yield complete_world


@pytest.mark.parametrize(
    ("statements", "counts"),
    [
        ((), False),
        ((FORGED,), True),
        ((FORGED.replace("FORGED_DOCUMENT", "FALSE_STATEMENT"),), True),
        ((FORGED.replace("FORGED_DOCUMENT", "ENTRY_BAN"),), True),
        ((FORGED.replace("FORGED_DOCUMENT", "INSUFFICIENT_MEANS,FORGED_DOCUMENT"),), True),
        ((FORGED.replace("FORGED_DOCUMENT", "INSUFFICIENT_MEANS"),), False),
        ((FORGED, "UPDATE decision SET decided_at = now() - interval '1825 days'"), True),
        ((FORGED, "UPDATE decision SET decided_at = now() - interval '1828 days'"), False),
        # Another decision is in force.
        ((FORGED, *SUPERSEDED), False),
        ((screened("MATCH"),), True),
        ((screened("MATCH"), "UPDATE screening SET answered_at = now() - interval '1828 days',"
          " requested_at = now() - interval '1829 days' WHERE result = 'MATCH'"), False),
        ((screened("MATCH"), "UPDATE screening SET voided_at = now() WHERE result = 'MATCH'"),
         False),
        ((screened("MATCH"), screened("NO_MATCH", seconds=1)), False),
        ((screened("NO_MATCH"), screened("MATCH", seconds=1)), True),
        ((screened("MATCH", "CLEARANCE"),), False),
    ],
)  # fmt: skip
async def test_what_counts_of_a_linked_file(ready, statements: tuple[str, ...], counts) -> None:
    await link(ready, "Arjun Rao")
    for statement in statements:
        await ready.execute(statement)
    assert await stop(ready) == ("" if counts else None)
    # To the officer who has it, a stop is one to whatever writes in the officer's name.
    assert await is_done(ready, OFFICER, GRANT) is not counts
    # What counts stops every rule.
    unmet = await ready.fetchval(
        f"SELECT {unmet_sql()} FROM application, grant_rule AS rule"
        " WHERE application.id = $1 LIMIT 1",
        CASE,
    )
    assert not counts or "NO_LINKED_REFUSAL" in unmet


@pytest.mark.parametrize(
    ("reason", "state", "counts"),
    [
        ("PASSPORT", "CERTAIN", True),
        ("NAME_AND_BIRTH_DATE", "CONFIRMED", True),
        ("NAME_AND_BIRTH_DATE", "PROPOSED", False),
        ("NAME_AND_BIRTH_DATE", "REJECTED", False),
        ("GROUP", None, False),
    ],
)
async def test_a_sure_link_counts(ready, reason: str, state: str | None, counts: bool) -> None:
    await link(ready, "Farid Noori", state, reason)
    assert await stop(ready) == ("" if counts else None)
    # Another file of the very same person needs no link; a revocation that was set aside is none.
    await ready.execute("DELETE FROM person_link")
    await ready.execute(
        "UPDATE application SET applicant_id = $1, nationality_code = 'SG' WHERE id = $2",
        applicant_id("Wei Tan"),
        REVOKED,
    )
    assert await stop(ready) == ""
    await ready.execute("UPDATE application SET status = 'GRANTED' WHERE id = $1", REVOKED)
    assert await stop(ready) is None


@pytest.mark.parametrize(
    ("number", "reason", "counts"),
    [
        (MOST_LINKED, "NAME_AND_BIRTH_DATE", True),
        (MOST_LINKED, "PASSPORT", True),
        (MOST_LINKED - 1, "NAME_AND_BIRTH_DATE", False),
        (MOST_LINKED, "GROUP", False),
    ],
)
async def test_where_more_may_be_linked_than_is_looked_for_two_agree(
    ready, number: int, reason: str, counts: bool
) -> None:
    """Whoever was refused could hide that file behind a crowd of others, in bad faith or not."""
    state = {"PASSPORT": "CERTAIN", "NAME_AND_BIRTH_DATE": "PROPOSED"}.get(reason)
    people = await ready.fetch(
        "INSERT INTO applicant (id, nationality_code)"
        " SELECT gen_random_uuid(), 'SG' FROM generate_series(1, $1) RETURNING id",
        number,
    )
    await ready.executemany(
        LINK, [(applicant_id("Wei Tan"), one["id"], reason, state, None) for one in people]
    )
    if reason != "PASSPORT":
        await link(ready, "Arjun Rao")  # for another reason: it is not one more
    assert await stop(ready) == ("" if counts else None)
    assert await is_done(ready, OFFICER, GRANT) is not counts
    # Approved once, it is not stopped by each that comes later.
    await ready.execute(event("GRANT_APPROVED", SUPERVISOR, sequence=91))
    await link(ready, "Ruby Hale", state, reason)
    assert await is_done(ready, OFFICER, GRANT) or not counts


async def test_two_people_agree_to_what_neither_grants_alone(ready) -> None:
    await link(ready, "Arjun Rao")
    await ready.execute(FORGED)
    # With a reason, by whoever has it on the desk; and nobody approves what nobody proposed.
    assert await is_done(ready, OFFICER, PROPOSED)
    assert not await is_done(ready, OFFICER, event("GRANT_PROPOSED", OFFICER))
    assert not await is_done(ready, ANOTHER, event("GRANT_PROPOSED", ANOTHER, "'So.'"))
    assert not await is_done(ready, SUPERVISOR, event("GRANT_PROPOSED", SUPERVISOR, "'So.'"))
    assert not await is_done(ready, SUPERVISOR, APPROVED)
    async with undone(ready):
        await ready.execute(event("GRANT_APPROVED", SUPERVISOR, sequence=89))
        assert await stop(ready) is None
    await ready.execute(PROPOSED)
    assert await stop(ready) == "officer"
    # Supervisors have it before them until one of them approves or rejects it, or the case ends.
    asked = "SELECT closed_by FROM alert WHERE kind = 'GRANT_PROPOSED'"
    assert [row["closed_by"] for row in await ready.fetch(asked)] == [None]
    for kind, closed_by in (
        ("WITHDRAWN", "keeper"), ("LAPSED", "keeper"), ("REFUSED", "keeper"),
        ("GRANT_APPROVED", "supervisor"), ("GRANT_REJECTED", "supervisor"),
    ):  # fmt: skip
        async with undone(ready):
            await ready.execute(event(kind, SUPERVISOR, sequence=91))
            assert [row["closed_by"] for row in await ready.fetch(asked)] == [closed_by]
    assert not await is_done(ready, OFFICER, PROPOSED.replace("90", "91"))
    assert not await is_done(ready, OFFICER, GRANT)
    # It is rejected with a reason, or taken back by whoever has it on the desk, and not twice.
    assert not await is_done(ready, SUPERVISOR, event("GRANT_REJECTED", SUPERVISOR, sequence=91))
    assert not await is_done(ready, ANOTHER, event("GRANT_REJECTED", ANOTHER, "'No.'", 91))
    async with undone(ready):
        assert await is_done(ready, OFFICER, event("GRANT_REJECTED", OFFICER, "'No.'", 91))
        await ready.execute(event("GRANT_REJECTED", OFFICER, "'No.'", 91))
        assert [row["closed_by"] for row in await ready.fetch(asked)] == ["keeper"]
    async with undone(ready):
        await ready.execute(REJECTED)
        assert await stop(ready) == ""
        assert not await is_done(ready, SUPERVISOR, REJECTED.replace("91", "92"))
        assert not await is_done(ready, SUPERVISOR, APPROVED.replace("91", "92"))
        assert await is_done(ready, OFFICER, PROPOSED.replace("90", "92"))
    # By a supervisor, who is another person.
    assert not await is_done(ready, ALIKE, APPROVED.replace("'supervisor'", "'officer'"))
    assert not await is_done(ready, OFFICER, event("GRANT_APPROVED", OFFICER, sequence=91))
    assert await is_done(ready, SUPERVISOR, APPROVED)
    await ready.execute(APPROVED)
    assert await stop(ready) is None
    assert await is_done(ready, OFFICER, GRANT)
    # It is approved for what counted by then.
    await ready.execute(
        "UPDATE decision SET decided_at = clock_timestamp() WHERE id = $1",
        decision_id("AUPO-SECU-0003", 1),
    )
    assert await stop(ready) == ""
    assert not await is_done(ready, OFFICER, GRANT)
    # Who takes applications in is told nothing.
    agent = Viewer("agent-au", Role.PARTNER_AGENT, partner="NUSA", countries=("AU",))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await stop(ready, agent)
