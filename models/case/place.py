"""Where an application is taken in."""

from typing import NamedTuple

from models.vocabulary import Channel


class Place(NamedTuple):
    """How an application comes in; a direct one has no partner, country and centre."""

    channel: Channel
    partner: str | None = None
    country: str | None = None
    centre: str | None = None


DIRECT = Place(Channel.DIRECT)
