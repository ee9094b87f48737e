"""A place of a partner closes: its open files pass to a successor, or to the directorate."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from models.jobs.transfers import transfer_files
from tests.gateway.administering import administer as administer_decree
from tests.gateway.administering import apply_decree, refusal_of
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    global_id,
    perform,
    reference_of,
)
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
    "agent-nz": AGENT | {"sub": "agent-nz", "countries": ["NZ"]},
    "manager-nz": MANAGER | {"sub": "manager-nz", "countries": ["NZ"]},
}
OTHER = {"partner": "ANDALAN", "countries": ["AU"]}
AT_ANOTHER_PARTNER = {
    "agent-per": {"role": "PARTNER_AGENT", "sub": "agent-per", "centres": ["AU-PER"]} | OTHER,
    "manager-per": {"role": "PARTNER_MANAGER", "sub": "manager-per"} | OTHER,
    "service-per": {"role": "PARTNER_SERVICE", "sub": "service-per"} | OTHER,
}
WHO_IS_IT = """
    query ($case: String!) @purpose(code: INTAKE, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { fullName } } }
    }
"""
MOVED = """
    query ($id: ID!) { node(id: $id) { ... on Application {
        partner { code } successor { code partner { code } }
        events(first: 20) { nodes { kind reason } }
    } } }
"""
MOVED_TO_PARTNERS = "query ($id: ID!) { node(id: $id) { ... on Application { reference } } }"
TOUCHED = "{ touchedFiles { changeId open toHandIn } }"
OF_SINGAPORE = {"SGPO-OPEN-0006", "SGPO-HELD-0007"}


async def test_open_files_of_a_closed_place_pass_to_its_successor_or_the_directorate(
    client, who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    people = who | {name: Viewer(client, claims) for name, claims in AT_WORK.items()}
    figures = (await people["manager-sg"](FIGURES)).data
    assert await files(people["agent-sg"]) == await files(people["manager-sg"]) == OF_SINGAPORE

    # The partner leaves Singapore today; who takes over is another centre that is open.
    closing = "proposePartnerCountryClosing"
    leaving = {"partner": "NUSA", "country": "SG", "closedOn": today().isoformat()}
    for no_successor in ("SG-SIN", "XX-XXX"):
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


async def test_another_partner_takes_the_open_files_over_whole(
    client, who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    """And from then on they are missing for the first one, as if there were no such file."""
    everybody = AT_WORK | AT_ANOTHER_PARTNER
    people = who | {name: Viewer(client, claims) for name, claims in everybody.items()}
    agent, taker = people["agent-nz"], people["agent-per"]
    form = {"visaType": "B1", "nationality": "AU", "country": "NZ"}
    names = ("WHOLE0001", "WHOLE0002", "LACKS0003")
    whole, done, lacking = [
        await perform(
            agent, "submitApplication", **form, identity={**IDENTITY, "passportNumber": n}
        )
        for n in names
    ]
    whole_reference = await reference_of(agent, whole)
    await perform(agent, "withdrawApplication", done)
    registered = await change(who["service"], "registerDocument", lacking)
    assert registered.codes == []
    figures = {name: (await people[name](FIGURES)).data for name in ("manager-nz", "manager-per")}

    # Two administrators say so; how much has to be handed in before, the first is told in numbers.
    leaving = {"partner": "NUSA", "country": "NZ", "closedOn": today().isoformat()}
    closing = "proposePartnerCountryClosing"
    proposed = await administer_decree(who["administrator"], closing, **leaving, successor="AU-PER")
    change_id = proposed.payload["referenceChange"]["id"]
    touched = (await who["administrator"](TOUCHED)).data["touchedFiles"]
    assert touched == [{"changeId": change_id, "open": 2, "toHandIn": 1}]
    approval = {"changeId": change_id}
    alone = await administer_decree(who["administrator"], "approveReferenceChange", **approval)
    assert refusal_of(alone) == ("SECOND_PERSON_REQUIRED", ["changeId"])
    await administer_decree(who["administrator-2"], "approveReferenceChange", **approval)

    async def name_told_to(viewer: Viewer) -> str | None:
        answer = await viewer(WHO_IS_IT, case=whole_reference)
        case = answer.data["application"]
        return case and case["applicant"]["identity"]["fullName"]

    # Until the day everything is as it was …
    await days_pass(connection, "partner_country", 59)
    assert await name_told_to(agent) == IDENTITY["fullName"]
    assert await name_told_to(taker) is None
    # … and then the other partner has the file, and who it is about.
    await days_pass(connection, "partner_country", 1)
    assert await name_told_to(taker) == IDENTITY["fullName"]
    assert await name_told_to(agent) is None
    taken_over = await files(taker)
    assert whole_reference in taken_over
    for name in ("manager-per", "service-per"):
        assert await files(people[name]) >= taken_over, name
    read = (await who["supervisor"](MOVED, id=whole)).data["node"]
    assert read["partner"] == {"code": "NUSA"}
    assert read["successor"] == {"code": "AU-PER", "partner": {"code": "ANDALAN"}}
    assert read["events"]["nodes"][-1] == {"kind": "TRANSFERRED", "reason": "AU-PER"}

    # What was not handed in stays where nobody looks, so the directorate has that file. What was
    # closed before stays where it was.
    read = (await who["supervisor"](MOVED, id=lacking)).data["node"]
    assert read["successor"] is None
    assert {"kind": "TRANSFERRED", "reason": "NOT_HANDED_IN"} in read["events"]["nodes"]
    assert await reference_of(agent, done) in await files(agent)

    # For the first partner's people it is like a file that never was.
    nobodys = GlobalId("Application", str(UUID(int=1))).encode()
    for name in ("agent-nz", "manager-nz", "service"):
        for id_ in (whole, lacking, nobodys):
            assert (await people[name](MOVED_TO_PARTNERS, id=id_)).data == {"node": None}, name
    for name in ("agent-nz", "service"):
        for mutation in ("withdrawApplication", "markReceived", "requestUpload"):
            for id_ in (whole, nobodys):
                refused = await change(people[name], mutation, id_)
                assert refused.codes == ["NOT_FOUND"], (name, mutation)
    # The figures stay with who took the file in, and the other one goes on with it.
    for name, before in figures.items():
        assert (await people[name](FIGURES)).data == before
    await perform(taker, "withdrawApplication", whole)


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
