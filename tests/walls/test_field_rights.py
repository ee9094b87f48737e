"""No role reads a field that the matrix does not give it; each field given besides shows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
from graphql import print_schema

from gateway.access import fields
from gateway.access.fields import find_policy_gaps, readable_fields
from gateway.execution import role_schema as role_schemas
from gateway.execution.role_schema import role_schema
from gateway.mapping import catalogue
from gateway.mapping.catalogue import Catalogue
from gateway.policy import POLICY
from gateway.policy_page import policy_page
from gateway.row_security import row_security
from gateway.schema.build import fields_by_type
from models.vocabulary import Role
from tests.walls.comparing_fields import differences_of_page, differences_of_view
from tests.walls.conftest import Report
from tests.walls.judging import FULL, agreed_view
from tests.walls.mutants import Mutant, count_mutants, field_mutants

_PAGE = Path(__file__).parents[2] / "gateway" / "policy.md"
_CATALOGUE = Catalogue(FULL)
#: What a build compares the policy with, as `gateway.schema.build` does.
_FIELDS = fields_by_type(FULL)


def test_the_page_of_the_policy_says_what_the_matrix_says() -> None:
    assert differences_of_page(_PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("role", Role)
def test_each_view_of_the_schema_has_the_fields_of_the_matrix(role: Role) -> None:
    assert differences_of_view(role, agreed_view(role)) == []


def test_a_field_that_the_first_wall_gives_by_mistake_is_not_granted_by_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The walls share the policy and the declarations, and no line of their compilers."""
    right = readable_fields

    def wrong(type_name: str, role: Role) -> frozenset[str]:
        given = {"internalNote"} if (type_name, role) == ("Decision", Role.PARTNER_AGENT) else set()
        return right(type_name, role) | given

    granted = row_security(_CATALOGUE)
    for module in (fields, catalogue, role_schemas):
        monkeypatch.setattr(module, "readable_fields", wrong)
    wrong_catalogue = Catalogue(FULL)
    view = role_schema(FULL, wrong_catalogue, Role.PARTNER_AGENT)
    assert "internalNote" in view.type_map["Decision"].fields
    assert row_security(wrong_catalogue) == granted


# --- The matrix bites ----------------------------------------------------------------------------


def gains() -> Iterator[Mutant]:
    """Each field given to a role that has it not, or as it stands to one that has it otherwise."""
    yield from (mutant for mutant in field_mutants() if " gains " in f" {mutant.what}")
    yield from (mutant for mutant in count_mutants() if mutant.what == "may count")
    for type_name, access in POLICY.items():
        for name, roles in access.first_decided.items():
            for role in roles:
                left = tuple(kept for kept in roles if kept is not role)
                first_decided = {**access.first_decided, name: left}
                changed = replace(access, first_decided=first_decided)
                yield Mutant(type_name, role, f"gains {name} as it stands", changed, field=name)


class Differences(NamedTuple):
    """What shows of a gain once the generated files are renewed."""

    is_built: bool
    by_view: list[str]
    by_page: list[str]


def find_differences(gain: Mutant) -> Differences:
    with gain.planted():
        if find_policy_gaps(_FIELDS):
            return Differences(False, [], [])
        try:
            view = print_schema(role_schema(FULL, _CATALOGUE, gain.role))
        except (TypeError, ValueError):
            return Differences(False, [], [])
        return Differences(
            True, differences_of_view(gain.role, view), differences_of_page(policy_page())
        )


def judge_gains(gained: Iterable[Mutant]) -> list[str]:
    """A line for each gain: what shows it, or that no gateway starts with it."""
    lines, survivors = [], []
    for gain in gained:
        found = find_differences(gain)
        if not found.is_built:
            fate = "the same: no gateway starts with it"
        else:
            fate = (*found.by_view, *found.by_page, "nothing shows it")[0]
        lines.append(f"{gain.name} | matrix | {fate}")
        if found.is_built and not found.by_page:
            survivors.append(lines[-1])
    assert survivors == []
    return lines


def test_some_fields_granted_in_addition_are_noticed() -> None:
    assert len(judge_gains(islice(gains(), 3, None, 134))) > 5


#: Gains of fields that the role can ask for: they show in its view of the schema, too.
TELLING = (
    ("Application", Role.PARTNER_MANAGER, "status"),
    ("Application", Role.PARTNER_AGENT, "isReferred"),
    ("Application", Role.OFFICER, "isHeld"),
    ("Decision", Role.PARTNER_AGENT, "grounds"),
    ("Applicant", Role.AUDITOR, "passportLastFour"),
    ("VolumeRow", Role.ANONYMOUS, "partner"),
    ("VolumeRow", Role.ANONYMOUS, "wip"),
)


@pytest.mark.parametrize(("type_name", "role", "field"), TELLING)
def test_a_field_that_a_role_could_ask_for_shows_in_its_view(
    type_name: str, role: Role, field: str
) -> None:
    (gain,) = (
        one for one in gains() if (one.type_name, one.role, one.field) == (type_name, role, field)
    )
    assert find_differences(gain).by_view


@pytest.mark.proof
def test_every_field_granted_in_addition_is_noticed(report: Report) -> None:
    report(judge_gains(gains()))
