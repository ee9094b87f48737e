"""Asks, over HTTP, for what the recipes of CONTRIBUTING.md add; run on a copy that has them.

Called as a program with the address of an empty database. Prints the answers as JSON.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2

from gateway.service import gateway
from models.database.connections import connect
from models.migrations import migrate
from models.row_security import login_at
from models.volumes import fold
from tests import tokens
from tests.gateway.changing import in_verification, perform, submitted_case
from tests.gateway.conftest import CLAIMS, Viewer
from tests.linking import linking
from tests.populating import small_world

CONSUL = {"role": "CONSUL", "sub": "consul"}
VOLUMES = """
    query($where: VolumeWhere) {
        volumes(from: "2025-01-01", to: "2026-12-31", groupBy: [COUNTRY, MISSION], where: $where) {
            rows { country { code } mission intake { value } }
        }
    }
"""


async def main(url: str) -> None:
    login = login_at(url, tokens.PASSWORD)
    await migrate(url, gateway_url=login, seal_keys=(tokens.SEAL_KEY,))
    await small_world(url)
    await _open_missions(url)
    app = gateway(tokens.settings(url), key_source=tokens.key_source)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        linking(url),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        who = {
            name: Viewer(client, claims) for name, claims in {**CLAIMS, "consul": CONSUL}.items()
        }
        json.dump({
            "field": await _withdraw_application(who),
            "noun": await _enter(url, who),
            "role": (await who["consul"]("{ viewer { role } }")).body["data"],
            "dimension": await _by_mission(who["consul"]),
            "mutation": await _invite_to_interview(who),
        }, sys.stdout)  # fmt: skip


async def _open_missions(url: str) -> None:
    """What was taken in in Australia is the mission's in Canberra."""
    connection = await connect(url)
    try:
        await connection.execute(
            "UPDATE application SET mission_code = 'CBR' WHERE country_code = 'AU'"
        )
        await fold(connection)
    finally:
        await connection.close()


async def _withdraw_application(who: dict[str, Viewer]) -> Any:
    """A withdrawn application, as officers and as agents read it."""
    id_ = await perform(who["agent-au"], "withdrawApplication", await submitted_case(who))
    query = "query($id: ID!) { application(by: {id: $id}) { stage closedAt withdrawnAt } }"
    read = await who["officer"](query, id=id_)
    refused = await who["agent-au"](query, id=id_)
    application = read.body["data"]["application"]
    return {
        "isSame": application["closedAt"] == application["withdrawnAt"],
        "agent": [error["message"] for error in refused.errors],
    }


async def _enter(url: str, who: dict[str, Viewer]) -> Any:
    """An arrival that the border control has loaded, as officers and as agents read it."""
    connection = await connect(url)
    try:
        reference = await connection.fetchval(
            "INSERT INTO arrival SELECT gen_random_uuid(), id, '2026-03-02', 'DPS' FROM application"
            " WHERE country_code = 'AU' LIMIT 1"
            " RETURNING (SELECT reference FROM application WHERE id = application_id)"
        )
    finally:
        await connection.close()
    query = """query($of: String!) {
        application(by: {reference: $of}) { arrivals(first: 9) { nodes { enteredOn port } } }
    }"""
    refused = await who["agent-au"](query, of=reference)
    read = await who["officer"](query, of=reference)
    return {
        "officer": read.data["application"]["arrivals"]["nodes"],
        "agent": [error["message"] for error in refused.errors],
    }


async def _by_mission(consul: Viewer) -> Any:
    def of(asked: Any) -> set[tuple[str | None, str | None]]:
        assert asked.errors == [], asked.text
        rows = asked.data["volumes"]["rows"]
        return {((row["country"] or {}).get("code"), row["mission"]) for row in rows}

    return {
        "all": sorted(map(list, of(await consul(VOLUMES, where={}))), key=str),
        "canberra": sorted(map(list, of(await consul(VOLUMES, where={"mission": {"eq": "CBR"}})))),
    }


async def _invite_to_interview(who: dict[str, Viewer]) -> Any:
    id_ = await in_verification(who)
    await perform(who["officer"], "inviteToInterview", id_)
    query = """query($id: ID!) {
        application(by: {id: $id}) { status events(first: 9) { nodes { kind } } }
    }"""
    return (await who["officer"](query, id=id_)).data["application"]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
