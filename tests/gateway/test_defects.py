"""The guards bite: each defect is planted once, and the check that should see it turns red."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, true

from gateway import policy
from gateway.access import purpose, rows
from gateway.access.transactions.prepared import prepare
from gateway.execution.documents import Documents
from gateway.mapping import keyset
from gateway.rules import every_row
from gateway.schema.build import PolicyGapError, build_schema
from gateway.service import gateway
from models import Application
from models.vocabulary import Role
from tests import tokens
from tests.gateway import (
    oracle,
    test_bad_input,
    test_policy_enforced,
    test_promises,
    test_promises_cases,
    test_promises_identity,
    test_rows_reached,
    walls,
)
from tests.gateway.conftest import CLAIMS, Traffic, Viewer, viewers
from tests.gateway.in_process import InProcessClient
from tests.gateway.test_promises_cases import incomplete_of_today
from tests.taking_lines import line_taken

__all__ = ["incomplete_of_today"]

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", autouse=True)
async def one_wall(world: str) -> AsyncIterator[None]:
    """Without the rows' second wall, which would hide what the first one lets through."""
    async with walls.second_wall_down(world):
        yield


POLICY: dict[str, policy.Access] = policy.POLICY  # type: ignore[assignment]


@asynccontextmanager
async def serving(world: str) -> AsyncIterator[dict[str, Viewer]]:
    """A gateway made now, with the defect in it, of which nothing is left afterwards."""
    app = gateway(tokens.settings(world), key_source=tokens.key_source)
    async with app.router.lifespan_context(app), InProcessClient(app) as client:
        _forget_scopes()
        try:
            yield viewers(client)
        finally:
            _forget_scopes()


def _forget_scopes() -> None:
    """What a process caches of the policy, by which figures and followers are told apart."""
    for cached in (rows._scopes_in_role, rows._topics_in_role):
        cached.cache_clear()


def with_rows(type_name: str, role: Role, rule: Any) -> policy.Access:
    access = POLICY[type_name]
    return replace(access, rows={**access.rows, role: rule})


def with_fields(type_name: str, fields: Mapping[str, policy.Roles]) -> policy.Access:
    access = POLICY[type_name]
    return replace(access, fields={**access.fields, **fields})


# --- Rows ----------------------------------------------------------------------------------------


async def test_a_loosened_row_rule_is_seen_by_every_way_in(world, monkeypatch) -> None:
    loose = with_rows("Application", Role.PARTNER_MANAGER, every_row)
    monkeypatch.setitem(POLICY, "Application", loose)
    async with serving(world) as who:
        for way in test_rows_reached.WAYS_TO_CASES:
            if way is test_rows_reached.by_applicant:
                continue  # the people stay out of reach
            assert await way(who["manager-au"]) > oracle.cases(CLAIMS["manager-au"])
        for test in (
            test_rows_reached.test_totals_count_what_is_in_reach(who, "manager-au"),
            test_promises.test_foreign_missing_and_malformed_ids_answer_alike(who),
            test_promises.test_a_filter_on_what_is_foreign_tells_nothing(who),
            test_promises.test_partner_manager_reaches_only_own_partner_and_own_countries(who),
        ):
            with pytest.raises(AssertionError):
                await test


async def test_countries_without_the_partner_are_seen(world, monkeypatch) -> None:
    """The likeliest mistake: a manager scoped by country alone."""
    in_countries = policy.own_countries(Application.country_code)
    loose = with_rows("Application", Role.PARTNER_MANAGER, in_countries)
    monkeypatch.setitem(POLICY, "Application", loose)
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_promises.test_partner_manager_reaches_only_own_partner_and_own_countries(who)


async def test_volumes_out_of_scope_are_seen(world, monkeypatch) -> None:
    loose = with_rows("VolumeRow", Role.PARTNER_MANAGER, every_row)
    monkeypatch.setitem(POLICY, "VolumeRow", loose)
    async with serving(world) as who:
        for test in (
            test_promises.test_managers_volumes_are_those_of_own_partner_and_countries(who),
            test_promises.test_manager_asking_for_foreign_volumes_gets_none(who),
        ):
            with pytest.raises(AssertionError):
                await test


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PARTNER_AGENT])
async def test_identities_out_of_reach_are_seen(world, monkeypatch, role) -> None:
    monkeypatch.setitem(POLICY, "Identity", with_rows("Identity", role, every_row))
    name = test_policy_enforced.VIEWERS[role]
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_rows_reached.test_identities_in_reach(who, name)


async def test_holds_among_the_events_are_seen(world, monkeypatch) -> None:
    loose = with_rows("ApplicationEvent", Role.OFFICER, every_row)
    monkeypatch.setitem(POLICY, "ApplicationEvent", loose)
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_promises_cases.test_a_hold_is_seen_by_supervisors_alone(
                who, "officer", False
            )


# --- Fields --------------------------------------------------------------------------------------


async def test_a_field_that_is_not_enforced_is_seen(world, traffic: Traffic) -> None:
    """The views are made; then the policy is made stricter behind their back."""
    strict = {**POLICY["Application"].fields, "status": (Role.SUPERVISOR,)}
    original = POLICY["Application"]
    async with serving(world) as who:
        POLICY["Application"] = replace(original, fields=strict)
        try:
            with pytest.raises(AssertionError):
                await test_policy_enforced.check_type(
                    who["officer"], Role.OFFICER, "Application", traffic, [0]
                )
            with pytest.raises(AssertionError):
                await test_policy_enforced.check_filters(
                    who["officer"], Role.OFFICER, "Application", traffic
                )
            with pytest.raises(AssertionError):
                await test_policy_enforced.test_introspection_tells_each_role_what_it_reads(
                    who, traffic, Role.OFFICER
                )
        finally:
            POLICY["Application"] = original


async def test_an_order_that_is_not_enforced_is_seen(world) -> None:
    strict = {**POLICY["Application"].fields, "paidAt": (Role.SUPERVISOR,)}
    original = POLICY["Application"]
    async with serving(world) as who:
        POLICY["Application"] = replace(original, fields=strict)
        try:
            with pytest.raises(AssertionError):
                await test_policy_enforced.check_orders(who["officer"], Role.OFFICER, "Application")
        finally:
            POLICY["Application"] = original


async def test_a_loosened_field_breaks_a_promise(world, monkeypatch) -> None:
    partners = (*POLICY["Application"].fields["status"], Role.PARTNER_MANAGER)
    monkeypatch.setitem(POLICY, "Application", with_fields("Application", {"status": partners}))
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_promises_cases.test_partners_see_a_stage_and_never_a_status(
                who, "manager-au"
            )


async def test_a_ground_readable_by_agents_breaks_a_promise(
    world, monkeypatch, incomplete_of_today
) -> None:
    """On a case that was closed today: of older ones agents read no outcome at all."""
    agents = (*POLICY["Decision"].fields["grounds"], Role.PARTNER_AGENT)
    monkeypatch.setitem(POLICY, "Decision", with_fields("Decision", {"grounds": agents}))
    async with serving(world) as who:
        with pytest.raises(AssertionError, match="FORBIDDEN_FIELD"):
            await test_promises_cases.test_a_security_ground_never_reaches_agents(
                who, incomplete_of_today
            )


async def test_an_outcome_that_managers_read_as_it_stands_breaks_a_promise(
    world, monkeypatch
) -> None:
    access = POLICY["VolumeRow"]
    kept = {name: roles for name, roles in access.first_decided.items() if name != "granted"}
    monkeypatch.setitem(POLICY, "VolumeRow", replace(access, first_decided=kept))
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_promises.test_partners_read_outcomes_by_whole_months_and_one_dimension(
                who, "manager-au"
            )


async def test_validation_that_is_off_is_seen(world, monkeypatch, traffic) -> None:
    monkeypatch.setattr(Documents, "mistakes", lambda *_: ())
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_policy_enforced.check_type(
                who["manager-au"], Role.PARTNER_MANAGER, "Application", traffic, [0]
            )


# --- The build refuses ---------------------------------------------------------------------------


async def test_a_field_without_a_line_stops_the_build(monkeypatch) -> None:
    fields = {
        name: roles for name, roles in POLICY["Application"].fields.items() if name != "stage"
    }
    monkeypatch.setitem(POLICY, "Application", replace(POLICY["Application"], fields=fields))
    with pytest.raises(PolicyGapError, match=r"^Application\.stage has no line in the policy$"):
        build_schema()


async def test_a_type_without_a_line_stops_the_build() -> None:
    message = r"Screening\.result has no line in the policy"
    with line_taken(POLICY, "Screening"), pytest.raises(PolicyGapError, match=message):
        build_schema()


async def test_a_line_for_nothing_stops_the_build(monkeypatch) -> None:
    monkeypatch.setitem(POLICY, "Country", with_fields("Country", {"capital": ()}))
    with pytest.raises(PolicyGapError, match=r"speaks of Country\.capital, which does not exist"):
        build_schema()


async def test_fields_without_rows_and_rows_without_fields_stop_the_build(monkeypatch) -> None:
    others = {r: rule for r, rule in POLICY["Screening"].rows.items() if r is not Role.SUPERVISOR}
    monkeypatch.setitem(
        POLICY, "Screening", replace(POLICY["Screening"], rows={**others, Role.OFFICER: every_row})
    )
    with pytest.raises(PolicyGapError) as caught:
        build_schema()
    assert str(caught.value).splitlines() == [
        "the policy lets SUPERVISOR read Screening but says neither which rows nor 'counts only'",
        "the policy lets OFFICER reach rows of Screening of which it reads nothing",
    ]


# --- Below the policy ----------------------------------------------------------------------------


def test_a_statement_that_was_not_held_to_the_policy_is_not_prepared() -> None:
    with pytest.raises(PermissionError):
        prepare(select(Application.id), Role.SUPERVISOR)


class NoCipher:
    """Seals nothing, and takes whatever it is given."""

    def __init__(self, _: bytes) -> None:
        pass

    def encrypt(self, data: bytes, _: object) -> bytes:
        return data

    decrypt = encrypt


async def test_unsealed_cursors_are_seen(world, monkeypatch) -> None:
    monkeypatch.setattr(keyset, "AESSIV", NoCipher)
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_bad_input.test_cursors_are_ours_to_the_last_bit(who)


async def test_identity_without_a_purpose_is_seen(world, monkeypatch, traffic) -> None:
    monkeypatch.setattr(purpose, "IMPLIED_PURPOSE", {r: p[0] for r, p in policy.PURPOSES.items()})
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_promises_identity.test_identity_takes_a_purpose(who, traffic)


async def test_a_scope_that_is_not_checked_is_noticed(world, monkeypatch) -> None:
    """A rule without a scope must reach nothing, not everything."""
    monkeypatch.setattr(rows, "_own_scope", lambda *_: true())
    async with serving(world) as who:
        with pytest.raises(AssertionError):
            await test_promises.test_an_empty_or_foreign_scope_reaches_nothing(
                who, {"role": "PARTNER_MANAGER"}
            )
