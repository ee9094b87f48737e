"""Bad input gets a 4xx or a coded error that says what to do: never a 5xx, never INTERNAL."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import ErrorCode
from gateway.mapping.keyset import Cursors
from tests.gateway.conftest import Answer, Viewer
from tests.premises import holds, premise

pytestmark = pytest.mark.anyio

PAGE = "query($n: Int) { countries(first: $n) { nodes { code } } }"
CASES = "{ applications(first: 1%s) { nodes { id } pageInfo { startCursor } } }"
VOLUMES = '{ volumes(from: "%s", to: "%s", groupBy: [%s]) { rows { intake { value } } } }'
IDENTITY = '{ application(by: {reference: "SGPO-OPEN-0006"}) { applicant { identity { email } } } }'


def assert_codes(answer: Answer, *codes: str) -> None:
    """Refused with one of these codes and a text."""
    assert answer.status < 500
    assert answer.errors
    for error in answer.errors:
        assert error["extensions"]["code"] in codes
        assert len(error["message"]) > 10
        assert error["extensions"]["traceId"]


# --- Places: those of docs/errors.md --------------------------------------------------------------

FILTERED = """
    query($n: Int, $w: ApplicationWhere) { applications(first: $n, where: $w) { nodes { id } } }
"""


@pytest.mark.parametrize(
    ("query", "variables", "status", "of_error", "places"),
    [
        ("{ applications {", {}, 400, "locations", [[{"line": 1, "column": 17}]]),
        ("{ nothing }", {}, 400, "locations", [[{"line": 1, "column": 3}]]),
        ("{ bills { totalCount { value } } }", {}, 400, "coordinate", ["Query.bills"]),
        (FILTERED, {"n": "x", "w": {"no": 1}}, 400, "path of extensions", [["n"], ["w", "no"]]),
        ('{ applications(first: 0, after: "x") { nodes { id } } }', {}, 400, "path",
         [["applications", "first"], ["applications", "after"]]),
        (IDENTITY, {}, 403, "path", [None]),
    ],
)  # fmt: skip
async def test_a_mistake_has_its_place(who, query, variables, status, of_error, places) -> None:
    answer = await who["officer"](query, **variables)
    assert (answer.status, "data" in answer.body) == (status, False)
    key, _, in_extensions = of_error.partition(" of ")
    assert [
        (error["extensions"] if in_extensions or key == "coordinate" else error).get(key)
        for error in answer.errors
    ] == places


# --- Values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["0", "-1", "101", "2147483647", "null", "-2147483648"])
async def test_page_sizes_out_of_bounds_are_refused(who, size) -> None:
    answer = await who["officer"](PAGE.replace("$n)", f"{size})").replace("($n: Int)", ""))
    assert_codes(answer, "INVALID_INPUT")


@pytest.mark.parametrize(
    "size",
    ["2147483648", "1" + "0" * 400, "1" + "0" * 5000, "1.5", "NaN", '"1"', "1e3", "true", "[1]"],
)
async def test_page_sizes_that_are_no_integers_are_refused(who, size) -> None:
    answer = await who["officer"](PAGE.replace("$n)", f"{size})").replace("($n: Int)", ""))
    assert_codes(answer, "INVALID_DOCUMENT")


@pytest.mark.parametrize("size", [2**31, 1.5, 1e300, "1", True, [1], {"a": 1}, -(2**63)])
async def test_page_sizes_in_variables_that_are_no_integers_are_refused(who, size) -> None:
    assert_codes(await who["officer"](PAGE, n=size), "INVALID_VARIABLES")


@pytest.mark.parametrize("size", [b"1" + b"0" * 400, b"NaN", b"1e999", b"Infinity", b"-0.5e-999"])
async def test_numbers_that_json_cannot_hold_are_refused(who, client, size) -> None:
    body = b'{"query": "query($n: Int) { countries(first: $n) { nodes { code } } }",'
    response = await client.post(
        "/graphql",
        content=body + b' "variables": {"n": ' + size + b"}}",
        headers={"Content-Type": "application/json"},
    )
    answer = Answer(response.status_code, response.json(), response.text)
    assert_codes(answer, "BAD_REQUEST", "INVALID_VARIABLES", "INVALID_INPUT")


async def test_a_page_has_one_end(who) -> None:
    for arguments, codes in (
        ("first: 1, last: 1", ["INVALID_INPUT"]),
        ("first: null, last: null", ["INVALID_INPUT"]),
        ('after: "x"', ["INVALID_INPUT", "INVALID_CURSOR"]),
    ):
        answer = await who["officer"](f"{{ countries({arguments}) {{ nodes {{ code }} }} }}")
        assert_codes(answer, *codes)
        assert answer.codes == codes


async def test_lists_of_values_end_at_a_hundred(who) -> None:
    query = """query($c: [CountryCode!]) {
        countries(first: 1, where: {code: {in: $c}}) { nodes { code } }
    }"""
    assert (await who["officer"](query, c=["AU"] * 100)).errors == []
    assert_codes(await who["officer"](query, c=["AU"] * 101), "INVALID_INPUT")
    ids = "query($i: [ID!]!) { nodes(ids: $i) { id } }"
    assert (await who["officer"](ids, i=["x"] * 100)).data == {"nodes": [None] * 100}
    assert_codes(await who["officer"](ids, i=["x"] * 101), "INVALID_INPUT")
    where = """query($w: VolumeWhere) {
        volumes(from: "2025-01-01", to: "2025-01-01", groupBy: [], where: $w) { asOf }
    }"""
    for name in ("country", "nationality", "partner", "centre", "visaType"):
        many = {name: {"in": ["AU"] * 101}}
        assert_codes(await who["officer"](where, w=many), "INVALID_INPUT")
        assert (await who["officer"](where, w={name: {"in": []}})).errors == []


async def test_texts_that_no_row_can_hold_are_refused(who, client) -> None:
    query = "query($c: String!) { partner(by: {code: $c}) { code } }"
    assert_codes(await who["officer"](query, c="a\0"), "BAD_REQUEST")
    for text in ("'; DROP TABLE country; --", "%", "\U0001f600", "\ud7ff", "x" * 100_000):
        assert (await who["officer"](query, c=text)).data == {"partner": None}
    lone = f'{{"query": "{query}", "variables": {{"c": "\\ud800"}}}}'
    response = await client.post(
        "/graphql", content=lone, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400


@pytest.mark.parametrize(
    "instant",
    ["", "yesterday", "2025-01-01", "2025-01-01T00:00:00", "99999-01-01T00:00:00Z",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2025-13-01T00:00:00Z",
     "2025-01-01T00:00:00+99:00", 5, True, 1e300, ["2025-01-01T00:00:00Z"], {}],
)  # fmt: skip
async def test_malformed_instants_are_refused(who, instant) -> None:
    query = """query($x: DateTime) {
        applications(first: 1, where: {submittedAt: {from: $x}}) {
            totalCount { value } nodes { id }
        }
    }"""
    assert_codes(await who["officer"](query, x=instant), "INVALID_VARIABLES")


async def test_instants_at_the_ends_of_time_are_answered(who) -> None:
    where = 'where: {paidAt: {from: "%s", before: "%s"}}, orderBy: {field: PAID_AT}'
    query = f"{{ applications({where}) {{ totalCount {{ value }} }} }}"
    for start, end, count in (
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", 12),
        ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", 0),
        ("2025-01-06T09:00:00+07:00", "2025-01-06T02:00:00.000001Z", 1),
    ):
        answer = await who["officer"](query % (start, end))
        assert answer.data["applications"]["totalCount"]["value"] == count


@pytest.mark.parametrize(
    ("start", "end", "groups"),
    [
        ("2025-02-01", "2025-01-31", ""),
        ("0001-01-01", "9999-12-31", ""),
        ("0001-01-01", "0001-01-01", "DAY"),
        ("9999-12-31", "9999-12-31", "YEAR"),
        ("2000-01-01", "2025-01-01", ""),
        ("2025-01-01", "2025-01-31", "DAY, MONTH"),
        ("2025-01-01", "2025-01-31", "WEEK, COUNTRY, QUARTER"),
        ("2025-01-01", "2025-01-31", "COUNTRY, COUNTRY"),
        ("2025-01-01", "2025-01-31", "DAY, DAY"),
    ],
)
async def test_wrong_windows_and_groups_of_volumes_are_refused(who, start, end, groups) -> None:
    assert_codes(await who["officer"](VOLUMES % (start, end, groups)), "INVALID_INPUT")


@pytest.mark.parametrize("day", ["99999-01-01", "2025-02-30", "", "today", "2025-01-01T00:00:00Z"])
async def test_days_that_do_not_exist_are_refused(who, day) -> None:
    assert_codes(await who["officer"](VOLUMES % (day, "2025-12-31", "")), "INVALID_DOCUMENT")


@pytest.mark.parametrize(
    "by", [{}, {"id": None}, {"id": "a", "reference": "b"}, {"id": "a", "reference": None},
           {"number": 5}, "AUSY-GRAN-0001", 5, None, []]
)  # fmt: skip
async def test_a_lookup_takes_exactly_one_name(who, by) -> None:
    query = "query($by: ApplicationBy!) { application(by: $by) { id } }"
    assert_codes(await who["officer"](query, by=by), "INVALID_VARIABLES")


async def test_variables_that_the_document_does_not_name_are_passed_over(who) -> None:
    assert (await who["officer"]("{ __typename }", extra={"deep": [1]})).errors == []


# --- Cursors -------------------------------------------------------------------------------------


async def cursor_of(viewer: Viewer, arguments: str = "") -> str:
    return (await viewer(CASES % arguments)).data["applications"]["pageInfo"]["startCursor"]


async def test_cursors_open_only_the_list_and_order_they_were_made_for(who) -> None:
    usual = await cursor_of(who["officer"])
    paid = await cursor_of(who["officer"], ", orderBy: {field: PAID_AT}")
    countries = "{ countries(first: 1%s) { nodes { code } pageInfo { startCursor } } }"
    country = (await who["officer"](countries % "")).data["countries"]["pageInfo"]["startCursor"]
    for foreign in (paid, country):
        assert_codes(await who["officer"](CASES % f', after: "{foreign}"'), "INVALID_CURSOR")
        assert_codes(await who["officer"](CASES % f', before: "{foreign}"'), "INVALID_CURSOR")
    turned = f', orderBy: {{field: SUBMITTED_AT, direction: ASCENDING}}, after: "{usual}"'
    assert_codes(await who["officer"](CASES % turned), "INVALID_CURSOR")
    assert_codes(await who["officer"](countries % f', after: "{usual}"'), "INVALID_CURSOR")


async def test_cursors_are_ours_to_the_last_bit(who) -> None:
    cursor = await cursor_of(who["officer"])
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = {
        cursor[:at] + letters[(letters.index(cursor[at]) + 1) % 64] + cursor[at + 1 :]
        for at in range(0, len(cursor), 5)
    } | {cursor[:-1] + letters[(letters.index(cursor[-1]) + 1) % 64]}
    forged = Cursors((b"another key",)).encode("Application submitted_at descending", ("x", "y"))
    for text in (*changed, forged, "", "x", "é", cursor + "=", cursor + "\\n", " " + cursor,
                 cursor[:-1], cursor + "A", "A" * 10_000):  # fmt: skip
        assert_codes(await who["officer"](CASES % f', after: "{text}"'), "INVALID_CURSOR")


# --- Purpose -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    ["", " ", "ruby hale", "ruby@example.org", "A" * 13, "A-" * 7, "a", "A--B", "-A", "A-", "É",
     "A\\n", "1" * 500],
)  # fmt: skip
async def test_malformed_references_of_cases_are_refused(who, reference) -> None:
    query = f'query @purpose(code: CASEWORK, reference: "{reference}") {IDENTITY}'
    answer = await who["officer"](query)
    assert_codes(answer, "PURPOSE_REQUIRED")
    assert answer.status == 400


@pytest.mark.parametrize(
    "directive",
    [
        "@purpose", '@purpose(reference: "A")', "@purpose(code: INTAKE, reference: {})",
        '@purpose(code: NOSINESS, reference: "A")', '@purpose(code: "CASEWORK", reference: "A")',
        "@purpose(code: CASEWORK, reference: 5)",
        '@purpose(code: CASEWORK, reference: "A") @purpose(code: CASEWORK, reference: "B")',
    ],
)  # fmt: skip
async def test_unknown_purposes_are_refused(who, directive) -> None:
    assert_codes(await who["officer"](f"query {directive} {IDENTITY}"), "INVALID_DOCUMENT")


@pytest.mark.parametrize("arguments", ["code: CASEWORK", "code: CASEWORK, reference: null"])
async def test_casework_takes_a_case(who, arguments: str) -> None:
    assert_codes(
        await who["officer"](f"query @purpose({arguments}) {IDENTITY}"), "PURPOSE_REQUIRED"
    )


async def test_malformed_purposes_in_variables_are_refused(who) -> None:
    query = "query($c: String!) @purpose(code: CASEWORK, reference: $c) " + IDENTITY
    assert (await who["officer"](query, c="SGPO-OPEN-0006")).errors == []
    assert_codes(await who["officer"](query), "INVALID_VARIABLES")
    assert_codes(await who["officer"](query, c=5), "INVALID_VARIABLES")
    assert_codes(await who["officer"](query, c="me"), "PURPOSE_REQUIRED")


# --- Anything at all -----------------------------------------------------------------------------


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
VALID = (
    "query($n: Int = 5, $s: Stage) { applications(first: $n, where: {stage: {eq: $s}}) {"
    " totalCount { value } edges { cursor node { id country { code name(language: ID) } } }"
    " pageInfo { endCursor } } }",
    '{ a: node(id: "QXBw") { ... on Application { stage } } ...F } fragment F on Query {'
    ' countries(last: 3, before: "x") { nodes { code entryRules { entry } } } }',
    'query @purpose(code: CASEWORK, reference: "A-1") { application(by: {reference: "x"}) {'
    " applicant { identity { fullName } } } }",
    '{ volumes(from: "2025-01-01", to: "2025-02-01", groupBy: [COUNTRY, MONTH], where:'
    ' {country: {eq: "AU"}}) { asOf rows { intake { value } period { startsOn } } } }',
)
VARIABLES = st.dictionaries(st.sampled_from("nscx"), JSON)
REQUESTS = st.fixed_dictionaries(
    {"query": st.sampled_from(VALID)},
    optional={"variables": VARIABLES, "operationName": JSON, "extensions": JSON, "x": JSON},
)
PIECES = ("{", "}", "(", ")", "[", "]", "...", "$n", ":", '"', '"""', "null", "-1", "9" * 30,
          "@skip(if: true)", "on", "__typename", "\\u0000", "\0", "é", "#", " first: 0 ",
          "!")  # fmt: skip
few = settings(
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def assert_sound(answer: Answer) -> None:
    assert answer.status < 500
    assert set(answer.codes) <= {code.value for code in ErrorCode} - {"INTERNAL"}
    holds("run" if "data" in answer.body else "refused")


@few
@given(body=JSON | REQUESTS)
@premise(run=0.02, refused=0.1)
async def test_any_json_is_answered_soundly(who, body) -> None:
    assert_sound(await who["officer"].send(body))


@few
@given(query=st.sampled_from(VALID), variables=VARIABLES)
@premise(run=0.1, refused=0.02)
async def test_any_variables_are_answered_soundly(who, query, variables) -> None:
    body = {"query": query, "variables": copy.deepcopy(variables)}
    assert_sound(await who["officer"].send(body))


EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(("", *PIECES)))
    | st.tuples(st.floats(0, 1), st.just(0), st.sampled_from((" ", ",", "\n#x\n"))),
    min_size=1,
    max_size=4,
)


@few
@given(text=st.sampled_from(VALID), edits=EDITS)
@premise(run=0.02, refused=0.1)
async def test_any_change_to_a_document_is_answered_soundly(who, text, edits) -> None:
    for place, length, piece in edits:
        start = int(place * len(text))
        text = text[:start] + piece + text[start + length :]
    assert_sound(await who["officer"].send({"query": text}))
