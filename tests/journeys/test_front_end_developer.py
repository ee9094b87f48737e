"""A front-end developer's first hour: read the schema, page through a list, meet the errors; and
build an application of one's own on the demo."""

import os
import re
import secrets
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx2
import pytest
from graphql import build_client_schema, get_introspection_query, parse, print_schema, validate
from playwright.sync_api import Browser

from gateway.development.grants import challenge_of
from models.row_security import login_at
from tests import tokens
from tests.gateway.changing import ENTRY_ON, IDENTITY
from tests.gateway.surviving.processes import gateways, published_keys
from tests.gateway.test_origins import SENT_BY_CLIENTS
from tests.running_demo import FRONT_END, GERBANG, Demo

pytestmark = pytest.mark.anyio

PAGE = """
    query Cases($after: Cursor) {
        applications(first: 5, after: $after) {
            nodes { id reference stage centre { code city } }
            pageInfo { hasNextPage endCursor }
        }
    }
"""


async def test_a_developer_builds_a_list_of_applications(who) -> None:
    app_user = who["manager-au"]

    # The schema that the role is shown is one that stock tools read.
    introspected = (await app_user(get_introspection_query(descriptions=True))).data
    schema = build_client_schema(introspected)
    assert "type Application implements Node" in print_schema(schema)
    assert "identity" not in schema.type_map["Applicant"].fields, "a manager reads no identity"

    # Whatever the tools let through, the gateway answers.
    assert validate(schema, parse(PAGE)) == []

    # Every page is read once, each application on one of them.
    references, after = [], None
    while True:
        page = (await app_user(PAGE, after=after)).data["applications"]
        references += [node["reference"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(references) == len(set(references)) > 0

    # Each answer says what it cost and what is left.
    cost = (await app_user(PAGE)).body["extensions"]["cost"]
    assert cost["actual"] <= cost["requested"] <= cost["maximum"]


async def test_a_developer_learns_what_was_wrong(who) -> None:
    app_user = who["manager-au"]

    misspelt = await app_user("{ applications(first: 5) { nodes { referense } } }")
    assert misspelt.status == 400
    assert "referense" in misspelt.errors[0]["message"]

    forbidden = await app_user("{ applications(first: 5) { nodes { status } } }")
    assert (forbidden.status, forbidden.codes) == (400, ["FORBIDDEN_FIELD"])
    assert forbidden.errors[0]["extensions"]["coordinate"] == "Application.status"

    nobody = await who["anonymous"](PAGE)
    assert (nobody.status, "data" in nobody.body) == (400, False)
    assert nobody.codes == ["FORBIDDEN_FIELD"]
    assert nobody.errors[0]["extensions"]["coordinate"] == "Query.applications"


async def test_a_developer_shows_where_somebody_works_by_one_question(who) -> None:
    asked = "{ viewer { partner { code name } centres { code city partner { code } } } }"
    agent = (await who["agent-au"](asked)).data["viewer"]
    assert agent == {
        "partner": {"code": "NUSA", "name": "Nusa Visa Services"},
        "centres": [{"code": "AU-SYD", "city": "Sydney", "partner": {"code": "NUSA"}}],
    }
    assert (await who["anonymous"](asked)).data["viewer"] == {"partner": None, "centres": []}


ASK_ELSEWHERE = """async ([address, headers]) => {
    const body = JSON.stringify({query: "{ viewer { role } }"})
    const answer = await fetch(`${address}/graphql`, {method: "POST", headers, body})
    return [(await answer.json()).data, answer.headers.get("gerbang-trace")]
}"""


@pytest.mark.usefixtures("anyio_backend")
def test_a_page_of_another_origin_sends_what_its_libraries_add(
    world: str, browser: Browser
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = dict.fromkeys(SENT_BY_CLIENTS, "web") | {
        "accept-language": "id",
        "authorization": f"Bearer {tokens.token('LEADERSHIP')}",
        "content-type": "application/json",
        "gerbang-purpose": "REPORT",
        "gerbang-role": "LEADERSHIP",
        "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
    }
    context = browser.new_context()
    try:
        with published_keys() as page_address:
            origin = f"http://{urlsplit(page_address).netloc}"
            with gateways(1, login_at(world, tokens.PASSWORD), ORIGINS=origin) as [gateway]:
                page = context.new_page()
                page.goto(page_address)
                answer = page.evaluate(ASK_ELSEWHERE, [gateway.url, headers])
    finally:
        context.close()
    assert answer == [{"viewer": {"role": "LEADERSHIP"}}, trace]


SUBMIT = """mutation Submit($input: SubmitApplicationInput!) {
    submitApplication(input: $input) {
        application { reference stage bill { fee { amount } } } errors { code path } } }"""
MINE = "query Mine { applications(first: 5) { nodes { reference stage } } }"


class FrontEnd:
    """A page of another origin, which knows of the demo what the demo printed."""

    def __init__(self, demo: Demo) -> None:
        printed = re.sub(r"\s+", " ", demo.printed)
        self.issuer, self.client_id, self.back = self._read(
            printed, r"issuer (\S+), client (\S+) .*? back to (\S+)"
        )
        self.owner_url = demo.owner_url
        self.http = httpx2.Client(base_url=demo.api_url, headers={"Origin": FRONT_END}, timeout=30)

    @staticmethod
    def _read(printed: str, pattern: str) -> tuple[str, ...]:
        found = re.search(pattern, printed)
        assert found, printed
        return found.groups()

    def sign_in(self, user: str) -> None:
        """By authorization code and PKCE, with what the provider says of itself."""
        provider = self.http.get(f"{self.issuer}/.well-known/openid-configuration").json()
        verifier = secrets.token_urlsafe(40)
        asked = {
            "client_id": self.client_id, "redirect_uri": self.back, "response_type": "code",
            "scope": "openid", "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        page = f"{provider['authorization_endpoint']}?{urlencode(asked)}"
        returned = self.http.post(page, data={"user": user}).headers["location"]
        assert returned.startswith(f"{FRONT_END}/")
        grant = {
            "grant_type": "authorization_code", "client_id": self.client_id,
            "redirect_uri": self.back, "code_verifier": verifier,
            "code": dict(parse_qsl(urlsplit(returned).query))["code"],
        }  # fmt: skip
        answer = self.http.post(provider["token_endpoint"], data=grant)
        assert answer.headers["access-control-allow-origin"] == FRONT_END
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(self, **body: Any) -> Any:
        answer = self.http.post("/graphql", json=body).json()
        assert "errors" not in answer, answer
        return answer["data"]


def test_an_application_of_ones_own_is_built_on_the_demo(demo: Demo, tmp_path: Path) -> None:
    app = FrontEnd(demo)
    app.sign_in("applicant-2")

    # Somebody who never applied hands in a first application, and meets all mistakes at once.
    assert app.ask(query=MINE)["applications"]["nodes"] == []
    given = {
        "idempotencyKey": str(uuid4()), "visaType": "B1", "nationality": "AU",
        "entryOn": ENTRY_ON, "identity": dict(IDENTITY),
    }  # fmt: skip
    wrong = {**given, "idempotencyKey": str(uuid4()), "entryOn": "2020-01-01", "nationality": "KP"}
    refused = app.ask(query=SUBMIT, variables={"input": wrong})["submitApplication"]
    assert len({tuple(error["path"]) for error in refused["errors"]}) == 2
    done = app.ask(query=SUBMIT, variables={"input": given})["submitApplication"]
    assert done["errors"] == []
    assert done["application"]["bill"]["fee"]["amount"] > 0

    # Its documents are registered like those of any front end, and asked for by their hashes.
    document = tmp_path / "mine.graphql"
    document.write_text(MINE)
    registered = subprocess.run(
        [GERBANG, "documents", "register", "--client", "my-app", document],
        env={**os.environ, "GERBANG_OWNER_URL": app.owner_url},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "1" in registered.stdout
    mine = app.ask(documentId=f"sha256:{sha256(MINE.encode()).hexdigest()}")
    assert [each["reference"] for each in mine["applications"]["nodes"]] == [
        done["application"]["reference"]
    ]
