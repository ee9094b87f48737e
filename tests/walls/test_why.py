"""Auditors are explained why an account could read a case: what both walls say, equal to the oracle
for every role, row and field of the small world, at every instant that it knows of."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway import policy
from gateway.access.policy_lines import line_of
from gateway.mapping.ids import GlobalId
from gateway.policy import POLICY, ROWS_OF_A_CASE
from gateway.rules import EveryRow
from models.database.pool import ConnectionPool
from models.row_security import database_role
from models.vocabulary import Role
from tests import tokens
from tests.acting import act
from tests.gateway.conftest import PATIENT, Viewer, viewers, without_budget
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.gateway.oracle import Claims, role_of
from tests.journeys.test_breach import IN_REACH
from tests.walls.field_rights import fields_of
from tests.walls.judging import grants_of
from tests.walls.reach import BY_RULE, EVERY_CASE, WHO, Reach, named_case, viewer
from tests.walls.undoing import undone
from tests.world import APPLICANTS, CASES, TRANSFERRED, WIB, applicant_id

pytestmark = pytest.mark.anyio

REFERENCES = [case.reference for case in EVERY_CASE]
#: Nobody notes when another centre took a case over: how these were reached is not known.
MOVED = {moved.reference for moved, _ in TRANSFERRED}
EXPLAINED = {name: reach for name, reach in BY_RULE if name in ROWS_OF_A_CASE}
_SCOPE = "$viewer: String!, $role: Role!, $partner: String, $countries: [CountryCode!]"
_ROWS = "type rule line fields rows byGateway byDatabase rowPolicy columns"
WHY = (
    f"query ({_SCOPE}, $centres: [String!], $purpose: String, $case: String!, $at: DateTime)"
    "{ why(case: $case, viewer: $viewer, role: $role, partner: $partner, countries: $countries,"
    " centres: $centres, purpose: $purpose, at: $at) { at isSuspended rows { " + _ROWS + " } } }"
)


@pytest.fixture(scope="module")
async def who(world: str, complete_world: asyncpg.Connection) -> AsyncIterator[dict[str, Viewer]]:
    # The proof asks about each day of two months, one after another.
    settings = tokens.settings(world, **PATIENT, budget="1000000000")
    async with running_gateway(settings) as app, InProcessClient(app) as client:
        yield viewers(client)


def scope_of(claims: Claims) -> dict[str, Any]:
    return {
        "viewer": claims.get("sub", ""),
        "role": role_of(claims),
        "partner": claims.get("partner"),
        "countries": claims.get("countries"),
        "centres": claims.get("centres"),
        "purpose": named_case(claims),
    }


async def explain(auditor: Viewer, case: str, **asked: Any) -> dict[str, Any]:
    """What is said of each type, by name."""
    answer = await auditor(WHY, case=case, **asked)
    assert answer.errors == [], answer.text
    return {row["type"]: row for row in answer.data["why"]["rows"]}


async def count_of_case(
    connection: asyncpg.Connection, name: str, reach: Reach, claims: Claims, case: str
) -> tuple[int, int]:
    """How many rows of a type a case has, and how many of them the domain gives a viewer."""
    of = ROWS_OF_A_CASE[name].key
    is_of_file = of == "application_id" or name == "Application"
    rows = await connection.fetch(
        f"SELECT {', '.join(f'it.{column}' for column in reach.columns)}"
        f" FROM {reach.table} AS it JOIN application"
        f" ON it.{of} = application.{'id' if is_of_file else 'applicant_id'}"
        " WHERE application.reference = $1"
        + (" AND it.kind NOT IN ('HELD', 'RELEASED')" if name == "ApplicationEvent" else ""),
        case,
    )
    reached = reach.reached(claims)
    return len(rows), sum(tuple(row) in reached for row in rows)


async def compare_with_the_oracle(
    auditor: Viewer, connection: asyncpg.Connection, name: str, cases: Sequence[str]
) -> int:
    """Both walls, and the fields and columns of a role, are explained as the oracle has them."""
    claims = WHO[name]
    role, named = Role(role_of(claims)), named_case(claims)
    granted = {
        column for of, column, verb in await grants_of(connection)
        if (of, verb) == (database_role(role), "SELECT")
    }  # fmt: skip
    found = 0
    for case in cases:
        explained = await explain(auditor, case, **scope_of(claims))
        for type_name, reach in EXPLAINED.items():
            there, let_by = await count_of_case(
                connection, type_name, reach, claims if named else {**claims, "names": case}, case
            )
            row = explained[type_name]
            counted = row["rows"], row["byGateway"], row["byDatabase"]
            assert counted == (there, let_by, let_by), (name, type_name, case)
            found += let_by
            fields = fields_of(role, type_name) if row["rule"] else set()
            # What stands behind a field of another type is no type of the schema.
            assert set(row["fields"]) == fields or type_name == "PassportEnding", type_name
            columns = {f"{reach.table}.{column}" for column in row["columns"]}
            assert columns == {one for one in granted if one.startswith(f"{reach.table}.")}
    return found


async def test_both_walls_are_explained_as_the_oracle_has_them(
    who: dict[str, Viewer], complete_world: asyncpg.Connection
) -> None:
    """A viewer of each role, and a case or two each; all of them in the proof."""
    assert EXPLAINED.keys() == ROWS_OF_A_CASE.keys()
    of_role = {role_of(claims): name for name, claims in reversed(WHO.items())}
    found = [
        await compare_with_the_oracle(who["auditor"], complete_world, name, REFERENCES[n::9])
        for n, name in enumerate(of_role.values())
    ]
    assert sum(map(bool, found)) >= 5, found


@pytest.mark.proof
@pytest.mark.parametrize("name", WHO)
async def test_both_walls_are_explained_as_the_oracle_has_them_to_everybody(
    who: dict[str, Viewer], complete_world: asyncpg.Connection, name: str
) -> None:
    await compare_with_the_oracle(who["auditor"], complete_world, name, REFERENCES)


def test_each_rule_is_explained_with_the_line_that_says_it() -> None:
    lines = Path(policy.__file__).read_text(encoding="utf-8").splitlines()
    for name in ROWS_OF_A_CASE:
        for role, rule in POLICY[name].rows.items():
            said = lines[line_of(name, role) - 1]
            alone = f"Role.{role.name}: " in said
            assert alone or ("dict.fromkeys(" in said and isinstance(rule, EveryRow)), (name, role)
        for role in set(Role) - set(POLICY[name].rows):
            assert lines[line_of(name, role) - 1].strip() == f'"{name}": Access('


# --- The past ------------------------------------------------------------------------------------

#: Accounts, each with the scope of its token.
ACCOUNTS: tuple[dict[str, Any], ...] = (
    {"viewer": "officer", "role": "OFFICER"},
    {"viewer": "officer-2", "role": "OFFICER"},
    {"viewer": "screening", "role": "SCREENING"},
    {"viewer": "agent-au", "role": "PARTNER_AGENT", "partner": "NUSA", "centres": ["AU-SYD"]},
    {"viewer": "agent-sg", "role": "PARTNER_AGENT", "partner": "NUSA", "countries": ["SG"]},
    {"viewer": "applicant", "role": "APPLICANT"},
)


async def compare_with_people_in_reach(
    auditor: Viewer, account: dict[str, Any], days: range
) -> int:
    """`peopleInReach` and `why` are written apart: at noon both open the same people to the
    account, for the case by which it reaches them."""
    opened = 0
    places = account.get("centres") or account.get("countries")
    scope = {key: account[key] for key in ("viewer", "role", "partner") if key in account}
    for day in (datetime(2025, 1, 1, 12, tzinfo=WIB) + timedelta(days=n) for n in days):
        window = {"from": day.isoformat(), "before": (day + timedelta(microseconds=1)).isoformat()}
        answer = await auditor(IN_REACH, **window, **scope, places=places)
        reached = {row["applicant"]: row for row in answer.data["peopleInReach"]["rows"]}
        for case in CASES:
            person = GlobalId("Applicant", str(applicant_id(case.applicant))).encode()
            through = reached.get(person, {}).get("caseReferences") or [case.reference]
            if not (through := [one for one in through if one not in MOVED]):
                continue
            asked = await auditor(
                WHY, **account, case=case.reference, purpose=through[0], at=day.isoformat()
            )
            if asked.data["why"] is None:
                continue
            rows = {row["type"]: row for row in asked.data["why"]["rows"]}
            expected = int(person in reached)
            assert rows["Identity"]["byGateway"] == expected, (day, case.reference)
            assert rows["Identity"]["byDatabase"] == expected, (day, case.reference)
            opened += expected
    return opened


async def test_whom_an_account_reached_in_the_past_it_is_explained_to_have_read(
    who: dict[str, Viewer], complete_world: asyncpg.Connection
) -> None:
    days = {"officer": range(42, 43), "agent-sg": range(57, 58), "screening": range(61, 62)}
    opened = [
        await compare_with_people_in_reach(who["auditor"], account, days[account["viewer"]])
        for account in ACCOUNTS if account["viewer"] in days
    ]  # fmt: skip
    assert all(opened), opened


@pytest.mark.proof
@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account["viewer"])
async def test_whom_an_account_reached_on_any_past_day_it_is_explained_to_have_read(
    who: dict[str, Viewer], complete_world: asyncpg.Connection, account: dict[str, Any]
) -> None:
    assert await compare_with_people_in_reach(who["auditor"], account, range(0, 80, 5))


async def test_a_suspended_account_and_a_case_of_later_are_said_to_be_so(
    who: dict[str, Viewer], complete_world: asyncpg.Connection
) -> None:
    auditor = who["auditor"]
    for account, is_suspended in (("watched", True), ("left", False), ("officer", False)):
        answer = await auditor(WHY, case="SGPO-OPEN-0006", viewer=account, role="OFFICER")
        assert answer.data["why"]["isSuspended"] is is_suspended, account
    for asked in ({"case": "NONE-SUCH-0000"}, {"at": "2020-01-01T00:00:00Z"}):
        answer = await auditor(
            WHY, **{"case": "SGPO-OPEN-0006", "viewer": "officer", "role": "OFFICER"} | asked
        )
        assert (answer.errors, answer.data) == ([], {"why": None})
    later = await auditor(WHY, case="x", viewer="y", role="OFFICER", at="2999-01-01T00:00:00Z")
    assert (later.status, later.errors[0]["path"]) == (400, ["why", "at"])


# --- Whoever is denied learns nothing ------------------------------------------------------------


@pytest.mark.parametrize("name", ["supervisor", "officer", "leadership", "administrator"])
async def test_whoever_is_no_auditor_is_refused_before_a_row_is_read(
    who: dict[str, Viewer], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes for a case that is there and for one that is not, and no statement for either:
    so there is no time to tell."""
    taken: list[Any] = []
    acquire = ConnectionPool.acquire

    async def acquire_and_note(pool: ConnectionPool) -> Any:
        taken.append(pool)
        return await acquire(pool)

    monkeypatch.setattr(ConnectionPool, "acquire", acquire_and_note)
    answers = []
    for case in ("SGPO-OPEN-0006", "NONE-SUCH-0000"):
        asked = await who[name](WHY, case=case, viewer="officer", role="OFFICER")
        answers.append((asked.status, without_trace(asked.text)))
        assert set(asked.codes) == {"FORBIDDEN_FIELD"}
    assert answers[0] == answers[1]
    assert taken == []


def without_trace(text: str) -> str:
    return re.sub(r'"traceId":"[^"]+"', "", without_budget(text))


async def test_the_database_tells_facts_of_a_case_to_auditors_alone(
    complete_world: asyncpg.Connection,
) -> None:
    asked = "SELECT viewer.facts_of_case($1, 'SGPO-OPEN-0006', 'x', NULL, NULL)"
    for claims, acting in ((WHO["officer"], "OFFICER"), (WHO["officer"], "AUDITOR")):
        async with undone(complete_world):
            await act(complete_world, viewer(claims))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await complete_world.fetchval(asked, acting)
    async with undone(complete_world):
        await act(complete_world, viewer(WHO["auditor"]))
        told = await complete_world.fetchval(asked, "AUDITOR")
    assert not any(name in told for name in APPLICANTS)
