"""What comes next: how many applications are expected in each of the next three months."""

from dataclasses import dataclass
from datetime import date

from dashboard.analysis.expected import LEVEL, Outlook, outlook
from dashboard.analysis.season import season_of
from dashboard.figures.fan import range_text
from dashboard.model.measures import INTAKE
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_end, month_start
from dashboard.pages.today.answers import Today, whole_months
from dashboard.pages.today.findings import Finding, volumes_link
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, percent_text, period_text


@dataclass(frozen=True)
class Coming:
    """The past months and, where they suffice, what they let expect."""

    first: date
    counts: tuple[int, ...]
    outlook: Outlook | None

    @property
    def months(self) -> tuple[date, ...]:
        """The months that are expected."""
        ahead = len(self.outlook.coming) if self.outlook else 0
        return tuple(month_start(self.first, len(self.counts) + step) for step in range(ahead))


def coming_from(today: Today, last: date) -> Coming:
    """By the months up to the last that is over, with the season of the countries they are of."""
    first, cells = whole_months(today.months, month_start(last))
    counts = tuple(cell.intake for cell in cells)
    mix = {code: cell.intake for code, cell in today.now["country"].items() if code}
    # The first month with an application may have begun before the data did.
    season = season_of(mix)
    return Coming(first, counts, outlook(counts, season, first.month) if counts else None)


def coming_finding(coming: Coming, address: Address, say: Texts) -> Finding:
    """The sentence, with each month's range and how often such ranges held."""
    href = volumes_link(address, measure=INTAKE.id)
    if coming.outlook is None:
        return Finding(say("today.coming_unknown"), (say("today.coming_needs"),), href)
    ranges, months = coming.outlook.coming, coming.months
    title = say(
        "today.coming",
        period=period_text(Period(months[0], month_end(months[-1])), say),
        low=count_text(sum(range_.low for range_ in ranges) / len(ranges), say),
        high=count_text(sum(range_.high for range_ in ranges) / len(ranges), say),
    )
    each = "; ".join(
        range_text(month, range_, say) for month, range_ in zip(months, ranges, strict=True)
    )
    held = coming.outlook.held
    notes = [each + "."]
    if held.months:
        notes.append(
            say(
                "today.held",
                share=percent_text(held.inside / held.months, say, digits=0),
                inside=str(held.inside),
                months=str(held.months),
                level=percent_text(LEVEL, say, digits=0),
            )
        )
    return Finding(title, tuple(notes), href)
