"""Generates applicants and applications, month by month, from one seed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import takewhile
from random import Random
from typing import NamedTuple
from uuid import UUID

from models.case.reference_numbers import IntakePlace
from models.synthetic import assumptions
from models.synthetic.assumptions import Scale
from models.synthetic.bans import BanList
from models.synthetic.calendar import (
    DAY,
    HOUR,
    Month,
    day_in_wib,
    last_outage,
    moments,
    months_until,
)
from models.synthetic.cases import Actor, Case, CaseProgress, Event
from models.synthetic.chance import seconds
from models.synthetic.complaints import Complaints
from models.synthetic.crossings import Crossings
from models.synthetic.demand import demand
from models.synthetic.extensions import Extensions
from models.synthetic.inputs import Reference
from models.synthetic.intake import Intake
from models.synthetic.life import life
from models.synthetic.people import as_known, lasts, new_person
from models.synthetic.record import Recorder
from models.synthetic.rows import ApplicantRow, Batch, IdentityRow, PassportEndingRow
from models.synthetic.trips import Groups
from models.vocabulary import Channel, EventKind, Role, ScreeningResult

#: Applications per batch: enough for fast COPY, few enough for memory.
BATCH = 10_000


@dataclass(frozen=True)
class Plan:
    """The parameters of the generated data; the same plan gives the same data."""

    applications: int
    months: int
    seed: int
    scale: Scale
    until: datetime


class World:
    """Generates the data of a plan in batches, in the order of submission."""

    def __init__(self, plan: Plan, given: Reference) -> None:
        self._plan, self._given = plan, given
        self._until = int(plan.until.timestamp())
        self._rng = Random(plan.seed)
        self._outage = last_outage(plan.until)
        expected = demand(given, months_until(plan.until, plan.months))
        self._demand = expected.with_noise(self._rng)
        self._intake = Intake(given, self._demand, plan.scale, self._rng)
        # Of a source of its own: what it draws changes nothing else of a world.
        self._groups = Groups(Random(f"groups {plan.seed}"))
        self._recorder = Recorder(given, self._until, self._outage, self._rng, plan.seed)
        extensions = Extensions(given, self._until, self._outage, plan.seed, self._recorder)
        self._crossings = Crossings(given, self._until, plan.seed, extensions)
        #: By nationality, a heap of applicants who will apply again, and when.
        self._returning: defaultdict[str, list[tuple[int, UUID, ApplicantRow, IdentityRow]]] = (
            defaultdict(list)
        )
        #: By nationality, who was new since somebody came again who had been handed in before.
        self._known: defaultdict[str, list[IdentityRow]] = defaultdict(list)

    def batches(self) -> Iterator[Batch]:
        """Generate all rows."""
        batch, bans = Batch(), BanList(self._until, self._plan.seed)
        complaints = Complaints(self._given, self._until, self._plan.seed)
        self._demo_applicant(batch)
        self._screened_applicant(batch)
        for submitted_at, nationality in self._submissions():
            if len(batch.application) >= BATCH:
                bans.look_at(batch)
                complaints.write(batch)
                yield batch
                batch = Batch()
            applicant, identity = self._applicant(nationality, submitted_at, batch)
            place = self._intake.place(nationality, submitted_at, self._rng)
            visa_type = self._intake.profiles[nationality].visas.draw(self._rng)
            case = self._case(applicant, submitted_at, place, visa_type)
            identity = self._as_child(case, identity, batch)
            steps = self._steps_until_end(case)
            standing = self._recorder.record(case, applicant, identity, steps, batch)
            self._crossings.follow(case, applicant, identity, batch)
            self._schedule_return(applicant, identity, standing)
        bans.look_at(batch)
        bans.write(batch)
        complaints.write(batch)
        yield batch

    def _submissions(self) -> Iterator[tuple[int, str]]:
        """Submission times in order, with nationalities."""
        by_month: defaultdict[Month, list[str]] = defaultdict(list)
        cell_counts = self._demand.draw(self._plan.applications - FEWEST, self._rng)
        for cell, count in cell_counts.items():
            by_month[cell.month] += [cell.nationality] * count
        for month in sorted(by_month):
            nationalities = by_month.pop(month)
            self._rng.shuffle(nationalities)
            yield from zip(
                moments(month, len(nationalities), self._rng), nationalities, strict=True
            )

    def _applicant(
        self, nationality: str, submitted_at: int, batch: Batch
    ) -> tuple[ApplicantRow, IdentityRow]:
        """An applicant who is due to apply again with a passport that lasts, or else a new one."""
        returning = self._returning[nationality]
        while returning and returning[0][0] <= submitted_at:
            _, _, applicant, identity = heappop(returning)
            if lasts(identity, day_in_wib(submitted_at)):
                return applicant, identity
        return self._new_applicant(nationality, submitted_at, batch)

    def _new_applicant(
        self, nationality: str, submitted_at: int, batch: Batch, account: str | None = None
    ) -> tuple[ApplicantRow, IdentityRow]:
        applicant, identity = new_person(nationality, submitted_at, self._rng, account)
        known = self._known[nationality]
        if account is None and len(known) == assumptions.AGAIN_ELSEWHERE - 1:
            identity = as_known(known[0], identity, applicant.created_at.date())
            known.clear()
        else:
            known.append(identity)
        batch.applicant.append(applicant)
        ending = PassportEndingRow(applicant.id, identity.passport_number[-4:])
        batch.passport_ending.append(ending)
        batch.identity.append(identity)
        return applicant, identity

    def _as_child(self, case: Case, identity: IdentityRow, batch: Batch) -> IdentityRow:
        """Whoever is new, and a child of a family, has the name of the adult of it."""
        known = self._known[identity.passport_issuing_state]
        is_new = known[-1:] == [identity] == batch.identity[-1:]
        if case.group is None or not is_new:
            return identity
        child = self._recorder.families.as_child(
            identity,
            case.group,
            case.submitted_at,
            is_family=case.group in self._groups.families,
        )
        known[-1] = batch.identity[-1] = child
        return child

    def _schedule_return(
        self, applicant: ApplicantRow, identity: IdentityRow, standing: CaseProgress
    ) -> None:
        if standing.closed_at is None or standing.status not in assumptions.AGAIN:
            return
        share, after = assumptions.AGAIN[standing.status]
        if self._rng.random() < share:
            again_at = standing.closed_at + seconds(after, self._rng)
            waiting = self._returning[applicant.nationality_code]
            heappush(waiting, (again_at, applicant.id, applicant, identity))

    def _case(
        self, applicant: ApplicantRow, submitted_at: int, place: IntakePlace, visa_type: str
    ) -> Case:
        profile = self._intake.profiles[applicant.nationality_code]
        case = Case(submitted_at, visa_type, place, profile, _sender(place, applicant))
        return case._replace(group=self._groups.reference(case))

    def _steps_until_end(self, case: Case) -> list[Event]:
        """What of a life happens before the end of the world."""
        steps = life(case, self._outage, self._rng)
        return list(takewhile(lambda step: step.at <= self._until, steps))

    def _demo_applicant(self, batch: Batch) -> None:
        """One applicant can sign in, and finds a visa granted and a case that is looked at."""
        first_at = self._until - DEMO_CASES[0].ago
        applicant, identity = self._new_applicant("AU", first_at, batch, account="applicant")
        for demo in DEMO_CASES:
            case = self._case(applicant, self._until - demo.ago, _DEMO_PLACE, demo.visa_type)
            steps = self._steps_until_end(case)
            while steps[-1].kind is not demo.ends:
                steps = self._steps_until_end(case)
            self._recorder.record(case, applicant, identity, steps, batch)

    def _screened_applicant(self, batch: Batch) -> None:
        """One case is with screening, answered CLEAR by people: an entry of the ban list opens its
        question again."""
        submitted_at = self._until - SCREENED_CASE.ago
        applicant, identity = self._new_applicant("AU", submitted_at, batch)
        case = self._case(applicant, submitted_at, _DEMO_PLACE, SCREENED_CASE.visa_type)
        steps = self._steps_until_end(case)
        while steps[-1].kind is not SCREENED_CASE.ends or not _is_clear(steps[-1]):
            steps = self._steps_until_end(case)
        self._recorder.record(case, applicant, identity, steps, batch, is_for_people=True)


class DemoCase(NamedTuple):
    """An application that each world has: how long ago, for what, and how it stands."""

    ago: int
    visa_type: str
    ends: EventKind


_DEMO_PLACE = IntakePlace(Channel.PARTNER_CENTRE, "NUSA", "AU", "AU-SYD")
DEMO_CASES = (
    DemoCase(40 * DAY, "B1", EventKind.GRANTED),
    DemoCase(30 * HOUR, "C1", EventKind.IN_VERIFICATION),
)
SCREENED_CASE = DemoCase(30 * HOUR, "C1", EventKind.SCREENING)
#: How many applications each world has.
FEWEST = len(DEMO_CASES) + 1


def _is_clear(step: Event) -> bool:
    return all(answer.result is ScreeningResult.CLEAR for answer in step.answers)


def _sender(place: IntakePlace, applicant: ApplicantRow) -> Actor:
    """Who hands an application in: the applicant, a portal, or an agent of a partner."""
    if applicant.account:
        return Actor(applicant.account, Role.APPLICANT)
    if place.partner is None or place.country is None:
        return Actor("portal", Role.APPLICANT)
    if place.channel is Channel.PARTNER_PORTAL:
        return Actor(f"portal-{place.partner.lower()}", Role.PARTNER_SERVICE)
    return Actor(f"agent-{place.country.lower()}", Role.PARTNER_AGENT)
