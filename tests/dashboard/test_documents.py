"""The dashboard's questions are valid for every role that asks them."""

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import gateway
from dashboard.gateway.client import document
from dashboard.gateway.volumes_query import CHOICES, MONTHS, NAMES, PLACES, PUBLISHED, SUMMARY
from dashboard.model.measures import AUDIENCES, Audience
from dashboard.pages.today.reading import ASKS
from gateway.schema.volumes.published import published_measures
from models.vocabulary import Role
from models.volumes import Measure

ROLES = Path(gateway.__file__).parent / "schema" / "roles"
QUESTIONS = (SUMMARY, MONTHS, PLACES, NAMES, CHOICES)


def documents_of(audience: Audience) -> list[str]:
    """The questions of the page Volumes to an audience."""
    names = (*QUESTIONS, *([PUBLISHED] if audience.publishes else []))
    return [f"volumes/{name}:{audience.name}" for name in names]


ASKED = [
    *(("viewer", path.stem) for path in sorted(ROLES.glob("*.graphql"))),
    *(
        (name, role.lower())
        for role, audience in AUDIENCES.items()
        for name in documents_of(audience)
    ),
    *((f"today/question:{audience}", role.lower()) for role, audience in ASKS.items()),
    ("today/published", "partner_manager"),
]


@pytest.mark.parametrize(("name", "role"), ASKED)
def test_document_is_valid_for_its_roles(name: str, role: str) -> None:
    schema = build_schema((ROLES / f"{role}.graphql").read_text("utf-8"))
    assert validate(schema, parse(document(name))) == []


@pytest.mark.parametrize("audience", dict.fromkeys(AUDIENCES.values()), ids=lambda each: each.name)
def test_a_document_asks_for_every_measure_that_its_audience_sees(audience) -> None:
    asked = document(f"volumes/{SUMMARY}:{audience.name}")
    for measure in audience.main:
        assert f"  {measure.field} {{" in asked
    for measure in audience.more:
        assert f"  {measure.field} @include(if: $hasMore) {{" in asked


def test_a_partner_manager_asks_for_outcomes_only_as_published() -> None:
    text = document(f"volumes/{PUBLISHED}:partner")
    assert text.count("...Published") == 1
    exact = "".join(document(f"volumes/{name}:partner") for name in QUESTIONS)
    assert "Published" not in exact
    for outcome in ("refus", "granted"):
        assert outcome not in exact


@pytest.mark.parametrize("role", AUDIENCES)
def test_what_is_asked_without_its_precision_is_never_withheld(role: str) -> None:
    audience = AUDIENCES[role]
    asked = frozenset(Measure(measure.id) for measure in audience.measures)
    assert published_measures(asked, Role[role]) == frozenset()
    found = [name for name in documents_of(audience) if "precision\n" in document(name)]
    assert found == ([f"volumes/{PUBLISHED}:{audience.name}"] if audience.publishes else [])
