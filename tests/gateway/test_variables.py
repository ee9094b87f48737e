"""Variables that do not fit are all reported, each with its place."""

import pytest

from gateway.limits import MOST_MISTAKES
from tests.gateway.conftest import ACCEPT, Answer
from tests.gateway.hostile_requests import APPLICATION, BATCH

pytestmark = pytest.mark.anyio

_ONE = "application(by: {reference: $r}) { reference }"


@pytest.mark.parametrize(
    "document",
    [
        "query ($r: String) { ONE }",
        "query ($r: String) { ...F } fragment F on Query { ONE }",
        "fragment F on Query { ONE } query ($r: String) { ...F }",
        "query A ($r: String!) { ONE } query B ($r: String) { ONE }",
        "{ ONE }",
    ],
)  # fmt: skip
async def test_the_one_value_of_an_input_is_never_null(who, document: str) -> None:
    name = "A" if "query A" in document else None
    document = document.replace("ONE", _ONE)
    answer = await who["officer"].send(
        {"query": document, "variables": {"r": "x"}, "operationName": name}
    )
    assert (answer.status, answer.codes[0]) == (400, "INVALID_DOCUMENT")


@pytest.mark.parametrize(
    "document",
    [
        "query ($r: String!) { ONE }",
        "fragment F on Query { ONE } query ($r: String!) { ...F }",
    ],
)  # fmt: skip
async def test_the_one_value_of_an_input_may_be_a_variable(who, document: str) -> None:
    answer = await who["officer"](document.replace("ONE", _ONE), r="nothing")
    assert (answer.errors, answer.data) == ([], {"application": None})


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("query ($v: Boolean = true) { viewer { role @skip(if: $v) } }", None),
        ("query ($v: Boolean = true) { countries(first: 1) { nodes { code @skip(if: $v) } } }",
         None),
        ('query ($v: Language = ID) { country(by: {code: "AU"}) { name(language: $v) } }',
         ["country", "name", "language"]),
    ],
)  # fmt: skip
async def test_null_where_a_default_was_meant_is_the_clients_mistake(who, document, path) -> None:
    answer = await who["officer"](document, v=None)
    assert (answer.status, answer.codes) == (400, ["INVALID_VARIABLES"])
    [error] = answer.errors
    assert error.get("path") == path
    assert ("`language`" if path else "`@skip`") in error["message"]
    assert error["locations"]


# --- Every mistake, each with its place ----------------------------------------------------------

_NAME = "Ruby Hale"
#: Every kind of mistake, in the second of two applications.
_WRONG = {
    "visaType": {"name": _NAME},
    "tripPurpose": _NAME,
    "nationalty": _NAME,
    "identity": {
        "fullName": None,
        "birthDate": "",
        "email": 1,
        "phone": "+61 2",
        "passportExpiresOn": "2041-07-23",
        "fullname": _NAME,
    },
}
_WANTED = {
    ("idempotencyKey",): "A text is expected.",
    ("applications", 1, "nationalty"): "Its type does not have this field.",
    ("applications", 1, "visaType"): "A text is expected.",
    ("applications", 1, "tripPurpose"):
        "One of TOURISM, BUSINESS, INVESTMENT, GOVERNMENT, TRANSIT is expected.",
    ("applications", 1, "identity", "fullname"): "Its type does not have this field.",
    ("applications", 1, "identity", "fullName"): "null is not accepted.",
    ("applications", 1, "identity", "passportNumber"): "A value is missing.",
    ("applications", 1, "identity", "birthDate"): "A day, such as 2025-01-31, is expected.",
    ("applications", 1, "identity", "email"): "A text is expected.",
}  # fmt: skip


def mistakes(answer: Answer) -> dict[tuple[str | int, ...], str]:
    """What is said about each place of a variable, without the place."""
    assert answer.status == 400
    assert "data" not in answer.body
    assert set(answer.codes) == {"INVALID_VARIABLES"}
    found = {}
    for error in answer.errors:
        place, text = error["message"].split("`: ")
        path = tuple(error["extensions"]["path"])
        inner = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        assert place == f"`${inner[1:]}"
        assert error["locations"]
        assert "path" not in error  # that would be one of the answer
        found[path] = text
    assert len(found) == len(answer.errors)
    return found


async def test_each_mistake_in_a_variable_is_reported_with_its_path(who) -> None:
    given = {"idempotencyKey": 7, "applications": [APPLICATION, APPLICATION | _WRONG]}
    answer = await who["agent-au"](BATCH, input=given)
    assert mistakes(answer) == {("input", *path): text for path, text in _WANTED.items()}
    assert _NAME not in answer.text


async def test_mistakes_in_several_variables_are_reported_together(who) -> None:
    document = """query ($n: Int!, $where: ApplicationWhere, $order: ApplicationOrder, $a: Cursor) {
        applications(first: $n, where: $where, orderBy: $order, after: $a) { nodes { id } }
    }"""
    where = {"stage": {"in": ["CLOSED", "LOST"]}, "country": {"eq": "au", "is": "AU"}}
    answer = await who["officer"](document, where=where, order={"direction": "UP"}, a=1)
    found = mistakes(answer)
    assert set(found) == {
        ("n",),
        ("where", "stage", "in", 1),
        ("where", "country", "eq"),
        ("where", "country", "is"),
        ("order", "field"),
        ("order", "direction"),
        ("a",),
    }
    assert found["n",] == "A value is missing."
    columns = {error["locations"][0]["column"] for error in answer.errors}
    assert len(columns) == 4  # each by the variable that it is in


async def test_no_more_mistakes_are_reported_than_of_arguments(who) -> None:
    document = (
        "query ($i: [ID!]!, $j: [ID!]!) { a: nodes(ids: $i) { id } b: nodes(ids: $j) { id } }"
    )
    answer = await who["officer"](document, i=["x", 1.5, 2.5], j=[1.5] * 1_000)
    first = [("i", 1), ("i", 2)]
    assert [*mistakes(answer)] == first + [("j", n) for n in range(MOST_MISTAKES - len(first))]


async def test_mistakes_are_reported_to_clients_of_the_older_media_type_and_in_indonesian(
    who,
) -> None:
    body = {"query": BATCH, "variables": {"input": {"applications": [{"x": 1}], "naem": 1}}}
    headers = {"Accept": "application/json", "Accept-Language": "id"}
    answer = await who["agent-au"].send(body, **headers)
    assert answer.status == 200
    assert ACCEPT not in answer.headers["content-type"]
    said = {tuple(error["extensions"]["path"]): error["message"] for error in answer.errors}
    assert said["input", "naem"] == "`$input.naem`: Bidang ini tidak ada dalam jenisnya."
    assert said["input", "idempotencyKey"] == "`$input.idempotencyKey`: Nilainya tidak ada."
