"""The pools from which officers take cases."""

import strawberry
from sqlalchemy import func, select

from gateway.mapping.declare import Fact, Node, column, derived_field, noun
from models import Application
from models import Pool as Row
from models.case.queues import IS_FREE
from models.reference.pool import covers
from models.vocabulary import Channel

_OF_CASE = (Application.visa_type_code, Application.channel, Application.nationality_code)
_WAITING = Fact(
    "_waiting",
    select(func.count()).where(IS_FREE, covers(Row, *_OF_CASE)).correlate(Row).scalar_subquery(),
    ("Pool", "waiting"),
)


def _waiting(root: object, info: strawberry.Info) -> int:
    return int(vars(root)[_WAITING.label])


@noun(key=Row.code)
class Pool(Node):
    """The cases of some visa types, channels and nationalities, which officers take whose tokens
    name it. A list that is empty narrows to nothing.

    As long as no pool is open, every officer takes every case.
    """

    code: str = column(Row.code, "Its code, as tokens name it.", orders=True)
    visa_types: list[str] = column(Row.visa_types, "Indexes of the visa types, in order.")
    channels: list[Channel] = column(Row.channels, "Ways by which they were lodged, in order.")
    nationalities: list[str] = column(
        Row.nationalities, "ISO 3166 alpha-2 codes of nationalities, in order."
    )
    is_open: bool = column(Row.is_open, "Whether cases are taken from it.", filters=True)
    waiting: int = derived_field(
        _waiting, "How many cases wait in it to be taken.", _WAITING, fields=("is_open",)
    )
