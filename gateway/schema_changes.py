"""What changed in the schema of each role since it was released, and which changes are refused."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from graphql import (
    BreakingChange,
    BreakingChangeType,
    DangerousChange,
    GraphQLSchema,
    Visitor,
    build_schema,
    find_schema_changes,
    get_named_type,
    parse,
    print_ast,
    visit,
)

#: How long a field goes on working after the release that deprecated it.
NOTICE = timedelta(days=90)
#: The folder of the released schemas.
RELEASED = Path("gateway/schema/released")
#: The folder of the schemas as they are now.
CURRENT = Path("gateway/schema/roles")

_COORDINATE = re.compile(r"@?\b[A-Za-z_]\w*\.\w+(?:\(\w+:\))?|@\w+(?:\(\w+:\))?|\b[A-Z]\w*\b")
_LEADING = re.compile(
    r"^(Standard scalar|A required (field|argument)|An optional (field|argument)|Field|Argument"
    r"|Enum value|Directive|Repeatable flag was removed from|[A-Z_]+ was removed from) "
)
_UNTIL = re.compile(r"\buntil (\d{4}-\d{2}-\d{2})\b")
_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
_UNRELEASED = "Unreleased"


class Severity(StrEnum):
    """What a change does to the clients of a role."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


class SchemaChange(NamedTuple):
    """One change, and the roles whose schema has it."""

    severity: Severity
    coordinate: str
    description: str
    roles: tuple[str, ...]
    #: Whether an element with a date could have announced it.
    is_removal: bool


class Refusal(NamedTuple):
    """A breaking change that may not be merged, and why."""

    change: SchemaChange
    reason: str


def changes_between(before: Mapping[str, str], now: Mapping[str, str]) -> list[SchemaChange]:
    """The changes from one set of schemas to another, both SDL by role, the worst first.

    A role that only one of them has is left out, since no client breaks by it.
    """
    roles: defaultdict[tuple[Severity, str, str, bool], list[str]] = defaultdict(list)
    for role in sorted(before.keys() & now.keys()):
        if before[role] == now[role]:
            continue
        for change in find_schema_changes(_build(before[role]), _build(now[role])):
            removal = change.type in _REMOVALS
            key = (
                _severity(change),
                coordinate_of(change.description),
                change.description,
                removal,
            )
            roles[key].append(role)
    order = list(Severity)
    return sorted(
        (
            SchemaChange(severity, coordinate, description, tuple(named), removal)
            for (severity, coordinate, description, removal), named in roles.items()
        ),
        key=lambda change: (order.index(change.severity), change.coordinate, change.description),
    )


def coordinate_of(description: str) -> str:
    """The schema coordinate that a change is about: the first that its description names."""
    found = _COORDINATE.search(_LEADING.sub("", description))
    return found[0] if found else description


def refusals(
    before: Mapping[str, str], now: Mapping[str, str], changelog: str, today: date
) -> Iterator[Refusal]:
    """Breaking changes that the changelog does not give a reason for.

    Once there is a release, only what was announced may go: it was deprecated with a date, and the
    date is over.
    """
    reasons = _reasons(changelog)
    announced = is_released(changelog)
    for change in changes_between(before, now):
        if change.severity is not Severity.BREAKING:
            continue
        if not _is_named(change.coordinate, reasons):
            yield Refusal(
                change, f"say why under Unreleased in CHANGELOG.md, with `{change.coordinate}`"
            )
        if announced:
            schemas = [_build(before[role]) for role in change.roles]
            if not change.is_removal or not all(
                _has_run_out(schema, change.coordinate, today) for schema in schemas
            ):
                yield Refusal(
                    change,
                    "it was released: leave it, deprecate it with a date and a replacement, and"
                    " take it away when that date is over",
                )


def short_notices(before: Mapping[str, str], now: Mapping[str, str], today: date) -> list[str]:
    """What a release of today would deprecate for less than the promised time."""
    return [
        f"{coordinate} is deprecated until {until}, which is less than {NOTICE.days} days away."
        for coordinate, reason in newly_deprecated(before, now).items()
        if (until := until_date(reason)) is not None and until < today + NOTICE
    ]


def newly_deprecated(before: Mapping[str, str], now: Mapping[str, str]) -> Mapping[str, str]:
    """What is deprecated now and was not before, by its coordinate, with its reason."""
    known = {each for sdl in before.values() for each, _ in deprecations(_build(sdl))}
    found = {each: why for sdl in now.values() for each, why in deprecations(_build(sdl))}
    return {each: found[each] for each in sorted(found.keys() - known)}


def without_repetition(changes: Iterable[SchemaChange]) -> Iterator[SchemaChange]:
    """The changes, where what follows from a type that has gone is part of its own line."""
    changes = list(changes)
    gone = {
        change.coordinate: change
        for change in changes
        if change.is_removal and "." not in change.coordinate
    }
    followers: defaultdict[str, list[str]] = defaultdict(list)
    kept: list[SchemaChange] = []
    for change in changes:
        of = re.search(r"changed type from \W*(\w+)\W* to (\S+)\.$", change.description)
        if of and of[1] in gone and {*change.roles} <= {*gone[of[1]].roles}:
            followers[of[1]].append(of[2])
        else:
            kept.append(change)
    for change in kept:
        if types := followers.get(change.coordinate):
            named = ", ".join(f"`{each}`" for each in sorted({*types}))
            places = f" {len(types)} places have {named} instead."
            change = change._replace(description=change.description + places)
        yield change


def deprecations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Every deprecated element, by its coordinate, with its reason."""
    for name, type_ in schema.type_map.items():
        for member, element in _members(type_):
            if element.deprecation_reason is not None:
                yield f"{name}.{member}", element.deprecation_reason
            for argument, value in getattr(element, "args", {}).items():
                if value.deprecation_reason is not None:
                    yield f"{name}.{member}({argument}:)", value.deprecation_reason


def until_date(reason: str) -> date | None:
    """The date that a deprecation ends; None if it names none, or no day of the calendar."""
    found = _UNTIL.search(reason)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def is_released(changelog: str) -> bool:
    """Whether the changelog knows any release."""
    return newest_release(changelog) is not None


def newest_release(changelog: str) -> str | None:
    """The heading of the newest release; None if there is none."""
    headings = [heading for heading in _HEADING.findall(changelog) if heading != _UNRELEASED]
    return headings[0] if headings else None


def as_released(sdl: str, changelog: str) -> str:
    """The text of a released schema: without descriptions, which break nobody."""
    release = newest_release(changelog)
    head = f"# As released: {release}" if release else "# Before the first release"
    return f"{head}\n\n{without_descriptions(sdl)}"


def without_descriptions(sdl: str) -> str:
    """What of a schema can break clients, or loosen what a role reads."""
    return print_ast(visit(parse(sdl), _WithoutDescriptions())) + "\n"


class _WithoutDescriptions(Visitor):
    """Removes the descriptions of a document."""

    def enter(self, node: Any, *_: Any) -> Any:
        has_one = getattr(node, "description", None) is not None
        return replace(node, description=None) if has_one else None


_REMOVALS = frozenset(
    {
        BreakingChangeType.FIELD_REMOVED,
        BreakingChangeType.ARG_REMOVED,
        BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
        BreakingChangeType.TYPE_REMOVED,
        BreakingChangeType.TYPE_REMOVED_FROM_UNION,
        BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED,
    }
)


def _severity(change: Any) -> Severity:
    if isinstance(change, BreakingChange):
        return Severity.BREAKING
    return Severity.DANGEROUS if isinstance(change, DangerousChange) else Severity.SAFE


def _build(sdl: str) -> GraphQLSchema:
    return build_schema(sdl, assume_valid_sdl=True)


def _members(type_: Any) -> Iterator[tuple[str, Any]]:
    yield from (getattr(type_, "fields", None) or getattr(type_, "values", None) or {}).items()


def _has_run_out(schema: GraphQLSchema, coordinate: str, today: date) -> bool:
    """Whether the element was announced to end before today; a type, with all that led to it."""
    over = {
        each
        for each, reason in deprecations(schema)
        if (until := until_date(reason)) is not None and until < today
    }
    if "." in coordinate:
        return coordinate in over or coordinate.partition("(")[0] in over
    leading = [
        f"{name}.{member}"
        for name, type_ in schema.type_map.items()
        for member, element in _members(type_)
        if get_named_type(getattr(element, "type", None)) is schema.get_type(coordinate)
    ]
    return bool(leading) and over.issuperset(leading)


def _reasons(changelog: str) -> Collection[str]:
    """The lines under Unreleased."""
    parts = _HEADING.split(changelog)
    sections = dict(zip(parts[1::2], parts[2::2], strict=False))
    return sections.get(_UNRELEASED, "").splitlines()


def _is_named(coordinate: str, lines: Collection[str]) -> bool:
    """Whether a line names the element in backticks, or its type, and says more than that."""
    names = {coordinate, coordinate.partition("(")[0], coordinate.partition(".")[0]}
    return any(
        len(re.sub(r"`[^`]*`", "", line).split()) > 3
        and not names.isdisjoint(re.findall(r"`([^`]+)`", line))
        for line in lines
    )
