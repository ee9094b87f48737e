"""Filters narrow: what they cannot make sense of is refused, never passed over."""

from typing import Any

import pytest

from tests.gateway.conftest import Viewer

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
        ({"submittedAt": {"from": "2025-02-27T01:00:00Z"}}, 1),
        ({"submittedAt": {"from": "2025-02-27T01:00:00Z", "before": "2025-02-27T01:00:00Z"}}, 0),
    ],
)
async def test_all_that_is_given_must_hold(
    who: dict[str, Viewer], where: dict[str, Any], reached: int
) -> None:
    answer = await who["officer"](APPLICATIONS, where=where)
    assert len(answer.data["applications"]["nodes"]) == reached


@pytest.mark.parametrize(
    "where",
    [
        {"country": None},
        {"country": {"eq": None}},
        {"stage": {"in": None}},
        {"submittedAt": {"from": None}},
    ],
)
async def test_a_null_condition_is_refused_since_it_would_widen_the_list(
    who: dict[str, Viewer], where: dict[str, Any]
) -> None:
    answer = await who["officer"](APPLICATIONS, where=where)
    assert answer.codes == ["INVALID_INPUT"]
    assert "leave it out" in answer.errors[0]["message"]
