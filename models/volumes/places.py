"""How often further documents had to be requested for applications that partners took in, by
place."""

from sqlalchemy import BigInteger, cast, func, select

from models.volumes.grains import GRAINS, Dimension
from models.volumes.lines import AnySelect
from models.volumes.question import Question

PLACE = (Dimension.PARTNER, Dimension.COUNTRY, Dimension.CENTRE)


def information_requests(question: Question) -> AnySelect:
    """Rows of a place and ``visa_type_code``, and the numbers ``intake`` and ``info_requested``.

    A place is a partner in a country: a centre of it, or what came in by other ways.
    """
    c = GRAINS[-1].facts.c
    keys = [c[dimension] for dimension in (*PLACE, Dimension.VISA_TYPE)]
    sums = [
        cast(func.sum(c[fact]), BigInteger).label(fact) for fact in ("intake", "info_requested")
    ]
    return (
        select(*keys, *sums)
        .where(
            c.starts_on >= question.from_on,
            c.starts_on <= question.to_on,
            c[Dimension.PARTNER].is_not(None),
        )
        .group_by(*keys)
        .having(func.sum(c.intake) > 0)
    )
