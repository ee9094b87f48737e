"""The tables of the page Administration: what holds today and, below it, what will."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from dash import html

from dashboard.components.panels import scrolling_table
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, written_day

Row = Mapping[str, Any]


def visa_types(types: Sequence[Row], day: date, say: Texts) -> html.Div:
    columns = ("visa_type", "stay", "fee", "passport", "extension", "intention", "target")
    rows = [
        html.Tr(
            [
                html.Th([one["code"], " ", html.Small(one["name"])], scope="row"),
                html.Td(say("administration.days", days=count_text(one["stayDays"], say))),
                html.Td(_fees(one["fees"], day, say)),
                html.Td(_dated(one["passportRules"], day, _months, say)),
                html.Td(_dated(one["extensionRules"], day, _extension, say)),
                html.Td(_dated(one["handlingRules"], day, _handling, say)),
                html.Td(_dated(_standard(one["serviceTargets"]), day, _target, say)),
            ]
        )
        for one in types
    ]
    return _table("visa_types", columns, rows, say)


def _standard(targets: Sequence[Row]) -> list[Row]:
    return [each for each in targets if each["clock"] == "STANDARD"]


def _dated(
    rows: Sequence[Row], day: date, write: Callable[[Row, Texts], str], say: Texts
) -> list[Any]:
    """What holds on the day, and what will."""
    starts = sorted(rows, key=lambda row: row["validFrom"])
    past = [row for row in starts if date.fromisoformat(row["validFrom"]) <= day]
    coming = [row for row in starts if date.fromisoformat(row["validFrom"]) > day]
    now = [write(past[-1], say)] if past else ["\N{EN DASH}"]
    later = [
        html.Div(
            html.Small(
                say(
                    "administration.later",
                    day=written_day(row["validFrom"], say),
                    value=write(row, say),
                )
            )
        )
        for row in coming
    ]
    return [*now, *later]


def _fees(rows: Sequence[Row], day: date, say: Texts) -> list[Any]:
    """What each validity costs, the shortest first."""
    validities = sorted({row["useWithinDays"] for row in rows})
    return [
        html.Div(_dated([row for row in rows if row["useWithinDays"] == each], day, _validity, say))
        for each in validities
    ]


def _validity(row: Row, say: Texts) -> str:
    days = count_text(row["useWithinDays"], say)
    fee = _fee(row, say) if row["isOffered"] else say("administration.not_offered")
    return say("administration.validity", days=days, fee=fee)


def _fee(row: Row, say: Texts) -> str:
    return say("administration.rupiah", amount=count_text(row["price"]["amount"], say))


def _months(row: Row, say: Texts) -> str:
    return say("administration.months", months=count_text(row["months"], say))


def _extension(row: Row, say: Texts) -> str:
    if not row["times"]:
        return say("administration.not_extended")
    days, times = (count_text(row[name], say) for name in ("days", "times"))
    return say("administration.extended", times=times, days=days, fee=_fee(row, say))


def _handling(row: Row, say: Texts) -> str:
    announced = say(f"administration.{'announced' if row['isAnnounced'] else 'not_announced'}")
    corrected = say(f"administration.{'corrected' if row['isCorrected'] else 'not_corrected'}")
    return f"{announced} · {corrected}"


def _target(row: Row, say: Texts) -> str:
    unit = "hours" if row["workingDays"] is None else "workingDays"
    within = say(f"administration.{unit}", **{unit: count_text(row[unit], say)})
    promised = row["promisedPercent"]
    return f"{promised}% · {within}" if promised is not None else within


def partners(rows: Sequence[Row], say: Texts) -> html.Div:
    columns = ("partner", "countries", "centres")
    body = [
        html.Tr(
            [
                html.Th([one["code"], " ", html.Small(one["name"])], scope="row"),
                *(
                    html.Td(count_text(one[of]["totalCount"]["value"], say))
                    for of in ("countries", "centres")
                ),
            ]
        )
        for one in rows
    ]
    return _table("partners", columns, body, say)


def named_events(rows: Sequence[Row], say: Texts) -> html.Div:
    columns = ("event", "days_of", "country", "screening")
    body = [
        html.Tr(
            [
                html.Th(say(f"changes.value.{one['kind']}"), scope="row"),
                html.Td(
                    f"{written_day(one['beganOn'], say)} \N{EN DASH}"
                    f" {written_day(one['endedOn'], say)}"
                ),
                html.Td(one["country"]["name"] if one["country"] else say("administration.all")),
                html.Td(say("changes.yes") if one["wasScreeningOut"] else say("changes.no")),
            ]
        )
        for one in rows
    ]
    return _table("events", columns, body, say)


def list_pools(answer: Row, say: Texts) -> Any:
    """From which pools officers take cases; a list that is empty narrows to nothing."""
    shown = []
    for one in answer["pools"]["nodes"]:
        state = say("administration.pool.open" if one["isOpen"] else "administration.pool.shut")
        lists = (one[name] for name in ("visaTypes", "channels", "nationalities"))
        says = " · ".join(", ".join(each) for each in lists if each)
        head = html.P([html.B(one["code"]), " · ", state])
        shown.append(html.Article([head, html.P(says or say("administration.pool.all"))]))
    return shown or html.P(say("administration.no_pools"))


def days_off(rows: Sequence[Row], say: Texts) -> html.Div:
    body = [
        html.Tr(
            [
                html.Th(written_day(one["day"], say), scope="row"),
                html.Td(one["name"]),
                html.Td(say("administration.off" if one["isOff"] else "administration.worked")),
            ]
        )
        for one in rows
    ]
    return _table("days_off", ("day", "name", "work"), body, say)


def documents(rows: Sequence[Row], say: Texts) -> list[html.Details]:
    """Folded by the clients that send them: there are a hundred of the dashboard alone."""
    of_clients: dict[str, list[Row]] = {}
    for one in rows:
        of_clients.setdefault(", ".join(one["clients"]), []).append(one)
    return [
        html.Details(
            [
                html.Summary(f"{clients} \N{MIDDLE DOT} {count_text(len(sent), say)}"),
                _documents_of(clients, sent, say),
            ]
        )
        for clients, sent in sorted(of_clients.items())
    ]


def _documents_of(clients: str, rows: Sequence[Row], say: Texts) -> html.Div:
    """Each document with what it may cost each role that can run it, and why others cannot."""
    roles = [verdict["role"] for verdict in rows[0]["verdicts"]]
    body = [
        html.Tr(
            [
                html.Th(_document_name(one, say), scope="row"),
                *(html.Td(_most_values(verdict, say)) for verdict in one["verdicts"]),
                html.Td(_why_not(one["verdicts"], say)),
            ]
        )
        for one in sorted(rows, key=lambda one: one["operations"])
    ]
    heads = [
        say("administration.column.document"),
        *(say(f"roles.{role}") for role in roles),
        say("administration.column.refused"),
    ]
    return scrolling_table(f"{say('administration.documents')}: {clients}", heads, body)


def _document_name(one: Row, say: Texts) -> list[Any]:
    name = ", ".join(one["operations"]) or say("administration.no_name")
    return [name, html.Br(), html.Small(one["sha256"][:8])]


def _most_values(verdict: Row, say: Texts) -> str:
    return count_text(verdict["cost"], say) if verdict["canRun"] else NO_VALUE


def _why_not(verdicts: Sequence[Row], say: Texts) -> Any:
    """The coordinates that roles may not use, once for all roles that lack the same."""
    lacking: dict[str, list[str]] = {}
    for verdict in verdicts:
        if not verdict["canRun"]:
            names = ", ".join(verdict["refused"])
            why = names or verdict["mistake"] or say("administration.too_costly")
            lacking.setdefault(why, []).append(say(f"roles.{verdict['role']}"))
    if not lacking:
        return NO_VALUE
    listed = [
        html.Li([html.B(", ".join(roles)), ": ", html.Code(why)]) for why, roles in lacking.items()
    ]
    return html.Details([html.Summary(say("administration.why_not")), html.Ul(listed)])


def _table(name: str, columns: Sequence[str], rows: Sequence[html.Tr], say: Texts) -> html.Div:
    heads = [say(f"administration.column.{each}") for each in columns]
    return scrolling_table(say(f"administration.{name}"), heads, rows)


def list_closing(answer: Row, say: Texts) -> Any:
    """Places that close, with what their partners have yet to hand in, in numbers."""
    return [_closing(one, say) for one in answer["closingPlaces"]] or html.P(
        say("administration.nothing_closes")
    )


def _closing(one: Row, say: Texts) -> html.Article:
    place = one["centre"] or one["country"]
    closed, until = written_day(one["closedOn"], say), written_day(one["handInBy"], say)
    says = "closes" if one["successor"] else "closes_to_nobody"
    return html.Article(
        [
            html.P(html.B(f"{one['partner']} · {place}")),
            html.P(
                say(
                    f"administration.{says}",
                    day=closed,
                    until=until,
                    files=count_text(one["openFiles"], say),
                    successor=one["successor"] or "",
                )
            ),
            html.P(say("administration.has_to_hand_in", files=count_text(one["toHandIn"], say))),
        ]
    )
