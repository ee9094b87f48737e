"""Documents that are malformed, invalid or expensive are refused, with a code and quickly."""

import time

import pytest

from gateway.limits import MOST_ROOT_FIELDS, MOST_TOKENS
from tests.gateway.conftest import Answer, Viewer
from tests.gateway.test_bad_input import assert_codes

pytestmark = pytest.mark.anyio


async def ask_in_time(viewer: Viewer, query: str) -> Answer:
    """Answered within a second of CPU."""
    started = time.process_time()
    answer = await viewer(query)
    assert time.process_time() - started < 1
    return answer


# --- Documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    ["", "   ", "# nothing", "{", "}", "query", "{ a", '{ a(b: "', "{ 1 }", "\0", "{ a } }",
     "{ \ufeff\ud7ff }", "{ country(by: {code: $}) }",
     '{ country(by: {code: "\\uD800"}) { code } }'],
)  # fmt: skip
async def test_malformed_documents(who, document) -> None:
    assert_codes(await who["officer"](document), "SYNTAX")


@pytest.mark.parametrize(
    "document",
    [
        "{ nothing }", "{ viewer }", "{ viewer { role { deeper } } }", "{ country { code } }",
        "{ country(by: {code: 5}) { code } }", '{ country(by: {code: "AU"}, more: 1) { code } }',
        "{ ...Missing }", "{ ...A } fragment A on Nothing { code }",
        "{ viewer { ... on Country { code } } }", "query($a: Int) { __typename }",
        "query($a: Nothing) { viewer { role @include(if: $a) } }",
        "{ country(by: {code: $x}) { code } }",
        "query Q { __typename } query Q { __typename }", "type Query { a: Int }",
        "{ a: viewer { role } a: policies { type } }", "fragment A on Query { __typename }",
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "mutation { nothing { id } }", "subscription { applications { id } }",
        "{ __typename @defer }", "{ ... @defer { __typename } }", "{ policies @stream { type } }",
        "{ __typename @skip }", "{ __typename @include(if: 1) }",
        "query @skip(if: true) { viewer }",
        '{ viewer @purpose(code: CASEWORK, reference: "A") { role } }', "{ __typename @nothing }",
        '{ partner(by: {code: "a\\u0000b"}) { code } }',
        "{ application(by: {}) { id } }", "{ application(by: null) { id } }",
        '{ application(by: {id: "a", reference: "b"}) { id } }',
        "{ application(by: {id: null}) { id } }", "{ nodes(ids: [null]) { id } }",
        '{ applications(where: {paidAt: {from: "2025-01-01T00:00"}}) { totalCount { value } } }',
        '{ applications(first: 1, orderBy: {field: "PAID_AT"}) { nodes { id } } }',
        "{ applications(first: 1, where: {stage: {eq: SOMEWHERE}}) { nodes { id } } }",
    ],
)  # fmt: skip
async def test_invalid_documents(who, document) -> None:
    answer = await who["officer"](document)
    assert_codes(answer, "INVALID_DOCUMENT")
    assert answer.status == 400


async def test_a_misspelt_name_is_answered_with_what_it_may_mean(who) -> None:
    """Among what the role reads: nobody is led to what is hidden."""
    answer = await who["officer"]("{ viewer { rolle } }")
    assert answer.codes == ["INVALID_DOCUMENT"]
    assert "Did you mean 'role'" in answer.errors[0]["message"]
    hidden = "query($where: ApplicationWher) { viewer { role } }"
    assert "ApplicationWhere'" in (await who["officer"](hidden)).text
    assert "ApplicationWhere'" not in (await who["anonymous"](hidden)).text


async def test_operations_are_named(who) -> None:
    two = "query one { __typename } query two { viewer { role } }"
    for name in (None, "", "three"):
        answer = await who["officer"].send({"query": two, "operationName": name})
        assert_codes(answer, "INVALID_DOCUMENT")
        assert "one, two" in answer.errors[0]["message"]
    answer = await who["officer"].send({"query": two, "operationName": "one"})
    assert answer.data == {"__typename": "Query"}


# --- Bombs ---------------------------------------------------------------------------------------


def chain_of_fragments(length: int, selection: str = "__typename") -> str:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(length))
    return f"{{ ...F0 }} {chain} fragment F{length} on Query {{ {selection} }}"


def doubling(levels: int) -> str:
    """Each fragment holds the next one twice."""
    fragments = " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)
    )
    return f"{{ ...F0 }} {fragments} fragment F{levels} on Query {{ __typename }}"


def doubling_fields(levels: int) -> str:
    fragments = " ".join(
        f"fragment F{n} on Partner {{"
        f" a: centres(first: 1) {{ nodes {{ partner {{ ...F{n + 1} }} }} }}"
        f" b: centres(first: 1) {{ nodes {{ partner {{ ...F{n + 1} }} }} }} }}"
        for n in range(levels)
    )
    start = 'partner(by: {code: "NUSA"}) { ...F0 }'
    return f"{{ {start} }} {fragments} fragment F{levels} on Partner {{ code }}"


TYPE_FIELDS = " ".join(f"b{n}: fields {{ name }}" for n in range(100))
INTROSPECTION_BOMB = (
    "{ __schema { types { "
    + " ".join(f"a{n}: fields {{ type {{ ofType {{ ...F }} }} }}" for n in range(100))
    + f" }} }} }} fragment F on __Type {{ {TYPE_FIELDS} }}"
)


@pytest.mark.parametrize(
    "document",
    [
        "{ " * 600 + "}" * 600,
        "{ viewer " + "{ a " * 450 + "}" * 450 + "}",
        "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
        "{ application(by: " + "{ id: " * 400 + "1" + "}" * 400 + ") { id } }",
        "query($v: " + "[" * 900 + "ID" + "]" * 900 + ") { __typename }",
        chain_of_fragments(240),
        "{ " + "__typename " * (MOST_TOKENS - 1) + "}",
        "{ " + "__typename " * (MOST_TOKENS + 1) + "}",
        " ".join(f"query q{n} {{ __typename }}" for n in range(390)),
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        INTROSPECTION_BOMB,
        doubling(100),
        doubling_fields(40),
        "{ " + " ".join(f"a{n}: applications(first: 100) {{ nodes {{ id events(first: 9) {{"
                        " nodes { kind } } } }" for n in range(90)) + " }",
        "{ __typename " + "@include(if: true) " * 280 + "}",
        "{ partner(by: {code: " + '"' + "x" * 200_000 + '"}) { code more } }',
    ],
)  # fmt: skip
async def test_bombs_are_refused_quickly(who, traffic, document) -> None:
    answer = await ask_in_time(who["officer"], document)
    assert_codes(answer, "SYNTAX", "INVALID_DOCUMENT", "TOO_COSTLY")
    assert traffic.connections == 0


@pytest.mark.parametrize(
    "document",
    [
        chain_of_fragments(100),
        "{ viewer { " + " ".join(f"a{n}: role" for n in range(330)) + " } }",
        "{ " + "countries(first: 1) { totalCount { value } } " * 75 + "}",
        "{ "
        + " ".join(f'c{n}: country(by: {{code: "AU"}}) {{ code }}' for n in range(MOST_ROOT_FIELDS))
        + " }",
    ],
)
async def test_a_harmless_document_that_looks_like_a_bomb_is_answered_quickly(
    who, document
) -> None:
    answer = await ask_in_time(who["officer"], document)
    assert answer.errors == []


@pytest.mark.parametrize(
    ("aliases", "code"), [(MOST_ROOT_FIELDS + 1, "INVALID_DOCUMENT"), (400, "SYNTAX")]
)
async def test_many_aliases_are_too_many(who, aliases, code) -> None:
    document = "{ " + " ".join(f"a{n}: __typename" for n in range(aliases)) + " }"
    assert_codes(await ask_in_time(who["officer"], document), code)
