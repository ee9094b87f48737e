"""The guards of mutations bite: each defect is planted once, and the check that sees it is red."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from gateway.mutations import changes, locked_case
from gateway.policy import MUTATIONS, Change
from gateway.rules import every_row
from gateway.schema.build import PolicyGapError, build_schema
from models import Application
from models.vocabulary import Role
from tests.gateway import test_mutations_denied, test_mutations_foreign, test_mutations_once, walls
from tests.gateway.changing import everything, global_id
from tests.taking_lines import line_taken

pytestmark = pytest.mark.anyio

TABLE: dict[str, Change] = MUTATIONS  # type: ignore[assignment]


@pytest.fixture(scope="module", autouse=True)
async def one_wall(world: str) -> AsyncIterator[None]:
    """Without the rows' second wall, which would hide what the first one lets through."""
    async with walls.second_wall_down(world):
        yield


async def test_a_loosened_rule_of_a_mutation_is_seen(
    who, world, connection, traffic, monkeypatch
) -> None:
    loose = Change({**TABLE["markReceived"].rows, Role.PARTNER_SERVICE: every_row})
    monkeypatch.setitem(TABLE, "markReceived", loose)
    answer_alike = test_mutations_foreign.test_foreign_missing_and_malformed_ids_answer_alike
    with pytest.raises((AssertionError, IndexError)):
        await answer_alike(who, world, connection, traffic, "service", "markReceived")


async def test_a_step_out_of_the_own_scope_is_rolled_back(
    who, world, connection, monkeypatch
) -> None:
    """Should a rule of changing ever be wider than that of reading, nothing is written."""
    loose = Change({**TABLE["withdrawApplication"].rows, Role.PARTNER_AGENT: every_row})
    monkeypatch.setitem(TABLE, "withdrawApplication", loose)
    before = await everything(connection)
    answer = await test_mutations_denied.call(
        who["agent-au"], "withdrawApplication", global_id("SGPO-OPEN-0006")
    )
    assert answer.codes == ["INTERNAL"]
    assert await everything(connection) == before


def test_a_mutation_that_the_policy_does_not_know_stops_the_build() -> None:
    message = r"Mutation\.revokeVisa has no line in the policy"
    with line_taken(TABLE, "revokeVisa"), pytest.raises(PolicyGapError, match=message):
        build_schema()


def test_a_line_of_the_policy_without_a_mutation_stops_the_build(monkeypatch) -> None:
    monkeypatch.setitem(TABLE, "eraseApplication", Change({Role.AUDITOR: every_row}))
    with pytest.raises(PolicyGapError, match=r"Mutation\.eraseApplication, which does not exist"):
        build_schema()


async def test_a_wait_for_a_foreign_row_is_seen(who, world, monkeypatch) -> None:
    """The likeliest mistake: lock by id, and look at the scope afterwards."""

    def lock_first(_: Any) -> Any:
        return select(Application.id).where(Application.id == bindparam("id")).with_for_update()

    monkeypatch.setattr(locked_case, "select_to_lock", lock_first)
    with pytest.raises((AssertionError, TimeoutError, TypeError)):
        await test_mutations_foreign.test_a_foreign_row_is_never_waited_for(who, world)


async def test_two_who_read_without_a_lock_are_seen(who, world, connection, monkeypatch) -> None:
    def read_only(_: Any) -> Any:
        return select(Application.id).where(Application.id == bindparam("id"))

    monkeypatch.setattr(locked_case, "select_to_lock", read_only)
    decide_at_once = (
        test_mutations_once.test_of_two_simultaneous_decisions_one_wins_and_the_other_is_refused
    )

    async def decide_often() -> None:
        for number in range(10):
            await decide_at_once(who, world, connection, number)

    with pytest.raises((AssertionError, IndexError, TypeError)):
        await decide_often()


async def test_a_key_that_is_not_kept_is_seen(who, world, connection, monkeypatch) -> None:
    async def always_first(transaction: Any, key: str, said: str) -> bool:
        return True

    monkeypatch.setattr(changes, "claim_key", always_first)
    for seen in (
        test_mutations_once.test_the_same_request_again_answers_the_same_and_does_nothing,
        test_mutations_once.test_many_at_once_with_one_key_have_one_effect,
    ):
        with pytest.raises(AssertionError):
            await seen(who, world, connection)
