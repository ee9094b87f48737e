"""The dashboard's questions are valid for every role that asks them."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

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
from dashboard.model.measures import MAIN, MORE, REFUSAL_RATE
from dashboard.model.page_state import read_address
from dashboard.pages.documents import screen_documents
from dashboard.pages.today.answers import QUESTION
from dashboard.pages.today.files import QUESTION as FILES

ROLES = Path(gateway.__file__).parent / "schema" / "roles"
SCHEMAS = {path.stem.upper(): path for path in sorted(ROLES.glob("*.graphql"))}
QUESTIONS = (SUMMARY, MONTHS, PLACES, NAMES, CHOICES)
DOCUMENTS = {each.name: each for each in screen_documents()}
#: Which other roles a document is valid for: they read the same things, of what is in their reach.
ALSO_VALID = {
    "live_cases": "APPLICANT PARTNER_SERVICE",
    "viewer": "ANONYMOUS",
    "ingest": "PARTNER_AGENT",
    "screening/questions/whoIsIt": "SUPERVISOR",
    "case/questions/readAnswers": "APPLICANT PARTNER_AGENT",
    "case/questions/openDocument": "APPLICANT PARTNER_AGENT",
    "backlog/question": "OFFICER PARTNER_AGENT",
    "backlog/stages": "AUDITOR PARTNER_AGENT PARTNER_SERVICE SUPERVISOR",
    QUESTION: "AUDITOR OFFICER SUPERVISOR",
    FILES: "AUDITOR OFFICER PARTNER_AGENT SUPERVISOR",
    **dict.fromkeys(
        ("treasury/settlement/payments", "treasury/settlement/lines"),
        "AUDITOR",
    ),
    **dict.fromkeys(
        ("treasury/questions/listBills", "treasury/settlement/bills"), "AUDITOR SUPERVISOR"
    ),
    **dict.fromkeys(
        ("access/questions/readsOfCase", "access/questions/readsOfAccount"),
        "OFFICER PARTNER_AGENT PARTNER_MANAGER SCREENING SUPERVISOR",
    ),
    "case/auditor": "SUPERVISOR",
    "case/officer": "AUDITOR SUPERVISOR",
    "case/partner": "APPLICANT AUDITOR OFFICER PARTNER_SERVICE SUPERVISOR",
    **dict.fromkeys(
        (
            "case/changes/approveCorrection",
            "case/changes/proposeGrant",
            "case/changes/recordDecision",
            "case/changes/referToScreening",
            "case/changes/rejectCorrection",
            "case/changes/rejectGrant",
            "case/changes/writeNote",
        ),
        "OFFICER",
    ),
    **dict.fromkeys(
        (
            "endpoints/question",
            *(f"endpoints/changes/{one}Webhook" for one in ("pause", "resume", "remove")),
            "endpoints/changes/redeliverNotices",
        ),
        "PARTNER_SERVICE",
    ),
    "complaints/questions/readComplaint": "APPLICANT",
    "place/late": "APPLICANT PARTNER_SERVICE",
    "place/waiting": "AUDITOR OFFICER PARTNER_AGENT PARTNER_MANAGER SUPERVISOR",
}


@cache
def schema_of(role: str) -> GraphQLSchema:
    return build_schema(SCHEMAS[role].read_text("utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_for_its_roles_and_for_no_others(name: str) -> None:
    asked = parse(document(name))
    valid_for = {
        role
        for role in SCHEMAS
        if not validate(schema_of(role), asked, max_errors=1, hide_suggestions=True)
    }
    sent_for = DOCUMENTS[name].sent_for(SCHEMAS)
    assert valid_for == sent_for | set(ALSO_VALID.get(name, "").split())


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
