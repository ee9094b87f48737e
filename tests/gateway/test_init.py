"""`gerbang init`: fills an installation from reviewed files, and changes nothing that stands."""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from gateway.cli import gerbang
from gateway.doctor.reference import examine_reference_data
from models.database.connections import connect
from models.reference.data import cldr, load, read_files
from models.reference.data.tables import TABLES, Basis
from models.reference.ledger import record_beginning
from models.synthetic.inputs import PARTNERS
from tests.commands import call_command
from tests.world import today

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[Result]]


@pytest.fixture
async def empty(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A migrated database without any reference data."""
    tables = ("reference_change_value", "reference_change", *(it.name for it in reversed(TABLES)))
    await connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))
    return connection


@pytest.fixture
def init(database: str, empty: asyncpg.Connection) -> Run:
    """Runs the command with the address of the owner, and nothing else."""

    async def run(*options: str | Path) -> Result:
        environ = {"GERBANG_OWNER_URL": database}
        arguments = ["init", *map(str, options)]
        return await asyncio.to_thread(CliRunner().invoke, gerbang, arguments, env=environ)

    return run


async def counts(connection: asyncpg.Connection) -> dict[str, int]:
    return {
        table.name: await connection.fetchval(f"SELECT count(*) FROM {table.name}")
        for table in TABLES
    }


def folder_with(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


# --- What is loaded -------------------------------------------------------------------------------


async def test_an_empty_installation_is_filled_and_the_doctor_content(
    init: Run, empty: asyncpg.Connection
) -> None:
    before = [finding.what for finding in await examine_reference_data(empty)]
    assert before == [
        "There are no countries.",
        "No visa type is offered today.",
        "No deadline is in force today for PAYMENT, BILLING_CODE, ANSWER, INTENTION.",
        "No partner takes applications today.",
    ]
    done = await init("--files", PARTNERS)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "fees: 13 added, of which 8 are assumed" in done.stdout
    assert "models/reference/data/sources.toml" in done.stdout
    found = await counts(empty)
    assert (found["country"], found["entry_rule"], found["visa_type"]) == (250, 200, 8)
    assert (found["partner"], found["centre"]) == (2, 118)
    assert await examine_reference_data(empty) == []


async def test_running_init_twice_changes_nothing(init: Run, empty: asyncpg.Connection) -> None:
    assert (await init("--files", PARTNERS)).exit_code == 0
    first = await counts(empty)
    again = await init("--files", PARTNERS)
    assert (again.exit_code, again.stdout, again.stderr) == (0, "Nothing to add.\n", "")
    assert await counts(empty) == first


async def test_two_runs_of_init_at_once_load_once(database: str, empty: asyncpg.Connection) -> None:
    other = await connect(database)
    try:
        both = await asyncio.gather(*(load(it, read_files(PARTNERS)) for it in (empty, other)))
    finally:
        await other.close()
    assert sorted(sum(map(len, loaded.added.values())) for loaded in both) == [0, sum_of_lines()]


def sum_of_lines() -> int:
    return sum(map(len, read_files(PARTNERS).lines.values()))


def test_countries_are_those_of_cldr() -> None:
    """After an upgrade of Babel: write the file anew (see `cldr.py`) and review what changed."""
    written = [tuple(row.values()) for row in read_files().rows("country")]
    assert written == cldr.read_rows()


def test_every_file_says_where_its_facts_come_from() -> None:
    """And one whose lines are partly assumed says which."""
    text = (resources.files("models.reference.data") / "sources.toml").read_text("utf-8")
    sources = tomllib.loads(text)
    shipped = {table.file: lines for table in TABLES if (lines := read_files().lines[table.name])}
    assert sources.keys() == shipped.keys()
    for file, lines in shipped.items():
        assert sources[file]["source"]
        assert sources[file]["as_of"]
        if any(line.basis is Basis.ASSUMED for line in lines):
            assert sources[file]["assumed"]


# --- What stands in the database ------------------------------------------------------------------

FEES = "visa_type_code,use_within_days,valid_from,amount_idr,is_offered\n"
PARTNER = "code,name\nGOOD,Good Visa\n"
SHIPPED = "".join(
    f"{row['visa_type_code']},{row['use_within_days']},{row['valid_from']},{row['amount_idr']},true\n"
    for row in read_files().rows("fee")
)


async def fee(connection: asyncpg.Connection, code: str) -> list[tuple[date, int]]:
    rows = await connection.fetch(
        "SELECT valid_from, amount_idr FROM fee WHERE visa_type_code = $1 ORDER BY 1", code
    )
    return [tuple(row) for row in rows]


async def test_data_that_differ_from_the_files_are_reported_and_left_alone(
    init: Run, empty: asyncpg.Connection, tmp_path: Path
) -> None:
    await init()
    folder = folder_with(tmp_path, fees=FEES + SHIPPED.replace("500000", "600000", 1))
    done = await init("--files", folder)
    assert done.exit_code == 0
    assert done.stderr.startswith(
        "fees.csv, line 2: the fee of B1 90 from 2019-01-01 stays as it is: amount_idr is 500000 in"
        " the database and 600000 in the file; an administrator proposes it"
    )
    assert await fee(empty, "B1") == [(date(2019, 1, 1), 500_000)]


async def test_only_empty_tables_are_filled_and_the_others_take_a_decree(
    init: Run, empty: asyncpg.Connection, tmp_path: Path
) -> None:
    await init()
    coming = today() + timedelta(days=40)
    folder = folder_with(
        tmp_path, fees=f"{FEES}{SHIPPED}B1,90,{coming},700000,true\n", partners=PARTNER
    )
    done = await init("--files", folder)
    assert (done.exit_code, done.stdout) == (0, "partners: 1 added\n")
    assert f"the fee of B1 90 from {coming} is not added, since there are others" in done.stderr
    assert await fee(empty, "B1") == [(date(2019, 1, 1), 500_000)]


async def test_a_fee_at_which_nothing_is_offered_is_none_of_a_visa_type(
    init: Run, empty: asyncpg.Connection, tmp_path: Path
) -> None:
    closed = SHIPPED.replace(",2000000,true", ",2000000,false")
    refused = await init("--files", folder_with(tmp_path, fees=FEES + closed))
    told = str(refused.exception).splitlines()
    assert told[1:] == [
        "visa_types.csv, line 4: C2 has no fee that is in force from 2019-01-01 on."
    ]


async def test_rows_loaded_by_init_are_in_the_ledger_without_a_decree(
    init: Run, empty: asyncpg.Connection
) -> None:
    await init("--files", PARTNERS)
    rows = await empty.fetch("SELECT lower(kind) AS name, state FROM reference_change")
    assert {row["state"] for row in rows} == {"INITIAL"}
    filled = {table.name: sum(row["name"] == table.name for row in rows) for table in TABLES}
    assert filled == await counts(empty)


async def test_what_an_administrator_changed_since_is_not_overwritten(
    init: Run, empty: asyncpg.Connection
) -> None:
    await init("--files", PARTNERS)
    await empty.execute(
        "UPDATE visa_type SET valid_until = '2030-01-01' WHERE code = 'D12';"
        "UPDATE partner_country SET closed_on = '2030-01-01' WHERE country_code = 'AU';"
        "INSERT INTO fee VALUES ('B1', 90, '2030-01-01', 1, true)"
    )
    again = await init("--files", PARTNERS)
    assert (again.stdout, again.stderr) == ("Nothing to add.\n", "")
    assert await empty.fetchval("SELECT valid_until FROM visa_type WHERE code = 'D12'")


# --- Mistakes in the files ------------------------------------------------------------------------

MISTAKES = {
    "partners": (
        "code,name\nGOOD,Good Visa\nDIRECT,Of the directorate\nGOOD,Good again\nnot\n"
    ),
    "partner_countries": (
        "partner_code,country_code,opened_on\nGOOD,AU,2020-01-01\nGOOD,ZZ,2020-02-30\n"
        "BAD1,AU,2020-01-01\n"
    ),
    "centres": (
        "code,partner_code,country_code,city,opened_on\nNZ-AKL,GOOD,AU,Auckland,2019-01-01\n"
    ),
    "visa_types": (
        "code,name_en,name_id,category,stay_days,is_multiple_entry,valid_from\n"
        "B1,Visa on arrival,Visa saat kedatangan,PLEASURE,0,maybe,2019-01-01\n"
        "Z9,New,Baru,TOURISM,30,false,2019-01-01\n"
    ),
    "countries": (
        "code,iso3,name_en,name_id,region\nAU,AUS,Australia,Australia,OCEANIA\n"
        "NZ,AUS,N,N,OCEANIA\n"
    ),
    "service_targets": (
        "visa_type_code,clock,valid_from,hours,working_days\nB1,STANDARD,2019-01-01,24,1\n"
        "B1,CALLING_VISA,2019-01-01,,\n"
    ),
    "fees": "visa_type_code;valid_from;amount_idr\nB1;2019-01-01;1\n",
    "days_off": "day,name_en,name_id,is_off,day\n2026-01-01,A day,Hari,true,2026-01-01\n",
    "centers": "code\n",
}  # fmt: skip
MESSAGES = [
    "centers.csv, line 1: No such file is known",
    "centres.csv, line 2: code: A centre's code begins with that of its country.",
    "centres.csv, line 2: opened_on: its partner country opens later, on 2020-01-01.",
    "countries.csv, line 3: iso3: AUS stands on line 2 already.",
    "days_off.csv, line 1: The first line must be day,name_en,name_id,is_off (and may",
    "fees.csv, line 1: The first line must be visa_type_code,use_within_days,valid_from,amount_idr",
    "partner_countries.csv, line 3: opened_on: There is no such day.",
    "partner_countries.csv, line 4: partner_code: there is no partner BAD1.",
    "partners.csv, line 3: code: A partner's code has from 2 to 20",
    "partners.csv, line 4: the partner GOOD stands on line 2 already.",
    "partners.csv, line 5: There are 1 values, not 2",
    "service_targets.csv, line 2: hours, working_days: A target is in one of them.",
    "service_targets.csv, line 2: visa_type_code: there is no visa type B1.",
    "service_targets.csv, line 3: hours, working_days: A target is in one of them.",
    "service_targets.csv, line 3: visa_type_code: there is no visa type B1.",
    "visa_types.csv, line 2: category: This is one of TOURISM",
    "visa_types.csv, line 2: is_multiple_entry: This is either true or false.",
    "visa_types.csv, line 2: stay_days: Days of stay are from 1 to 3660.",
    "visa_types.csv, line 3: Z9 has no fee that is in force from 2019-01-01 on.",
    "visa_types.csv, line 3: Z9 has no service target (clock STANDARD)",
]


async def test_all_mistakes_in_the_files_are_reported_together_and_nothing_is_loaded(
    database: str, empty: asyncpg.Connection, tmp_path: Path
) -> None:
    command = ["init", "--files", folder_with(tmp_path, **MISTAKES)]
    done = await asyncio.to_thread(call_command, command, {"GERBANG_OWNER_URL": database})
    assert done.returncode == 1
    first, *lines = done.stderr.splitlines()
    assert first.startswith("gerbang: Nothing was loaded, since there are")
    missing = [
        expected for expected in MESSAGES if not any(it.startswith(expected) for it in lines)
    ]
    assert missing == [], lines
    assert set((await counts(empty)).values()) == {0}


# --- What has run out -----------------------------------------------------------------------------

_TODAY = "wib_day(now())"
RUN_OUT = {
    "a fee": (
        f"UPDATE fee SET valid_from = {_TODAY} + 1 WHERE visa_type_code IN ('C1', 'B1')",
        "No fee is in force today for B1, C1.",
    ),
    "what is offered": (
        "UPDATE fee SET is_offered = use_within_days = 730 WHERE visa_type_code IN ('D12', 'C2')",
        "No fee is in force today for C2.",
    ),
    "a passport rule": (
        "DELETE FROM passport_rule WHERE visa_type_code = 'E33G'",
        "No passport rule is in force today for E33G.",
    ),
    "a target": (
        "DELETE FROM service_target WHERE visa_type_code = 'D2' AND clock = 'STANDARD'",
        "No service target is in force today for D2.",
    ),
    "a target of calling visas": (
        "DELETE FROM service_target WHERE clock = 'CALLING_VISA'",
        "No service target for calling-visa nationalities is in force today.",
    ),
    "the days off": (
        "WITH in_days AS (UPDATE service_target SET hours = NULL, working_days = 5"
        " WHERE visa_type_code = 'D2') DELETE FROM day_off",
        f"No day off of {(today() + timedelta(60)).year} is recorded, and targets are in working"
        " days.",
    ),
    "a deadline": (
        f"DELETE FROM deadline WHERE wait = 'ANSWER'; UPDATE deadline SET valid_from = {_TODAY} + 1"
        " WHERE wait = 'BILLING_CODE'",
        "No deadline is in force today for BILLING_CODE, ANSWER.",
    ),
    "the entry rules": (
        f"UPDATE entry_rule SET valid_from = {_TODAY} + 1",
        "No entry rule is in force today.",
    ),
    "the visa types": (
        f"UPDATE visa_type SET valid_until = {_TODAY}",
        "No visa type is offered today.",
    ),
    "nothing yet": (
        f"UPDATE fee SET valid_from = {_TODAY}; UPDATE entry_rule SET valid_from = {_TODAY};"
        f" UPDATE visa_type SET valid_until = {_TODAY} + 1;"
        f" UPDATE partner_country SET closed_on = {_TODAY} + 1",
        "",
    ),
    "the partners": (
        f"UPDATE partner_country SET closed_on = {_TODAY}",
        "No partner takes applications today.",
    ),
}


@pytest.mark.parametrize("what", RUN_OUT)
async def test_the_doctor_names_reference_data_that_have_run_out(
    empty: asyncpg.Connection, what: str
) -> None:
    await load(empty, read_files(PARTNERS))
    planted, expected = RUN_OUT[what]
    await empty.execute(planted)
    [by_hand] = {finding.what for finding in await examine_reference_data(empty)} - {expected} or {
        None
    }
    assert by_hand is None or by_hand.endswith("are in no change of the ledger.")
    await record_beginning(empty)
    findings = await examine_reference_data(empty)
    assert [finding.what for finding in findings] == [expected] * bool(expected)
    assert all(finding.why and finding.mend for finding in findings)
