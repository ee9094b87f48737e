"""Documents are registered once, asked for by an id, and known to every replica within seconds."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from gateway.execution import trusted_documents
from gateway.execution.document_matrix import DocumentMatrix
from models.documents import Registration, document_hash, register, retire
from models.row_security import database_role
from models.vocabulary import Role
from tests import tokens
from tests.gateway.conftest import Viewer, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.gateway.live import served
from tests.gateway.log_lines import log_lines
from tests.gateway.schemas import SCHEMAS

pytestmark = pytest.mark.anyio

PAGE = "query Page { applications(first: 2) { nodes { reference } } }"
EVERYBODY = "query Myself { viewer { role } }"
#: On a machine that does much besides; the gateway takes a second, or five.
LONGEST_WAIT = 30.0


@pytest.fixture(autouse=True)
async def nothing_registered(connection: asyncpg.Connection) -> None:
    await connection.execute("DELETE FROM trusted_document")


@asynccontextmanager
async def asking(world: str, **settings: str) -> AsyncIterator[dict[str, Viewer]]:
    """A gateway of its own, as another replica."""
    async with (
        running_gateway(tokens.settings(world, **settings)) as app,
        InProcessClient(app) as client,
    ):
        yield viewers(client)


async def register_document(connection: asyncpg.Connection, text: str, *ids: str) -> str:
    """Register a document; its id."""
    await register(connection, [Registration(text, ("Page",), ids)], client="portal", by="a test")
    return f"sha256:{document_hash(text)}"


async def until_code(viewer: Viewer, body: dict[str, Any], code: str | None) -> None:
    """Ask until the answer has this code; None is without an error."""
    started_at = time.monotonic()
    while True:
        asked = await viewer.send(body)
        if asked.codes == ([code] if code else []):
            return
        assert time.monotonic() - started_at < LONGEST_WAIT, asked.text
        await asyncio.sleep(0.1)


async def test_a_document_costs_what_its_dearest_operation_does() -> None:
    texts = (EVERYBODY, PAGE, f"{EVERYBODY} {PAGE}", f"{PAGE} {EVERYBODY}")
    few, *most = (
        DocumentMatrix(SCHEMAS).examine(text).verdicts[Role.OFFICER].cost for text in texts
    )
    assert few < most[0] == most[1] == most[2]


# --- Asking by an id ------------------------------------------------------------------------------


async def test_a_document_is_asked_for_by_its_hash(world: str, connection) -> None:
    id_ = await register_document(connection, PAGE)
    async with asking(world) as who:
        by_id = await who["officer"].send({"documentId": id_})
        whole = await who["officer"](PAGE)
        assert by_id.data == whole.data
        assert len(by_id.data["applications"]["nodes"]) == 2


async def test_by_its_id_a_role_runs_no_more_than_before(world: str, connection) -> None:
    id_ = await register_document(connection, PAGE)
    async with asking(world) as who:
        asked = await who["leadership"].send({"documentId": id_})
        assert set(asked.codes) == {"FORBIDDEN_FIELD"}


async def test_a_client_asks_by_the_id_of_its_own_tools(world: str, connection) -> None:
    md5 = hashlib.md5(PAGE.encode()).hexdigest()
    await register_document(connection, PAGE, md5)
    async with asking(world) as who:
        asked = await who["officer"].send({"documentId": md5})
        assert asked.status == 200
        persisted = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": md5}}}
        assert (await who["officer"].send(persisted)).data == asked.data


async def test_ids_that_are_unknown_retired_or_malformed_are_answered_alike(
    world: str, connection
) -> None:
    id_ = await register_document(connection, PAGE)
    assert await retire(connection, [id_]) == [document_hash(PAGE)]
    async with asking(world) as who:
        answers = [
            await who["officer"].send({"documentId": each})
            for each in (id_, "sha256:" + "0" * 64, "", "x\u0000y", "a" * 5_000)
        ]
    entries = [{**answer.errors[0], "extensions": {"code": answer.codes[0]}} for answer in answers]
    assert [answer.status for answer in answers] == [400] * 5
    assert (
        entries
        == [
            {
                "message": "This document is not known here: send it as `query`.",
                "extensions": {"code": "DOCUMENT_NOT_FOUND"},
            }
        ]
        * 5
    )


async def test_a_subscription_is_followed_by_its_id(world: str, connection) -> None:
    text = "subscription Follow { volumesChanged { position } }"
    id_ = await register_document(connection, text)
    async with served(world) as live, live.as_viewer("leadership") as viewer:
        await viewer.say(type="subscribe", id="1", payload={"documentId": "sha256:0"})
        assert (await viewer.receive())["type"] == "error"
        persisted = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": id_}}}
        by_id = {"documentId": id_}
        for payload in (by_id, {"query": "", **by_id}, {"query": "", **persisted}):
            await viewer.say(type="subscribe", id="2", payload=payload)
            assert (await viewer.receive())["type"] == "next"
            await viewer.say(type="complete", id="2")


# --- Replicas -------------------------------------------------------------------------------------


async def test_replicas_learn_of_a_registration_and_of_its_end_within_seconds(
    world: str, connection
) -> None:
    body = {"documentId": f"sha256:{document_hash(PAGE)}"}
    async with asking(world) as one, asking(world) as other:
        for who in (one, other):
            assert (await who["officer"].send(body)).codes == ["DOCUMENT_NOT_FOUND"]
        await register_document(connection, PAGE)
        for who in (one, other):
            await until_code(who["officer"], body, None)
        await retire(connection, [document_hash(PAGE)])
        for who in (one, other):
            await until_code(who["officer"], body, "DOCUMENT_NOT_FOUND")


async def test_what_is_registered_is_looked_up_less_often_than_what_is_not(
    world: str, connection, monkeypatch
) -> None:
    monkeypatch.setattr(trusted_documents, "FRESH_SECONDS", 1_000.0)
    monkeypatch.setattr(trusted_documents, "MISS_SECONDS", 0.0)
    page = {"documentId": await register_document(connection, PAGE)}
    async with asking(world) as who:
        assert (await who["officer"].send(page)).codes == []
        await retire(connection, [document_hash(PAGE)])
        assert (await who["officer"].send(page)).codes == []
        another = {"documentId": await register_document(connection, EVERYBODY)}
        assert (await who["officer"].send(another)).codes == []


async def test_strangers_ids_cause_one_reading_a_second(world: str, connection, traffic) -> None:
    async with asking(world) as who:
        await who["officer"].send({"documentId": "sha256:0"})
        traffic.statements.clear()
        started_at = time.monotonic()
        for number in range(100):
            await who["officer"].send({"documentId": f"sha256:{number}"})
        readings = [text for text in traffic.statements if "trusted_document" in text]
        assert len(readings) <= time.monotonic() - started_at + 1


# --- Automatic persisted queries ------------------------------------------------------------------


async def test_automatic_persisted_queries_make_clients_send_the_document(
    world: str, connection
) -> None:
    """As Apollo's link (by code or message) and urql's exchange (by message) read it; afterwards
    they send documents whole, with or without the extension. What strangers send is not kept."""
    extension = {"persistedQuery": {"version": 1, "sha256Hash": document_hash(PAGE)}}
    async with asking(world) as who:
        for _ in range(2):
            asked = await who["officer"].send({"operationName": "Page", "extensions": extension})
            assert [error["message"] for error in asked.errors] == ["PersistedQueryNotSupported"]
            assert asked.codes == ["PERSISTED_QUERY_NOT_SUPPORTED"]
            assert "data" not in asked.body
            assert (await who["officer"].send({"query": PAGE, "extensions": extension})).data
    assert await connection.fetchval("SELECT count(*) FROM trusted_document") == 0


# --- Who may send what ----------------------------------------------------------------------------


async def test_what_nobody_registered_is_logged_with_hash_client_and_role(
    world: str, connection
) -> None:
    await register_document(connection, PAGE)
    async with asking(world, documents="log") as who:
        with log_lines() as log:
            await who["officer"].send({"query": PAGE})
            for client in ("portal", "Budi, +62 812 555"):
                headers = {"apollographql-client-name": client}
                await who["officer"].send({"query": EVERYBODY}, **headers)
    known, ours, unknown = log.of("request")
    assert (known["operation"], known.get("unregistered")) == ("Page", None)
    assert (ours["unregistered"], ours["client"], ours["role"]) == (True, "portal", "OFFICER")
    assert ours["document"] == document_hash(EVERYBODY)
    assert (unknown["unregistered"], unknown.get("client")) == (True, None)
    assert "Budi" not in log.text


async def test_where_documents_are_required_others_are_refused(world: str, connection) -> None:
    id_ = await register_document(connection, PAGE)
    async with asking(world, documents="require") as who:
        officer = who["officer"]
        assert (await officer.send({"documentId": id_})).status == 200
        assert (await officer.send({"query": PAGE})).status == 200  # the same text, sent whole
        for text in (PAGE + " ", EVERYBODY, "{", "{ viewer { role } __schema { types { name } } }"):
            refused = await officer.send({"query": text})
            code = "SYNTAX" if text == "{" else "DOCUMENT_REQUIRED"
            assert (refused.status, refused.codes) == (400, [code])
        asked = await officer.send({"query": "{ __schema { queryType { name } } }"})
        assert asked.data == {"__schema": {"queryType": {"name": "Query"}}}


async def test_in_production_a_public_document_is_asked_for_by_its_address(
    world: str, connection
) -> None:
    """Only by its id, and by whoever is not signed in."""
    text = "query Public { visaTypes(first: 2) { nodes { code name } } }"
    id_ = await register_document(connection, text)
    async with asking(world, environment="production", cursor_key="ab" * 32) as who:
        get = who["anonymous"].client.get
        found = await get("/graphql", params={"documentId": id_})
        assert [one["code"] for one in found.json()["data"]["visaTypes"]["nodes"]] == ["B1", "C1"]
        again = {"If-None-Match": found.headers["etag"]}
        assert (await get("/graphql", params={"documentId": id_}, headers=again)).status_code == 304
        for params, headers in (
            ({"query": text}, {}),
            ({"documentId": id_, "query": text}, {}),
            ({"documentId": id_}, tokens.bearer(Role.OFFICER)),
            ({}, {}),
        ):
            refused = await get("/graphql", params=params, headers=headers)
            assert refused.status_code == 405
            assert refused.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


async def test_in_production_not_even_introspection_is_let_through(world: str, connection) -> None:
    production = {
        "environment": "production", "documents": "require", "cursor_key": "00" * 32,
    }  # fmt: skip
    async with asking(world, **production) as who:
        for text in ("{ __schema { queryType { name } } }", "{", "{ __typename }"):
            refused = await who["officer"].send({"query": text})
            assert refused.codes == ["DOCUMENT_REQUIRED"]


# --- The database ---------------------------------------------------------------------------------


async def test_the_gateway_may_read_documents_and_nothing_else(
    database: str, connection: asyncpg.Connection
) -> None:
    rows = await connection.fetch(
        """
        SELECT DISTINCT grantee::regrole::text AS role, privilege_type AS right
        FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl)
        WHERE attrelid = 'trusted_document'::regclass
        UNION
        SELECT grantee::regrole::text, privilege_type
        FROM pg_class CROSS JOIN LATERAL aclexplode(relacl)
        WHERE oid = 'trusted_document'::regclass AND grantee <> relowner
        """
    )
    assert {tuple(row) for row in rows} == {(database_role(Role.ANONYMOUS), "SELECT")}


async def test_a_retired_document_comes_back_and_ids_are_taken_once(connection) -> None:
    md5 = "0123456789abcdef0123456789abcdef"
    await register_document(connection, PAGE, md5)
    with pytest.raises(Exception, match=f"The id {md5} belongs to the document sha256:"):
        await register_document(connection, EVERYBODY, md5)
    await retire(connection, [md5])
    await register_document(connection, EVERYBODY, md5)
    await register_document(connection, PAGE)
    rows = await connection.fetch(
        "SELECT sha256, ids FROM trusted_document WHERE retired_at IS NULL ORDER BY text"
    )
    assert [(row["sha256"], row["ids"]) for row in rows] == [
        (document_hash(EVERYBODY), [md5]),
        (document_hash(PAGE), []),
    ]


MATRIX = """{ trustedDocuments {
    sha256 operations clients registeredBy verdicts { role canRun cost refused mistake }
} }"""


async def test_administrators_read_which_role_runs_what_as_the_matrix_has_it(
    world: str, connection
) -> None:
    desks = "assignments(first: 1) { nodes { officer } }"
    looks = f"query Looks {{ applications(first: 2) {{ nodes {{ {desks} }} }} }}"
    for text in (PAGE, looks):
        await register_document(connection, text)
    await connection.execute(
        "INSERT INTO trusted_document (sha256, text, ids, clients, operation_names, registered_by)"
        " VALUES ($1, 'query Old { gone }', '{}', '{portal}', '{Old}', 'a test')", "ab" * 32,
    )  # fmt: skip
    retired = await register_document(connection, EVERYBODY)
    await retire(connection, [retired])
    async with asking(world) as who:
        for _ in range(2):  # examined once, and kept
            answer = await who["administrator"](MATRIX)
            told = {one["sha256"]: one for one in answer.data["trustedDocuments"]}
            assert len(told) == 3
            assert told[document_hash(PAGE)]["clients"] == ["portal"]
            for text in (PAGE, looks):
                verdicts = DocumentMatrix(SCHEMAS).examine(text).verdicts
                for one in told[document_hash(text)]["verdicts"]:
                    verdict = verdicts[Role(one["role"])]
                    assert one["canRun"] == verdict.can_run
                    assert one["cost"] == (verdict.cost if verdict.can_run else None)
                    assert one["refused"] == [
                        mistake.details["coordinate"] for mistake in verdict.mistakes
                    ]
            by_role = {one["role"]: one for one in told[document_hash(looks)]["verdicts"]}
            assert by_role["OFFICER"]["canRun"]
            assert by_role["PARTNER_AGENT"]["refused"] == ["Application.assignments"]
            for one in told["ab" * 32]["verdicts"]:
                assert (one["canRun"], one["refused"]) == (False, [])
                assert "gone" in one["mistake"]
        for user in ("auditor", "supervisor", "officer"):
            assert set((await who[user](MATRIX)).codes) == {"FORBIDDEN_FIELD"}
