"""Controls of a page: each shows one value of the address, and changes nothing else.

A control is registered by its key with ``follow_address`` (components/page.py): the id of the
control ``country`` of the page ``volumes`` is ``volumes-country``.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.components.html_part import aria
from dashboard.model.page_state import CUSTOM, OFFERED_PERIODS, OLDEST_MONTH, Address
from dashboard.texts import Texts

Options = Iterable[tuple[str, str]]


def options_of(options: Options) -> list[dict[str, str]]:
    """Values with their names, as Mantine takes them."""
    return [{"value": value, "label": name} for value, name in options]


def choice(id_: str, label: str, options: Options, chosen: str) -> dmc.Select:
    """One of a few, which is always something; searched as it is typed."""
    return dmc.Select(
        id=id_,
        label=label,
        data=options_of(options),
        value=chosen,
        allowDeselect=False,
        searchable=True,
        comboboxProps={"shadow": "md"},
    )


def choices(
    id_: str, label: str, options: Options, chosen: Sequence[str], say: Texts
) -> dmc.MultiSelect:
    """Any number of many; searched as it is typed. None chosen is all."""
    return dmc.MultiSelect(
        id=id_,
        label=label,
        data=options_of(options),
        value=list(chosen),
        placeholder="" if chosen else say("filters.every"),
        searchable=True,
        clearable=True,
        hidePickedOptions=True,
        nothingFoundMessage=say("filters.nothing_found"),
        clearButtonProps=_accessible_name(say("filters.clear_one", filter=label)),
        comboboxProps={"shadow": "md"},
        maxDropdownHeight=300,
    )


def segments(
    id_: str, label: str, options: Options, chosen: str, size: str = "sm"
) -> dmc.SegmentedControl:
    """One of very few that are all seen at once; nothing slides, which would draw many frames."""
    return dmc.SegmentedControl(
        id=id_,
        data=options_of(options),
        value=chosen,
        size=size,
        className="segments",
        transitionDuration=0,
        **aria(label=label),
    )


def period_choice(page: str, address: Address, now: date, say: Texts) -> html.Div:
    """Periods by name, and months from and to."""
    named = [(name, say(f"period.{name}")) for name in OFFERED_PERIODS]
    is_custom = address.period == CUSTOM
    months: Any = [f"{address.first}-01", f"{address.last}-01"] if is_custom else [None, None]
    return html.Div(
        [
            segments(
                f"{page}-period", say("period.label"), named, "" if is_custom else address.period
            ),
            dmc.DatesProvider(
                dmc.MonthPickerInput(
                    id=f"{page}-months",
                    type="range",
                    value=months,
                    placeholder=say("period.custom"),
                    valueFormat="MMM YYYY",
                    minDate=OLDEST_MONTH.isoformat(),
                    maxDate=now.isoformat(),
                    className="months",
                    **aria(label=say("period.custom")),
                ),
                settings={"locale": say.language},
            ),
        ],
        className="periods",
    )


def _accessible_name(text: str) -> Any:
    """A name for screen readers, for a part that only Mantine makes."""
    return aria(label=text)
