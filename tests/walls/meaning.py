"""What a rule means, in Python: the judge over its two meanings in SQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.rules import (
    AllOf,
    AnyOf,
    EveryRow,
    InOwnPools,
    InTheFuture,
    InThePast,
    IsNull,
    KeptFrom,
    NoneOf,
    NotOwn,
    OfFamilyJustTaken,
    Own,
    OwnPlace,
    ReachedThrough,
    Recent,
    Rule,
    WithoutScope,
)
from gateway.viewer import Viewer

Row = Mapping[str, Any]
#: The rows of each table by its name.
Tables = Mapping[str, Sequence[Row]]


def holds(rule: Rule, row: Row, tables: Tables, viewer: Viewer) -> bool:
    """Whether a rule lets the viewer reach a row. What is not there is like nothing."""
    match rule:
        case EveryRow():
            return True
        case Own(column, scope):
            return is_own(row[column.key], getattr(viewer, scope))
        case NotOwn(column, scope):
            value, own = row[column.key], getattr(viewer, scope)
            return value is not None and bool(own) and not is_own(value, own)
        case WithoutScope(scope):
            return not getattr(viewer, scope)
        case OwnPlace(centre, country):
            place = row[country.key] if row[centre.key] is None else row[centre.key]
            return is_own(place, viewer.centres or viewer.countries)
        case IsNull(column):
            return row[column.key] is None
        case Recent(column, days):
            instant = row[column.key]
            return instant is not None and datetime.now(UTC) - instant < timedelta(days)
        case InThePast(column):
            return row[column.key] is not None and row[column.key] <= datetime.now(UTC)
        case InTheFuture(column):
            return row[column.key] is not None and row[column.key] > datetime.now(UTC)
        case KeptFrom(column, scope):
            listed, own = row[column.key], getattr(viewer, scope)
            return listed is not None and (not listed or (bool(own) and own not in listed))
        case NoneOf(column, words):
            return row[column.key] is not None and row[column.key] not in words
        case InOwnPools(visa_type, channel, nationality):
            of_row = (row[visa_type.key], row[channel.key], row[nationality.key])
            return is_in_pools(of_row, tables["pool"], viewer)
        case OfFamilyJustTaken():
            return False  # nothing was taken in a transaction that only reads
        case AllOf(rules):
            return all(holds(each, row, tables, viewer) for each in rules)
        case AnyOf(rules):
            return any(holds(each, row, tables, viewer) for each in rules)
        case ReachedThrough(key, named_by, inner):
            return row[key.key] is not None and any(
                other[named_by.key] == row[key.key] and holds(inner, other, tables, viewer)
                for other in tables[named_by.class_.__tablename__]
            )


def is_in_pools(of_row: tuple[str, ...], pools: Sequence[Row], viewer: Viewer) -> bool:
    """Whether an open pool that the viewer names has the row, or none is open."""
    has_it = (
        all(
            not pool[name] or value in pool[name]
            for name, value in zip(("visa_types", "channels", "nationalities"), of_row, strict=True)
        )
        for pool in pools
        if pool["is_open"] and pool["code"] in viewer.pools
    )
    return any(has_it) or not any(pool["is_open"] for pool in pools)


def is_own(value: str | None, scope: str | tuple[str, ...] | None) -> bool:
    """Whether a value is the viewer's: an empty word is no scope, in a list it is a word."""
    if value is None or not scope:
        return False
    return value in scope if isinstance(scope, tuple) else value == scope
