"""The ranked table of places, which is also the map for those who do not see it."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.model.intervals import ENOUGH, has_enough, rank_rows
from dashboard.model.measures import BY_ID, INTAKE, MeasureKind
from dashboard.model.page_state import NAME, Address
from dashboard.model.rows import Line
from dashboard.pages.volumes.table_rows import place_row, sum_row
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, period_text

TOP_ROWS = 15


def ranking(view: View) -> tuple[str, html.Table, list[Any]]:
    """The title, the table, and what stands below it."""
    address, volumes, say = view.address, view.volumes, view.say
    caption = say(
        "ranking.caption", period=period_text(view.period, say), by=say(f"filters.by_{address.by}")
    )
    return (
        _title(len(volumes.groups), address, say),
        html.Table(
            [
                html.Caption(caption),
                html.Thead(html.Tr(_headers(view))),
                html.Tbody(_rows(view)),
                html.Tfoot(_sums(view)),
            ]
        ),
        [
            html.P(ranking_note(view)),
            html.Div(
                [
                    *_more(len(volumes.groups), address, say),
                    _print(address, say),
                    *_exports(address, say),
                ]
            ),
        ],
    )


def _rows(view: View) -> list[html.Tr]:
    """The first rows or all of them; the chosen ones always, with their own rank.

    If the table is sorted by a rate or a duration, a line marks where the rows with too few cases
    begin.
    """
    address = view.address
    ordered = list(enumerate(in_order(view.volumes.groups, view), 1))
    shown = [
        (rank, line)
        for rank, line in ordered
        if rank <= TOP_ROWS or address.rows == "all" or line.code in address.members
    ]
    ranks_before = _ranks_before(view)
    rows: list[html.Tr] = []
    is_divided = False
    for rank, line in shown:
        if not is_divided and _is_uncertain(line, address):
            is_divided = True
            rows.append(_divider(view))
        rows.append(place_row(rank, ranks_before.get(line.code), line, view))
    return rows


def _is_uncertain(line: Line, address: Address) -> bool:
    """Whether the row is ranked low because its rate rests on too few cases."""
    if address.sort == NAME:
        return False
    measure = BY_ID[address.sort]
    return line[measure].value is not None and not has_enough(measure, line[measure])


def _divider(view: View) -> html.Tr:
    columns = len(_headers(view))
    words = view.say("ranking.few", enough=str(ENOUGH))
    return html.Tr(html.Td(words, colSpan=columns), className="divider")


def _ranks_before(view: View) -> dict[str | None, int]:
    """The ranks of the earlier period, where the order is that of the applications received."""
    address = view.address
    if address.sort != INTAKE.id or address.order != "down":
        return {}
    before = [line for line in view.volumes.before_by_group.values() if line.code]
    named = {line.code: line.name or "" for line in view.volumes.groups}
    ordered = sorted(before, key=lambda line: (-line.amount(INTAKE), named.get(line.code, "")))
    return {line.code: rank for rank, line in enumerate(ordered, 1)}


def _sums(view: View) -> list[html.Tr]:
    """Applications without a partner have no country, partner or centre, so they have no rank."""
    volumes, say = view.volumes, view.say
    total = sum_row(
        say("ranking.total"), volumes.everything, volumes.everything_before, view, kind="total"
    )
    if volumes.direct is None:
        return [total]
    before = volumes.before_of(volumes.direct)
    return [sum_row(say(f"ranking.nowhere_{view.address.by}"), volumes.direct, before, view), total]


def in_order(lines: Sequence[Line], view: View) -> list[Line]:
    """By the measure that was chosen; with too little behind it last, without a value last of all.

    Counts are ranked as they are, shares by how large or small they surely are.
    """
    address = view.address
    if address.sort == NAME:
        return sorted(lines, key=view.name_of, reverse=address.order == "up")
    return rank_rows(list(lines), BY_ID[address.sort], falls=address.order == "down")


def order_text(address: Address, say: Texts) -> str:
    """What the rows are sorted by, and which way."""
    way = say("export.upwards" if goes_up(address) else "export.downwards")
    return f"{_sorted_by(address, say)}, {way}"


def goes_up(address: Address) -> bool:
    """By name first upwards, by a measure first downwards."""
    return (address.order == "up") != (address.sort == NAME)


def ranking_note(view: View) -> str:
    say, sort = view.say, view.address.sort
    note = say(f"ranking.note_{view.address.compare}")
    is_share = sort != NAME and BY_ID[sort].kind is MeasureKind.RATE
    return f"{note} {say('ranking.by_interval')}" if is_share else note


def _title(count: int, address: Address, say: Texts) -> str:
    is_by_name = address.sort == NAME
    measure = say("ranking.by_name" if is_by_name else f"measures.{address.sort}.label")
    measure = _inside_sentence(measure)
    if count == 1:
        return say("ranking.title_one", what=say(f"filters.{address.by}"), measure=measure)
    return say(f"ranking.title_{address.by}", count=count_text(count, say), measure=measure)


def _sorted_by(address: Address, say: Texts) -> str:
    is_name = address.sort == NAME
    return say(f"filters.{address.by}" if is_name else f"measures.{address.sort}.label")


def _inside_sentence(text: str) -> str:
    """Without its capital, unless it is an abbreviation."""
    return text if text.isupper() else text[:1].lower() + text[1:]


def _headers(view: View) -> list[html.Th]:
    say, address = view.say, view.address
    rank = say("ranking.rank")
    change = html.Th(say("ranking.change"), scope="col")
    recent = html.Th(say("ranking.recent"), scope="col", className="recent")
    return [
        html.Th("#", scope="col", className="rank", title=rank, **aria(label=rank)),
        _header(NAME, say(f"filters.{address.by}"), address, say),
        *(
            header
            for measure in view.measures
            for header in (
                _header(measure.id, say(f"measures.{measure.id}.short"), address, say),
                *([change, recent] if measure is INTAKE else []),
            )
        ),
    ]


def _header(sort: str, text: str, address: Address, say: Texts) -> html.Th:
    """A column that sorts."""
    is_sorted = address.sort == sort
    order = "up" if is_sorted and address.order == "down" else "down"
    full = text if sort == NAME else say(f"measures.{sort}.label")
    link = html.A(
        text,
        href=address.link(sort=sort, order=order),
        title=say("ranking.sort", measure=_inside_sentence(full)),
    )
    direction = ("ascending" if goes_up(address) else "descending") if is_sorted else "none"
    return html.Th(link, scope="col", **aria(sort=direction))


def _more(count: int, address: Address, say: Texts) -> list[html.A]:
    if count <= TOP_ROWS:
        return []
    if address.rows == "all":
        text = say("ranking.top", count=count_text(TOP_ROWS, say))
        return [html.A(text, href=address.link(rows="top"), className="button")]
    text = say("ranking.all", count=count_text(count, say))
    return [html.A(text, href=address.link(rows="all"), className="button")]


def _print(address: Address, say: Texts) -> html.A:
    """Every row, and the browser's way to paper."""
    is_printed: dict[str, Any] = {"data-print": ""}
    return html.A(
        say("ranking.print"), href=address.link(rows="all"), className="button", **is_printed
    )


def _exports(address: Address, say: Texts) -> list[html.A]:
    """Every row in the order that is shown, or the months of the trend, as a file."""
    files = (
        ("export.csv", "CSV", say("export.link", kind="CSV")),
        ("export-months.csv", say("export.months_csv"), say("export.months_link")),
        ("export.xlsx", "XLSX", say("export.link", kind="XLSX")),
    )
    return [
        html.A(
            text,
            href=f"/{name}{address.link(rows='all')}",
            className="button",
            title=words,
            **aria(label=words),
        )
        for name, text, words in files
    ]
