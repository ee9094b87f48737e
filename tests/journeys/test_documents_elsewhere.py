"""A partner's system keeps its documents in a store of its own: the officer sees what they are, and
that one of them was changed."""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from dash import html
from starlette.applications import Starlette

from dashboard.components.html_part import html_of
from dashboard.gateway.client import document
from dashboard.pages.case.documents import show_documents
from dashboard.pages.desk.page import list_own
from dashboard.texts import texts
from models.jobs.erase_people import erase_due
from models.jobs.transfers import transfer_files
from tests import tokens
from tests.gateway.administering import apply_decree
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    pay_bill,
    perform,
    reference_of,
    row_id,
)
from tests.gateway.conftest import PATIENT, Viewer
from tests.gateway.in_process import running_gateway
from tests.linking import KEYS, linking
from tests.rights import order_erasure
from tests.scans import png, send, sent
from tests.world import today

pytestmark = pytest.mark.anyio

OPEN = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        application(by: {reference: $case}) { uploads { kind content { link } } }
    }
"""
STATES = "query ($case: ID!) { node(id: $case) { ... on Application { uploads { kind state } } } }"
#: As the officer's page of a case and the partner's system read it.
TOLD = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        documents { kind recordedAt }
        uploads { id kind format size state completedAt locator sha256 registeredSha256 }
    } } }
"""
TO_HAND_IN = """{ applications(first: 9, where: {handInBy: {isNull: false}}) {
    totalCount { value } nodes { reference handInBy }
} }"""
CLOSING = """{ closingPlaces {
    partner country centre successor closedOn handInBy openFiles toHandIn
} }"""
REGISTER = """
    mutation ($input: RegisterDocumentInput!) { registerDocument(input: $input) {
        upload { id state ticket locator sha256 registeredSha256 } errors { code path message }
    } }
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contents")


@pytest.fixture(scope="module")
async def app(world: str, store: Path) -> AsyncIterator[Starlette]:
    settings = tokens.settings(world, **PATIENT, document_store=f"file:{store}")
    async with running_gateway(settings) as application, linking(world):
        yield application


async def lodged(service: Viewer, passport: str, country: str = "AU") -> str:
    """What the portal's system hands in."""
    identity = {**IDENTITY, "passportNumber": passport}
    given = {"visaType": "C1", "nationality": "AU", "country": country, "identity": identity}
    return await perform(service, "submitApplication", **given)


async def register(service: Viewer, case: str, digest: str, **given: Any) -> dict[str, Any]:
    """Say where a document is in the partner's own store: the upload that the system then reads."""
    values = {
        "kind": "PHOTOGRAPH", "format": "PNG", "size": 900, "locator": str(uuid4()), **given,
        "applicationId": case, "sha256": digest, "idempotencyKey": str(uuid4()),
    }  # fmt: skip
    payload = (await service(REGISTER, input=values)).data["registerDocument"]
    assert payload["errors"] == []
    upload: dict[str, Any] = payload["upload"]
    return upload


async def told(viewer: Viewer, case: str, kind: str = "PHOTOGRAPH") -> tuple[str | None, ...]:
    """What is said of a document: its state, where it is, its digest, and the registered one."""
    asked = await viewer(TOLD, case=case)
    [one] = [each for each in asked.data["node"]["uploads"] if each["kind"] == kind]
    return tuple(one[name] for name in ("state", "locator", "sha256", "registeredSha256"))


async def links(officer: Viewer, reference: str) -> list[str | None]:
    asked = await officer(OPEN, case=reference)
    found = asked.data["application"]["uploads"]
    return [one["content"] and one["content"]["link"] for one in found]


def stored(store: Path) -> list[Path]:
    return [one for one in store.rglob("*") if one.is_file()]


async def on_the_pages(officer: Viewer, case: str) -> tuple[str, str]:
    """What the officer's pages Case and Desk say of the documents, without their tags."""
    say = texts("en")
    case_shown = (await officer(TOLD, case=case)).data["node"]
    listed = show_documents(case_shown, say, lambda _: html.Button("Open it"))
    desk = (await officer(document("desk/question"), language="EN")).data
    pages = html_of(listed), html_of(html.Div(list_own(desk, say)))
    return re.sub("<[^>]+>", "", pages[0]), re.sub("<[^>]+>", "", pages[1])


async def test_a_partner_keeps_its_documents_and_whatever_is_changed_is_seen(
    who: dict[str, Viewer], connection: asyncpg.Connection, store: Path
) -> None:
    service, officer = who["service"], who["officer"]
    scan, another = png(), png()
    photograph, ticket, other = (hashlib.sha256(one).hexdigest() for one in (b"1", scan, another))
    case = await lodged(service, "N4410021")
    name = str(uuid4())

    # Its system says where both are, and what they are. That completes the file; nothing is sent.
    was = await register(service, case, photograph, locator=name.upper())
    await register(service, case, ticket, kind="RETURN_TICKET", size=len(scan))
    assert (was["state"], was["locator"], was["sha256"]) == ("REGISTERED", name, photograph)
    for answer in (
        await service.client.head(was["ticket"], headers=service.authorization()),
        await send(service, was["ticket"], scan),
    ):
        assert answer.status_code == 404
    assert stored(store) == []
    await pay_bill(who, case)
    await perform(service, "markReceived", case)

    # The officer sees where it is, and its digest, and opens nothing; others see that it is there.
    await assign_to(who, "officer", case)
    reference = await reference_of(officer, case)
    assert await told(officer, case) == ("REGISTERED", name, photograph, photograph)
    assert await links(officer, reference) == [None, None]
    for role in ("agent-au", "manager-au"):
        assert {*(await who[role](TOLD, case=case)).codes} == {"FORBIDDEN_FIELD"}
    seen = (await who["manager-au"](STATES, case=case)).data["node"]["uploads"]
    assert [one["state"] for one in seen] == ["REGISTERED"] * 2
    listed, desk = await on_the_pages(officer, case)
    assert "in the partner's own store: PNG, 1 kB" in listed.replace("&#x27;", "'")
    assert name in listed
    assert "Open it" not in listed
    assert "Registered as" not in listed
    assert "registered" not in desk

    # Registered anew, as the same, it is the same; as something else, both digests are seen.
    await register(service, case, photograph)
    assert (await told(officer, case))[0] == "REGISTERED"
    for _ in range(2):
        await register(service, case, other)
        state, _, is_now, had_been = await told(officer, case)
        assert (state, is_now, had_been) == ("CHANGED", other, photograph)
    listed, desk = await on_the_pages(officer, case)
    assert "not what the partner had registered: PNG, 1 kB" in listed
    assert f"SHA-256: {other}Registered as: {photograph}" in listed
    assert "Not what the partner had registered: Photograph." in desk

    # What is handed in here is compared, too: first another ticket, then the one of the store.
    for bytes_, digest, state in ((another, other, "CHANGED"), (scan, ticket, "THERE")):
        await sent(service, case, bytes_, kind="RETURN_TICKET")
        assert await told(officer, case, "RETURN_TICKET") == (state, None, digest, ticket)
        [link] = [one for one in await links(officer, reference) if one]
        answer = await officer.client.get(link, headers=officer.authorization())
        assert answer.content == bytes_
    assert (await on_the_pages(officer, case))[0].count("Open it") == 1

    # What the officer asks for anew is another document: that is registered, and then compared.
    await perform(officer, "requestInformation", case, items=[{"kind": "PHOTOGRAPH"}])
    for digest, state in ((ticket, "REGISTERED"), (other, "CHANGED")):
        await register(service, case, digest)
        assert ((await told(officer, case))[0], (await told(officer, case))[3]) == (state, ticket)
    await perform(service, "answerInformation", case, items=["PHOTOGRAPH"])

    # Where it was, and its digests, go with the person.
    await perform(service, "withdrawApplication", case)
    await order_erasure(who, case)
    while await erase_due(KEYS, connection):
        pass
    left = await connection.fetch(
        "SELECT num_nonnulls(locator, sha256, registered_sha256) AS said, replaced_at"
        " FROM document_upload WHERE application_id = $1", row_id(case),
    )  # fmt: skip
    assert len(left) == 9
    assert all(row["said"] == 0 and row["replaced_at"] for row in left)


async def test_what_says_more_than_where_it_is_is_refused(who: dict[str, Viewer]) -> None:
    service = who["service"]
    case = await lodged(service, "N4410022")
    for given in (
        {"locator": "s3://scans/ruby-smith.pdf"},
        {"locator": "01890000-0000-1000-8000-000000000000"},
        {"size": 0},
        {"size": (1 << 30) + 1},
        {"sha256": "0a"},
    ):
        refused = await change(service, "registerDocument", case, **given)
        [error] = refused.payload["errors"]
        assert (error["code"], error["path"]) == ("INVALID", ["input", *given])
        assert "ruby" not in refused.asked.text
    assert (await service(TOLD, case=case)).data["node"]["uploads"] == []
    await perform(service, "withdrawApplication", case)
    assert (await change(service, "registerDocument", case)).codes == ["WRONG_STAGE"]
    foreign = Viewer(service.client, {**service.claims, "countries": ["SG"]})
    assert (await change(foreign, "registerDocument", case)).codes == ["NOT_FOUND"]


async def to_hand_in(viewer: Viewer) -> dict[str, str]:
    """The files on the list of what has to be handed in, and until when."""
    found = (await viewer(TO_HAND_IN)).data["applications"]
    listed = {node["reference"]: node["handInBy"] for node in found["nodes"]}
    assert found["totalCount"]["value"] == len(listed)
    return listed


async def close(connection: asyncpg.Connection, day: date | None) -> None:
    """Move the day on which the partner leaves New Zealand; then the keeper looks."""
    await connection.execute(
        "UPDATE partner_country SET closed_on = $1, successor_code = $2"
        " WHERE (partner_code, country_code) = ('NUSA', 'NZ')",
        *(day, day and "AU-PER"),
    )
    while await transfer_files(connection):
        pass


async def test_a_partner_that_leaves_sees_what_it_has_to_hand_in_and_until_when(
    client, who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    service, scan = who["service"], png()
    digest, day = hashlib.sha256(scan).hexdigest(), today() + timedelta(days=10)
    nusa = {"role": "PARTNER_MANAGER", "sub": "manager-nz", "partner": "NUSA", "countries": ["NZ"]}
    manager = Viewer(client, nusa)
    # Another partner's people, who get the files later, and a manager of another country.
    others = [
        Viewer(client, {**nusa, "sub": "other", "partner": "ANDALAN", "role": role, **reach})
        for role in ("PARTNER_MANAGER", "PARTNER_AGENT", "PARTNER_SERVICE")
        for reach in ({"countries": ["AU"]}, {"countries": ["AU", "NZ"]})
    ] + [who["manager-au"]]
    first, second, third = [await lodged(service, f"H00000{n}", country="NZ") for n in range(1, 4)]
    names = [await reference_of(who["supervisor"], one) for one in (first, second, third)]
    for case in (first, second):
        await register(service, case, digest)
    assert await to_hand_in(manager) == await to_hand_in(service) == {}
    # What left the partner before is none of its files.
    gone = await lodged(service, "H000004", country="NZ")
    left = "UPDATE application SET left_partner_at = now() WHERE id = $1"
    await connection.execute(left, row_id(gone))

    # Two administrators decide that another partner takes over: sixty days after the closing.
    leaving = {"partner": "NUSA", "country": "NZ", "closedOn": day.isoformat()}
    await apply_decree(who, "proposePartnerCountryClosing", **leaving, successor="AU-PER")
    await transfer_files(connection)
    until = (day + timedelta(days=59)).isoformat()
    for viewer in (manager, service, who["supervisor"], who["auditor"]):
        assert await to_hand_in(viewer) == dict.fromkeys(names[:2], until)
    for viewer in others:
        assert await to_hand_in(viewer) == {}
    place = {
        "partner": "NUSA", "country": "NZ", "centre": None, "successor": "AU-PER",
        "closedOn": day.isoformat(), "handInBy": until,
    }  # fmt: skip
    for name in ("administrator", "supervisor", "auditor"):
        [counted] = (await who[name](CLOSING)).data["closingPlaces"]
        assert counted == {**place, "openFiles": 3, "toHandIn": 2}

    # What is handed in leaves the list at once, what is registered is on it at once, and what is
    # closed is not.
    await sent(service, first, scan)
    assert await to_hand_in(manager) == await to_hand_in(service) == {names[1]: until}
    await register(service, third, digest)
    assert set(await to_hand_in(service)) == {names[1], names[2]}
    await perform(service, "withdrawApplication", third)
    assert set(await to_hand_in(service)) == {names[1]}
    [counted] = (await who["administrator"](CLOSING)).data["closingPlaces"]
    assert (counted["openFiles"], counted["toHandIn"]) == (2, 1)

    # If the place stays open after all, nothing has to be.
    await close(connection, None)
    assert await to_hand_in(manager) == {}
    assert (await who["administrator"](CLOSING)).data["closingPlaces"] == []
    # The last day, and the one after: what was handed in goes on with the other partner.
    await close(connection, today() - timedelta(days=59))
    assert await to_hand_in(manager) == {names[1]: today().isoformat()}
    await close(connection, today() - timedelta(days=60))
    for viewer in (manager, service, who["supervisor"], *others):
        assert await to_hand_in(viewer) == {}
    moved = "SELECT successor_centre_code, left_partner_at IS NULL FROM application WHERE id = $1"
    assert tuple(await connection.fetchrow(moved, row_id(first))) == ("AU-PER", True)
    assert tuple(await connection.fetchrow(moved, row_id(second))) == (None, False)
