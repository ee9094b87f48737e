"""The two things that a newcomer does: `gerbang demo`, and `gerbang demo --check`."""

import json
import os
import re
import subprocess
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2

from models.postgres import running_postgres
from tests.clusters import data_folder
from tests.commands import call_command
from tests.key_stores import administer
from tests.running_demo import GERBANG, Demo

README = Path(__file__).resolve().parents[1] / "README.md"
PER_COUNTRY = """
query PerCountry($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) { rows { country { code } intake { value } } }
}
"""
CONNECTED = """
    SELECT DISTINCT usename FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
OWNERS = """
    SELECT DISTINCT rolname, rolsuper FROM pg_roles JOIN pg_class ON relowner = pg_roles.oid
    WHERE relnamespace = 'public'::regnamespace
"""
#: A world that is the same on every day.
OF_A_DAY = ("--today", "2026-03-01", "--seed", "3")


def test_demo_prints_volumes_addresses_and_users(demo: Demo) -> None:
    assert re.search(r"^Malaysia +[\d,]+ +[\d,]+ +\d+\.\d% ", demo.printed, re.MULTILINE)
    assert demo.dashboard_url in demo.printed
    assert f"{demo.api_url}/graphql" in demo.printed
    assert "manager-pacific" in demo.printed


def test_demo_prints_the_largest_countries_and_the_rest_together(demo: Demo) -> None:
    shown = r"partner country, (\S+) to (\S+) \(WIB\)\n.+\n((?:.+\n)+?)as of"
    [(first, last, table)] = re.findall(shown, demo.printed)
    asked = demo.ask("leadership", PER_COUNTRY, **{"from": first, "to": last})
    intakes = sorted((row["intake"]["value"] for row in asked["volumes"]["rows"]), reverse=True)
    assert len(intakes) > 22
    printed = [int(line[28:37].replace(",", "")) for line in table.splitlines()]
    assert printed == [*intakes[:20], sum(intakes[20:])]


def test_an_operator_looks_at_the_demo_from_a_shell_of_its_own(demo: Demo) -> None:
    [named] = re.findall(r"^Operator +(.+)", demo.printed, re.MULTILINE)
    assert Path(f"{demo.data}.env").stat().st_mode & 0o777 == 0o600
    for command, said in (("audit verify", "Nothing was rewritten."), ("doctor", "Not examined")):
        done = subprocess.run(
            ["bash", "-euc", f"{named}\nexec {GERBANG} {command}"],
            env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr


def test_the_superusers_of_the_demo_do_nothing_but_make_databases(demo: Demo) -> None:
    """As in production: an owner migrates and keeps, and the login of the gateway reads."""
    keys = demo.data.with_name(f"{demo.data.name}.keys")
    for folder, database, logins in (
        (demo.data, "gerbang", {"gerbang_owner", "gerbang_gateway"}),
        (keys, "gerbang_keys", {"gerbang_keys"}),
    ):
        with running_postgres(folder, attach=True) as server:
            connected = administer(server.address(database), CONNECTED)
            owners = administer(server.address(database), OWNERS)
        assert {row["usename"] for row in connected} == logins
        assert [tuple(row) for row in owners] == [(f"{database}_owner", False)]


def test_the_first_query_of_the_readme_is_answered_to_a_shell(demo: Demo) -> None:
    """As it is printed there, but for the address of this demo."""
    [asked] = re.findall(r"^```sh\n(ask\(\).*?)^```", README.read_text("utf-8"), re.M | re.S)
    asked = asked.replace("http://127.0.0.1:8000", demo.api_url)
    asked = asked.replace(".venv/bin/gerbang token", f"{GERBANG} token --url {demo.api_url}")
    script = f"set -euo pipefail\n{asked}\necho\nask manager-au"
    answers = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    countries = [
        [row["country"]["name"] for row in json.loads(line)["data"]["volumes"]["rows"]]
        for line in answers.stdout.splitlines()
    ]
    assert countries == [["Australia", "Singapore"], ["Australia"]]


def test_demo_answers_leadership_and_a_manager_each_in_their_scope(demo: Demo) -> None:
    window = {"from": "2025-01-01", "to": "2030-12-31"}
    everywhere = demo.ask("leadership", PER_COUNTRY, **window)["volumes"]["rows"]
    own = demo.ask("manager-au", PER_COUNTRY, **window)["volumes"]["rows"]
    assert len(everywhere) > 50
    assert [row["country"]["code"] for row in own] == ["AU"]


HITS = """{ workList(queue: HITS, first: 50) { nodes {
    isVisaHeld screenings(first: 9) { nodes { result ban { ground } } }
} } }"""
LIST = "{ banEntries(first: 20) { nodes { state proposedBy approvedBy } } }"


def test_the_demo_has_a_ban_list_with_hits_for_a_supervisor(demo: Demo) -> None:
    """The LINKER compares the entries with everybody once the demo runs."""
    expected = (
        {"FORGED_DOCUMENT", "OVERSTAY", "UNLAWFUL_ACTIVITY"},
        # One waits for whoever asks.
        {("APPROVED", "screening", "screening-2"), ("PROPOSED", "screening", None)},
    )
    seen, end = _seen_of_the_ban_list(demo), monotonic() + 60
    while seen != expected and monotonic() < end:
        seen = _seen_of_the_ban_list(demo)
    assert seen == expected


def _seen_of_the_ban_list(demo: Demo) -> tuple[set[str], set[Any]]:
    """Why visas are held, of one person sometimes two, and who proposed and approved each entry.

    The authority's entry meets somebody in screening, who by the day has a visa or not.
    """
    cases = demo.ask("supervisor", HITS)["workList"]["nodes"]
    held = {
        answer["ban"]["ground"]
        for case in cases
        if case["isVisaHeld"]
        for answer in case["screenings"]["nodes"]
        if answer["result"] == "HIT" and answer["ban"]
    } - {"REQUEST_OF_AN_AUTHORITY"}
    found = demo.ask("screening-2", LIST)
    return held, {tuple(entry.values()) for entry in found["banEntries"]["nodes"]}


def test_a_day_that_has_not_begun_is_refused() -> None:
    result = call_command(["demo", "--today", "2999-01-01"], {})
    assert result.returncode == 2
    assert "that day has not begun in Jakarta" in result.stderr


def test_token_command_gives_a_token_that_the_gateway_accepts(demo: Demo) -> None:
    result = subprocess.run(
        [GERBANG, "token", "officer", "--url", demo.api_url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = httpx2.post(
        f"{demo.api_url}/graphql",
        json={"query": "{ viewer { role } }"},
        headers={"Authorization": f"Bearer {result.stdout.strip()}"},
    )
    assert answer.json()["data"] == {"viewer": {"role": "OFFICER"}}


def test_token_command_says_what_is_wrong_where_no_demo_runs() -> None:
    result = subprocess.run(
        [GERBANG, "token", "officer", "--url", "http://127.0.0.1:9"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 1
    assert "no demo answers at http://127.0.0.1:9" in result.stderr


def test_check_runs_the_main_job_twice_in_a_row() -> None:
    with data_folder() as data:
        for _ in range(2):
            result = subprocess.run(
                [GERBANG, "demo", "--data", data, "--applications", "500", "--check", *OF_A_DAY],
                capture_output=True, text=True,
            )  # fmt: skip
            assert result.returncode == 0, result.stderr
            assert "2025-03-01 to 2026-02-28 (WIB)" in result.stdout
            assert "manager-au reads AU alone" in result.stdout
