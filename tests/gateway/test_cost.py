"""What an operation costs is known before it runs, and never less than what it answers with."""

from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_introspection_query,
    get_nullable_type,
    is_list_type,
    parse,
)

from dashboard.gateway.client import document
from dashboard.gateway.volumes_query import (
    CHOICES,
    MONTHS,
    NAMES,
    NETWORK,
    PLACES,
    SUMMARY,
    variables_of,
)
from dashboard.model.measures import MANAGING
from dashboard.model.page_state import Address
from dashboard.model.period import MOST_MONTHS, last_months, today
from gateway.execution.cost import MOST, Cost, OperationCost
from gateway.execution.cost.bounds import ERRORS
from gateway.execution.cost.counting import has_bound
from gateway.mapping.keyset import LARGEST_PAGE
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from gateway.schema.volumes.measures import FIELDS
from gateway.schema.volumes.query import MOST_ROWS
from gateway.viewer import Viewer as AccessViewer
from models.vocabulary import Role
from models.volumes import Dimension, Period
from tests.gateway.both_ways import assert_honest_cost
from tests.gateway.conftest import CLAIMS, Viewer
from tests.gateway.oracle import role_of
from tests.gateway.random_documents import random_document
from tests.gateway.test_plans import VIEWS
from tests.gateway.ways import FULL
from tests.premises import Premises, holds

pytestmark = pytest.mark.anyio

QUESTIONS = (SUMMARY, MONTHS, PLACES, NAMES, CHOICES)
OFFICER = AccessViewer("officer", Role.OFFICER)
AGENT = AccessViewer(
    "agent", Role.PARTNER_AGENT, partner="NUSA", countries=("AU",), centres=("AU-SYD",)
)
MANAGER = AccessViewer(
    "manager", Role.PARTNER_MANAGER, partner="NUSA", countries=("AU", "NZ"), centres=("AU-SYD",)
)


def cost(text: str, viewer: AccessViewer = OFFICER, **variables: Any) -> Cost:
    return operation_cost(text, viewer).of(variables, viewer)


def operation_cost(text: str, viewer: AccessViewer = OFFICER) -> OperationCost:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return OperationCost(operation, document, VIEWS[viewer.role])


def volumes(group_by: str, where: str = "", window: str = "2025-01-01 2025-12-31") -> str:
    from_on, to_on = window.split()
    given = f", where: {{{where}}}" if where else ""
    return (
        f'{{ volumes(from: "{from_on}", to: "{to_on}", groupBy: [{group_by}]{given})'
        " { rows { intake { value } } } }"
    )


def rows(text: str, viewer: AccessViewer = OFFICER, **variables: Any) -> int:
    """The rows that a question of ``volumes`` is counted with: each has two values."""
    return (cost(text, viewer, **variables).values - 2) // 2


@pytest.mark.parametrize(
    ("group_by", "where", "expected"),
    [
        ("", "", 1),
        ("MONTH", "", 12),
        ("WEEK", "", 53),
        ("QUARTER", "", 4),
        ("YEAR", "", 1),
        ("DAY", "", 365),
        ("CHANNEL", "", 4),
        ("COUNTRY", "", 250),
        ("COUNTRY", 'country: {in: ["AU", "SG"]}', 2),
        ("COUNTRY", 'country: {eq: "AU"}', 1),
        ("COUNTRY", "country: {in: []}", 0),
        ("COUNTRY, MONTH", 'country: {in: ["AU", "SG"]}', 24),
        ("CHANNEL", f"channel: {{in: [{'DIRECT ' * 50}]}}", 4),
        ("COUNTRY, CHANNEL", 'nationality: {eq: "AU"}', 1_000),
        ("COUNTRY, DAY", "", MOST_ROWS),
    ],
)
async def test_volumes_cost_their_groups_times_their_periods(group_by, where, expected) -> None:
    assert rows(volumes(group_by, where)) == expected


async def test_a_window_of_one_day_is_one_day() -> None:
    assert rows(volumes("DAY", window="2025-03-05 2025-03-05")) == 1


async def test_a_viewer_is_asked_for_no_more_than_its_reach() -> None:
    assert rows(volumes("COUNTRY"), MANAGER) == 2
    assert rows(volumes("PARTNER"), MANAGER) == 1
    assert rows(volumes("COUNTRY, PARTNER, MONTH"), MANAGER) == 24
    assert rows(volumes("COUNTRY"), AGENT) == 2  # that of its centre, and its own
    assert rows(volumes("CENTRE"), MANAGER) == rows(volumes("CENTRE"))  # countries, not centres


@pytest.mark.parametrize(
    ("table", "of_a_day"),
    [
        ("officers", 1_500),
        ("informationRequests", 2_250),
        ("readers", 100),
        ("peopleAtSeveralPartners", 10),
        ("grantRuleFigures", 1.5),
    ],
)
async def test_tables_of_supervision_cost_each_day_that_they_go_through(table, of_a_day) -> None:
    supervisor = AccessViewer("supervisor", Role.SUPERVISOR)

    text = (
        f'query($to: Date!) {{ {table}(from: "2025-02-27", to: $to) {{ rows {{ __typename }} }} }}'
    )
    for days, to in enumerate(("2025-02-27", "2025-02-28", "2025-03-01"), start=1):
        assert cost(text, supervisor, to=to).work == int(days * of_a_day)


async def test_variables_defaults_and_literals_cost_alike() -> None:
    text = """query(
        $f: Date! = "2025-01-01", $g: [VolumeDimension!]! = [COUNTRY], $w: VolumeWhere
    ) { volumes(from: $f, to: "2025-12-31", groupBy: $g, where: $w) { rows { intake { value } } } }
    """
    assert rows(text) == 250
    assert rows(text, g=["MONTH"]) == 12
    assert rows(text, g="MONTH") == 12
    assert rows(text, g=["COUNTRY", "MONTH"], w={"country": {"in": ["AU"]}}) == 12
    assert rows(text, g=["MONTH"], f="2025-12-01") == 1


@pytest.mark.parametrize("name", ["f", "g"])
@pytest.mark.parametrize("value", [None, 7, "nonsense", [["COUNTRY"]], {"a": 1}, [None]])
async def test_what_cannot_be_used_costs_the_most(name, value) -> None:
    text = """query($f: Date!, $g: [VolumeDimension!]!) {
        volumes(from: $f, to: "2025-12-31", groupBy: $g) { rows { intake { value } } } }"""
    given = {"f": "2025-01-01", "g": ["COUNTRY", "DAY"], name: value}
    assert rows(text, **given) == MOST_ROWS


async def test_a_batch_costs_no_more_than_the_largest_that_is_taken() -> None:
    text = """mutation($n: [SubmitApplicationsItem!]!) {
        submitApplications(input: {idempotencyKey: "x", applications: $n}) {
            results { application { id } }
        }
    }"""
    one, most, more = (
        cost(text, AGENT, n=[{}] * number).values for number in (1, MOST_AT_ONCE, MOST_AT_ONCE + 1)
    )
    assert one < most == more
    several = """mutation($i: SubmitApplicationsInput!) {
        submitApplications(input: $i) { results { application { id } } } }"""
    # The longest list counts; no list, or none at all, counts as one.
    of_lists = (
        ({"applications": [{}] * 3, "others": [1]}, 3),
        ({"applications": []}, 0),
        (None, 1),
    )
    for given, number in of_lists:
        assert cost(several, AGENT, i=given).values == 2 + 2 * number, given


async def test_a_page_that_cannot_be_is_the_largest() -> None:
    text = "query($n: Int) { countries(first: $n) { nodes { code } } }"
    of = {str(n): cost(text, n=n).values for n in (0, 1, 2, -2, 10**6, "two", [1])}
    assert of["-2"] - of["1"] == of["2"] - of["1"] == of["1"] - of["0"] > 0
    most = of["0"] + LARGEST_PAGE * (of["1"] - of["0"])
    assert of["1000000"] == of["two"] == of["[1]"] == most


async def test_errors_of_a_change_cost_as_many_as_there_can_be() -> None:
    withdrawal = cost("mutation { withdrawApplication(input: {}) { errors { code } } }", AGENT)
    assert withdrawal.values == 2 + ERRORS.most


async def test_fragments_that_double_again_and_again_cost_a_trillion_at_most() -> None:
    def bomb(times: int) -> str:
        doubling = (
            f"fragment F{n} on Query {{ ...F{n - 1} ...F{n - 1} }}" for n in range(1, times)
        )
        first = "fragment F0 on Query { partners(first: 100) { nodes { code } } }"
        return " ".join([f"{{ ...F{times - 1} }}", first, *doubling])

    assert cost(bomb(21)).values == 102 * 2**20
    assert cost(bomb(61)).values == 10**12


async def test_fields_switched_off_by_a_directive_cost_nothing() -> None:
    text = "query($on: Boolean!) { partners(first: 100) @include(if: $on) { nodes { code } } }"
    assert cost(text, on=False).values == 0
    assert cost(text, on=True).values == 102


async def test_a_cost_that_was_worked_out_before_follows_the_variables() -> None:
    text = (
        "query($on: Boolean = true, $n: Int, $ids: [ID!]!) { partners(first: $n) @include(if: $on)"
        " { nodes { code countries(first: $n) { nodes { code } } } } nodes(ids: $ids) { id } }"
    )
    known = operation_cost(text)
    for on, n, ids in product(({"on": True}, {"on": False}, {"on": None}, {}), (1, 7), (1, 3)):
        variables = {**on, "n": n, "ids": ["x"] * ids}
        assert known.of(variables, OFFICER) == cost(text, **variables), variables
    assert known.of({"n": 7, "ids": []}, OFFICER).values == 2 + 1 + 7 * (2 + 1 + 7)


async def test_a_comparison_costs_what_is_read_for_it() -> None:
    text = volumes("COUNTRY").replace("value", "value yearOnYear { value }")
    assert cost(text).values == 2 + 250 * (2 + 3)


def _largest_question(by: str) -> dict[str, Any]:
    address = Address("en", by=by, measures="all")
    return variables_of(last_months(MOST_MONTHS, today()), address, MANAGING)


@pytest.mark.parametrize("by", ["country", "nationality"])
@pytest.mark.parametrize(
    ("questions", "viewer"),
    [
        (QUESTIONS, AccessViewer("leadership", Role.LEADERSHIP)),
        ((*QUESTIONS, NETWORK), MANAGER),
    ],
)
async def test_the_largest_page_of_volumes_fits_twice(questions, viewer, by) -> None:
    asked = _largest_question(by)
    texts = [document(f"volumes/{name}") for name in questions]
    assert sum(cost(text, viewer, **asked).requested for text in texts) < MOST / 2


@pytest.mark.parametrize("role", list(Role))
async def test_the_introspection_of_code_generators_fits_and_is_counted(who, role) -> None:
    for name, viewer in who.items():
        if role_of(CLAIMS[name]) == role:
            answer = await viewer(get_introspection_query(input_value_deprecation=True))
            assert answer.errors == []
            assert_honest_cost(answer, name)
            return


async def test_every_list_of_the_schema_has_a_bound() -> None:
    missing = [
        f"{type_.name}.{name}"
        for type_ in FULL.type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        and not type_.name.startswith("__")
        for name, field in type_.fields.items()
        if is_list_type(get_nullable_type(field.type))
        and not has_bound(f"{type_.name}.{name}", field)
    ]
    assert missing == []


# --- Never less than what is answered ------------------------------------------------------------


async def test_random_documents_answer_with_no_more_than_they_cost(who) -> None:
    with Premises(answered=0.3) as premises:
        for number in range(60):
            dice = Random(number)
            name = dice.choice([*CLAIMS])
            role = role_of(CLAIMS[name])
            document = random_document(dice, VIEWS[Role(role)], role, {})
            for operation, variables in document.requests:
                premises.begin_example()
                body = {"query": document.text, "variables": variables}
                body |= {"operationName": operation} if operation else {}
                answer = await who[name].send(body)
                holds("answered", not answer.errors)
                assert_honest_cost(answer, body)


EXACT = ("leadership", "officer", "auditor", "manager-au", "manager-pacific")
_NOUNS = {"country": "code", "nationality": "code", "partner": "code", "centre": "code"}


def _random_volumes(dice: Random) -> str:
    dimensions = dice.sample([one.name for one in Dimension], dice.choice((0, 1, 1, 2, 3)))
    period = dice.choice((None, *(one.name for one in Period)))
    from_on = date(2024, 10, 1) + timedelta(days=dice.randrange(200))
    to_on = from_on + timedelta(days=dice.choice((0, 6, 40, 200)))
    where = dice.choice(
        ("", ', where: {country: {in: ["AU", "SG"]}}', ", where: {channel: {in: []}}")
    )
    measures = dice.sample([*FIELDS.values()], dice.choice((1, 2)))
    figures = " ".join(
        f"{name} {{ __typename precision{dice.choice(('', ' yearOnYear { value unit }'))} }}"
        for name in measures
    )
    named = " ".join(f"{name} {{ {field} }}" for name, field in _NOUNS.items())
    grouped = ", ".join([*dimensions, *([period] if period else [])])
    return (
        f'{{ volumes(from: "{from_on}", to: "{to_on}", groupBy: [{grouped}]{where})'
        f" {{ asOf rows {{ {figures} {named} channel period {{ startsOn endsOn }} }} }} }}"
    )


async def test_random_volumes_answer_with_no_more_than_they_cost(who) -> None:
    with Premises(with_rows=0.25) as premises:
        for number in range(80):
            premises.begin_example()
            dice = Random(number)
            text = _random_volumes(dice)
            answer: Any = await who[dice.choice(EXACT)](text)
            holds("with_rows", not answer.errors and answer.data["volumes"]["rows"])
            assert_honest_cost(answer, text)


# --- Refused before a row is read ----------------------------------------------------------------


async def test_days_of_all_places_twelve_times_are_refused_by_their_number(who, traffic) -> None:
    one = (
        'volumes(from: "2025-01-01", to: "2025-12-31", groupBy: [COUNTRY, NATIONALITY, DAY])'
        " { rows { country { code } intake { value } } }"
    )
    viewer: Viewer = who["officer"]
    answer = await viewer("{ " + " ".join(f"v{n}: {one}" for n in range(12)) + " }")
    assert (answer.status, answer.codes) == (400, ["TOO_COSTLY"])
    found = answer.body["extensions"]["cost"]
    # Each has ten thousand rows of four values, and forms the lines that there are: a table of two
    # dozen, which counts as a power of two.
    assert found["requested"] == 12 * (2 + 4 * MOST_ROWS)
    assert found["maximum"] == MOST
    assert str(found["requested"]) in answer.errors[0]["message"]
    assert found["actual"] == 0
    assert traffic.connections == 0
