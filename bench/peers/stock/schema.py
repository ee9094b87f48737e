"""The part of Gerbang's schema that the bench asks for. An id is the bare key."""

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import select

from bench.peers.stock.rows import Loaders
from models import Application as ApplicationRow
from models import Partner as PartnerRow
from models.vocabulary import Outcome, Stage, Status

for word in (Outcome, Stage, Status):
    strawberry.enum(word)
Row = strawberry.Private[Any]


def _loaders(info: strawberry.Info) -> Loaders:
    return info.context["loaders"]


@strawberry.type
class Country:
    code: strawberry.ID
    name: str

    @classmethod
    def of(cls, row: Any) -> "Country | None":
        return row and cls(code=row.code, name=row.name_en)


@strawberry.type
class VisaType:
    code: strawberry.ID
    name: str


@strawberry.type
class Centre:
    code: strawberry.ID
    city: str


@strawberry.type
class Centres:
    nodes: list[Centre]


@strawberry.type
class Partner:
    code: strawberry.ID
    name: str

    @strawberry.field
    async def centres(self, info: strawberry.Info, first: int) -> Centres:
        rows = await _loaders(info).centres.load(self.code)
        return Centres(nodes=[Centre(code=row.code, city=row.city) for row in rows[:first]])


@strawberry.type
class Partners:
    nodes: list[Partner]


@strawberry.type
class Applicant:
    id: strawberry.ID
    nationality_code: strawberry.Private[str]

    @strawberry.field
    async def nationality(self, info: strawberry.Info) -> Country | None:
        return Country.of(await _loaders(info).country.load(self.nationality_code))


@strawberry.type
class Decision:
    outcome: Outcome
    decided_at: datetime

    @classmethod
    def of(cls, row: Any) -> "Decision":
        return cls(outcome=Outcome(row.outcome), decided_at=row.decided_at)


@strawberry.type
class Decisions:
    nodes: list[Decision]


@strawberry.type
class Event:
    kind: str
    occurred_at: datetime


@strawberry.type
class Events:
    nodes: list[Event]


@strawberry.type
class Application:
    row: Row
    reference: str
    stage: Stage
    status: Status
    submitted_at: datetime

    @classmethod
    def of(cls, row: ApplicationRow) -> "Application":
        return cls(
            row=row,
            reference=row.reference,
            stage=Stage(row.stage),
            status=Status(row.status),
            submitted_at=row.submitted_at,
        )

    @strawberry.field
    async def country(self, info: strawberry.Info) -> Country | None:
        code = self.row.country_code
        return Country.of(await _loaders(info).country.load(code)) if code else None

    @strawberry.field
    async def visa_type(self, info: strawberry.Info) -> VisaType | None:
        row = await _loaders(info).visa_type.load(self.row.visa_type_code)
        return row and VisaType(code=row.code, name=row.name_en)

    @strawberry.field
    async def partner(self, info: strawberry.Info) -> Partner | None:
        code = self.row.partner_code
        row = await _loaders(info).partner.load(code) if code else None
        return row and Partner(code=strawberry.ID(row.code), name=row.name)

    @strawberry.field
    async def applicant(self, info: strawberry.Info) -> Applicant | None:
        row = await _loaders(info).applicant.load(self.row.applicant_id)
        return row and Applicant(
            id=strawberry.ID(str(row.id)), nationality_code=row.nationality_code
        )

    @strawberry.field
    async def decision(self, info: strawberry.Info) -> Decision | None:
        key = self.row.current_decision_id
        row = await _loaders(info).decision.load(key) if key else None
        return row and Decision.of(row)

    @strawberry.field
    async def events(self, info: strawberry.Info, first: int) -> Events:
        rows = await _loaders(info).events.load(self.row.id)
        return Events(
            nodes=[Event(kind=row.kind, occurred_at=row.occurred_at) for row in rows[:first]]
        )

    @strawberry.field
    async def decisions(self, info: strawberry.Info, first: int) -> Decisions:
        rows = await _loaders(info).decisions.load(self.row.id)
        return Decisions(nodes=[Decision.of(row) for row in rows[:first]])


@strawberry.type
class Applications:
    nodes: list[Application]


@strawberry.input
class ApplicationBy:
    reference: str


@strawberry.input
class StatusFilter:
    in_: list[Status] = strawberry.field(name="in")


@strawberry.input
class DateTimeFilter:
    before: datetime


@strawberry.input
class ApplicationWhere:
    status: StatusFilter
    submitted_at: DateTimeFilter


@strawberry.type
class Query:
    @strawberry.field
    async def application(self, info: strawberry.Info, by: ApplicationBy) -> Application | None:
        statement = select(ApplicationRow).where(ApplicationRow.reference == by.reference)
        async with _loaders(info).sessions() as session:
            row = await session.scalar(statement)
        return row and Application.of(row)

    @strawberry.field
    async def applications(
        self, info: strawberry.Info, first: int, where: ApplicationWhere
    ) -> Applications:
        statement = (
            select(ApplicationRow)
            .where(
                ApplicationRow.status.in_(where.status.in_),
                ApplicationRow.submitted_at < where.submitted_at.before,
            )
            .order_by(ApplicationRow.submitted_at.desc(), ApplicationRow.id.desc())
            .limit(first)
        )
        async with _loaders(info).sessions() as session:
            rows = await session.scalars(statement)
        return Applications(nodes=[Application.of(row) for row in rows])

    @strawberry.field
    async def partners(self, info: strawberry.Info, first: int) -> Partners:
        async with _loaders(info).sessions() as session:
            rows = await session.scalars(select(PartnerRow).order_by(PartnerRow.code).limit(first))
        return Partners(
            nodes=[Partner(code=strawberry.ID(row.code), name=row.name) for row in rows]
        )


schema = strawberry.Schema(Query)
