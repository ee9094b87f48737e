"""Where and for what people apply: partner country, partner, channel, centre and visa type."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from models.case.reference_numbers import DIRECT, IntakePlace
from models.synthetic import assumptions
from models.synthetic.assumptions import Scale
from models.synthetic.calendar import midnight
from models.synthetic.chance import Choice
from models.synthetic.demand import Demand
from models.synthetic.inputs import Reference
from models.vocabulary import Channel, Clock, Entry


@dataclass(frozen=True, slots=True)
class Profile:
    """How applications depend on the nationality."""

    visas: Choice[str]
    clock: Clock
    #: The refusal rate relative to the mean.
    refusal: float


class Counter(NamedTuple):
    """A partner in a country, with its channels and centres."""

    partner: str
    country: str
    channels: Choice[Channel]
    centres: Choice[str]

    def place(self, rng: Random) -> IntakePlace:
        channel = self.channels.draw(rng)
        centre = self.centres.draw(rng) if channel is Channel.PARTNER_CENTRE else None
        return IntakePlace(channel, self.partner, self.country, centre)


class Intake:
    """Draws the place and finds the profile of each application."""

    def __init__(self, given: Reference, demand: Demand, scale: Scale, rng: Random) -> None:
        self._direct_share = assumptions.DIRECT_SHARE[scale]
        self._opened_at = {
            row.country_code: midnight(row.opened_on)
            for row in given.partner_countries
            if row.partner_code == assumptions.FIRST_PARTNER
        }
        self._counters = _counters(given, rng)
        self._residences = Choice.from_weights(assumptions.RESIDENCES)
        self.profiles = _profiles(given, demand, rng)

    def place(self, nationality: str, submitted_at: int, rng: Random) -> IntakePlace:
        """Where a national of a country applies."""
        if rng.random() < self._direct_share:
            return DIRECT
        country = nationality
        opened_at = self._opened_at.get(nationality)
        is_open = opened_at is not None and opened_at <= submitted_at
        if not is_open or rng.random() > assumptions.AT_HOME:
            country = self._residences.draw(rng)
        return self._counters[country].draw(rng).place(rng)


def _counters(given: Reference, rng: Random) -> dict[str, Choice[Counter]]:
    """The partners of each country, by their weights."""
    shares: dict[str, dict[Counter, float]] = {}
    for row in given.partner_countries:
        centres = [
            centre.code
            for centre in given.centres
            if (centre.partner_code, centre.country_code) == (row.partner_code, row.country_code)
        ]
        counter = Counter(
            row.partner_code,
            row.country_code,
            _channels(bool(centres), rng),
            # The first one named is the largest.
            Choice.from_weights({code: 1 / rank for rank, code in enumerate(centres, 1)}),
        )
        weight = assumptions.PARTNER_SHARES[row.partner_code]
        shares.setdefault(row.country_code, {})[counter] = weight
    return {country: Choice.from_weights(weights) for country, weights in shares.items()}


def _channels(has_centres: bool, rng: Random) -> Choice[Channel]:
    weights: Mapping[Channel, float] = {
        channel: share * rng.lognormvariate(0, assumptions.CHANNEL_SIGMA)
        for channel, share in assumptions.CHANNELS.items()
        if has_centres or channel is not Channel.PARTNER_CENTRE
    }
    return Choice.from_weights(weights)


def _profiles(given: Reference, demand: Demand, rng: Random) -> dict[str, Profile]:
    """Relative refusal rates are beta distributed, scaled to a mean of one over all demand."""
    spread = {c.code: rng.betavariate(*assumptions.REFUSAL_SPREAD) for c in given.countries}
    total = sum(demand.weights.values())
    mean = sum(spread[cell.nationality] * w for cell, w in demand.weights.items()) / total
    visas = {entry: Choice.from_weights(weights) for entry, weights in assumptions.VISAS.items()}
    return {
        country.code: Profile(
            visas=visas[country.entry],
            clock=Clock.CALLING_VISA if country.entry is Entry.CALLING_VISA else Clock.STANDARD,
            refusal=spread[country.code] / mean,
        )
        for country in given.countries
    }
