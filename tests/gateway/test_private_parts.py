"""Private parts of libraries: one file knows them, and each is as that file relies on it."""

import ast
import importlib.metadata
import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import strawberry
import uvicorn
from graphql import (
    Executor,
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLResolveInfo,
    GraphQLSchema,
    SchemaMetaFieldDef,
    TypeInfo,
    TypeMetaFieldDef,
    ValidationContext,
    ValuesOfCorrectTypeRule,
    create_source_event_stream,
    graphql_sync,
    parse,
    print_type,
)
from graphql.execution.collect_fields import FragmentDetails
from sqlalchemy import bindparam, literal, select
from sqlalchemy.dialects.postgresql import asyncpg
from strawberry.types.field import StrawberryField
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway import strawberry_bridge
from gateway.execution import graphql_core
from gateway.execution.plan import backend
from gateway.wire import protocol

ROOT = Path(__file__).parents[2]
#: For each library, the one file that knows its private parts, and the release it was read against.
READ = {
    "strawberry-graphql": ("gateway/strawberry_bridge.py", strawberry_bridge.STRAWBERRY),
    "graphql-core": ("gateway/execution/graphql_core.py", graphql_core.GRAPHQL_CORE),
    "uvicorn": ("gateway/wire/protocol.py", protocol.UVICORN),
    "psycopg": ("gateway/execution/plan/backend.py", backend.PSYCOPG),
}


@pytest.mark.parametrize("library", READ)
def test_the_installed_release_is_the_one_that_was_read(library: str) -> None:
    file, read = READ[library]
    installed = importlib.metadata.version(library)
    assert installed == read, (
        f"{library} is {installed} now, and {file} was read against {read}. Read what that file"
        f" imports and overrides in the new release, see that the tests beside this one pass, then"
        f" name the new release there."
    )


# --- One file for each library -------------------------------------------------------------------

#: Modules that the documentation of a library names; all its others are private.
DOCUMENTED = {
    "strawberry": {"strawberry", "strawberry.directive", "strawberry.schema.config"},
    "graphql": {"graphql"},
    "uvicorn": {"uvicorn"},
    "httptools": set[str](),
    "h11": set[str](),
}
FILES = {
    "strawberry": "gateway/strawberry_bridge.py",
    "graphql": "gateway/execution/graphql_core.py",
    "uvicorn": "gateway/wire/protocol.py",
    "httptools": "gateway/wire/protocol.py",
}
#: Public in spite of their underscore: of named tuples, of `os`, and of SQLAlchemy's rows.
PUBLIC = {"_asdict", "_exit", "_fields", "_make", "_mapping", "_replace"}


def private_parts(source: str) -> Iterator[tuple[str, str]]:
    """The private parts of libraries that a module touches: the library, if known, and the part."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(module)):
                names = [module]
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.Attribute(value=owner, attr=attribute) if _is_private(attribute):
                is_own = ast.unparse(owner) in ("self", "cls", "super()")
                if not is_own or attribute.startswith("__"):
                    yield "", f"{ast.unparse(owner)}.{attribute}"
                continue
            case ast.Constant(value="strawberry-definition"):
                yield "strawberry", "strawberry-definition"
                continue
            case _:
                continue
        for name in names:
            library = name.partition(".")[0]
            if library in DOCUMENTED and name not in DOCUMENTED[library]:
                yield library, name


def _is_private(attribute: str) -> bool:
    prefix = "__strawberry" if attribute.startswith("__") else "_"
    return attribute.startswith(prefix) and attribute not in PUBLIC


def test_no_other_file_touches_private_parts() -> None:
    elsewhere = [
        f"{file} touches {part}: let {FILES.get(library, 'the file of its library')} do that"
        for package in ("gateway", "models")
        for path in sorted((ROOT / package).rglob("*.py"))
        for file in [str(path.relative_to(ROOT))]
        for library, part in private_parts(path.read_text(encoding="utf-8"))
        if file not in (FILES.values() if not library else (FILES.get(library),))
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    "touch",
    [
        "from strawberry.types.nodes import SelectedField",
        "import graphql.pyutils",
        "from uvicorn.protocols.http import httptools_impl",
        "import h11",
        "schema._strawberry_schema = None",
        "cls.__strawberry_definition__.fields",
        "context.schema._schema",
        "type_.extensions['strawberry-definition']",
    ],
)
def test_a_private_part_in_a_file_is_seen(touch: str) -> None:
    assert list(private_parts(touch))
    assert not list(private_parts("from graphql import parse\nrow._replace(a=self._b)\nx.__dict__"))


# --- Strawberry ----------------------------------------------------------------------------------


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


strawberry_bridge.describe_values(Colour, lambda value: f"The colour {value.name}.")


@strawberry.input(one_of=True)
class By:
    code: str | None = strawberry.UNSET
    name: str | None = strawberry.UNSET


def _length(root: Any) -> int:
    return len(root.a_name)


@strawberry.type
class Thing:
    a_name: str = strawberry.field(default="pen", metadata={"source": "a column"})
    colour: Colour | None = Colour.RED
    selected: list[str] = strawberry.field(default_factory=list)
    length: int = strawberry_bridge.computed_field(_length, "How long.")

    @strawberry.field
    def schema_seen(self, info: strawberry.Info) -> str:
        return type(info.schema).__name__


@strawberry.type
class Query:
    @strawberry.field
    def thing(
        self, info: strawberry.Info, by: By | None = None, colour: Colour | None = None
    ) -> Thing:
        (selected,), fragments, variables = strawberry_bridge.root_selection(info)
        assert selected
        assert [*fragments] == [*variables] == []
        return Thing(colour=colour, selected=[node.name.value for node in selected.selections])


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return strawberry_bridge.graphql_schema(strawberry.Schema(Query))


def test_declarations_lead_from_graphql_to_python_and_back(schema: GraphQLSchema) -> None:
    thing: Any = schema.get_type("Thing")
    assert strawberry_bridge.declaring_class(thing) is Thing
    assert strawberry_bridge.python_name(thing.fields["aName"]) == "a_name"
    assert strawberry_bridge.metadata_of(thing.fields["aName"]) == {"source": "a column"}
    by: Any = schema.get_type("By")
    assert strawberry_bridge.is_one_of(by)
    declared = {field.python_name: field for field in strawberry_bridge.fields_of(Thing)}
    assert strawberry_bridge.python_type(declared["colour"]) is Colour
    assert strawberry_bridge.python_type(declared["a_name"]) is str


def test_values_come_from_attributes_and_plain_functions_alone(schema: GraphQLSchema) -> None:
    fields: Any = getattr(schema.get_type("Thing"), "fields", None)
    getters = {name: strawberry_bridge.value_getter(field) for name, field in fields.items()}
    assert {name for name, getter in getters.items() if not getter} == {"schemaSeen"}
    assert [getters[name](Thing(a_name="ink")) for name in ("aName", "length")] == ["ink", 3]
    parameters = inspect.signature(StrawberryField.get_result).parameters
    assert list(parameters) == ["self", "source", "info", "args", "kwargs"]


def test_described_values_are_in_the_schema(schema: GraphQLSchema) -> None:
    colour = schema.get_type("Colour")
    assert colour is not None
    assert '"""The colour BLUE."""' in print_type(colour)


def test_a_copied_enum_gives_resolvers_members_of_the_same_class(schema: GraphQLSchema) -> None:
    colour = schema.get_type("Colour")
    assert isinstance(colour, GraphQLEnumType)
    copy = strawberry_bridge.copy_enum(colour, {"BLUE": colour.values["BLUE"]})
    assert list(copy.values) == ["BLUE"]
    assert copy.parse_value("BLUE") is Colour.BLUE
    assert copy.serialize(Colour.BLUE) == "BLUE"


def test_a_view_that_shares_its_schema_is_executed_like_the_whole(schema: GraphQLSchema) -> None:
    view = GraphQLSchema(schema.query_type)
    strawberry_bridge.share_schema(schema, view)
    fields = ["colour", "schemaSeen", "length", "selected"]
    asked = f"{{ thing(colour: BLUE) {{ {' '.join(fields)} }} }}"
    assert graphql_sync(view, asked).data == {
        "thing": {"colour": "BLUE", "schemaSeen": "Schema", "length": 3, "selected": fields}
    }


def test_each_name_is_converted_once() -> None:
    converter = strawberry_bridge.CachedNames()
    assert converter.apply_naming_config("a_name") == "aName"


# --- graphql-core --------------------------------------------------------------------------------


def test_the_executor_takes_what_we_hand_it() -> None:
    assert list(inspect.signature(Executor).parameters)[:10] == [
        "schema", "fragment_definitions", "fragments", "root_value", "context_value", "operation",
        "variable_values", "field_resolver", "type_resolver", "subscribe_field_resolver",
    ]  # fmt: skip
    assert list(inspect.signature(Executor.execute_operation).parameters)[:1] == ["self"]
    assert next(iter(inspect.signature(create_source_event_stream).parameters)) in (
        "validated_execution_args", "context", "executor", "execution",
    )  # fmt: skip
    (fragment,) = parse("fragment F on T { a }").definitions
    assert isinstance(fragment, FragmentDefinitionNode)
    assert FragmentDetails(fragment, None).definition is fragment


def test_resolvers_receive_what_the_executor_would_pass_them() -> None:
    assert GraphQLResolveInfo._fields == (
        "field_name", "field_nodes", "return_type", "parent_type", "path", "schema", "fragments",
        "root_value", "operation", "variable_values", "context", "is_awaitable", "abort_signal",
        "async_helpers",
    )  # fmt: skip


def test_introspection_looks_at_the_schema_alone(schema: GraphQLSchema) -> None:
    info = graphql_core.introspection_info(schema)
    resolve: Any = SchemaMetaFieldDef.resolve
    assert resolve(None, info) is schema
    resolve = TypeMetaFieldDef.resolve
    assert resolve(None, info, name="Thing") is schema.get_type("Thing")


def test_a_variable_has_a_signature(schema: GraphQLSchema) -> None:
    (operation,) = parse("query ($yes: Boolean = true) { thing { aName } }").definitions
    (definition,) = getattr(operation, "variable_definitions", ())
    signature = graphql_core.signature_of(schema, definition)
    assert (signature.name, signature.type) == ("yes", GraphQLBoolean)
    assert graphql_core.VariableValueSource(signature, True).value is True


def test_validation_knows_the_types_around_a_variable(schema: GraphQLSchema) -> None:
    document = parse("{ thing { aName } }")
    context = ValidationContext(schema, document, TypeInfo(schema), lambda _: None)
    assert graphql_core.expected_types(context) == (None, None, None)
    assert len(inspect.signature(graphql_core.allowed_variable_usage).parameters) == 5
    overridden = inspect.signature(ValuesOfCorrectTypeRule.is_valid_value_node).parameters
    assert list(overridden) == ["self", "node", "input_type"]


def test_tokens_can_be_dropped() -> None:
    document = parse("{ a }")
    graphql_core.drop_tokens(document)
    assert document.loc is not None
    assert (document.loc.start_token, document.loc.end_token) == (None, None)
    assert document.loc.start == 0


# --- uvicorn -------------------------------------------------------------------------------------

OVERRIDDEN = {
    HttpToolsProtocol: (
        "_should_upgrade", "_unset_keepalive_if_required", "handle_websocket_upgrade",
        "on_headers_complete", "on_message_complete",
    ),
    WebSocketsSansIOProtocol: ("run_asgi", "send", "handle_connect", "handle_ping"),
    uvicorn.Server: ("capture_signals",),
}  # fmt: skip
ATTRIBUTES = {
    HttpToolsProtocol: (
        "client", "cycle", "flow", "headers", "loop", "parser", "pipeline", "scope",
        "timeout_keep_alive", "timeout_keep_alive_task", "transport", "url",
    ),
    RequestResponseCycle: (
        "disconnected", "keep_alive", "message_event", "more_body", "response_complete",
        "response_started", "scope",
    ),
    WebSocketsSansIOProtocol: (
        "conn", "handshake_complete", "handshake_initiated", "loop", "transport", "writable",
    ),
    uvicorn.Server: ("force_exit", "should_exit"),
}  # fmt: skip
GIVEN = {"send": ["message"], "handle_connect": ["event"]}


@pytest.mark.parametrize("owner", OVERRIDDEN)
def test_uvicorn_has_the_methods_that_we_override(owner: type[Any]) -> None:
    for method in OVERRIDDEN[owner]:
        parameters = [*inspect.signature(getattr(owner, method)).parameters][1:]
        assert parameters == GIVEN.get(method, [])


@pytest.mark.parametrize("owner", ATTRIBUTES)
def test_uvicorn_has_the_attributes_that_we_look_at(owner: type[Any]) -> None:
    set_here = inspect.getsource(owner)
    assert [name for name in ATTRIBUTES[owner] if f"self.{name}" not in set_here] == []


# --- SQLAlchemy ----------------------------------------------------------------------------------


def test_a_compiled_statement_names_its_parameters_in_order() -> None:
    """`gateway/access/transactions/reading.py` fills them in by these names."""
    statement = select(literal(1).label("one")).where(bindparam("b") == bindparam("a"))
    compiled = statement.compile(dialect=asyncpg.dialect())
    assert list(compiled.positiontup or ())[-2:] == ["b", "a"]
