"""The dashboard's questions are valid for every role that asks them."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import gateway
from dashboard.gateway.client import document
from dashboard.model.measures import AUDIENCES
from gateway.schema.volumes.published import published_measures
from models.vocabulary import Role
from models.volumes import Measure

ROLES = Path(gateway.__file__).parent / "schema" / "roles"
ASKED = [("viewer", path.stem) for path in sorted(ROLES.glob("*.graphql"))] + [
    (audience.document, role.lower()) for role, audience in AUDIENCES.items()
]


@pytest.mark.parametrize(("name", "role"), ASKED)
def test_document_is_valid_for_its_roles(name: str, role: str) -> None:
    schema = build_schema((ROLES / f"{role}.graphql").read_text("utf-8"))
    assert validate(schema, parse(document(name))) == []


@pytest.mark.parametrize(
    "audience", dict.fromkeys(AUDIENCES.values()), ids=lambda each: each.document
)
def test_a_document_asks_for_every_measure_that_its_audience_sees(audience) -> None:
    asked = document(audience.document)
    for measure in audience.main:
        assert f"  {measure.field} {{" in asked
    for measure in audience.more:
        assert f"  {measure.field} @include(if: $hasMore) {{" in asked


def test_a_partner_manager_asks_for_outcomes_only_as_published() -> None:
    text = document("processing_volumes_partner")
    assert text.count("...Published") == 1
    exact = re.sub(r"fragment Published.*?\n}\n", "", text, flags=re.DOTALL)
    for outcome in ("decisions", "refus", "granted", "turnaround", "targetRate"):
        assert outcome not in exact


@pytest.mark.parametrize("role", AUDIENCES)
def test_what_is_asked_without_its_precision_is_never_withheld(role: str) -> None:
    audience = AUDIENCES[role]
    asked = frozenset(Measure(measure.id) for measure in audience.measures)
    assert published_measures(asked, Role[role]) == frozenset()
    text = re.sub(r"fragment Published.*?\n}\n", "", document(audience.document), flags=re.DOTALL)
    assert "precision\n" not in text
    assert ("precision\n" in document(audience.document)) == audience.publishes
