"""The resolver of `findings`: what the viewer's own volumes answer, turned into claims."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, NamedTuple, cast

import strawberry
from sqlalchemy import Date, Select, bindparam, func, select

from gateway.access.fields import is_readable
from gateway.access.rows import reachable_in_role, vouch_for
from gateway.access.transactions.prepared import bind_for, prepare_reading
from gateway.errors import ArgumentError
from gateway.findings.claim import Claim, FindingKind
from gateway.findings.claims import claims_of
from gateway.findings.events import MOST_EVENTS, EventInReach
from gateway.findings.figures import AnsweredQuestion, FindingsQuestion
from gateway.findings.figures import Figures as FindingFigures
from gateway.findings.wording import Writer
from gateway.mapping.arguments import FieldArguments, Parsing, asked_of
from gateway.mapping.context import Context
from gateway.mapping.enums import VolumeDimension
from gateway.mapping.figure_reads import Freshness
from gateway.processor_time import in_thread
from gateway.schema.findings.types import FigureEvidence, Finding, FindingTable, full_name
from gateway.schema.volumes.arguments import (
    VolumeWhere,
    forbidden_dimensions,
    parse_where,
    parse_window,
)
from gateway.schema.volumes.measures import FIELDS
from gateway.schema.volumes.names import NOUNS, RowsByCode, load_names
from gateway.schema.volumes.outcomes import first_decided, outcome_mistakes
from gateway.schema.volumes.query import read_figures
from gateway.schema.volumes.selection import selected_fields
from gateway.strawberry_bridge import root_selection
from gateway.texts.language import Language
from gateway.viewer import Viewer
from models import NamedEvent as NamedEventRow
from models import ServiceTarget as ServiceTargetRow
from models.account.merkle import Frontier
from models.instants import wib_day
from models.vocabulary import Clock, Role
from models.volumes import Dimension, Question
from models.volumes.versions import VersionedData

#: About what a finding takes in memory.
_CLAIM_BYTES = 4_000
_OF_PLACES = (FindingKind.PLACE, FindingKind.PLACE_MONTH, FindingKind.WAITING_PLACE)
_PARTNERS = (Role.PARTNER_MANAGER, Role.PARTNER_AGENT)


class AskedFindings(NamedTuple):
    """What the arguments of `findings` ask for, beside its window and kinds."""

    where: dict[Dimension, tuple[str, ...]]
    reason: Dimension


@dataclass(frozen=True)
class _Groups:
    """A row for `load_names`."""

    groups: Mapping[Dimension, str | None]


async def findings(
    info: strawberry.Info,
    from_: Annotated[
        date, strawberry.argument(name="from", description="First day of the window, in WIB.")
    ],
    to: Annotated[date, strawberry.argument(description="Last day of the window, in WIB.")],
    where: Annotated[
        VolumeWhere | None, strawberry.argument(description="Counts only these.")
    ] = strawberry.UNSET,
    reason: Annotated[
        VolumeDimension, strawberry.argument(description="By what a change is broken down.")
    ] = VolumeDimension.COUNTRY,
    kinds: Annotated[
        list[FindingKind] | None, strawberry.argument(description="Only these; all without it.")
    ] = None,
    about: Annotated[
        str | None,
        strawberry.argument(
            description="Of places alone the one of this code; what is about all together stays."
        ),
    ] = None,
) -> FindingTable:
    context: Context = info.context
    asked_for: AskedFindings = asked_of(info)
    conditions = asked_for.where
    context.reads_findings = True
    freshness = await context.figures.freshness(VersionedData.FIGURES)
    asked = FindingsQuestion(
        from_,
        to,
        conditions,
        place=place_of(context.viewer),
        reason=asked_for.reason,
        today=wib_day(freshness.as_of),
        complete_from=freshness.complete_from,
        is_partners=context.viewer.role in _PARTNERS,
    )
    promised, events = await _promised_and_events(context, asked)
    asked = replace(asked, events=events)
    key = (from_, to, asked.place, asked.reason, tuple(sorted(conditions.items())))
    mark = (*freshness.mark, *freshness.names, asked.today, tuple(sorted(promised.items())), events)
    reaches = ("VolumeRow", "NamedEvent", *sorted({noun.__name__ for noun in NOUNS.values()}))

    async def read_all() -> tuple[None, list[Finding], int]:
        rows = await _findings(context, asked, promised, freshness)
        return None, rows, _CLAIM_BYTES * len(rows)

    async def choose() -> tuple[None, list[Finding], int]:
        every = await context.figures.table(("findings", *key), mark, reaches, read_all)
        chosen = [
            each
            for each in every.rows
            if (kinds is None or each.claim.kind in kinds) and _is_about(each.claim, about)
        ]
        return None, chosen, 0

    some = ("findings of kinds", *key, None if kinds is None else tuple(sorted(kinds)), about)
    kept = await context.figures.table(some, mark, reaches, choose)
    selection = root_selection(info)
    selected = {node.name.value for node in selected_fields(selection, selection.sets)}
    return FindingTable(
        as_of=freshness.as_of,
        complete_from=freshness.complete_from,
        rows=kept.rows,
        found_evidence=await _evidence(context, asked) if "evidence" in selected else None,
    )


async def _evidence(context: Context, asked: FindingsQuestion) -> FigureEvidence:
    """The checkpoint of the account and the edition of published figures, of this snapshot."""
    columns = ("signed_at", "frontier", "edition", "published_at")
    told = func.viewer.figure_evidence(context.viewer.role.value, asked.from_on, asked.until)
    evidence = select(told.table_valued(*columns))
    [rows] = await context.session.fetch(bind_for(context.viewer, "FindingTable", evidence))
    [(signed_at, frontier, edition, published_at)] = rows
    root = Frontier(hashes=tuple(frontier)).root() if frontier else None
    return FigureEvidence(
        checkpoint_signed_at=signed_at,
        checkpoint_root=b64encode(root).decode() if root else None,
        edition=edition,
        published_at=published_at,
    )


def _is_about(claim: Claim, about: str | None) -> bool:
    """Whether a claim about a place is about the one that is asked for; others always are."""
    return about is None or claim.kind not in _OF_PLACES or claim.subject.code == about


def place_of(viewer: Viewer) -> Dimension:
    """What is compared with each other: countries, the centres of one country, or what a centre
    takes in."""
    if viewer.role is Role.PARTNER_AGENT:
        return Dimension.VISA_TYPE
    is_one = viewer.role is Role.PARTNER_MANAGER and len(viewer.countries) == 1
    return Dimension.CENTRE if is_one else Dimension.COUNTRY


async def _findings(
    context: Context,
    asked: FindingsQuestion,
    promised: Mapping[str, float],
    freshness: Freshness,
) -> list[Finding]:
    answers: dict[str, AnsweredQuestion] = {}
    for name, question in asked.questions().items():
        readable = _readable(question, context.viewer.role)
        answers[name] = AnsweredQuestion(readable, await read_figures(context, readable))
    names = await _names(context, answers.values(), freshness)
    figures = FindingFigures(asked, answers, promised)
    # Some tenths of a second of arithmetic: others are answered meanwhile.
    claims = await in_thread(claims_of, figures)

    def name_of(dimension: Dimension, code: str, language: Language) -> str:
        if dimension is Dimension.VISA_TYPE:
            return code
        return full_name(names.get(dimension, {}).get(code), language) or code

    writers = Writer(Language.EN, name_of), Writer(Language.ID, name_of)
    return [Finding(claim=claim, writers=writers, names=names) for claim in claims]


def _readable(question: Question, role: Role) -> Question:
    """The question without what the role does not read, or does not read so."""
    measures = frozenset(
        each for each in question.measures if is_readable("VolumeRow", FIELDS[each], role)
    )
    readable = replace(question, measures=measures)
    if any(outcome_mistakes(readable, role, with_network=False)):
        return replace(question, measures=measures - first_decided(measures, role))
    return readable


async def _names(
    context: Context, answers: Iterable[AnsweredQuestion], freshness: Freshness
) -> RowsByCode:
    codes: dict[Dimension, set[str | None]] = {}
    for answer in answers:
        for dimension in answer.question.dimensions:
            codes.setdefault(dimension, set()).update(row[dimension] for row in answer.rows)
    names: dict[Dimension, Mapping[str, Any]] = {}
    for dimension, found in codes.items():
        rows = [_Groups({dimension: code}) for code in found]
        names |= await load_names(context, (dimension,), rows, freshness.names)
    return names


async def _promised_and_events(
    context: Context, asked: FindingsQuestion
) -> tuple[dict[str, float], tuple[EventInReach, ...]]:
    """By visa type, the share that is promised at the end of the window of what most nationalities
    apply for; and the named events of the window, the earliest first."""
    viewer, on = context.viewer, {"on": asked.until}
    promised_on = prepare_reading(viewer.role, _select_promised, "ServiceTarget")
    in_window = prepare_reading(viewer.role, _select_events, "NamedEvent")
    targets, events = await context.session.fetch(
        promised_on.bind(viewer, on), in_window.bind(viewer, {**on, "first": asked.from_on})
    )
    latest = dict[str, int | None](targets)
    promised = {code: percent / 100 for code, percent in latest.items() if percent}
    asked_for = asked.where.get(Dimension.COUNTRY)
    found = (EventInReach(*row) for row in reversed(events))
    return promised, tuple(
        each
        for each in found
        if asked_for is None or each.country is None or each.country in asked_for
    )


def _select_events(role: Role, type_name: str) -> Select[Any]:
    """The newest; that screening was out is told to those alone who read it."""
    event = NamedEventRow
    is_told = is_readable(type_name, "wasScreeningOut", role)
    columns = (event.kind, event.began_on, event.ended_on, event.country_code)
    told = (event.was_screening_out,) if is_told else ()
    newest = select(*columns, *told).where(
        event.began_on <= bindparam("on", None, Date),
        event.ended_on >= bindparam("first", None, Date),
        reachable_in_role(type_name, role),
    )
    ordered = newest.order_by(event.began_on.desc(), event.code).limit(MOST_EVENTS)
    return vouch_for(cast(Any, ordered), type_name)


def _select_promised(role: Role, type_name: str) -> Select[Any]:
    target = ServiceTargetRow
    promised = select(target.visa_type_code, target.promised_percent).where(
        target.clock == Clock.STANDARD,
        target.valid_from <= bindparam("on", None, Date),
        reachable_in_role(type_name, role),
    )
    return vouch_for(cast(Any, promised.order_by(target.valid_from)), type_name)


def parse_findings(arguments: FieldArguments) -> Parsing[AskedFindings]:
    """What the arguments of `findings` ask for."""
    values, viewer = arguments.values, arguments.context.viewer
    yield from parse_window(arguments)
    where = yield from parse_where(values.get("where"))
    reason = values.get("reason") or VolumeDimension.COUNTRY
    if reason not in Dimension.__members__:
        yield ArgumentError(("reason",), "A change is broken down by a dimension, not by a period.")
        return AskedFindings(where, Dimension.COUNTRY)
    dimensions = (place_of(viewer), Dimension[reason])
    read = Question(values["from"], values["to"], dimensions, None, where, frozenset())
    yield from forbidden_dimensions(read, viewer.role)
    return AskedFindings(where, Dimension[reason])
