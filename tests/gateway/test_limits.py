"""What is too much is refused at once, at its place, and no error repeats what was sent."""

from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from graphql import get_introspection_query, parse

from gateway import limits
from tests.gateway.conftest import ACCEPT, Answer
from tests.gateway.hostile_requests import APPLICATION, BATCH
from tests.gateway.live import served

pytestmark = pytest.mark.anyio

BY = "query($by: ApplicationBy!) { application(by: $by) { id } }"
IDS = "query($i: [ID!]!) { nodes(ids: $i) { id } }"
NAME, PASSPORT = "Ruby Hale", "PA1234567"


def only_error(answer: Answer) -> tuple[int, str, str]:
    """The status, the code and the text of the only error."""
    [error] = answer.errors
    return answer.status, error["extensions"]["code"], error["message"]


async def post(client: httpx2.AsyncClient, body: bytes) -> Answer:
    headers = {"Content-Type": "application/json", "Accept": ACCEPT}
    response = await client.post("/graphql", content=body, headers=headers)
    return Answer(response.status_code, response.json(), response.text)


# --- What one client silenced a gateway with -----------------------------------------------------


async def test_eight_thousand_unknown_keys_are_too_many(who) -> None:
    answer = await who["officer"](BY, by={f"unknown{n:015}": "x" for n in range(8_000)})
    assert only_error(answer) == (
        413,
        "TOO_LARGE",
        "The JSON has more than 8000 keys: send less at once.",
    )


async def test_of_thousands_of_unknown_keys_a_few_are_reported(who) -> None:
    answer = await who["officer"](BY, by={f"unknown{n}": "x" for n in range(7_900)})
    assert answer.status == 400
    assert [error["message"] for error in answer.errors] == [
        f"`$by.unknown{n}`: Its type does not have this field." for n in range(limits.MOST_MISTAKES)
    ]


async def test_unknown_keys_that_may_be_values_are_reported_once_by_their_object(who) -> None:
    answer = await who["officer"](BY, by={f"Ruby Hale {n}": "x" for n in range(7_900)})
    assert answer.status == 400
    assert [error["message"] for error in answer.errors] == [
        "`$by`: It has a field that its type does not have.",
        "`$by`: Give exactly one of its fields, and a value to it.",
    ]


@pytest.mark.parametrize("value", ["x", 1, 1.5, None, [], {}])
async def test_lists_of_tens_of_thousands_are_too_many(who, value: Any) -> None:
    answer = await who["officer"](IDS, i=[value] * 20_000)
    assert only_error(answer)[:2] == (413, "TOO_LARGE")


async def test_the_first_wrong_values_of_a_list_are_reported(who) -> None:
    answer = await who["officer"](IDS, i=["x"] * 7 + [1.5] * 11_000)
    assert [error["message"] for error in answer.errors] == [
        f"`$i[{n}]`: A text is expected." for n in range(7, 7 + limits.MOST_MISTAKES)
    ]
    assert set(answer.codes) == {"INVALID_VARIABLES"}


@pytest.mark.parametrize(("aliases", "code"), [(390, "SYNTAX"), (21, "INVALID_DOCUMENT")])
async def test_aliases_of_the_viewer_are_too_many(who, aliases: int, code: str) -> None:
    document = "{" + " ".join(f"v{n}: viewer {{ role }}" for n in range(aliases)) + "}"
    assert only_error(await who["anonymous"](document))[:2] == (400, code)


async def test_an_unknown_field_of_an_identity_is_named_without_its_value(who) -> None:
    identity = {**APPLICATION["identity"], "fullname": NAME}  # type: ignore[dict-item]
    applications = [APPLICATION, {**APPLICATION, "identity": identity}]
    answer = await who["agent-au"](
        BATCH, input={"idempotencyKey": "x" * 20, "applications": applications}
    )
    assert only_error(answer) == (
        400,
        "INVALID_VARIABLES",
        "`$input.applications[1].identity.fullname`: Its type does not have this field.",
    )
    assert NAME not in answer.text
    assert PASSPORT not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "{ __typename }", "query": "{ __typename }"}',
        b'{"query": "{ __typename }", "variables": {"a": 1, "b": {"c": 1, "c": 2}}}',
        b'{"query": "{ __typename }", "variables": {"a": [{"b": 1, "\\u0062": 1}]}}',
        b'{"query": "{ __typename }", "extensions": {"": 1, "": 1}}',
    ],
)
async def test_duplicate_keys_are_refused(client, body: bytes) -> None:
    text = "An object of the JSON has the same key twice: leave one of them out."
    assert only_error(await post(client, body)) == (400, "BAD_REQUEST", text)


# --- Errors name places, never values ------------------------------------------------------------

SUBMIT = """mutation($input: SubmitApplicationInput!) {
    submitApplication(input: $input) { errors { code } }
}"""


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"visaType": {"name": NAME}}, "`$input.visaType`: A text is expected."),
        ({"visaType": None}, "`$input.visaType`: null is not accepted."),
        ({"identity": PASSPORT},
         "`$input.identity`: A value of the type IdentityInput is expected."),
        ({"identity": {**APPLICATION["identity"], "birthDate": NAME}},  # type: ignore[dict-item]
         "`$input.identity.birthDate`: A day, such as 2025-01-31, is expected."),
        ({NAME: PASSPORT}, "`$input`: It has a field that its type does not have."),
        ({PASSPORT: NAME}, "`$input`: It has a field that its type does not have."),
        ({"birthdate": NAME}, "`$input.birthdate`: Its type does not have this field."),
    ],
)  # fmt: skip
async def test_a_variable_of_the_wrong_type_is_reported_by_its_path(who, change, text) -> None:
    given = {"idempotencyKey": "x" * 20, **APPLICATION, **change}
    answer = await who["agent-au"](SUBMIT, input=given)
    assert only_error(answer) == (400, "INVALID_VARIABLES", text)
    assert NAME not in answer.text
    assert PASSPORT not in answer.text


@pytest.mark.parametrize(
    "document",
    [
        "{ partner(by: {code: PA1234567}) { code } }",
        '{ applications(first: "Ruby Hale") { nodes { id } } }',
        '{ applications(where: {stage: {eq: "Ruby Hale"}}) { nodes { id } } }',
        '{ applications(where: {paidAt: {from: "Ruby Hale"}}) { nodes { id } } }',
        '{ volumes(from: "Ruby Hale", to: "2025-01-01", groupBy: []) { asOf } }',
        "{ application(by: {PA1234567: 1}) { id } }",
        '{ application(by: {reference: "x", PA1234567: "Ruby Hale", PA1234567: 1}) { id } }',
        'query @purpose(code: "Ruby Hale", reference: "A") { viewer { role } }',
        'query ($n: Int = "Ruby Hale") { countries(first: $n) { nodes { code } } }',
        '{ partner(by: {code: "Ruby Hale" "PA1234567"}) { code } }',
        '{ viewer "Ruby Hale" }',
        '{ country(by: {code: "Ruby Hale',
        "{ country(by: {code: 1.PA1234567}) { code } }",
        '{ country(by: {code: "\\PA1234567"}) { code } }',
        "Ruby",
        '{ viewer(x: """PA1234567""" ) "Ruby Hale" }',
    ],
)
async def test_an_error_does_not_quote_literals_of_a_document(who, document: str) -> None:
    answer = await who["officer"](document)
    assert answer.codes[0] in ("INVALID_DOCUMENT", "SYNTAX")
    assert answer.errors[0]["locations"]
    assert [word for word in ("Ruby", "Hale", "PA1234567", "\\P") if word in answer.text] == []


# --- What must fit -------------------------------------------------------------------------------


async def test_a_batch_of_five_hundred_applications_fits(who) -> None:
    given = {"idempotencyKey": "x" * 20, "applications": [APPLICATION] * 500}
    assert (await who["agent-au"](BATCH, input=given)).errors == []


def test_known_documents_fit() -> None:
    queries = sorted(Path("dashboard").rglob("*.graphql"))
    assert len(queries) > 5
    for text in (*(path.read_text() for path in queries), get_introspection_query()):
        assert (parse(text).token_count or 0) < limits.MOST_TOKENS * 0.9


async def test_the_same_key_in_two_objects_is_no_duplicate(client) -> None:
    body = b'{"query": "{ __typename }", "variables": {"a": [{"b": 1}, {"b": ":,{\\"b\\":"}]}}'
    assert (await post(client, body)).data == {"__typename": "Query"}


# --- Sockets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        '{"type": "ping", "type": "ping"}',
        '{"type": "ping", "payload": ' + "[" * 33 + "]" * 33 + "}",
        orjson.dumps({"type": "ping", "payload": [1] * 20_000}).decode(),
        orjson.dumps({"type": "ping", "payload": {str(n): n for n in range(9_000)}}).decode(),
    ],
    ids=["duplicate", "deep", "values", "keys"],
)
async def test_messages_of_sockets_keep_the_same_limits(world: str, message: str) -> None:
    async with served(world) as running, running.as_viewer("officer") as client:
        await client.socket.send(message)
        assert (await client.is_closed())[0] == 4400


async def test_wrong_variables_of_a_subscription_are_reported_by_their_path(world: str) -> None:
    async with served(world) as running, running.as_viewer("officer") as client:
        query = "subscription($w: ApplicationWhere) { applicationChanged(where: $w) { position } }"
        await client.subscribe(query, w={"country": {"eq": {NAME: PASSPORT}}})
        message = await client.receive()
        [error] = message["payload"]
        assert error["extensions"]["code"] == "INVALID_VARIABLES"
        expected = "An ISO 3166 code of two capital letters, such as AU, is expected."
        assert error["message"] == f"`$w.country.eq`: {expected}"
