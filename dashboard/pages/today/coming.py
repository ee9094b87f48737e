"""What comes next: how many applications are expected in each of the next three months."""

from dataclasses import dataclass
from datetime import date

from dashboard.analysis.expected import LEVEL, Outlook, outlook, season_of
from dashboard.figures.fan import range_text
from dashboard.model.measures import INTAKE
from dashboard.model.page_state import Address
from dashboard.model.period import MONTHS_OF_A_YEAR, month_start
from dashboard.pages.today.answers import Today, whole_months
from dashboard.pages.today.findings import Finding, volumes_link
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, list_text, month_text, percent_text


@dataclass(frozen=True)
class ComingMonths:
    """The past months and, where they suffice, what they let expect."""

    first: date
    counts: tuple[int, ...]
    outlook: Outlook | None

    @property
    def months(self) -> tuple[date, ...]:
        """The months that are expected."""
        ahead = len(self.outlook.coming) if self.outlook else 0
        return tuple(month_start(self.first, len(self.counts) + step) for step in range(ahead))


def coming_from(today: Today) -> ComingMonths:
    """By the months up to the last that is over, with the season of the countries they are of."""
    last = today.last_month
    first, cells = whole_months(today.months, last) if last else (date.min, [])
    counts = tuple(cell.intake for cell in cells)
    mix = {code: cell.intake for code, cell in today.now["country"].items() if code}
    season = season_of(mix)
    return ComingMonths(first, counts, outlook(counts, season, first.month) if counts else None)


def _so_far(coming: ComingMonths, say: Texts) -> list[str]:
    """What can be said where nothing can be expected: how many came in of late."""
    last = coming.counts[-MONTHS_OF_A_YEAR:]
    if not last:
        return []
    return [
        say(
            "today.coming_so_far",
            count=count_text(sum(last), say),
            months=count_text(len(last), say),
            most=count_text(max(last), say),
        )
    ]


def coming_finding(coming: ComingMonths, address: Address, say: Texts) -> Finding:
    """The sentence, with each month's range and how often such ranges held."""
    href = volumes_link(address, measure=INTAKE.id)
    if coming.outlook is None:
        notes = (*_so_far(coming, say), say("today.coming_needs"))
        return Finding(say("today.coming_unknown"), notes, href)
    ranges, months = coming.outlook.coming, coming.months
    title = say(
        "today.coming",
        month=month_text(months[0], say),
        low=count_text(ranges[0].low, say),
        high=count_text(ranges[0].high, say),
    )
    later = [
        range_text(month, range_, say)
        for month, range_ in list(zip(months, ranges, strict=True))[1:]
    ]
    held = coming.outlook.held
    notes = [say("today.coming_later", ranges=list_text(later, say))]
    if held.months:
        notes.append(
            say(
                "today.held",
                share=percent_text(held.inside / held.months, say, digits=0),
                inside=count_text(held.inside, say),
                months=count_text(held.months, say),
                level=percent_text(LEVEL, say, digits=0),
            )
        )
    return Finding(title, tuple(notes), href)
