"""Variables that do not fit are errors at the place where they are used."""

import pytest

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
