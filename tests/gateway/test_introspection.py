"""Introspection is answered as graphql-core answers it, and never takes long."""

import json
from typing import Any

import pytest
from graphql import execute_sync, get_introspection_query, parse

from gateway.execution import introspection
from gateway.execution.role_schema import role_schema
from gateway.mapping.catalogue import Catalogue
from models.vocabulary import Role
from tests.gateway.conftest import CLAIMS
from tests.gateway.test_request_log import MANY_FIELDS
from tests.gateway.ways import FULL

pytestmark = pytest.mark.anyio

EVERYTHING = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
)
SOME = """query ($name: String! = "Application", $old: Boolean = false) {
    __typename
    schema: __schema { __typename queryType { name ...F } directives { locations args { name } } }
    schema: __schema { queryType { kind } mutationType { name } }
    a: __type(name: $name) { kind ...F possibleTypes { name } interfaces { name } }
    none: __type(name: "Nothing") { name }
    words: __type(name: "Stage") { enumValues(includeDeprecated: $old) { name isDeprecated } }
    viewer { role }
}
fragment F on __Type { kind fields(includeDeprecated: $old) { name type { name ofType { name } } } }
"""


@pytest.mark.parametrize("name", ["anonymous", "officer", "supervisor", "service", "leadership"])
async def test_introspection_answers_as_graphql_core_does(who, name: str) -> None:
    role = Role(CLAIMS[name].get("role", "ANONYMOUS"))
    view = role_schema(FULL, Catalogue(FULL), role)
    answer = await who[name](EVERYTHING)
    wanted: Any = execute_sync(view, parse(EVERYTHING)).data
    assert json.dumps(answer.data) == json.dumps(wanted)


@pytest.mark.parametrize("variables", [{}, {"name": "Node"}, {"old": True}, {"name": "Nothing"}])
async def test_introspection_stands_beside_other_fields(who, variables) -> None:
    view = role_schema(FULL, Catalogue(FULL), Role.OFFICER)
    alone = SOME.replace("    viewer { role }\n", "")
    wanted: Any = execute_sync(view, parse(alone), variable_values=variables).data
    answer = await who["officer"](SOME, **variables)
    assert json.dumps(answer.data) == json.dumps({**wanted, "viewer": {"role": "OFFICER"}})


async def test_aliases_do_not_multiply_the_schema(who) -> None:
    aliases = " ".join(f"t{n}: types {{ name fields {{ name }} }}" for n in range(90))
    answer = await who["supervisor"](f"{{ __schema {{ {aliases} }} }}")
    assert (answer.status, answer.codes) == (400, ["TOO_COSTLY"])


async def test_a_document_without_a_plan_cannot_introspect_as_well(who) -> None:
    document = MANY_FIELDS.replace("p0: viewer { ...Fields }", "__schema { queryType { name } }")
    answer = await who["officer"](document)
    assert (answer.status, answer.codes) == (400, ["TOO_COSTLY"])
    assert "in a document of its own" in answer.errors[0]["message"]


async def test_the_limit_leaves_room_for_a_schema_that_grows(
    who, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = introspection.MOST_SCHEMA_VALUES * 15 // 16
    monkeypatch.setattr(introspection, "MOST_SCHEMA_VALUES", room)
    assert (await who["supervisor"](EVERYTHING)).errors == []
