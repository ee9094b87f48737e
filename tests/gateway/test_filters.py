"""Filters narrow a list: what they do not understand is refused, never ignored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import listing
from gateway.mapping.enums import Precision
from gateway.mapping.facets import count_up_to
from gateway.mapping.filters import after_prefix
from models.vocabulary import Stage, Status
from tests.gateway.conftest import Viewer
from tests.premises import holds, premise
from tests.world import CASES

pytestmark = pytest.mark.anyio

APPLICATIONS = """
query Narrowed($where: ApplicationWhere) {
  applications(first: 100, where: $where) { nodes { reference } }
}
"""


@pytest.mark.parametrize(
    ("where", "reached"),
    [
        ({}, 13),
        ({"country": {"eq": "NZ"}}, 2),
        ({"country": {"in": []}}, 0),
        ({"country": {"in": ["AU", "NZ"]}, "partner": {"eq": "ANDALAN"}}, 2),
        ({"country": {"in": ["AU", "AU", "NZ"]}, "stage": {"notIn": ["CLOSED"]}}, 1),
        ({"country": {"eq": "AU", "in": ["NZ"]}}, 0),
        ({"stage": {"in": ["CLOSED", "IN_PROCESS"], "notIn": ["CLOSED"]}}, 3),
        ({"stage": {"notIn": []}}, 13),
        ({"centre": {"isNull": True}}, 9),
        ({"centre": {"isNull": False}}, 4),
        ({"centre": {"eq": "AU-SYD", "isNull": True}}, 0),
        ({"submittedAt": {"from": "2025-02-27T01:00:00Z"}}, 1),
        ({"submittedAt": {"from": "2025-02-27T01:00:00Z", "before": "2025-02-27T01:00:00Z"}}, 0),
    ],
)
async def test_all_conditions_of_a_filter_must_hold(
    who: dict[str, Viewer], where: dict[str, Any], reached: int
) -> None:
    answer = await who["officer"](APPLICATIONS, where=where)
    assert len(answer.data["applications"]["nodes"]) == reached


ORDERED = """
query Ordered($where: ApplicationWhere, $order: ApplicationOrder) {
  applications(first: 100, where: $where, orderBy: $order) { nodes { reference targetDueAt } }
}
"""


async def list_references(viewer: Viewer, where: dict[str, Any], field: str) -> list[str]:
    answer = await viewer(ORDERED, where=where, order={"field": field, "direction": "ASCENDING"})
    assert answer.errors == []
    return [row["reference"] for row in answer.data["applications"]["nodes"]]


# --- Prefixes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "prefix", ["A", "AU", "AUSY-", "SGPO-OPEN-0006", "AUSY-GRAN-00011", "a", "%"]
)
async def test_a_prefix_finds_what_begins_with_it(who: dict[str, Viewer], prefix: str) -> None:
    found = await list_references(who["officer"], {"reference": {"prefix": prefix}}, "REFERENCE")
    assert found == sorted(c.reference for c in CASES if c.reference.startswith(prefix))


async def test_an_empty_prefix_is_refused(who: dict[str, Viewer]) -> None:
    order = {"field": "REFERENCE", "direction": "ASCENDING"}
    answer = await who["officer"](ORDERED, where={"reference": {"prefix": ""}}, order=order)
    assert answer.codes == ["INVALID_INPUT"]


#: What texts are compared by: letters, and the characters before and after those that none can be.
NEIGHBOURS = st.text("ab\ud7ff\ue000\U0010fffe\U0010ffff", max_size=4)


@given(
    NEIGHBOURS.filter(bool) | st.text(min_size=1) | st.text("\U0010ffff", min_size=1, max_size=2),
    NEIGHBOURS | st.text(),
)
@premise(before=0.05, behind=0.05, begins=0.5, without_end=0.01)
def test_the_bounds_of_a_prefix_hold_what_begins_with_it_alone(prefix: str, text: str) -> None:
    end = after_prefix(prefix)
    holds("without_end", end is None)
    for each in (text, prefix + text, prefix):
        is_before, is_behind = each < prefix, end is not None and each >= end
        holds("before", is_before)
        holds("behind", is_behind)
        assert each.startswith(prefix) is holds("begins", not is_before and not is_behind)


# --- Orders with rows that have no value ---------------------------------------------------------


async def test_cases_without_a_due_time_come_last_in_order_of_urgency(who) -> None:
    answer = await who["officer"](ORDERED, where={}, order={"field": "TARGET_DUE_AT"})
    due = [row["targetDueAt"] for row in answer.data["applications"]["nodes"]]
    has_value = [instant for instant in due if instant]
    assert due == sorted(has_value) + [None] * (len(due) - len(has_value))
    assert None in due


async def test_cases_without_a_due_time_can_be_listed_alone(who) -> None:
    unpaid = await list_references(
        who["officer"], {"targetDueAt": {"isNull": True}}, "TARGET_DUE_AT"
    )
    paid = await list_references(
        who["officer"], {"targetDueAt": {"isNull": False}}, "TARGET_DUE_AT"
    )
    assert (len(unpaid) > 0, len(unpaid) + len(paid)) == (True, len(CASES))


# --- Combinations --------------------------------------------------------------------------------


async def test_as_many_values_as_are_allowed_are_answered(who) -> None:
    codes = [f"{first}{second}" for first in "ABCDEFGHIJ" for second in "ABCDEFGHIU"]
    of_one = await who["officer"](APPLICATIONS, where={"country": {"eq": "AU"}})
    found = await who["officer"](APPLICATIONS, where={"country": {"in": codes}})
    assert found.data == of_one.data
    lists = {"country": {"in": codes}, "nationality": {"in": codes}}
    assert (await who["officer"](APPLICATIONS, where=lists)).errors == []
    too_many = {"country": {"in": [*codes, "NZ"]}}
    assert (await who["officer"](APPLICATIONS, where=too_many)).codes == ["INVALID_INPUT"]


# --- Facets --------------------------------------------------------------------------------------

FACETS = """
query Facets($where: ApplicationWhere) {
  applications(where: $where) {
    facets {
      stage { value count { value precision } }
      status { value count { value precision } }
    }
    totalCount { value }
  }
}
"""


async def facet_counts(viewer: Viewer, where: dict[str, Any]) -> dict[str, dict[str, int]]:
    answer = await viewer(FACETS, where=where)
    assert answer.errors == []
    return {
        name: {each["value"]: each["count"]["value"] for each in facet}
        for name, facet in answer.data["applications"]["facets"].items()
    }


async def numbers(viewer: Viewer, name: str, words: Any, where: dict[str, Any]) -> dict[str, int]:
    """The same, asked for one word at a time."""
    found = {}
    for word in words:
        query = "query($w: ApplicationWhere) { applications(where: $w) { totalCount { value } } }"
        answer = await viewer(query, w={**where, name: {"eq": word}})
        if number := answer.data["applications"]["totalCount"]["value"]:
            found[str(word)] = number
    return found


@pytest.mark.parametrize("name", ["officer", "auditor"])
async def test_facets_count_what_each_choice_would_find(who, name: str) -> None:
    answer = await facet_counts(who[name], {})
    assert answer == {
        "stage": await numbers(who[name], "stage", Stage, {}),
        "status": await numbers(who[name], "status", Status, {}),
    }
    assert list(answer["status"]) == [word for word in Status if word in answer["status"]]


async def test_a_facet_leaves_the_filter_of_its_own_field_out(who) -> None:
    everything = await facet_counts(who["officer"], {})
    closed = await facet_counts(who["officer"], {"stage": {"eq": "CLOSED"}})
    assert closed["stage"] == everything["stage"]
    assert sum(closed["status"].values()) == everything["stage"]["CLOSED"]
    of_one = {"centre": {"eq": "AU-SYD"}}
    own = await numbers(who["officer"], "stage", Stage, of_one)
    assert (await facet_counts(who["officer"], of_one))["stage"] == own


async def test_facets_of_partners_and_applicants_are_of_their_rows_and_stages_alone(who) -> None:
    query = "{ applications { facets { stage { value count { value } } } totalCount { value } } }"
    for name in ("manager-au", "applicant"):
        found = (await who[name](query)).data["applications"]
        numbers = [each["count"]["value"] for each in found["facets"]["stage"]]
        assert sum(numbers) == found["totalCount"]["value"] > 0
        refused = await who[name](FACETS, where={})
        assert set(refused.codes) == {"FORBIDDEN_FIELD"}


async def test_facets_take_a_statement_each(who, traffic) -> None:
    answer = await who["officer"](
        "{ applications { facets { stage { value } status { value } } } }"
    )
    assert answer.errors == []
    assert len(traffic.statements) == 2


async def test_facets_stop_counting_where_it_becomes_expensive(
    who, connection, monkeypatch
) -> None:
    closed = await connection.fetchval("SELECT count(*) FROM application WHERE stage = 'CLOSED'")
    assert closed >= 3
    # As many as are counted are exactly that many.
    for most, precision in ((closed - 1, "AT_LEAST"), (closed, "EXACT")):
        monkeypatch.setattr(listing, "MOST_COUNTED", most)
        answer = await who["officer"](FACETS, where={})
        stages = answer.data["applications"]["facets"]["stage"]
        assert {"value": "CLOSED", "count": {"value": most, "precision": precision}} in stages


# --- Figures -------------------------------------------------------------------------------------

VOLUMES = """query($where: VolumeWhere) {
    volumes(from: "2025-01-01", to: "2025-12-31", groupBy: [], where: $where) {
        rows { intake { value } }
    }
}"""


async def intake(viewer: Viewer, where: dict[str, Any]) -> int:
    answer = await viewer(VOLUMES, where=where)
    assert answer.errors == []
    return sum(row["intake"]["value"] for row in answer.data["volumes"]["rows"])


async def test_figures_are_narrowed_in_the_same_style(who) -> None:
    leadership = who["leadership"]
    parts = [await intake(leadership, {"country": {"eq": code}}) for code in ("AU", "NZ")]
    assert await intake(leadership, {"country": {"in": ["AU", "NZ", "AU"]}}) == sum(parts) > 0
    everything = await intake(leadership, {})
    direct = await intake(leadership, {"channel": {"eq": "DIRECT"}})
    assert await intake(leadership, {"channel": {"notIn": ["DIRECT"]}}) == everything - direct
    assert await intake(leadership, {"country": {"eq": "AU", "in": ["NZ"]}}) == 0


async def test_who_reads_published_figures_alone_names_single_values(who) -> None:
    query = """{ __type(name: "StringVolumeFilter") { inputFields { name } } }"""
    for name, expected in (("anonymous", {"eq"}), ("leadership", {"eq", "in"})):
        found = (await who[name](query)).data["__type"]["inputFields"]
        assert {field["name"] for field in found} == expected
    answer = await who["anonymous"](VOLUMES, where={"visaType": {"in": ["B1"]}})
    assert answer.codes == ["INVALID_VARIABLES"]


def test_a_count_is_exact_up_to_where_counting_stops() -> None:
    last, beyond = count_up_to(listing.MOST_COUNTED), count_up_to(listing.MOST_COUNTED + 1)
    assert (last.value, last.precision) == (listing.MOST_COUNTED, Precision.EXACT)
    assert (beyond.value, beyond.precision) == (listing.MOST_COUNTED, Precision.AT_LEAST)
