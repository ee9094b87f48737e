"""What is looked at: who looks, at which address, and the volumes that answer it."""

from dataclasses import dataclass

from dashboard.gateway.answer_cache import Outage
from dashboard.model.measures import Audience, Measure
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.model.viewer import Viewer
from dashboard.model.volumes import Volumes
from dashboard.texts import Texts
from dashboard.texts.wording import country_name, list_text


@dataclass(frozen=True, slots=True)
class View:
    """One answered address, with the words of its language."""

    address: Address
    viewer: Viewer
    audience: Audience
    period: Period
    volumes: Volumes
    say: Texts
    #: Since when the gateway is away, if these are its last good figures.
    outage: Outage | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Those that are shown: the main ones, or all that this audience reads."""
        is_all = self.address.measures == "all"
        return self.audience.measures if is_all else self.audience.main

    @property
    def measure(self) -> Measure:
        """The one on the map and in the trend."""
        return self.address.shown

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, by key, as people read them."""
        return {
            key: list_text([self.name(key, code) for code in codes], self.say)
            for key, codes in self.address.filters.items()
            if codes
        }

    @property
    def subject(self) -> str:
        """What the figures are about, if not everything."""
        return " · ".join(self.chosen.values())

    def name(self, key: str, code: str) -> str:
        """What a value of a filter is called; one that this viewer has no row of, by its code."""
        if key == "channel":
            return self.say(f"channels.{code}")
        offered = {choice.code: choice.name for choice in self.volumes.choices.get(key, ())}
        if key in ("country", "nationality"):
            return offered.get(code) or country_name(code, self.say.language)
        return f"{code} {offered[code]}" if code in offered else code
