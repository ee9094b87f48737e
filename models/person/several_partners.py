"""Who applied through several partners: files of one person, by the links that are sure.

Links by name count once an officer has confirmed them. A person is named by the first of the files
that belong together, wherever and whenever they were lodged: the smallest key, since keys ascend.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, and_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from models.case.application import Application
from models.person.person_link import PersonLink
from models.vocabulary import UNSURE_LINKS, Status
from models.volumes.lines import AnySelect

_IS_SURE = and_(PersonLink.state.is_not(None), PersonLink.state.not_in(UNSURE_LINKS))


@dataclass(frozen=True, slots=True)
class LodgedFiles:
    """The files that count: those in reach that were handed in from one instant to another."""

    links_in_reach: ColumnElement[bool]
    cases_in_reach: ColumnElement[bool]
    since: datetime
    before: datetime

    @property
    def cases(self) -> ColumnElement[bool]:
        submitted = Application.submitted_at
        return and_(self.cases_in_reach, submitted >= self.since, submitted < self.before)

    @property
    def links(self) -> ColumnElement[bool]:
        return and_(self.links_in_reach, _IS_SURE)


def people_who_applied_again(lodged: LodgedFiles) -> AnySelect:
    """One row: ``people`` with more than one file, and those of them ``at_several`` partners."""
    people = _people(lodged)
    at_several = func.count().filter(people.c.number_of_partners > 1)
    return select(func.count().label("people"), at_several.label("at_several")).select_from(people)


def people_at_several_partners(
    lodged: LodgedFiles, partner: str | None, after: UUID | None, most: int
) -> AnySelect:
    """A row for each person, newest first by the first file, beginning behind ``after``."""
    people = _people(lodged)
    found = select(people).where(people.c.number_of_partners > 1)
    if partner is not None:
        found = found.where(literal(partner) == func.any(people.c.partners))
    if after is not None:
        found = found.where(people.c.person < after)
    return found.order_by(people.c.person.desc()).limit(most)


def _people(lodged: LodgedFiles) -> CTE:
    """What each person with more than one file handed in."""
    first = _first_files(lodged)
    case = Application
    partner, status = case.partner_code, case.status
    return (
        select(
            first.c.person,
            func.count().label("files"),
            func.count(partner.distinct()).label("number_of_partners"),
            func.array_agg(partner.distinct()).filter(partner.is_not(None)).label("partners"),
            func.array_agg(case.country_code.distinct())
            .filter(case.country_code.is_not(None))
            .label("countries"),
            func.count().filter(status == Status.GRANTED).label("granted"),
            func.count().filter(status == Status.REFUSED).label("refused"),
            func.min(case.submitted_at).label("first_submitted_at"),
            func.max(case.submitted_at).label("last_submitted_at"),
        )
        .join(case, case.applicant_id == first.c.applicant_id)
        .where(lodged.cases)
        .group_by(first.c.person)
        .having(func.count() > 1)
        .cte("person")
    )


def _first_files(lodged: LodgedFiles) -> CTE:
    """Everybody linked to somebody with a file that counts, and the first file of the same person.

    A passport links all files that have it, so a person with many files is followed from the first
    of adjacent ones only, not from each.
    """
    nearest = (
        select(PersonLink.applicant_id, PersonLink.linked_id)
        .ext(distinct_on(PersonLink.applicant_id))
        .join(Application, Application.applicant_id == PersonLink.applicant_id)
        .where(lodged.links, lodged.cases)
        .order_by(PersonLink.applicant_id, PersonLink.linked_id)
        .cte("nearest")
    )
    begins = func.least(nearest.c.applicant_id, nearest.c.linked_id)
    chain = select(begins.label("begins"), begins.label("applicant_id")).cte(
        "chain", recursive=True
    )
    chain = chain.union(
        select(chain.c.begins, PersonLink.linked_id)
        .join(PersonLink, PersonLink.applicant_id == chain.c.applicant_id)
        .where(lodged.links)
    )
    first = (
        select(chain.c.begins, chain.c.applicant_id.label("person"))
        .ext(distinct_on(chain.c.begins))
        .order_by(chain.c.begins, chain.c.applicant_id)
        .cte("first_file")
    )
    return (
        select(chain.c.applicant_id, first.c.person)
        .join(first, first.c.begins == chain.c.begins)
        .distinct()
        .cte("file_of_person")
    )
