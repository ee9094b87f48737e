"""The questions of the peers' bench: what each contender is asked, and how its variables differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

from models.database.connections import connected
from models.volumes.question import months_later

#: Sets of variables that a varying question goes through.
_VARIANTS = 512
#: The grammars in which questions are written.
OURS, POSTGRAPHILE = "ours", "postgraphile"


class Sample(NamedTuple):
    """What a world holds that questions can name."""

    references: Sequence[str]
    instants: Sequence[datetime]


async def sample(url: str) -> Sample:
    """References of decided cases, and instants after which there are enough for a page."""
    async with connected(url) as connection:
        rows = await connection.fetch(
            "SELECT reference, submitted_at FROM application"
            " WHERE status IN ('GRANTED', 'REFUSED') ORDER BY submitted_at DESC LIMIT 5000"
        )
    return Sample(
        [row["reference"] for row in rows],
        [row["submitted_at"].astimezone(UTC) for row in rows[: len(rows) // 2]],
    )


Variables = Callable[[Random, Sample], Mapping[str, Any]]


@dataclass(frozen=True)
class Question:
    """A question in each grammar, and its variables."""

    name: str
    title: str
    documents: Mapping[str, str]
    variables: Variables
    #: Whether its variables differ from one request to the next.
    varies: bool = True
    viewer: str = "supervisor"
    #: Whether figures have another version at each request, so that none come from memory.
    is_after_fold: bool = False

    def variants(self, known: Sample) -> list[Mapping[str, Any]]:
        """The sets of variables, the same for every contender."""
        random = Random(self.name)
        return [self.variables(random, known) for _ in range(_VARIANTS if self.varies else 1)]


_LINKS = """
fragment Links on Application {
    reference stage status submittedAt
    country { code name }
    visaType { code name }
    partner { code name }
    applicant { id nationality { code } }
    decision { outcome decidedAt }
}"""
_LINKS_OF_POSTGRAPHILE = """
fragment Links on Application {
    reference stage status submittedAt
    country { code name: nameEn }
    visaType: visaTypeByVisaTypeCode { code name: nameEn }
    partner { code name }
    applicant { id: rowId nationality: countryByNationalityCode { code } }
    decision { outcome decidedAt }
}"""
_ONE = """
query One($reference: String!) {
    application(by: {reference: $reference}) { ...Links }
}"""
_ONE_OF_POSTGRAPHILE = """
query One($reference: String!) {
    application: applicationByReference(reference: $reference) { ...Links }
}"""
_PAGE = """
query Page($statuses: [Status!]!, $before: DateTime!) {
    applications(first: 50, where: {status: {in: $statuses}, submittedAt: {before: $before}}) {
        nodes { ...Links }
    }
}"""
_PAGE_OF_POSTGRAPHILE = """
query Page($statuses: [String!]!, $before: Datetime!) {
    applications: allApplications(
        first: 50
        filter: {status: {in: $statuses}, submittedAt: {lessThan: $before}}
        orderBy: [SUBMITTED_AT_DESC, ROW_ID_DESC]
    ) {
        nodes { ...Links }
    }
}"""
_LISTS = """
fragment Links on Application {
    reference submittedAt
    events(first: 10) { nodes { kind occurredAt } }
    decisions(first: 10) { nodes { outcome decidedAt } }
}"""
_LISTS_OF_POSTGRAPHILE = """
fragment Links on Application {
    reference submittedAt
    events: applicationEventsByApplicationId(first: 10, orderBy: [SEQUENCE_ASC]) {
        nodes { kind occurredAt }
    }
    decisions: decisionsByApplicationId(first: 10, orderBy: [DECIDED_AT_DESC, ROW_ID_DESC]) {
        nodes { outcome decidedAt }
    }
}"""
_CENTRES = """
query Centres($first: Int!) {
    partners(first: $first) {
        nodes { code name centres(first: 10) { nodes { code city } } }
    }
}"""
_CENTRES_OF_POSTGRAPHILE = """
query Centres($first: Int!) {
    partners: allPartners(first: $first, orderBy: [CODE_ASC]) {
        nodes { code name centres(first: 10, orderBy: [CODE_ASC]) { nodes { code city } } }
    }
}"""
#: What the dashboard's page shows of a year.
_VOLUMES = """
query Volumes($from: Date!, $to: Date!, $beforeFrom: Date!, $beforeTo: Date!) {
    total: volumes(from: $from, to: $to, groupBy: []) { asOf rows { ...Measures } }
    before: volumes(from: $beforeFrom, to: $beforeTo, groupBy: []) { rows { ...Measures } }
    months: volumes(from: $from, to: $to, groupBy: [MONTH]) {
        rows { period { startsOn } ...Measures }
    }
    countries: volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
        rows { country { code name } ...Measures }
    }
}
fragment Measures on VolumeRow {
    intake { value } decisions { value } refusalRate { value denominator }
    targetRate { value denominator } wip { value } backlog { value }
    turnaroundP50 { hours measured } turnaroundP90 { hours measured } revenue { value { amount } }
}"""
_PEOPLE = """
query People($statuses: [Status!]!, $before: DateTime!, $case: String!)
@purpose(code: CASEWORK, reference: $case) {
    applications(first: 50, where: {status: {in: $statuses}, submittedAt: {before: $before}}) {
        nodes { reference applicant { id identity { fullName birthDate } } }
    }
}"""
_ONES = {OURS: _ONE + _LINKS, POSTGRAPHILE: _ONE_OF_POSTGRAPHILE + _LINKS_OF_POSTGRAPHILE}
_PAGES = {OURS: _PAGE + _LINKS, POSTGRAPHILE: _PAGE_OF_POSTGRAPHILE + _LINKS_OF_POSTGRAPHILE}
_LISTED = {OURS: _PAGE + _LISTS, POSTGRAPHILE: _PAGE_OF_POSTGRAPHILE + _LISTS_OF_POSTGRAPHILE}


def _reference(random: Random, known: Sample) -> Mapping[str, Any]:
    return {"reference": random.choice(known.references)}


def _page_variables(random: Random, known: Sample) -> Mapping[str, Any]:
    statuses = random.choice([["GRANTED", "REFUSED"], ["REFUSED", "GRANTED"], ["GRANTED"]])
    before = random.choice(known.instants)
    return {"statuses": statuses, "before": before.isoformat().replace("+00:00", "Z")}


def _people(random: Random, known: Sample) -> Mapping[str, Any]:
    return {**_page_variables(random, known), "case": random.choice(known.references)}


def _centres(random: Random, _: Sample) -> Mapping[str, Any]:
    return {"first": random.randint(5, 10)}


def _year(random: Random, known: Sample) -> Mapping[str, Any]:
    """A year of whole months, and the year before; it ended at most eleven months ago."""
    end = months_later(max(known.instants).date().replace(day=1), -random.randint(0, 11))
    days = [months_later(end, -12), end, months_later(end, -24), months_later(end, -12)]
    names = ("from", "to", "beforeFrom", "beforeTo")
    return {name: day.isoformat() for name, day in zip(names, days, strict=True)}


QUESTIONS = (
    Question("Q1", "one by its reference, with its links", _ONES, _reference),
    Question(
        "Q2",
        "a page of 50 with its links, the same each time",
        _PAGES,
        _page_variables,
        varies=False,
    ),
    Question(
        "Q2v",
        "a page of 50 with its links, other variables each time",
        _PAGES,
        _page_variables,
    ),
    Question(
        "Q3",
        "a page of 50 with events and decisions",
        _LISTED,
        _page_variables,
    ),
    Question(
        "Q3c",
        "partners, and the first ten centres of each",
        {OURS: _CENTRES, POSTGRAPHILE: _CENTRES_OF_POSTGRAPHILE},
        _centres,
    ),
    Question(
        "Q4",
        "the dashboard's volumes, repeated",
        {OURS: _VOLUMES},
        _year,
        varies=False,
        viewer="leadership",
    ),
    Question(
        "Q4c",
        "the dashboard's volumes, each time after a fold",
        {OURS: _VOLUMES},
        _year,
        viewer="leadership",
        is_after_fold=True,
    ),
    Question(
        "Q5",
        "a page of 50 with its people, and the entries in the access log",
        {OURS: _PEOPLE},
        _people,
        viewer="officer",
    ),
)
BY_NAME = {question.name: question for question in QUESTIONS}
