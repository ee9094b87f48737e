"""What findings are made of in the small world: events in reach and in the window, what is promised
when it ends, and by what a change is broken down."""

from datetime import date

import asyncpg
import pytest

from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

FINDINGS = """
query ($from: Date!, $to: Date!, $where: VolumeWhere, $reason: VolumeDimension) {
  findings(from: $from, to: $to, where: $where, reason: $reason) {
    rows { kind subject { dimension code } period { startsOn } numbers { name value } }
  }
}
"""


async def ask(viewer: Viewer, first: str, last: str, **asked: object) -> list[dict[str, object]]:
    answer = await viewer(FINDINGS, **{"from": first, "to": last}, **asked)
    assert answer.errors == [], answer.text
    return answer.data["findings"]["rows"]


@pytest.mark.parametrize(
    ("first", "last", "countries", "begun"),
    [
        ("2025-01-01", "2025-02-28", None, ["2025-01-10", "2025-02-03", "2025-02-10"]),
        ("2025-01-13", "2025-02-03", None, ["2025-01-10", "2025-02-03"]),
        ("2025-01-14", "2025-02-02", None, []),
        ("2025-01-01", "2025-01-10", None, ["2025-01-10"]),
        ("2025-01-01", "2025-02-28", ["AU"], ["2025-01-10", "2025-02-03"]),
        ("2025-01-01", "2025-02-28", ["SG"], ["2025-01-10"]),
    ],
)
async def test_events_that_touch_the_window_and_its_countries_are_told(
    who: dict[str, Viewer], first: str, last: str, countries: list[str] | None, begun: list[str]
) -> None:
    where = {"country": {"in": countries}} if countries else {}
    rows = await ask(who["leadership"], first, last, where=where)
    assert [row["period"]["startsOn"] for row in rows if row["kind"] == "EVENT"] == begun


async def test_what_is_promised_is_that_of_most_nationalities_when_the_window_ends(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    later = (
        "INSERT INTO service_target (visa_type_code, clock, valid_from, hours, promised_percent)"
        " VALUES ('C1', 'STANDARD', $1, 120, 80)"
    )
    await connection.execute(later, date(2025, 2, 1))
    for last, promised in (("2025-01-31", 0.95), ("2025-02-28", 0.8)):
        rows = await ask(who["leadership"], "2025-01-01", last)
        found = {
            row["subject"]["code"]: number["value"]
            for row in rows
            if row["kind"] == "VISA_TYPE"
            for number in row["numbers"]
            if number["name"] == "PROMISED"
        }
        assert found == {"B1": 0.95, "C1": promised}


async def test_a_change_is_broken_down_by_what_was_asked_for_each_time(
    who: dict[str, Viewer], world: str
) -> None:
    for reason in ("COUNTRY", "VISA_TYPE", "CHANNEL"):
        rows = await ask(who["leadership"], "2026-02-01", "2026-02-28", reason=reason)
        found = {row["subject"]["dimension"] for row in rows if row["kind"] == "CONTRIBUTION"}
        assert found == {reason}
