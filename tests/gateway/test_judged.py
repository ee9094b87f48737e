"""Whoever administers the database, or captures a gateway, has nobody opened who does not belong to
a viewer whose token is shown."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest

from models.key_service import (
    KeyServiceError,
    KeyUse,
    RefusedSubjectsError,
    Relation,
    RelationKind,
    Statement,
    ViewerCeilingError,
)
from tests import tokens
from tests.gateway.changing import in_verification, reference_of
from tests.gateway.conftest import Viewer
from tests.gateway.judged import Judged, judged_gateway
from tests.world import APPLICANTS, applicant_id

pytestmark = pytest.mark.anyio

OWN = "{ applications(first: 20) { nodes { applicant { identity { fullName } } } } }"
CASE = """
    query ($case: String!) @purpose(code: %s, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { fullName } } }
    }
"""
CASEWORK, SUPERVISION, INTAKE = (CASE % code for code in ("CASEWORK", "SUPERVISION", "INTAKE"))
OPEN, HELD, PAID = "SGPO-OPEN-0006", "SGPO-HELD-0007", "AUSY-PAID-0013"


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world) as running:
        yield running


def names_in(data: Any) -> list[str]:
    """The names of people in an answer, wherever they are."""
    if isinstance(data, dict):
        own = [data["fullName"]] if "fullName" in data else []
        return own + [name for value in data.values() for name in names_in(value)]
    return [name for each in data for name in names_in(each)] if isinstance(data, list) else []


async def names_read(viewer: Any, query: str, **variables: Any) -> list[str]:
    return names_in((await viewer(query, **variables)).body.get("data"))


async def test_everybody_reads_as_before_whom_they_work_for(judged: Judged) -> None:
    who = judged.who
    assert set(await names_read(who["applicant"], OWN)) == {"Ruby Hale"}
    assert await names_read(who["officer"], CASEWORK, case=OPEN) == ["Wei Tan"]
    assert await names_read(who["supervisor"], SUPERVISION, case=HELD) == ["Li Goh"]
    assert await names_read(who["agent-au"], INTAKE, case=PAID) == ["Noah Finch"]
    new = await in_verification(who)
    reference = await reference_of(who["officer"], new)
    assert len(await names_read(who["officer"], CASEWORK, case=reference)) == 1
    assert await judged.tampered() == 0


async def test_an_account_that_is_pointed_at_one_person_after_the_other_reads_nobody(
    judged: Judged,
) -> None:
    read = []
    for name in APPLICANTS:
        person = applicant_id(name)
        await judged.administer(
            "UPDATE applicant SET account = NULL WHERE account = 'pointed'",
            f"UPDATE applicant SET account = 'pointed' WHERE id = '{person}'",
        )
        pointed = Viewer(judged.who["applicant"].client, {"role": "APPLICANT", "sub": "pointed"})
        read += await names_read(pointed, OWN)
    assert read == []
    assert await judged.tampered() == len(APPLICANTS)
    await judged.administer("DELETE FROM alert", "UPDATE applicant SET account = NULL"
                            " WHERE account = 'pointed'")  # fmt: skip


@pytest.mark.parametrize(
    ("viewer", "query", "case", "done", "undone"),
    [
        # A case that is pointed at another applicant.
        ("officer", CASEWORK, OPEN,
         "UPDATE application SET applicant_id = '{other}' WHERE reference = '{case}'",
         "UPDATE application SET applicant_id = '{own}' WHERE reference = '{case}'"),
        ("supervisor", SUPERVISION, OPEN,
         "UPDATE application SET applicant_id = '{other}' WHERE reference = '{case}'",
         "UPDATE application SET applicant_id = '{own}' WHERE reference = '{case}'"),
        # A case on another desk, which is moved by hand.
        ("officer", CASEWORK, HELD,
         "UPDATE assignment SET officer = 'officer' WHERE ended_at IS NULL AND"
         " application_id = '{id}'; UPDATE application SET officer = 'officer'"
         " WHERE reference = '{case}'",
         "UPDATE assignment SET officer = 'officer-2' WHERE ended_at IS NULL AND"
         " application_id = '{id}'; UPDATE application SET officer = 'officer-2'"
         " WHERE reference = '{case}'"),
        # Two cases that swap their references.
        ("officer", CASEWORK, OPEN,
         "UPDATE application SET reference = 'SWAP-PEDX-0000' WHERE reference = '{case}';"
         " UPDATE application"
         " SET reference = '{case}', officer = 'officer' WHERE reference = 'SGPO-HELD-0007';"
         " UPDATE assignment SET officer = 'officer' WHERE application_id ="
         " (SELECT id FROM application WHERE reference = '{case}')",
         "UPDATE application SET reference = 'SGPO-HELD-0007', officer = 'officer-2'"
         " WHERE reference = '{case}'; UPDATE application SET reference = '{case}'"
         " WHERE reference = 'SWAP-PEDX-0000'; UPDATE assignment SET officer = 'officer-2'"
         " WHERE application_id = (SELECT id FROM application WHERE reference = 'SGPO-HELD-0007')"),
    ],
)  # fmt: skip
async def test_what_is_moved_by_hand_opens_nobody(
    judged: Judged, viewer: str, query: str, case: str, done: str, undone: str
) -> None:
    found = await judged.owner.fetchrow(
        "SELECT id, applicant_id FROM application WHERE reference = $1", case
    )
    assert found
    other = applicant_id("Tane Moana")
    values = {"case": case, "id": found["id"], "own": found["applicant_id"], "other": other}
    await judged.administer(done.format(**values))
    try:
        asked = await judged.who[viewer](query, case=case)
        assert names_in(asked.body.get("data")) == []
        assert "INTERNAL" in asked.codes, asked.text
        assert await judged.tampered() == 1
    finally:
        await judged.administer(undone.format(**values), "DELETE FROM alert")
    own = "officer-2" if case == HELD else viewer
    assert len(await names_read(judged.who[own], query, case=case)) == 1


async def test_a_link_that_is_inserted_by_hand_opens_nobody(judged: Judged) -> None:
    officer, person = judged.who["officer"], applicant_id("Tane Moana")
    wei = applicant_id("Wei Tan")
    await judged.administer(
        "INSERT INTO person_link (id, applicant_id, linked_id, reason, state)"
        f" VALUES (gen_random_uuid(), '{wei}', '{person}', 'PASSPORT', 'CERTAIN')"
    )
    everybody = """query($case: String!) @purpose(code: CASEWORK, reference: $case) {
        application(by: {reference: "ANDA-CORR-0005"}) { applicant { identity { fullName } } }
    }"""
    assert await names_read(officer, everybody, case=OPEN) == []
    assert await judged.tampered() == 1
    await judged.administer(
        f"DELETE FROM person_link WHERE linked_id = '{person}' AND reason = 'PASSPORT'",
        "DELETE FROM alert",
    )


async def test_a_captured_gateway_opens_nobody_without_a_token(judged: Judged) -> None:
    everybody = [applicant_id(name) for name in APPLICANTS]
    for asked in (
        judged.keys.open_data_keys(everybody),
        judged.keys.make_data_keys(everybody),
        judged.keys.digests(KeyUse.PERSON_INDEX, [b"a passport"]),
        judged.keys.look_up(b"a passport"),
        judged.keys.relate([Relation(RelationKind.DESK, OPEN, "me")]),
    ):
        with pytest.raises(KeyServiceError, match="show the token"):
            await asked
    assert len(await judged.linking.open_data_keys(everybody)) == len(everybody)


FOREIGN = tokens.ECKey.generate_key("P-256", {"kid": "test", "use": "sig", "alg": "ES256"})


@pytest.mark.parametrize(
    ("token", "role", "said"),
    [
        (
            lambda: tokens.token("OFFICER", key=FOREIGN, sub="officer"),
            "OFFICER",
            "signature is wrong",
        ),
        (
            lambda: tokens.token("OFFICER", sub="officer", aud="other"),
            "OFFICER",
            "another audience",
        ),
        (lambda: tokens.token("OFFICER", sub="officer", exp=1), "OFFICER", "has expired"),
        (lambda: tokens.token("OFFICER", sub="officer"), "SUPERVISOR", "does not hold the role"),
        (lambda: "no.token.atall", "OFFICER", "not a signed JSON Web Token"),
    ],
    ids=["foreign", "audience", "expired", "role", "none"],
)
async def test_a_token_that_a_gateway_would_refuse_opens_nobody(
    judged: Judged, token: Callable[[], str], role: str, said: str
) -> None:
    """Made when the test begins: a token lives for some minutes."""
    stated = Statement(token(), role, OPEN)
    with pytest.raises(KeyServiceError, match=said):
        await judged.keys.open_data_keys([applicant_id("Wei Tan")], stated)


async def test_a_captured_gateway_opens_for_a_token_whom_its_viewer_may_read(
    judged: Judged,
) -> None:
    """What remains: those whom the viewer works for, and nobody else."""
    everybody = {applicant_id(name): name for name in APPLICANTS}
    for claims, reference, names in (
        ({"role": "OFFICER", "sub": "officer"}, OPEN, {"Wei Tan", "Farid Noori"}),
        ({"role": "OFFICER", "sub": "officer"}, HELD, set()),
        ({"role": "OFFICER", "sub": "officer-2"}, HELD, {"Li Goh", "Hemi Parata"}),
        ({"role": "APPLICANT", "sub": "applicant"}, None, {"Ruby Hale"}),
        ({"role": "SUPERVISOR", "sub": "supervisor"}, HELD, {"Li Goh"}),
        ({"role": "SUPERVISOR", "sub": "supervisor"}, "INQ-7K3M-9QPX-2F4D", set()),
        ({"role": "LEADERSHIP", "sub": "leadership"}, OPEN, set()),
    ):
        stated = Statement(tokens.token(**claims), claims["role"], reference)
        opened: set[str] = set()
        for person, name in everybody.items():
            with contextlib.suppress(RefusedSubjectsError):
                opened |= {name for _ in await judged.keys.open_data_keys([person], stated)}
        assert opened == names, (claims, reference)


async def test_nobody_says_of_others_that_they_are_theirs(judged: Judged) -> None:
    """A key that is there is opened before anything is noted of its subject."""
    wei = applicant_id("Wei Tan")
    agent = Statement(
        tokens.token("PARTNER_AGENT", sub="agent-au", partner="ANDALAN", countries=["AU"]),
        "PARTNER_AGENT",
    )
    own = Statement(tokens.token("APPLICANT", sub="applicant"), "APPLICANT")
    officer = Statement(tokens.token("OFFICER", sub="officer"), "OFFICER")
    for stated, relation in (
        (agent, Relation(RelationKind.PARTNER, "ANDALAN", wei)),
        (own, Relation(RelationKind.ACCOUNT, "applicant", wei)),
        (own, Relation(RelationKind.CASE, "AUSY-GRAN-0001", wei)),
        (officer, Relation(RelationKind.CASE, OPEN, applicant_id("Li Goh"))),
        (officer, Relation(RelationKind.DESK, HELD, "officer-2")),
        (officer, Relation(RelationKind.LINK, wei.hex, applicant_id("Noah Finch"))),
        (officer, Relation(RelationKind.INQUIRY, "INQ-0000", "officer")),
    ):
        with pytest.raises(KeyServiceError):
            await judged.keys.relate([relation], stated)
        with pytest.raises(KeyServiceError):
            await judged.keys.make_data_keys([wei], stated, [relation])
        with pytest.raises(KeyServiceError):
            await judged.keys.make_data_keys([uuid4()], stated, [relation])


async def test_a_takeover_between_partners_takes_two_administrators(judged: Judged) -> None:
    """The database has no say in it: the other partner's people are opened by their tokens."""
    wei = applicant_id("Wei Tan")

    def stated(role: str, sub: str, **more: Any) -> Statement:
        return Statement(tokens.token(role, sub=sub, **more), role)

    async def opens(partner: str, role: str = "PARTNER_AGENT") -> bool:
        with contextlib.suppress(RefusedSubjectsError):
            at_work = stated(role, "takes-over", partner=partner, countries=["AU"])
            return bool(await judged.keys.open_data_keys([wei], at_work))
        return False

    one, two = (stated("ADMINISTRATOR", name) for name in ("administrator", "administrator-2"))
    proposed = Relation(RelationKind.TAKEOVER, "NUSA ANDALAN", "administrator")
    agreed = Relation(RelationKind.SUCCESSOR, "ANDALAN", "NUSA")
    auditor, supervisor = stated("AUDITOR", "administrator"), stated("SUPERVISOR", "supervisor")
    for sayer, relation in ((auditor, proposed), (two, proposed), (two, agreed)):
        with pytest.raises(KeyServiceError):
            await judged.keys.relate([relation], sayer)
    await judged.keys.relate([proposed], one)
    assert (await opens("NUSA"), await opens("ANDALAN")) == (True, False)
    # Not the one who proposed it, no other role, and not what was not proposed.
    for sayer, relation in (
        (one, agreed),
        (supervisor, agreed),
        (two, Relation(RelationKind.SUCCESSOR, "NUSA", "ANDALAN")),
        (two, Relation(RelationKind.SUCCESSOR, "OTHER", "NUSA")),
    ):
        with pytest.raises(KeyServiceError):
            await judged.keys.relate([relation], sayer)
    assert not await opens("ANDALAN")
    await judged.keys.relate([agreed], two)
    assert await opens("ANDALAN")
    assert await opens("ANDALAN", "PARTNER_SERVICE")


def banned() -> Statement:
    return Statement(tokens.token("SCREENING", sub="screening"), "SCREENING", "BANN-0000-0001")


async def test_whoever_makes_a_key_says_whom_it_is_for(judged: Judged) -> None:
    new, case = uuid4(), "NEWC-ASED-0001"
    own = Statement(tokens.token("APPLICANT", sub="newcomer"), "APPLICANT")
    related = [
        Relation(RelationKind.ACCOUNT, "newcomer", new),
        Relation(RelationKind.CASE, case, new),
    ]
    made = await judged.keys.make_data_keys([new], own, related)
    assert await judged.keys.open_data_keys([new], own) == made
    other = Statement(tokens.token("APPLICANT", sub="applicant"), "APPLICANT")
    with pytest.raises(RefusedSubjectsError):
        await judged.keys.open_data_keys([new], other)
    officer = Statement(tokens.token("OFFICER", sub="officer"), "OFFICER", case)
    with pytest.raises(RefusedSubjectsError):
        await judged.keys.open_data_keys([new], officer)
    desk = [
        Relation(RelationKind.APPLICANT, case, new),
        Relation(RelationKind.DESK, case, "officer"),
    ]
    await judged.keys.relate(desk, officer)
    assert await judged.keys.open_data_keys([new], officer) == made
    ban = uuid4()
    with pytest.raises(KeyServiceError):
        await judged.keys.make_data_keys([ban], own, [Relation(RelationKind.BAN, "", ban)])
    made = await judged.keys.make_data_keys([ban], banned(), [Relation(RelationKind.BAN, "", ban)])
    assert await judged.keys.open_data_keys([ban], banned()) == made


async def test_an_inquiry_opens_as_many_as_it_may(judged: Judged) -> None:
    """A captured gateway too, which knows nothing of the inquiry's own limit."""
    people = [uuid4() for _ in range(51)]
    await judged.linking.make_data_keys(people)
    stated = Statement(tokens.token("SUPERVISOR", sub="curious"), "SUPERVISOR", "INQ-MANY-0001")
    with pytest.raises(RefusedSubjectsError):
        await judged.keys.open_data_keys(people[:1], stated)
    await judged.keys.relate([Relation(RelationKind.INQUIRY, "INQ-MANY-0001", "curious")], stated)
    assert len(await judged.keys.open_data_keys(people[:50], stated)) == 50
    with pytest.raises(RefusedSubjectsError):
        await judged.keys.open_data_keys(people[50:], stated)
    approval = [Relation(RelationKind.APPROVAL, "INQ-MANY-0001", "curious")]
    with pytest.raises(KeyServiceError, match="may not state"):
        await judged.keys.relate(approval, stated)


async def test_a_viewer_has_no_more_people_opened_than_the_role_may(world: str) -> None:
    """An applicant too, and look-ups: whatever the database counts."""
    async with judged_gateway(world, people_an_hour=1) as judged:
        supervisor = judged.who["supervisor"]
        assert await names_read(supervisor, SUPERVISION, case=HELD) == ["Li Goh"]
        assert await names_read(supervisor, SUPERVISION, case=HELD) == ["Li Goh"]
        asked = await supervisor(SUPERVISION, case=OPEN)
        assert (asked.status, asked.codes, "data" in asked.body) == (429, ["READ_BUDGET"], False)
        assert asked.errors[0]["message"].endswith("ask a supervisor for an exception."), asked.text
        raised = "SELECT count(*) FROM alert WHERE kind = 'READ_BUDGET' AND actor = 'supervisor'"
        assert await judged.owner.fetchval(raised) == 1
        stated = Statement(tokens.token("SUPERVISOR", sub="guessing"), "SUPERVISOR", OPEN)
        await judged.keys.digests(KeyUse.PERSON_INDEX, [b"a passport"], stated)
        with pytest.raises(ViewerCeilingError):
            await judged.keys.digests(KeyUse.PERSON_INDEX, [b"another"], stated)
        # Seals of the log tell nothing of anybody.
        assert len(await judged.keys.digests(KeyUse.ACCESS_LOG, [b"a"] * 100)) == 100
