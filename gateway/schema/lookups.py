"""Look-ups: one thing by its global id, or by another name that is its own."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import strawberry
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.fields import readable_fields
from gateway.errors import ArgumentError
from gateway.limits import MOST_NODES_OF_A_REQUEST
from gateway.mapping.arguments import (
    FieldArguments,
    ParseContext,
    Parsing,
    asked_of,
    parsed_by,
)
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.context import Context
from gateway.mapping.declare import Node
from gateway.mapping.ids import decode


class Name(NamedTuple):
    """What else names a thing: the type of the value, its column, and what it is."""

    type: Any
    column: InstrumentedAttribute[Any]
    description: str


class RowName(NamedTuple):
    """What names one row: a unique column, and its value."""

    noun: DeclaredNoun
    column: InstrumentedAttribute[Any]
    value: Any


#: The keys under which fields say in `metadata` that they look up one thing by a name, or things by
#: their global ids.
LOOK_UP = "look_up"
NODES = "nodes"
MOST_NODES = 100


def look_up(cls: type[Any], what: str, names: Mapping[str, Name]) -> Any:
    """A field that looks a thing up ``by`` exactly one of its names; ``what`` has its article."""
    members: dict[str, Any] = {
        "__annotations__": {
            "id": strawberry.ID | None,
            **{name: each.type | None for name, each in names.items()},
        },
        "id": strawberry.field(default=strawberry.UNSET, description="Its global id."),
    }
    members |= {
        name: strawberry.field(default=strawberry.UNSET, description=each.description)
        for name, each in names.items()
    }
    by_type: Any = strawberry.input(
        type(f"{cls.__name__}By", (), members),
        one_of=True,
        description=f"One way to name {what}.",
    )

    def parse(arguments: FieldArguments) -> Parsing[RowName | None]:
        """The row that is named; None where nothing can have the name."""
        yield from ()
        ((name, value),) = arguments.values["by"].items()
        if name == "id":
            return node_named(arguments.context, value, only=cls.__name__)
        noun = arguments.context.services.catalogue.nouns[cls.__name__]
        return RowName(noun, names[name].column, value) if value else None

    def resolve(info: strawberry.Info, by: Any) -> Any:
        return load_row(info.context, asked_of(info))

    resolve.__annotations__["by"] = Annotated[
        by_type, strawberry.argument(description="What names it.")
    ]
    description = f"{what[0].upper()}{what[1:]}; null if there is none in reach."
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={LOOK_UP: True, **parsed_by(parse)},
    )


def load_row(context: Context, named: RowName | None) -> Any:
    """The row of a name: an awaitable, or None."""
    return None if named is None else context.loaders.by(named.noun, named.column).load(named.value)


def node_named(context: ParseContext, id_: str, only: str | None = None) -> RowName | None:
    """The row that a global id names, if it can name one."""
    global_id = decode(id_)
    noun = context.services.catalogue.nouns.get(global_id.type_name) if global_id else None
    if global_id is None or noun is None or not issubclass(noun.cls, Node):
        return None
    if only not in (None, noun.name) or not readable_fields(noun.name, context.viewer.role):
        return None
    key = _key(global_id.key, noun.key.type.python_type)
    return None if key is None else RowName(noun, noun.key, key)


def _key(text: str, kind: type) -> Any:
    try:
        key: Any = kind(text)
    except ValueError:
        return None
    return key if str(key) == text and "\0" not in text else None


def parse_node(arguments: FieldArguments) -> Parsing[list[RowName | None]]:
    """The row that `node` names; None where nothing can have the id."""
    yield from ()
    return [node_named(arguments.context, arguments.values["id"])]


def parse_nodes(arguments: FieldArguments) -> Parsing[list[RowName | None]]:
    """The rows that `nodes` names, in their order."""
    ids, context = arguments.values["ids"], arguments.context
    if len(ids) > MOST_NODES:
        yield ArgumentError(("ids",), f"`nodes` takes at most {MOST_NODES} ids, not {len(ids)}.")
    context.nodes_left -= len(ids)
    if context.nodes_left < 0:
        yield ArgumentError(
            ("ids",), f"One request looks up at most {MOST_NODES_OF_A_REQUEST} things by `nodes`."
        )
    return [node_named(context, id_) for id_ in ids]
