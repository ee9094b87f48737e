"""The dashboard's questions are valid for every role that asks them."""

from datetime import date
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import gateway
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
from dashboard.model.measures import AUDIENCES, MAIN, MORE, REFUSAL_RATE
from dashboard.model.page_state import read_address
from dashboard.pages.today.answers import QUESTION, READERS
from dashboard.pages.today.files import QUESTION as FILES

ROLES = Path(gateway.__file__).parent / "schema" / "roles"
QUESTIONS = (SUMMARY, MONTHS, PLACES, NAMES, CHOICES)
ASKED = [
    *(("viewer", path.stem) for path in sorted(ROLES.glob("*.graphql"))),
    *((f"volumes/{name}", role.lower()) for role in AUDIENCES for name in QUESTIONS),
    (f"volumes/{NETWORK}", "partner_manager"),
    *((QUESTION, role.lower()) for role in sorted(READERS)),
    (FILES, "partner_manager"),
]


@pytest.mark.parametrize(("name", "role"), ASKED)
def test_document_is_valid_for_its_roles(name: str, role: str) -> None:
    schema = build_schema((ROLES / f"{role}.graphql").read_text("utf-8"))
    assert validate(schema, parse(document(name))) == []


def test_a_document_asks_for_every_measure_that_is_seen() -> None:
    asked = document(f"volumes/{SUMMARY}")
    for measure in MAIN:
        condition = " @include(if: $hasOutcomes)" if measure is REFUSAL_RATE else ""
        assert f"  {measure.field}{condition} {{" in asked
    for measure in MORE:
        assert f"  {measure.field} @include(if: $hasMore) {{" in asked


def test_nothing_is_withheld_so_no_precision_is_asked_for() -> None:
    assert not [
        name for name in (*QUESTIONS, NETWORK) if "precision" in document(f"volumes/{name}")
    ]


@pytest.mark.parametrize(
    ("query", "is_answered"),
    [
        ("", True),
        ("by=visa&country=AU", True),
        ("by=country&visa=B1", True),
        ("by=visa&visa=B1", True),
        ("by=visa&channel=PARTNER_PORTAL", False),
        ("nationality=AU&centre=AU-SYD", False),
        ("period=this-year", False),
        ("period=this-month", False),
        ("period=last-year&by=nationality&partner=NUSA", True),
    ],
)
def test_partners_are_shown_refusals_where_the_gateway_answers_them(
    query: str, is_answered: bool
) -> None:
    """The rules are the gateway's: `tests/gateway/test_outcomes.py` asks it for the same."""
    address, now = read_address(query, "en"), date(2026, 11, 25)
    for role in ("PARTNER_MANAGER", "PARTNER_AGENT"):
        audience = address.audience(role, now)
        assert audience
        assert audience.has_outcomes == is_answered
        period = address.chosen_period(now)
        assert variables_of(period, address, audience)["hasOutcomes"] == is_answered
    leadership = address.audience("LEADERSHIP", now)
    assert leadership
    assert leadership.has_outcomes
    assert address.audience("TREASURY", now) is None
