"""Lists are answered alike whichever way their rows are found: wrong statistics cost no row."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from graphql import GraphQLInputObjectType

from gateway.access.statistics import ColumnStatistics, Statistics
from gateway.mapping import access_paths
from gateway.mapping.access_paths import AccessPath, choose_path, most_rows
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.connections import keyset_of
from gateway.mapping.enums import Direction
from gateway.mapping.filters import Condition, Relation
from gateway.viewer import Viewer as Somebody
from models import Application
from models.vocabulary import Role, Status
from tests.gateway.both_ways import plans_off
from tests.gateway.conftest import CLAIMS, Viewer
from tests.gateway.oracle import role_of
from tests.gateway.random_values import random_value
from tests.gateway.schemas import FULL, VIEWS

pytestmark = pytest.mark.anyio

ROWS = 1_000_000
NAMES = (
    "status", "stage", "channel", "visa_type_code", "nationality_code", "partner_code",
    "country_code", "centre_code", "holder_partner_code", "holder_country_code", "holder_place",
    "has_open_hit",
    "hand_in_by", "submitted_at", "paid_at", "target_due_at", "closed_at",
)  # fmt: skip


def everywhere(number: float) -> Mapping[str, ColumnStatistics]:
    """Statistics by which each value has so many rows."""
    return {name: ColumnStatistics(ROWS, number, {}, number) for name in NAMES}


#: Statistics by which a list that is narrowed is found in one way.
STATISTICS = {
    AccessPath.ORDERED: everywhere(ROWS),
    AccessPath.SORTED: everywhere(0),
    AccessPath.EITHER: {},
}


@contextmanager
def statistics(columns: Mapping[str, ColumnStatistics]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statistics, "columns_of", lambda self, table: columns)
        yield


@contextmanager
def paths_counted() -> Iterator[Counter[AccessPath]]:
    counted, choose = Counter[AccessPath](), access_paths.choose_path

    def counting(*arguments: Any) -> AccessPath:
        path = choose(*arguments)
        counted[path] += 1
        return path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.mapping.listing.choose_path", counting)
        yield counted


# --- The rows ------------------------------------------------------------------------------------

LIST = """query({declared}) {{ applications({given}) {{
    edges {{ cursor node {{ reference stage submittedAt paidAt }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    totalCount {{ value precision }}
    facets {{ stage {{ value count {{ value precision }} }} }}
}} }}"""
DECLARED = "$first: Int, $last: Int, $after: Cursor, $before: Cursor, $where: ApplicationWhere,"
DECLARED += " $orderBy: ApplicationOrder"
NAMED = ("first", "last", "after", "before", "where", "orderBy")
QUESTION = LIST.format(declared=DECLARED, given=", ".join(f"{name}: ${name}" for name in NAMED))
#: Everybody who lists applications.
LISTERS = sorted(
    name
    for name, claims in CLAIMS.items()
    if "applications" in VIEWS[Role(role_of(claims))].type_map["Query"].fields
)
ORDERS = ("SUBMITTED_AT", "PAID_AT", "TARGET_DUE_AT", "CLOSED_AT", "REFERENCE")


LINKS = ("visaType", "nationality", "country", "centre", "partner")
INSTANTS = ("submittedAt", "paidAt", "targetDueAt", "closedAt")
WORDS = ("stage", "channel", "reference")
FILES = f"""{{ applications(first: 100) {{ nodes {{
    {" ".join((*WORDS, *INSTANTS))} {" ".join(f"{link} {{ code }}" for link in LINKS)}
}} }} }}"""


def random_where(dice: Random, name: str, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Up to four filters that the schema of a viewer's role has; most of what is true of a file."""
    where = VIEWS[Role(role_of(CLAIMS[name]))].type_map["ApplicationWhere"]
    assert isinstance(where, GraphQLInputObjectType)
    chosen = dice.sample(sorted(where.fields), dice.choice((1, 2, 2, 3, 4)))
    file = dice.choice(files)
    return {
        each: what_holds(each, file[each])
        if each in file and dice.random() < 0.9
        else random_value(dice, where.fields[each].type, each)
        for each in chosen
    }


def what_holds(name: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    if name in INSTANTS:
        return {"from": value}
    return {"eq": value["code"] if name in LINKS else value}


#: So many questions, in parts: each is asked six times.
MANY, PARTS = 160, 4


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.proof) for part in range(1, PARTS))]
)
async def test_each_path_finds_the_same_rows(who: dict[str, Viewer], part: int) -> None:
    taken, rows = Counter[AccessPath](), 0
    files = {name: (await who[name](FILES)).data["applications"]["nodes"] for name in LISTERS}
    for number in range(part, MANY, PARTS):
        dice = Random(number)
        name = dice.choice(LISTERS)
        direction = dice.choice(("ASCENDING", "DESCENDING"))
        given: dict[str, Any] = {
            "where": random_where(dice, name, files[name]),
            "orderBy": {"field": dice.choice(ORDERS), "direction": direction},
        }
        everything = await who[name](QUESTION, **given, first=100)
        edges = everything.data["applications"]["edges"]
        given[dice.choice(("first", "last"))] = dice.choice((1, 2, 5))
        for bound in ("after", "before"):
            if edges and dice.random() < 0.4:
                given[bound] = dice.choice(edges)["cursor"]
        answers = []
        for columns in STATISTICS.values():
            with statistics(columns), paths_counted() as counted:
                answers.append((await who[name](QUESTION, **given)).data)
                with plans_off():
                    answers.append((await who[name](QUESTION, **given)).data)
            taken += counted
        assert all(one == other for one, other in pairwise(answers)), (name, given)
        rows += len(answers[0]["applications"]["edges"])
    assert min(taken[path] for path in AccessPath) > MANY / PARTS / 4
    assert rows > MANY / PARTS / 5


@pytest.mark.parametrize("path", AccessPath)
@pytest.mark.parametrize("order", ORDERS)
async def test_each_path_pages_through_everything(
    who: dict[str, Viewer], path: AccessPath, order: str
) -> None:
    where = {"status": {"notIn": ["WITHDRAWN"]}, "visaType": {"in": ["B1", "C1", "D1", "E33G"]}}
    given = {"where": where, "orderBy": {"field": order}}
    expected = (await who["officer"](QUESTION, **given, first=100)).data["applications"]["edges"]
    found, after = [], None
    with statistics(STATISTICS[path]), paths_counted() as taken:
        while True:
            answer = await who["officer"](QUESTION, **given, first=2, after=after)
            page = answer.data["applications"]
            found += page["edges"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
    assert found == expected
    assert len(found) > 5
    assert [*taken] == [path]


async def test_many_rows_are_walked_where_nothing_is_known(
    who: dict[str, Viewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which half of the statement answers shows only while it runs."""
    where = {"status": {"in": ["GRANTED", "REFUSED"]}, "channel": {"notIn": ["DIRECT"]}}
    with statistics(STATISTICS[AccessPath.SORTED]):
        sorted_ = await who["officer"](QUESTION, where=where, first=3)
    monkeypatch.setattr("gateway.mapping.listing._FEW", 1)
    with statistics({}):
        walked = await who["officer"](QUESTION, where=where, first=3)
    assert walked.data == sorted_.data
    assert len(walked.data["applications"]["edges"]) == 3


# --- The choice ----------------------------------------------------------------------------------

CATALOGUE = Catalogue(FULL)
OFFICER = Somebody("officer", Role.OFFICER)
_START = datetime(2024, 1, 1, tzinfo=UTC)
#: A million rows: a tenth from AU, a few from NR, all but a fiftieth granted.
COLUMNS = {
    "status": ColumnStatistics(ROWS, 0, {"GRANTED": 0.98 * ROWS, "PAID": 0.02 * ROWS}, 0),
    "country_code": ColumnStatistics(ROWS, 0.1 * ROWS, {"AU": 0.1 * ROWS, "NR": 30}, 30),
    "channel": ColumnStatistics(ROWS, 0, {"DIRECT": 0.1 * ROWS, "PARTNER_PORTAL": 0.9 * ROWS}, 0),
    "holder_country_code": ColumnStatistics(ROWS, 0.1 * ROWS, {"AU": 0.1 * ROWS, "NR": 30}, 30),
    "paid_at": ColumnStatistics(
        ROWS, 0, {}, 1, [_START + timedelta(days=day) for day in range(101)]
    ),
}
COUNTRY, STATUS = Application.country_code, Application.status
CHANNEL, PAID_AT = Application.channel, Application.paid_at


def choose(*conditions: Condition, viewer: Somebody = OFFICER, order: str = "submitted_at") -> Any:
    keyset = keyset_of(CATALOGUE.nouns["Application"], order, Direction.DESCENDING)
    return choose_path(COLUMNS, viewer, conditions, keyset, 51)


def equals(column: Any, value: Any) -> Condition:
    return Condition(column, Relation.EQUALS, value)


def manager(*countries: str) -> Somebody:
    return Somebody("manager", Role.PARTNER_MANAGER, partner="NUSA", countries=countries)


@pytest.mark.parametrize(
    ("conditions", "path"),
    [
        ((), AccessPath.ORDERED),
        ((equals(STATUS, "GRANTED"),), AccessPath.ORDERED),
        ((equals(COUNTRY, "AU"),), AccessPath.ORDERED),
        ((equals(COUNTRY, "AU"), equals(STATUS, "GRANTED")), AccessPath.ORDERED),
        ((equals(COUNTRY, "NR"),), AccessPath.SORTED),
        ((equals(STATUS, "PAID"), equals(CHANNEL, "PARTNER_PORTAL")), AccessPath.SORTED),
        # A tenth each, and nobody knows whether they ever meet.
        ((equals(COUNTRY, "AU"), equals(CHANNEL, "DIRECT")), AccessPath.EITHER),
        ((equals(COUNTRY, "NR"), equals(STATUS, "GRANTED")), AccessPath.SORTED),
        ((Condition(COUNTRY, Relation.IS_ONE_OF, ["NR", "XX"]),), AccessPath.SORTED),
        ((Condition(COUNTRY, Relation.IS_ONE_OF, ["AU", "NR"]),), AccessPath.ORDERED),
        ((Condition(COUNTRY, Relation.IS_NULL),), AccessPath.ORDERED),
        # How many begin so is not known.
        ((Condition(Application.reference, Relation.IS_FROM, "AU"),), AccessPath.EITHER),
        # A day, and a quarter of it all, which may lie at the far end.
        (
            (
                Condition(PAID_AT, Relation.IS_FROM, _START + timedelta(days=7)),
                Condition(PAID_AT, Relation.IS_BEFORE, _START + timedelta(days=8)),
            ),
            AccessPath.SORTED,
        ),
        ((Condition(PAID_AT, Relation.IS_BEFORE, _START + timedelta(days=25)),), AccessPath.EITHER),
    ],
)
def test_the_path_follows_from_how_many_rows_there_are(
    conditions: tuple[Condition, ...], path: AccessPath
) -> None:
    assert choose(*conditions) is path


def test_the_span_of_the_order_itself_is_walked() -> None:
    span = Condition(PAID_AT, Relation.IS_BEFORE, _START + timedelta(days=25))
    assert choose(span, order="paid_at") is AccessPath.ORDERED
    assert choose(span, equals(COUNTRY, "NR"), order="paid_at") is AccessPath.SORTED
    # A tenth of all, wherever the span begins.
    assert choose(span, equals(CHANNEL, "DIRECT"), order="paid_at") is AccessPath.ORDERED
    # And where nothing is known of the rows.
    keyset = keyset_of(CATALOGUE.nouns["Application"], "paid_at", Direction.DESCENDING)
    assert choose_path({}, OFFICER, [span], keyset, 51) is AccessPath.ORDERED
    assert choose_path({}, OFFICER, [equals(CHANNEL, "DIRECT")], keyset, 51) is AccessPath.EITHER


def test_the_path_follows_from_what_the_viewer_reaches() -> None:
    assert choose(viewer=manager("AU")) is AccessPath.ORDERED
    assert choose(viewer=manager("NR")) is AccessPath.SORTED
    assert choose(equals(STATUS, "GRANTED"), viewer=manager("NR")) is AccessPath.SORTED
    assert choose(viewer=Somebody("person", Role.APPLICANT)) is AccessPath.SORTED
    # A place has no more than its partner, however much that has.
    of_partner = {"partner_code": ColumnStatistics(ROWS, 0, {"NUSA": 0.5 * ROWS}, 0)}
    keyset = keyset_of(CATALOGUE.nouns["Application"], "submitted_at", Direction.DESCENDING)
    columns = COLUMNS | of_partner
    assert choose_path(columns, manager("NR"), [], keyset, 51) is AccessPath.SORTED


def test_two_conditions_of_a_column_have_what_meets_both() -> None:
    either, other = (Condition(STATUS, Relation.IS_ONE_OF, [one]) for one in ("GRANTED", "PAID"))
    assert choose(either) is AccessPath.ORDERED
    assert choose(either, other) is choose(other, either) is AccessPath.SORTED


def test_a_desk_has_an_index_in_its_own_order() -> None:
    desk = equals(Application.officer, "officer")
    assert choose(desk, order="target_due_at") is AccessPath.ORDERED


@pytest.mark.parametrize("status", Status)
def test_no_combination_has_more_rows_than_its_rarest_value(status: Status) -> None:
    of_status = COLUMNS["status"].common.get(status, 0)
    conditions = [equals(COUNTRY, "AU"), equals(STATUS, status)]
    assert most_rows(COLUMNS, OFFICER, conditions, "Application") == min(0.1 * ROWS, of_status)


def test_what_a_list_has_at_most_follows_from_what_is_counted_of_its_column() -> None:
    def most(*conditions: Condition, columns: Any = COLUMNS) -> float | None:
        return most_rows(columns, OFFICER, conditions, "Application")

    assert most(Condition(COUNTRY, Relation.IS_NOT_NULL)) == 0.9 * ROWS
    assert most(equals(COUNTRY, "XX")) == 30  # as many as the rarest that is counted
    # Within one of a hundred spans, and over the edge of two; what is common lies anywhere.
    noon = _START + timedelta(days=7, hours=12)
    since = Condition(PAID_AT, Relation.IS_FROM, noon)
    for hours, spans in ((1, 1), (24, 2)):
        until = Condition(PAID_AT, Relation.IS_BEFORE, noon + timedelta(hours=hours))
        assert most(since, until) == spans * ROWS / 100
        days = COLUMNS["paid_at"].bounds
        common = COLUMNS | {"paid_at": ColumnStatistics(ROWS, 0, {"a": 500}, 1, days)}
        assert most(since, until, columns=common) == spans * ROWS / 100 + 500
