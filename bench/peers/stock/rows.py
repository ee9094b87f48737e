"""Reads rows with SQLAlchemy's ORM; the links of many rows are loaded together."""

from collections.abc import Sequence
from typing import Any

from aiodataloader import DataLoader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models import Applicant, ApplicationEvent, Centre, Country, Decision, Partner, VisaType

Sessions = async_sessionmaker[AsyncSession]


class Loaders:
    """The loaders of one request."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.country = self._loader_of_one(Country.code)
        self.visa_type = self._loader_of_one(VisaType.code)
        self.partner = self._loader_of_one(Partner.code)
        self.applicant = self._loader_of_one(Applicant.id)
        self.decision = self._loader_of_one(Decision.id)
        self.events = self._many(ApplicationEvent.application_id, ApplicationEvent.sequence)
        self.decisions = self._many(
            Decision.application_id, Decision.decided_at.desc(), Decision.id.desc()
        )
        self.centres = self._many(Centre.partner_code, Centre.code)

    def _loader_of_one(self, key: Any) -> DataLoader[Any, Any]:
        async def load(keys: Sequence[Any]) -> list[Any]:
            async with self.sessions() as session:
                rows = (await session.scalars(select(key.class_).where(key.in_(keys)))).all()
            by_key = {getattr(row, key.key): row for row in rows}
            return [by_key.get(each) for each in keys]

        return DataLoader(load)

    def _many(self, key: Any, *order: Any) -> DataLoader[Any, list[Any]]:
        async def load(keys: Sequence[Any]) -> list[list[Any]]:
            statement = select(key.class_).where(key.in_(keys)).order_by(*order)
            async with self.sessions() as session:
                rows = (await session.scalars(statement)).all()
            by_key: dict[Any, list[Any]] = {each: [] for each in keys}
            for row in rows:
                by_key[getattr(row, key.key)].append(row)
            return [by_key[each] for each in keys]

        return DataLoader(load)
