"""A front-end developer's first hour: read the schema, page through a list, meet the errors."""

from urllib.parse import urlsplit

import pytest
from graphql import build_client_schema, get_introspection_query, parse, print_schema, validate
from playwright.sync_api import Browser

from models.row_security import login_at
from tests import tokens
from tests.gateway.surviving.processes import gateways, published_keys
from tests.gateway.test_origins import SENT_BY_CLIENTS

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
