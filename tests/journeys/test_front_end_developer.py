"""A front-end developer's first hour: read the schema, page through a list, meet the errors."""

import pytest
from graphql import build_client_schema, get_introspection_query, parse, print_schema, validate

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
