"""The table of a partner's own work: a row for each centre and visa type, a column a measure."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.pages.today.own_work import (
    ENOUGH,
    MEASURES,
    VISA,
    Figure,
    Group,
    OwnWork,
    figure_text,
    group_text,
)
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text


def own_work_table(work: OwnWork, names: Mapping[str, Mapping[str, str]], say: Texts) -> html.Div:
    """Each figure with what it rests on and with what is usual; a mark says which is beyond."""
    heads = [say("today.work_group"), *(say(f"today.work_{each.id}") for each in MEASURES)]
    return html.Div(
        html.Table(
            [
                html.Caption(say("today.question_work"), className="unseen"),
                html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
                html.Tbody([_row(group, names, say) for group in work.telling_groups]),
            ]
        ),
        className="scroll promises work",
        tabIndex=0,
        role="region",
        **aria(label=say("today.question_work")),
    )


def _row(group: Group, names: Mapping[str, Mapping[str, str]], say: Texts) -> html.Tr:
    name: list[Any] = [group_text(group, names["place"], say)]
    if group.kind == VISA and group.code:
        name.append(html.Span(names["visa"].get(group.code, ""), className="name"))
    return html.Tr(
        [
            html.Th(name, scope="row"),
            *(_cell(measure.id, group.figures.get(measure.id), say) for measure in MEASURES),
        ]
    )


def _cell(id_: str, figure: Figure | None, say: Texts) -> html.Td:
    label: dict[str, Any] = {"data-label": say(f"today.work_{id_}")}
    if figure is None:
        return html.Td(NO_VALUE, **label)
    value = figure_text(figure, figure.value, say)
    if figure.n < ENOUGH:
        few = say("today.work_few", count=count_text(figure.n, say))
        return html.Td([value, html.Span(few, className="interval")], className="few", **label)
    if figure.interval:
        low, high = (figure_text(figure, end, say) for end in figure.interval)
        value = [value, html.Span(f" ({low}–{high})", className="between")]
    parts = [say("today.work_of", count=count_text(figure.n, say))]
    if figure.usual:
        low, high = (figure_text(figure, end, say) for end in figure.usual)
        parts.append(say("today.work_range", low=low, high=high))
    mark = [html.Span("▲ ", **aria(hidden="true"))] if figure.is_worse else []
    unseen = [html.Span(say("today.work_beyond"), className="unseen")] if figure.is_worse else []
    return html.Td(
        [*mark, *(value if isinstance(value, list) else [value]), *unseen,
         html.Span(" · ".join(parts), className="interval")],
        className="missed" if figure.is_worse else None,
        **label,
    )  # fmt: skip
