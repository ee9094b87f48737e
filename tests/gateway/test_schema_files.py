"""The schema of a role is a file that code generators fetch, by whoever holds the role."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

import httpx2
import pytest
from graphql import build_schema

from gateway.cli.documents import sdl_of
from gateway.service import gateway
from models.vocabulary import Role
from tests import tokens
from tests.gateway.log_lines import log_lines
from tests.gateway.schemas import SCHEMAS

pytestmark = pytest.mark.anyio

PRODUCTION = {"environment": "production", "cursor_key": "00" * 32}


@asynccontextmanager
async def asking(**settings: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A gateway, whose database is never asked."""
    app = gateway(tokens.settings(**settings), key_source=tokens.key_source, schemas=SCHEMAS)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def address(role: Role | str) -> str:
    return f"/graphql/schema/{role.lower()}.graphql"


async def test_a_role_reads_its_schema_as_it_is_asked_about() -> None:
    async with asking(**PRODUCTION) as client:
        for role in Role:
            signed = {} if role is Role.ANONYMOUS else tokens.bearer(role)
            answer = await client.get(address(role), headers=signed)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/graphql; charset=utf-8"
            assert answer.text == sdl_of(role)
            build_schema(answer.text)


async def test_a_schema_keeps_what_introspection_loses() -> None:
    async with asking() as client:
        text = (await client.get(address(Role.OFFICER))).text
    assert re.search(r"^input \w+ @oneOf \{", text, re.MULTILINE)
    assert '"""' in text


async def test_a_schema_for_federation_writes_out_what_composers_do_not_know() -> None:
    async with asking() as client:
        plain = await client.get(address(Role.OFFICER))
        answer = await client.get(address(Role.OFFICER), params={"flavour": "federation"})
        other = await client.get(address(Role.OFFICER), params={"flavour": "vanilla"})
    assert "@oneOf" not in answer.text
    said = "Exactly one of its fields is given."
    assert answer.text.count(said) == plain.text.count("@oneOf {") > 0
    assert 'type Application implements Node @key(fields: "id", resolvable: false) {' in answer.text
    assert answer.headers["etag"] != plain.headers["etag"]
    assert (other.status_code, "flavour" in other.text) == (400, True)


async def test_a_schema_comes_compressed_to_whoever_reads_that() -> None:
    async with asking() as client:
        for accepted, encoding in (("gzip", "gzip"), ("identity", None)):
            answer = await client.get(address(Role.OFFICER), headers={"Accept-Encoding": accepted})
            assert answer.headers.get("content-encoding") == encoding
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.text == sdl_of(Role.OFFICER)
            again = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]}
            unchanged = await client.get(address(Role.OFFICER), headers=again)
            assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_in_production_only_who_holds_a_role_reads_its_schema() -> None:
    async with asking(**PRODUCTION) as client:
        refused = await client.get(address(Role.OFFICER))
        assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")
        for held in ("LEADERSHIP", ["PARTNER_MANAGER", "PARTNER_AGENT"]):
            refused = await client.get(address(Role.OFFICER), headers=tokens.bearer(held))
            assert (refused.status_code, code_of(refused)) == (403, "ROLE_NOT_HELD")
        excluded = tokens.bearer(["OFFICER", "AUDITOR"])
        refused = await client.get(address(Role.OFFICER), headers=excluded)
        assert (refused.status_code, code_of(refused)) == (403, "ROLES_EXCLUDED")
        both = tokens.bearer(["PARTNER_MANAGER", "PARTNER_AGENT"])
        for role in (Role.PARTNER_MANAGER, Role.PARTNER_AGENT, Role.ANONYMOUS):
            assert (await client.get(address(role), headers=both)).status_code == 200


async def test_in_development_everybody_reads_every_schema() -> None:
    async with asking() as client:
        assert {(await client.get(address(role))).status_code for role in Role} == {200}


async def test_a_client_that_has_it_is_not_sent_it_again() -> None:
    async with asking() as client:
        tag = (await client.get(address(Role.OFFICER))).headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = await client.get(address(Role.OFFICER), headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
        other = await client.get(address(Role.AUDITOR), headers={"If-None-Match": tag})
        assert other.status_code == 200
        assert other.headers["cache-control"] == "private, no-cache"
        response = await client.head(address(Role.OFFICER))
        assert (response.status_code, response.content, response.headers["etag"]) == (200, b"", tag)


@pytest.mark.parametrize("name", ["OFFICER", "officers", "schema", "..%2fschema", "officer%00"])
async def test_unknown_names_are_not_found(name: str) -> None:
    async with asking() as client:
        answer = await client.get(f"/graphql/schema/{name}.graphql")
        assert answer.status_code == 404


async def test_reading_a_schema_is_logged() -> None:
    async with asking() as client:
        with log_lines() as log:
            await client.get(address(Role.PARTNER_AGENT))
            await client.get("/graphql/schema/Budi.graphql")
    assert [line["path"] for line in log.of("request")] == [
        "/graphql/schema/role.graphql", "other",
    ]  # fmt: skip


def test_every_role_has_its_file() -> None:
    names = {file.name for file in files("gateway.schema").joinpath("roles").iterdir()}
    assert names == {f"{role.lower()}.graphql" for role in Role}


def code_of(answer: httpx2.Response) -> str:
    [error] = answer.json()["errors"]
    return error["extensions"]["code"]
