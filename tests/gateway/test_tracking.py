"""A file is tracked without an account by who knows whose it is; whatever does not fit is alike."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from gateway.execution import answers
from gateway.row_security.tracking import TRACKING_FUNCTIONS
from gateway.viewer import ANONYMOUS
from gateway.viewer import Viewer as ActingViewer
from models.instants import wib_day
from models.key_service.counts import TRIES_OF_A_FILE, TRIES_OF_A_SOURCE
from models.vocabulary import Role
from tests import tokens
from tests.acting import act
from tests.gateway.changing import (
    IDENTITY,
    PERSONAL,
    granted_case,
    in_verification,
    paid_case,
    perform,
    reference_of,
    wait_until_linked,
)
from tests.gateway.conftest import PATIENT, Answer, Viewer, running_gateway, without_budget
from tests.gateway.log_lines import log_lines
from tests.linking import linking
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

QUESTION = """
    query Track($reference: String!, $state: CountryCode!, $passport: String!, $born: Date!) {
        trackedFile(
            reference: $reference, birthDate: $born,
            passport: {issuingState: $state, number: $passport}
        ) { stage expectedOn }
    }
"""


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway behind a proxy that says who asks: each test comes from addresses of its own."""
    settings = tokens.settings(world, **PATIENT, trusted_proxies="127.0.0.0/8")
    async with running_gateway(settings) as application, linking(world):
        yield application


#: Both its day and its status.
CLOSED_LONG_AGO = """
    UPDATE application SET closed_at = now() - interval '31 days', status = 'WITHDRAWN',
        submitted_at = submitted_at - interval '31 days', paid_at = paid_at - interval '31 days',
        received_at = received_at - interval '31 days'
"""


class Person:
    """Somebody who has no account, and a file."""

    def __init__(self, who: Mapping[str, Viewer], reference: str, passport: str) -> None:
        self.viewer, self.reference, self.passport = who["anonymous"], reference, passport

    async def ask(self, source: str, **given: Any) -> Answer:
        values = {"reference": self.reference, "passport": self.passport, "state": "AU"}
        values |= {"born": IDENTITY["birthDate"], **given}
        body = {"query": QUESTION, "variables": values}
        return await self.viewer.send(body, **{"X-Forwarded-For": f"203.0.113.9, {source}"})


async def somebody(who: Mapping[str, Viewer], passport: str, lodge: Any = paid_case) -> Person:
    case = await lodge(who, identity={**IDENTITY, "passportNumber": passport})
    await wait_until_linked(who, case)
    return Person(who, await reference_of(who["officer"], case), passport)


async def case_of(connection: asyncpg.Connection, person: Person) -> Any:
    return await connection.fetchrow(
        "SELECT * FROM application WHERE reference = $1", person.reference
    )


async def test_whoever_knows_whose_it_is_reads_stage_and_day_and_no_outcome(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    one = await somebody(who, "TRACK0001")
    expected = wib_day((await case_of(connection, one))["target_due_at"]).isoformat()
    asked = await one.ask("198.51.100.1")
    assert asked.data == {"trackedFile": {"stage": "IN_PROCESS", "expectedOn": expected}}
    assert asked.headers.get("cache-control", "private, no-store") == "private, no-store"
    written = f" {one.reference.lower()} "
    assert (await one.ask("198.51.100.1", reference=written, passport="track 0001")).data
    # The day moves by as long as the file waited, and there is none once it is over.
    paused = "UPDATE application SET paused_seconds = {} WHERE reference = $1"
    await connection.execute(paused.format(3 * 86_400), one.reference)
    later = (await one.ask("198.51.100.1")).data["trackedFile"]["expectedOn"]
    due_at = (await case_of(connection, one))["target_due_at"]
    assert later == wib_day(due_at + timedelta(days=3)).isoformat()

    closed = {}
    for name, lodge in (("TRACK0002", granted_case), ("TRACK0003", refused)):
        closed[name] = await (await somebody(who, name, lodge)).ask("198.51.100.1")
    [alike] = {without_budget(each.text) for each in closed.values()}
    assert '"stage":"CLOSED","expectedOn":null' in alike


async def refused(who: Mapping[str, Viewer], **given: Any) -> str:
    case = await in_verification(who, **given)
    decided = {"outcome": "REFUSED", "grounds": ["PURPOSE_NOT_CREDIBLE"]}
    return await perform(who["officer"], "recordDecision", case, **decided)


async def test_whatever_does_not_fit_is_alike_in_bytes_and_waits_for_a_beat(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await somebody(who, "TRACK0011"), await somebody(who, "TRACK0012")
    # A direct applicant's and a stranger's files are no more there than one that does not exist.
    misses = {
        "no such file": {"reference": "0000-0000-0000"},
        "no reference": {"reference": "no reference at all, and a long one"},
        "another's passport": {"passport": other.passport},
        "another state": {"state": "NZ"},
        "another birth date": {"born": "1990-02-04"},
        "another's file": {"reference": other.reference},
    }
    monkeypatch.setattr(answers, "BEAT_SECONDS", 0.3)  # longer than a busy machine takes
    told = {}
    for number, (name, given) in enumerate(misses.items()):
        began = monotonic()
        told[name] = await one.ask(f"198.51.100.{20 + number}", **given)
        assert monotonic() - began >= 0.3, name
    monkeypatch.undo()
    await connection.execute(f"{CLOSED_LONG_AGO} WHERE reference = $1", other.reference)
    told["closed long ago"] = await other.ask("198.51.100.30")
    [alike] = {strip(each) for each in told.values()}
    assert "NOT_FOUND" in alike
    assert {each.status for each in told.values()} == {200}
    assert (await one.ask("198.51.100.31")).data


def strip(asked: Answer) -> str:
    trace = asked.errors[0]["extensions"]["traceId"]
    return without_budget(asked.text.replace(trace, ""))


ALERTS = "{ alerts(first: 50) { nodes { kind actor actorRole } } }"


async def test_tries_are_counted_for_a_file_and_for_a_source(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    """Whether there is such a file, and whether the try was right, makes no difference."""
    one = await somebody(who, "TRACK0021")
    nobody = Person(who, "ZZZZ-ZZZZ-ZZZZ", "TRACK0099")
    for person in (one, nobody):
        for number in range(TRIES_OF_A_FILE):
            await person.ask(f"198.51.101.{number}")
        spent = await person.ask("198.51.101.200")
        assert (spent.status, spent.codes) == (429, ["RATE_LIMITED"])
        assert 3_000 < int(spent.headers["retry-after"]) <= 3_600
    for number in range(TRIES_OF_A_SOURCE):
        person = Person(who, f"YYYY-YYYY-{number:04}", "X")
        # Whoever writes a longer header is still where the proxy saw them.
        asked = await person.ask(f"2001:db8:1:2::{number:x}")
        assert asked.codes == ["NOT_FOUND"]
    asked = await (await somebody(who, "TRACK0022")).ask("2001:db8:1:2::ffff")
    assert (asked.status, asked.codes) == (429, ["RATE_LIMITED"])
    # Supervisors and auditors learn of it: once of each file and source, and of nobody.
    for _ in range(2):
        await nobody.ask("198.51.101.201")
    for name in ("supervisor", "auditor"):
        all_ = (await who[name](ALERTS)).data["alerts"]["nodes"]
        alerts = [one for one in all_ if one["kind"] == "TRIES_SPENT"]
        assert len(alerts) == 3, alerts
        assert {one["actorRole"] for one in alerts} == {"ANONYMOUS"}
        actors = [one["actor"] for one in alerts]
        assert len({*actors}) == 3
        assert sorted(actor.split(" ")[0] for actor in actors) == ["file", "file", "source"]
        assert not any(told in str(alerts) for told in (one.reference, "ZZZZ", "198.", "2001"))
    # What is refused is not counted, so an hour later there is room.
    await connection.execute("SELECT make_partition('tracking_try', now() - interval '1 hour')")
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("UPDATE tracking_try SET occurred_at = now() - interval '1 hour'")
    await connection.execute("RESET session_replication_role")
    assert (await one.ask("198.51.101.200")).data


async def test_nothing_of_who_asked_is_kept_or_logged(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    one = await somebody(who, "ZX123TRACK")
    with log_lines("DEBUG") as log:
        await one.ask("198.51.102.77")
        await one.ask("198.51.102.77", passport="ZX123WRONG")
    kept = await connection.fetch("SELECT * FROM tracking_try ORDER BY occurred_at DESC LIMIT 2")
    assert [each["is_found"] for each in kept] == [False, True]
    assert kept[0]["file"] == kept[1]["file"]
    assert kept[0]["mac"] is not None
    text = f"{log.text} {kept}"
    for told in (*PERSONAL, one.reference, "198.51.102.77", "WRONG"):
        assert told not in text


async def test_it_is_asked_by_post_alone(who: Mapping[str, Viewer], client: Any) -> None:
    values = '{"reference":"X","state":"AU","passport":"X","born":"1990-02-03"}'
    asked = await client.get("/graphql", params={"query": QUESTION, "variables": values})
    assert asked.status_code == 405
    assert asked.headers["allow"] == "POST"
    assert (await who["officer"](QUESTION, reference="X", state="AU", passport="X",
                                 born="1990-02-03")).codes == ["FORBIDDEN_FIELD"]  # fmt: skip


#: Each condition of the function, and what becomes of a good answer by which it is needed.
CONDITIONS = {
    "AND kind = 'PASSPORT_AND_BIRTH_DATE'": "UPDATE person_index SET kind = 'PASSPORT'",
    "AND known.digest = ANY (holders)": "UPDATE person_index SET digest = sha256('another')",
    "AND known.version = coalesce(": "INSERT INTO identity_version (applicant_id, number,"
    " valid_from, written_at) SELECT DISTINCT applicant_id, 2, now(), now() FROM person_index",
    "AND coalesce(closed_at > now() - interval '30 days', true)":
        f"{CLOSED_LONG_AGO} WHERE entry_on IS NOT NULL AND closed_at IS NULL",
}  # fmt: skip


async def test_each_condition_is_needed(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    """The defect: a condition that is dropped from the function."""
    one = await somebody(who, "TRACK0031")
    digest = await connection.fetchval(
        "SELECT encode(digest, 'hex') FROM person_index JOIN application USING (applicant_id)"
        " WHERE reference = $1 AND kind = 'PASSPORT_AND_BIRTH_DATE'", one.reference,
    )  # fmt: skip

    async def is_told(changed: str, function: str) -> bool:
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM person_index WHERE kind NOT LIKE '%PORT_AND%'")
            await connection.execute(changed)
            await connection.execute(function)
            await act(connection, ANONYMOUS)
            asked = "SELECT * FROM viewer.tracked_file($1, $2)"
            return bool(await connection.fetch(asked, one.reference, [digest]))

    assert await is_told("SELECT 1", TRACKING_FUNCTIONS)
    for condition, changed in CONDITIONS.items():
        assert TRACKING_FUNCTIONS.count(condition) == 1
        dropped = condition.replace(" = ", " < 9 + ") if condition[-1] == "(" else "AND true"
        mutant = TRACKING_FUNCTIONS.replace(condition, dropped)
        assert not await is_told(changed, TRACKING_FUNCTIONS), condition
        assert await is_told(changed, mutant), condition


async def test_twenty_alerts_of_spent_tries_are_raised_in_an_hour(
    connection: asyncpg.Connection,
) -> None:
    """Whoever tries from everywhere buries nobody in alerts; those of an hour ago count no more."""
    tries = (
        "INSERT INTO tracking_try (id, kind, file, source, is_found, trace_id, occurred_at)"
        " SELECT gen_random_uuid(), 'TRACKING', file, 'another source..', false, 'x', now()"
        " FROM unnest($1::bytea[]) AS file, generate_series(1, $2)"
    )
    raised = (
        "INSERT INTO alert (id, kind, actor, actor_role, raised_at) SELECT gen_random_uuid(),"
        " 'TRIES_SPENT', 'file ' || one, 'ANONYMOUS', now() - $2 * interval '1 minute'"
        " FROM generate_series(1, $1) AS one"
    )
    asked = (
        "SELECT viewer.admit_try(encode($1::bytea, 'hex'),"
        " encode('from everywhere.', 'hex'), gen_random_uuid(), gen_random_uuid())"
    )
    lately = "SELECT count(*) FROM alert WHERE kind = 'TRIES_SPENT'"
    files = [b"the first of two", b"the second one.."]
    async with undone(connection):
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM alert WHERE kind = 'TRIES_SPENT'")
        await connection.execute(tries, files, TRIES_OF_A_FILE)
        await connection.execute(raised, 19, 59)
        await connection.execute(raised, 1, 61)
        for file in files:
            await act(connection, ANONYMOUS)
            assert await connection.fetchval(asked, file) > 0
            await connection.execute("RESET ROLE")
        assert await connection.fetchval(lately) == 21


async def test_a_statement_of_one_s_own_reads_no_row(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    one = await somebody(who, "TRACK0041")
    asked = "SELECT * FROM viewer.tracked_file($1, '{}')"
    async with undone(connection):
        await act(connection, ANONYMOUS)
        assert await connection.fetch(asked, one.reference) == []
    for table in ("application", "person_index", "tracking_try", "applicant"):
        async with undone(connection):
            await act(connection, ANONYMOUS)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT 1 FROM {table}")
    for role in sorted(set(Role) - {Role.ANONYMOUS}):
        async with undone(connection):
            await act(connection, ActingViewer("somebody", role))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(asked, one.reference)
