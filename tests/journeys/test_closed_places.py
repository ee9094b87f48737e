"""A place of a partner closes: its open files pass to a successor, or to the directorate."""

from typing import Any

import asyncpg
import pytest

from models.jobs.transfers import transfer_files
from tests.gateway.administering import administer as administer_decree
from tests.gateway.administering import apply_decree, refusal_of
from tests.gateway.changing import IDENTITY, assign_to, change, global_id, perform
from tests.gateway.conftest import Viewer
from tests.world import today

pytestmark = pytest.mark.anyio

FIGURES = """{ volumes(from: "2025-01-01", to: "2025-12-31", groupBy: [COUNTRY]) {
    rows { intake { value } }
} }"""
FILES = """{ applications(first: 20) { nodes {
    reference stage country { code } successor { code }
} } }"""
#: Whoever works where a place closes, and whoever comes after.
AGENT = {"role": "PARTNER_AGENT", "partner": "NUSA"}
MANAGER = {"role": "PARTNER_MANAGER", "partner": "NUSA"}
AT_WORK = {
    "agent-sg": AGENT | {"sub": "agent-sg", "countries": ["SG"]},
    "agent-mel": AGENT | {"sub": "agent-mel", "countries": ["AU"], "centres": ["AU-MEL"]},
    "agent-syd": AGENT | {"sub": "agent-syd", "countries": ["AU"], "centres": ["AU-SYD"]},
    "manager-sg": MANAGER | {"sub": "manager-sg", "countries": ["SG"]},
}
OF_SINGAPORE = {"SGPO-OPEN-0006", "SGPO-HELD-0007"}


async def test_open_files_of_a_closed_place_pass_to_its_successor_or_the_directorate(
    client, who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    people = who | {name: Viewer(client, claims) for name, claims in AT_WORK.items()}
    figures = (await people["manager-sg"](FIGURES)).data
    assert await files(people["agent-sg"]) == await files(people["manager-sg"]) == OF_SINGAPORE

    # The partner leaves Singapore today; who takes over is another centre of its own that is open.
    closing = "proposePartnerCountryClosing"
    leaving = {"partner": "NUSA", "country": "SG", "closedOn": today().isoformat()}
    for no_successor in ("SG-SIN", "AU-PER", "XX-XXX"):
        refused = await administer_decree(
            who["administrator"], closing, **leaving, successor=no_successor
        )
        assert refusal_of(refused) == ("INVALID", ["successor"])
    await apply_decree(who, closing, **leaving, successor="AU-MEL")

    # Nothing more is taken in, at once; what is open stays with who took it in …
    refused = await change(
        people["agent-sg"], "submitApplication", visaType="B1", nationality="SG",
        identity=dict(IDENTITY),
    )  # fmt: skip
    assert refused.codes == ["COUNTRY_NOT_FOUND"]
    await days_pass(connection, "partner_country", 59)
    assert await files(people["agent-sg"]) == await files(people["manager-sg"]) == OF_SINGAPORE
    assert not await files(people["agent-mel"]) & OF_SINGAPORE

    # … for sixty days. Then the centre in Melbourne has it, with its manager; the figures stay.
    await days_pass(connection, "partner_country", 1)
    assert await files(people["agent-sg"]) == await files(people["manager-sg"]) == set()
    assert (await people["manager-sg"](FIGURES)).data == figures
    for name in ("agent-mel", "manager-au", "service"):
        assert await files(people[name]) >= OF_SINGAPORE, name
    assert not await files(people["agent-au"]) & OF_SINGAPORE
    [file] = [
        one for one in await list_files(who["supervisor"]) if one["reference"] == "SGPO-OPEN-0006"
    ]
    assert (file["country"], file["successor"]) == ({"code": "SG"}, {"code": "AU-MEL"})
    await perform(people["agent-mel"], "withdrawApplication", global_id("SGPO-OPEN-0006"))

    # A centre closes and nobody follows: the directorate has what is open, as if it were handed
    # over, and works on it. What was decided before is still read where it was taken in.
    before = await files(people["agent-syd"])
    leaving = {"centre": "AU-SYD", "closedOn": today().isoformat()}
    await apply_decree(who, "proposeCentreClosing", **leaving)
    await days_pass(connection, "centre", 60)
    for name in ("agent-syd", "manager-au", "service"):
        assert "AUSY-PAID-0013" not in await files(people[name]), name
    assert before - await files(people["agent-syd"]) == {"AUSY-PAID-0013"}
    answer = await who["supervisor"](
        """query ($id: ID!) { node(id: $id) { ... on Application {
            leftPartnerAt receivedAt events(first: 20) { nodes { kind actor } }
        } } }""",
        id=global_id("AUSY-PAID-0013"),
    )
    assert answer.data["node"]["receivedAt"] == answer.data["node"]["leftPartnerAt"] is not None
    assert answer.data["node"]["events"]["nodes"][-2:] == [
        {"kind": "TRANSFERRED", "actor": None}, {"kind": "RECEIVED", "actor": None},
    ]  # fmt: skip
    await assign_to(who, "officer", global_id("AUSY-PAID-0013"))


async def list_files(viewer: Viewer) -> list[dict[str, Any]]:
    return (await viewer(FILES)).data["applications"]["nodes"]


async def files(viewer: Viewer) -> set[str]:
    """What somebody works on, or may look up."""
    return {one["reference"] for one in await list_files(viewer)}


async def days_pass(connection: asyncpg.Connection, table: str, days: int) -> None:
    """For what has closed; then the keeper looks."""
    await connection.execute(
        f"UPDATE {table} SET closed_on = closed_on - $1::integer WHERE closed_on IS NOT NULL", days
    )
    await transfer_files(connection)
    assert await transfer_files(connection) == 0
