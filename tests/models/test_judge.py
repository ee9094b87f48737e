"""What the judge of the key service lets a viewer say and have opened, word by word."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from models.key_service import (
    KeyServiceError,
    KeyUse,
    LocalKeyService,
    RefusedSubjectsError,
    Relation,
    RelationKind,
    Statement,
    ViewerCeilingError,
    counts,
    create_key_file,
    judge,
    noting,
    receipts,
    relations,
)
from models.key_service.judge import JudgedKeys, JudgeRules
from models.key_service.receipts import Receipts
from models.key_service.relations import OWN_KEY
from models.visa_document.content import VisaTerms
from tests import tokens
from tests.key_stores import open_keys
from tests.linking import judge_of_tests
from tests.set_clock import SetClock

pytestmark = pytest.mark.anyio

MINE, FILED, ALIKE, BEFORE = (UUID(int=number) for number in range(1, 5))
#: The seconds and people of an inquiry by one supervisor, and of one that two agreed to.
ONE, TWO = (100, 3), (200, 5)
MOST_AN_HOUR = 2


@dataclass
class Court:
    """A judge over a store in which some relations are known."""

    keys: LocalKeyService
    judged: JudgedKeys
    receipts: Receipts
    clock: SetClock

    async def is_said(self, stated: Statement, relation: Relation) -> bool:
        """Whether the judge takes a relation, which is then forgotten again."""
        try:
            await self.judged.relate([relation], stated)
        except KeyServiceError:
            return False
        [row] = (await self.keys.digester()).rows([relation])
        await self.keys._store.execute(
            "DELETE FROM relation WHERE first = $1 AND second = $2", *row[:2]
        )
        await self.keys.relate(KNOWN)
        return True

    async def opened(self, stated: Statement, people: Iterable[UUID]) -> int | None:
        """How many the judge opens; None if it refuses."""
        try:
            return len(await self.judged.open_data_keys([*people], stated))
        except RefusedSubjectsError:
            return None


KNOWN = (
    Relation(RelationKind.ACCOUNT, "me", MINE),
    Relation(RelationKind.CASE, "KNOWN", FILED),
    Relation(RelationKind.LIKENESS, FILED.hex, ALIKE),
    Relation(RelationKind.CASE, "ON-MY-DESK", FILED),
    Relation(RelationKind.DESK, "ON-MY-DESK", "me"),
    Relation(RelationKind.DESK, "KNOWN", "them"),
    Relation(RelationKind.INQUIRY, "INQ-MINE", "me"),
    Relation(RelationKind.INQUIRY, "INQ-THEIRS", "them"),
    Relation(RelationKind.OPENING, "MINE", "me"),
    Relation(RelationKind.OPENING, "THEIRS", "them"),
)


def visa(reference: str, holder: UUID) -> Relation:
    terms = VisaTerms(reference, "ID0", "B1", "2026-01-01T00:00:00.000000Z", "2026-04-01", 30)
    return Relation(RelationKind.VISA, str(terms), holder)


@pytest.fixture
async def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Court]:
    clock = SetClock.of(monkeypatch, counts, judge, noting, receipts, relations)
    create_key_file(file := tmp_path / "keys.json")
    keys = open_keys(file)
    told = JudgeRules.from_json(judge_of_tests(tmp_path, MOST_AN_HOUR))
    rules = replace(told, inquiries="INQ-", inquiry=ONE, inquiry_of_two=TWO)
    left = await keys.open_receipts("INQ-")
    await keys.make_data_keys([MINE, FILED, ALIKE, BEFORE], relations=KNOWN)
    yield Court(keys, JudgedKeys(keys, rules, left), left, clock)
    await keys.close()


def stated(
    role: str, reference: str | None = None, account: str = "me", **more: object
) -> Statement:
    scope = {"partner": "ANDALAN", "countries": ["AU"]} if role.startswith("PARTNER") else {}
    is_change = bool(more.get("is_change"))
    return Statement(tokens.token(role, sub=account, **scope), role, reference, is_change)


ROLES = {"APPLICANT", "OFFICER", "SUPERVISOR", "SCREENING", "PARTNER_AGENT", "AUDITOR"}
#: Who may say each of these, in the account "me".
SAID = {
    Relation(RelationKind.CASE, "NEW", MINE): {"APPLICANT"},
    Relation(RelationKind.CASE, "KNOWN", FILED): ROLES,
    Relation(RelationKind.CASE, "NEW", FILED): set(),
    visa("ON-MY-DESK", FILED): {"OFFICER", "SUPERVISOR"},
    visa("KNOWN", FILED): {"SUPERVISOR"},  # on another officer's desk
    visa("ON-MY-DESK", MINE): set(),  # somebody else's case
    visa("NEW", FILED): set(),
    Relation(RelationKind.VISA, "no terms", FILED): set(),
    Relation(RelationKind.EXTENSION, "ID0 ON-MY-DESK 30", FILED): {"OFFICER", "SUPERVISOR"},
    Relation(RelationKind.EXTENSION, "ID0 KNOWN 30", FILED): {"SUPERVISOR"},
    Relation(RelationKind.EXTENSION, "ID0 ON-MY-DESK 0", FILED): set(),
    Relation(RelationKind.DESK, "KNOWN", "me"): {"OFFICER", "SUPERVISOR"},
    Relation(RelationKind.DESK, "KNOWN", "them"): {"SUPERVISOR"},
    Relation(RelationKind.APPLICANT, "KNOWN", FILED): {"OFFICER", "SUPERVISOR"},
    Relation(RelationKind.APPLICANT, "KNOWN", MINE): set(),
    Relation(RelationKind.LINK, FILED.hex, ALIKE): {"OFFICER"},
    Relation(RelationKind.LINK, FILED.hex, MINE): set(),
    Relation(RelationKind.INQUIRY, "INQ-NEW", "me"): {"SUPERVISOR"},
    Relation(RelationKind.INQUIRY, "INQ-NEW", "them"): set(),
    Relation(RelationKind.APPROVAL, "INQ-THEIRS", "me"): {"SUPERVISOR"},
    Relation(RelationKind.APPROVAL, "INQ-THEIRS", "them"): set(),
    Relation(RelationKind.APPROVAL, "INQ-MINE", "me"): set(),
    Relation(RelationKind.OPENING, "NEW", "me"): {"AUDITOR"},
    Relation(RelationKind.OPENING, "NEW", "them"): set(),
    Relation(RelationKind.AGREEMENT, "THEIRS", "me"): {"AUDITOR"},
    Relation(RelationKind.AGREEMENT, "THEIRS", "them"): set(),
    Relation(RelationKind.AGREEMENT, "MINE", "me"): set(),
    Relation(RelationKind.ACCOUNT, "me", FILED): set(),
    Relation(RelationKind.PARTNER, "ANDALAN", FILED): set(),
    Relation(RelationKind.BAN, "", FILED): set(),
    Relation(RelationKind.COMPLAINT, "SUPERVISOR", FILED): set(),
    Relation(RelationKind.LIKENESS, FILED.hex, MINE): set(),
}


async def test_each_role_says_what_it_may_and_nothing_else(court: Court) -> None:
    said = {
        relation: {role for role in ROLES if await court.is_said(stated(role), relation)}
        for relation in SAID
    }
    assert said == SAID


async def test_a_role_that_the_token_does_not_hold_says_and_opens_nothing(court: Court) -> None:
    other = replace(stated("APPLICANT"), role="SUPERVISOR")
    with pytest.raises(KeyServiceError, match="does not hold the role"):
        await court.judged.relate([Relation(RelationKind.DESK, "KNOWN", "them")], other)
    with pytest.raises(KeyServiceError, match="does not hold the role"):
        await court.judged.open_data_keys([MINE], other)
    with pytest.raises(KeyServiceError, match="show the token"):
        await court.judged.open_data_keys([MINE])


async def test_one_lie_among_truths_has_none_of_them_taken(court: Court) -> None:
    true, false = list(SAID)[:2], Relation(RelationKind.CASE, "NEW", FILED)
    with pytest.raises(KeyServiceError, match="may not state"):
        await court.judged.relate([*true, false], stated("APPLICANT"))
    [known] = (await court.keys.digester()).rows(true[:1])
    noted = "SELECT FROM relation WHERE first = $1 AND second = $2"
    assert not await court.keys._store.fetch(noted, *known[:2])


async def test_of_people_from_before_relations_were_kept_everybody_says_more(court: Court) -> None:
    """Until somebody has the judge judge everybody."""
    officer, supervisor = stated("OFFICER", "NEW"), stated("SUPERVISOR", "NEW")
    more = (
        (stated("SCREENING"), Relation(RelationKind.CASE, "NEW", BEFORE)),
        (officer, Relation(RelationKind.APPLICANT, "NEW", BEFORE)),
        (officer, Relation(RelationKind.LINK, FILED.hex, BEFORE)),
    )
    for one, relation in more:
        assert not await court.is_said(one, relation)
    assert await court.opened(supervisor, [BEFORE]) is None
    await court.keys._store.execute("DELETE FROM judged")
    assert not await court.keys.judges_everybody()
    for one, relation in more:
        assert await court.is_said(one, relation)
    assert await court.opened(supervisor, [BEFORE]) == 1
    assert await court.opened(supervisor, [MINE]) is None
    assert not await court.is_said(officer, Relation(RelationKind.APPLICANT, "NEW", MINE))
    # What somebody says of them later does not make them anybody's.
    another = Relation(RelationKind.CASE, "ANOTHER", BEFORE)
    await court.judged.relate([another], stated("SCREENING"))
    assert await court.opened(stated("SUPERVISOR", "OTHER"), [BEFORE]) == 1
    await court.keys.judge_everybody()
    assert await court.keys.judges_everybody()
    assert await court.opened(supervisor, [BEFORE]) is None


async def test_a_key_is_made_by_whoever_may_say_whom_it_is_for(court: Court) -> None:
    allowed = {
        (RelationKind.ACCOUNT, "me"): {"APPLICANT"},
        (RelationKind.ACCOUNT, "them"): set[str](),
        (RelationKind.PARTNER, "ANDALAN"): {"PARTNER_AGENT"},
        (RelationKind.PARTNER, "OTHER"): set[str](),
        (RelationKind.BAN, ""): {"SCREENING"},
        (RelationKind.COMPLAINT, "AUDITOR"): {"APPLICANT"},
        (RelationKind.COMPLAINT, "APPLICANT me"): {"APPLICANT"},
        (RelationKind.COMPLAINT, "APPLICANT them"): set[str](),
        (RelationKind.COMPLAINT, "SUPERVISOR"): set[str](),
        (RelationKind.CASE, "NEW"): ROLES,
        (RelationKind.LIKENESS, FILED.hex): set[str](),
    }
    made: dict[tuple[RelationKind, str], set[str]] = {each: set() for each in allowed}
    for (kind, name), role in ((each, role) for each in allowed for role in ROLES):
        new = uuid4()
        try:
            await court.judged.make_data_keys([new], stated(role), [Relation(kind, name, new)])
        except KeyServiceError:
            assert not await court.keys.stored_subjects([new])
        else:
            made[kind, name].add(role)
    assert made == allowed


async def test_a_new_key_takes_relations_of_its_subject_alone(court: Court) -> None:
    new, other, own = uuid4(), uuid4(), stated("APPLICANT")
    of_new, of_other = (Relation(RelationKind.ACCOUNT, "me", one) for one in (new, other))
    for subjects, related in (([new], []), ([new], [of_new, of_other]), ([new, other], [of_new])):
        with pytest.raises(KeyServiceError, match="of its own subject"):
            await court.judged.make_data_keys(subjects, own, related)
    # Who has one is opened, and one more is made in the same call.
    made = await court.judged.make_data_keys([MINE, new], own, [of_new])
    assert made.keys() == {MINE, new}
    with pytest.raises(RefusedSubjectsError):
        await court.judged.make_data_keys([FILED, other], own, [of_other])
    assert not await court.keys.stored_subjects([other])


async def test_the_key_of_the_service_itself_is_nobodys(court: Court) -> None:
    await court.keys._store.execute("DELETE FROM judged")
    for asked in (court.judged.open_data_keys, court.judged.make_data_keys):
        with pytest.raises(RefusedSubjectsError):
            await asked([OWN_KEY], stated("SUPERVISOR", "NEW"))


async def test_an_inquiry_lasts_and_holds_as_long_and_as_many_as_it_may(court: Court) -> None:
    people = [uuid4() for _ in range(6)]
    await court.keys.make_data_keys(people)
    mine, theirs = (stated("SUPERVISOR", "INQ-MINE", name) for name in ("me", "them"))
    assert await court.opened(theirs, people[:1]) is None
    assert await court.opened(stated("OFFICER", "INQ-MINE"), people[:1]) is None
    assert await court.opened(mine, people[:4]) is None
    assert await court.opened(mine, people[:3]) == 3  # more than in an hour outside of one
    assert await court.opened(mine, people[1:3]) == 2  # who were counted
    assert await court.opened(mine, people[3:4]) is None
    court.clock.now += ONE[0] - 1
    assert await court.opened(mine, people[:1]) == 1
    court.clock.now += 1
    assert await court.opened(mine, people[:1]) is None
    # Somebody else approves it: it begins anew, and holds more.
    await court.judged.relate([Relation(RelationKind.APPROVAL, "INQ-MINE", "them")], theirs)
    court.clock.now += TWO[0] - 1
    assert await court.opened(mine, people[:5]) == 5
    assert await court.opened(mine, people[5:]) is None
    assert await court.opened(theirs, people[:1]) is None
    court.clock.now += 1
    assert await court.opened(mine, people[:1]) is None
    # And anew from whoever agrees last.
    third = stated("SUPERVISOR", "INQ-MINE", "third")
    await court.judged.relate([Relation(RelationKind.APPROVAL, "INQ-MINE", "third")], third)
    assert await court.opened(mine, people[:5]) == 5
    court.clock.now += TWO[0]
    assert await court.opened(mine, people[:1]) is None


async def test_receipts_say_what_was_asked_for(court: Court) -> None:
    own, changing = stated("APPLICANT", "CASE"), stated("APPLICANT", is_change=True)
    await court.judged.open_data_keys([MINE], own)
    await court.judged.open_data_keys([MINE], changing)
    await court.judged.make_data_keys([MINE], own)
    await court.judged.digests(KeyUse.PERSON_INDEX, [b"a", b"b"], own)
    supervisor = stated("SUPERVISOR", "KNOWN", is_change=True)  # is shown them nevertheless
    await court.judged.open_data_keys([FILED], supervisor)
    left = [
        (one.verb, one.account, one.role, one.reference, [*one.subjects])
        for one in (await court.receipts.list_after(0, 2**62)).receipts
    ]
    assert left == [
        ("open", "me", "APPLICANT", "CASE", [MINE]),
        ("change", "me", "APPLICANT", None, [MINE]),
        ("change", "me", "APPLICANT", "CASE", [MINE]),
        ("look_up", "me", "APPLICANT", "CASE", []),
        ("look_up", "me", "APPLICANT", "CASE", []),
        ("open", "me", "SUPERVISOR", "KNOWN", [FILED]),
    ]


async def test_the_ceiling_of_a_role_counts_people_and_look_ups_apart(court: Court) -> None:
    people = [uuid4() for _ in range(MOST_AN_HOUR + 1)]
    await court.keys.make_data_keys(
        people, relations=[Relation(RelationKind.ACCOUNT, "me", one) for one in people]
    )
    own = stated("APPLICANT", "CASE")
    with pytest.raises(ViewerCeilingError):
        await court.judged.open_data_keys(people, own)
    assert (await court.receipts.list_after(0, 2**62)).receipts == []
    assert await court.opened(own, people[1:]) == MOST_AN_HOUR
    with pytest.raises(ViewerCeilingError):
        await court.judged.open_data_keys(people[:1], own)
    with pytest.raises(ViewerCeilingError):
        await court.judged.digests(KeyUse.PERSON_INDEX, [b"a"] * (MOST_AN_HOUR + 1), own)
    with pytest.raises(KeyServiceError, match="nobody is opened for this role"):
        await court.judged.digests(KeyUse.PERSON_INDEX, [b"a"], stated("LEADERSHIP"))
    # Refused people leave no receipt.
    number = len((await court.receipts.list_after(0, 2**62)).receipts)
    assert await court.opened(stated("APPLICANT", account="them"), [MINE]) is None
    assert len((await court.receipts.list_after(0, 2**62)).receipts) == number


async def test_a_complaint_is_opened_by_whom_an_auditor_names_and_in_no_inquiry(
    court: Court,
) -> None:
    said, one, judged = RelationKind.COMPLAINT, uuid4(), court.judged
    readers = [Relation(said, "AUDITOR", one), Relation(said, "APPLICANT me", one)]
    await judged.make_data_keys([one], stated("APPLICANT"), readers)
    supervisor, inquiry = stated("SUPERVISOR"), stated("SUPERVISOR", "INQ-MINE")
    manager, other = stated("PARTNER_MANAGER"), stated("SUPERVISOR", account="them")
    assert await court.opened(stated("AUDITOR"), [one]) == 1
    assert await court.opened(stated("APPLICANT"), [one]) == 1
    for nobody in (supervisor, inquiry, manager, stated("OFFICER"), stated("SCREENING")):
        assert await court.opened(nobody, [one]) is None
    for name in ("SUPERVISOR", "SUPERVISOR me", "PARTNER_MANAGER ANDALAN", "APPLICANT them"):
        for role in ROLES - {"AUDITOR"}:
            assert not await court.is_said(stated(role), Relation(said, name, one))
    assert not await court.is_said(stated("AUDITOR"), Relation(said, "APPLICANT them", one))
    await judged.relate([Relation(said, "SUPERVISOR me", one)], stated("AUDITOR"))
    assert [await court.opened(each, [one]) for each in (supervisor, other)] == [1, None]
    await judged.relate([Relation(said, "PARTNER_MANAGER OTHER", one)], stated("AUDITOR"))
    assert await court.opened(manager, [one]) is None
    await judged.relate([Relation(said, "PARTNER_MANAGER ANDALAN", one)], stated("AUDITOR"))
    assert await court.opened(manager, [one]) == 1
    # Whoever reads a complaint opens nobody else by it.
    assert await court.opened(stated("AUDITOR"), [one, MINE]) is None
