"""Every small mistake in the steps shows in the guards that are made from them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import islice

import asyncpg
import pytest

from gateway.mapping.catalogue import Catalogue
from gateway.row_security import row_security
from models.life import STEPS, Step, Verb
from models.life import preconditions as life
from models.life.preconditions import Precondition
from models.life.steps import ANSWERING
from models.row_security import writing_role
from models.row_security.desired import statements
from models.vocabulary import Role, Status
from tests.walls import moving
from tests.walls.judging import FULL
from tests.walls.moving import MOVES
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

#: Whoever reaches the case that is tried, whatever is asked about it.
REACHING = (
    Role.OFFICER, Role.SUPERVISOR, Role.PARTNER_AGENT, Role.APPLICANT, Role.PARTNER_SERVICE,
    Role.TREASURY,
)  # fmt: skip
#: By what a case differs in which a precondition does not hold.
UNMET: dict[Precondition, str] = {
    life.IS_READY_FOR_WORK: "UPDATE application SET received_at = NULL WHERE id = $1",
    life.IS_NOT_RECEIVED: "UPDATE application SET received_at = submitted_at WHERE id = $1",
    life.IS_CLEARED: "UPDATE application SET is_held = true WHERE id = $1",
    life.NO_LINK_COUNTS:
        "INSERT INTO person_link (id, applicant_id, linked_id, reason, state) SELECT"
        " gen_random_uuid(), one.applicant_id, other.applicant_id, 'PASSPORT', 'CERTAIN'"
        " FROM application AS one, application AS other"
        " WHERE one.id = $1 AND other.reference = 'DIRE-REVO-0010'",
    life.IS_ON_THE_OWN_DESK:
        "UPDATE assignment SET ended_at = now() WHERE application_id = $1",
    life.WAS_DECIDED_BY_ANOTHER:
        "UPDATE decision SET officer = 'supervisor' WHERE application_id = $1",
    life.WAS_REVOKED_BY_ANOTHER:
        "UPDATE application_event SET actor = 'supervisor', actor_role = 'SUPERVISOR'"
        " WHERE application_id = $1",
    life.IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS:
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
        " reason, proposed, proposed_by, answered_by, confirmed_by) VALUES (gen_random_uuid(), $1,"
        " 'ENTRY_BAN', 'MATCH', now(), now(), 'The same face.', 'MATCH', 'supervisor-2',"
        " 'supervisor-2', 'screening-2')",
    life.WAITS_FOR_ANSWER:
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at)"
        " VALUES (gen_random_uuid(), $1, 'ENTRY_BAN', 'CLEAR', now(), now())",
    life.IS_ANNOUNCED_FIRST:
        "UPDATE handling_rule SET is_announced = false WHERE $1::uuid IS NOT NULL",
    life.MAY_BE_CORRECTED:
        "UPDATE handling_rule SET is_corrected = false WHERE $1::uuid IS NOT NULL",
    life.WAS_ANNOUNCED:
        "WITH said AS (DELETE FROM intention_answer WHERE application_id = $1)"
        " DELETE FROM refusal_intention WHERE application_id = $1",
    life.HAS_AN_OPEN_INTENTION:
        "UPDATE refusal_intention SET ended_at = coalesce(answered_at, now())"
        " WHERE application_id = $1",
    life.IS_ASKED_FOR:
        "INSERT INTO requested_item (id, application_id, kind, requested_at)"
        " VALUES (gen_random_uuid(), $1, 'PHOTOGRAPH', now())",
    life.HAS_A_LIVE_VISA: "UPDATE visa SET use_by = '2025-01-01' WHERE application_id = $1",
    life.HAS_AN_UNUSED_VISA: "UPDATE visa SET use_by = '2025-01-01' WHERE application_id = $1",
}  # fmt: skip

#: Steps of some roles alone, whatever the table of steps says: the reason, and the tables for which
#: no other role has a grant and a row rule.
KEPT_BY_GRANTS = (
    (Verb.RECORD_PAYMENT, (Role.TREASURY,), "bills are paid by the treasury", ("bill",)),
    (Verb.ANNOUNCE_REFUSAL, (Role.OFFICER,), "refusals are announced by officers",
     ("refusal_intention",)),
    (Verb.ANSWER_INTENTION, ANSWERING, "intentions are answered by those who hand files in",
     ("refusal_intention", "intention_answer")),
)  # fmt: skip

#: What was decided once, and may have a visa.
DECIDED = (Status.GRANTED, Status.REFUSED, Status.REVOKED)


@dataclass(frozen=True)
class Mutant:
    """One step, changed; and whom and which moves that concerns."""

    what: str
    steps: tuple[Step, ...]
    roles: tuple[Role, ...]
    targets: tuple[str, ...]
    #: What is done to the case first, so that the step could not be taken.
    unmet: str | None = None
    #: The only status from which that is tried; any if there is none.
    source: str | None = None


def mutants() -> Iterator[Mutant]:
    for place, step in enumerate(STEPS):
        targets = _targets(step)
        if not targets:
            continue

        def with_step(changed: Step, place: int = place) -> tuple[Step, ...]:
            return (*STEPS[:place], changed, *STEPS[place + 1 :])

        without_it = (*STEPS[:place], *STEPS[place + 1 :])
        name = f"{step.verb} {' '.join(step.by)}"
        for role in dict.fromkeys((*REACHING, *step.by)):
            if role in step.by:
                rest = tuple(one for one in step.by if one is not role)
                yield Mutant(
                    f"{name}: not by {role}", with_step(replace(step, by=rest)), (role,), targets
                )
            else:
                by = (*step.by, role)
                yield Mutant(
                    f"{name}: by {role}", with_step(replace(step, by=by)), (role,), targets
                )
        for status in Status if step.by else ():
            rest = tuple(one for one in step.sources if one is not status)
            sources = rest if status in step.sources else (*step.sources, status)
            what = f"{name}: {'not ' if status in step.sources else ''}from {status}"
            if {life.HAS_A_LIVE_VISA, life.HAS_AN_UNUSED_VISA} & {
                *step.needs
            } and status not in DECIDED:
                continue  # what was not decided has no visa
            if twin := _twin(step, status):
                # The same is done already; only what it needs there may be asked for no more.
                for need in set(twin.needs) - set(step.needs):
                    yield Mutant(what, with_step(replace(step, sources=sources)), step.by, targets,
                                 UNMET[need], str(status))  # fmt: skip
            elif str(status) not in targets:
                # A step from nowhere is none.
                steps = with_step(replace(step, sources=sources)) if sources else without_it
                yield Mutant(what, steps, step.by, targets)
        for need in step.needs:
            if need in UNMET:
                needs = tuple(one for one in step.needs if one is not need)
                changed = with_step(replace(step, needs=needs))
                yield Mutant(f"{name}: not “{need.words}”", changed, step.by, targets, UNMET[need])


def _twin(step: Step, status: Status) -> Step | None:
    """Another step by which the same is done from a status."""
    for one in STEPS:
        is_alike = one.verb is step.verb and one.by == step.by and _targets(one) == _targets(step)
        if one is not step and is_alike and status in one.sources:
            return one
    return None


def _targets(step: Step) -> tuple[str, ...]:
    """The moves, as this test tries them, that a step makes possible."""
    target = (str(step.target),) if step.target is not None and step.sources else ()
    match step.verb:
        case Verb.TAKE:
            return (*target, "TAKEN")
        case Verb.REASSIGN:
            return (*target, "TAKEN", "GIVEN")
        case Verb.CONFIRM_SCREENING:
            return ("CONFIRMED",)
        case Verb.RECORD_SCREENING:
            return ("ANSWERED",)
        case Verb.HOLD | Verb.RELEASE | Verb.MARK_RECEIVED:
            return (str(step.event),)
        case _:
            return (*target, *(("MATCHED",) if step.target is Status.REFUSED else ()))


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("guards", "writer"):
            patch.setattr(import_module(f"gateway.row_security.{name}"), "STEPS", mutant.steps)
        yield


def same_as_ours(mutant: Mutant) -> str | None:
    """Why a database with the mutant is ours all the same."""
    [role, *_] = mutant.roles
    for verb, roles, reason, _ in KEPT_BY_GRANTS:
        if mutant.what.startswith(verb) and role not in roles:
            return f"{reason} alone, by a grant and a row rule of their own"
    is_answer = {"ANSWERED", "CONFIRMED"} & {*mutant.targets}
    if is_answer and role not in (Role.SCREENING, Role.SUPERVISOR):
        return "the answers are nothing that the role reads"
    if mutant.unmet in (
        UNMET[life.IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS],
        UNMET[life.IS_ASKED_FOR],
    ):
        return "to the database it is a condition of what is written, whatever the step says"
    is_set_aside = mutant.what.startswith(f"{Verb.SET_ASIDE} SUPERVISOR: from")
    if is_set_aside and mutant.what.split()[-1] not in DECIDED:
        return "it is granted on the conditions of the decision before, and there is none"
    if mutant.what == "correct to granted SUPERVISOR: from REVOKED":
        return "what was revoked was granted: to correct it to a grant changes no decision"
    return None


OURS = set(statements(row_security(Catalogue(FULL))))


def changes_of(mutant: Mutant) -> Iterator[str]:
    """The statements that make the second wall one of a mutant's; none if it is ours."""
    with planted(mutant):
        changes = [one for one in statements(row_security(Catalogue(FULL))) if one not in OURS]
    for change in changes:
        words = change.split()
        if words[:2] == ["CREATE", "POLICY"]:
            yield f"DROP POLICY IF EXISTS {words[2]} ON {words[4]}"
        yield change


async def killer(connection: asyncpg.Connection, mutant: Mutant) -> str | None:
    """How a database with the mutant differs from ours. All is rolled back."""
    if not (changes := ";\n".join(changes_of(mutant))):
        return None
    async with undone(connection):
        await connection.execute(changes)
        for role in mutant.roles:
            tried = {pair for pair in moving.ALL if pair[1] in mutant.targets}
            expected = MOVES[role] & tried
            if mutant.unmet:
                tried, expected = expected, set[tuple[str, str]]()
            if mutant.source:
                tried = {pair for pair in tried if pair[0] == mutant.source}
            found = await moving.possible_moves(connection, role, tried, mutant.unmet)
            if found != expected:
                return f"moves of {role}: {sorted(found ^ expected)[0]}"
    return await _unmet_finding(connection, mutant, changes)


async def _unmet_finding(
    connection: asyncpg.Connection, mutant: Mutant, changes: str
) -> str | None:
    """The difference in cases where a condition does not hold: another step makes its moves."""
    for role in mutant.roles:
        tried = {pair for pair in MOVES[role] if pair[1] in mutant.targets}
        for need, unmet in UNMET.items() if tried else ():
            ours = await moving.possible_moves(connection, role, tried, unmet)
            async with undone(connection):
                await connection.execute(changes)
                theirs = await moving.possible_moves(connection, role, tried, unmet)
            if ours != theirs:
                pair = sorted(ours ^ theirs)[0]
                return f"moves of {role}, not “{need.words}”: {pair}"
    return None


@pytest.mark.parametrize("role", MOVES)
def test_the_steps_are_the_moves_that_the_domain_has(role) -> None:
    """The third meaning beside the guards': both are compared with what was said by hand."""
    stated = {
        (str(source), target)
        for step in STEPS if role in step.by
        for source in step.sources for target in _targets(step)
    }  # fmt: skip
    of_the_own_desk = {
        (source, "REFUSED") for source, target in MOVES[role]
        if target == "MATCHED" and source not in ("GRANTED", "REFUSED")
    }  # fmt: skip
    values = {pair for pair in MOVES[role] if pair[1] != "MATCHED"} | of_the_own_desk
    assert {pair for pair in stated & moving.ALL if pair[1] != "MATCHED"} == values


async def test_each_precondition_is_enforced(complete_world) -> None:
    """Of a case in which it does not hold, the same moves are refused."""
    for step in STEPS:
        for need, unmet in UNMET.items():
            if need not in step.needs:
                continue
            for role in step.by:
                tried = {
                    (source, target) for source, target in MOVES[role]
                    if target in _targets(step) and source in step.sources
                }  # fmt: skip
                assert await moving.possible_moves(complete_world, role, tried, unmet) == set(), (
                    need.words
                )


@pytest.mark.parametrize(("verb", "roles", "reason", "tables"), KEPT_BY_GRANTS)
async def test_grants_and_row_rules_keep_a_step_to_its_roles(
    complete_world, verb, roles, reason, tables
) -> None:
    """With one more of them, what nothing told apart from our database is another one."""
    mutant = next(
        one for one in mutants() if one.what.startswith(verb) and one.roles[0] not in roles
    )
    [role] = mutant.roles
    tried = {pair for pair in moving.ALL if pair[1] in mutant.targets}
    async with undone(complete_world):
        for table in tables:
            of_role = f"ON {table} TO {writing_role(role)}"
            await complete_world.execute(
                f"GRANT SELECT, INSERT, UPDATE {of_role};"
                f" CREATE POLICY of_every_row {of_role} USING (true)"
            )
        found = await moving.possible_moves(complete_world, role, tried)
        assert found == MOVES[role] & tried, reason
        assert await killer(complete_world, mutant), reason


async def judge(connection: asyncpg.Connection, some: Iterable[Mutant]) -> list[str]:
    """A line for each mutant: what killed it, or why nothing could."""
    lines, survivors = [], []
    for mutant in some:
        killed, reason = await killer(connection, mutant), same_as_ours(mutant)
        lines.append(f"{mutant.what} | wall 2 | {killed or f'the same: {reason}'}")
        if not killed and not reason:
            survivors.append(lines[-1])
    assert survivors == []
    return lines


async def test_some_mutants_of_the_steps_are_killed(complete_world) -> None:
    assert await judge(complete_world, islice(mutants(), 3, None, 193))


@pytest.mark.proof
async def test_every_mutant_of_the_steps_is_killed(complete_world, report) -> None:
    report(await judge(complete_world, mutants()))
