"""Every dimension of the volumes can be grouped by, filtered by, paid for, and chosen by people."""

import ast
from collections.abc import Iterator

from checks.finding import Finding
from checks.sources import Definition, Sources, camel, fields, find_all, keys, members_named
from checks.texts import texts_of
from checks.words import WordTable, missing_entries

TABLES = (
    WordTable("gateway", "GROUPS", "Dimension", "how many groups there can be, and why"),
    WordTable("gateway", "FILTERS", "Dimension", "the field of VolumeWhere that filters it"),
)
#: Dimensions that are read from another, and stored nowhere.
DERIVED = {"REGION"}
#: Dimensions that the dashboard need not offer as a filter.
NOT_OFFERED = {
    "REGION": "people look at the map, or choose countries",
    "CENTRE": "managers know their countries, which have a centre or two",
}


def check_dimensions(sources: Sources) -> Iterator[Finding]:
    dimensions = sources.find_class("models", "Dimension")
    lines = fields(dimensions)
    for table in TABLES:
        yield from missing_entries(sources, table)
    for name, line in lines.items():
        column = _text(dimensions, name)
        yield from _of_the_models(sources, name, column, dimensions, line)
        yield from _of_the_gateway(sources, name)
        yield from _of_the_dashboard(sources, name)


def _of_the_models(
    sources: Sources, name: str, column: str, dimensions: Definition, line: int
) -> Iterator[Finding]:
    application = sources.find_class("models", "Application")
    if name not in DERIVED and column not in fields(application):
        yield Finding(
            dimensions.file,
            line,
            f"Dimension.{name} is the column {column}, which class Application"
            f" ({application.file.name}:{application.line}) does not have: add it there first",
        )
    for table in ("GRAINS", "AGES"):
        grains = sources.find_value("models", table)
        finest = getattr(grains.node, "elts", [grains.node])[-1]
        has_all = any(
            isinstance(each.value, ast.Name) and each.value.id == "STORED_DIMENSIONS"
            for each in find_all(finest, ast.Starred)
        )
        if name not in DERIVED and not has_all and name not in members_named(finest, "Dimension"):
            yield Finding(
                grains.file, finest.lineno, f"the finest grain of {table} lacks Dimension.{name}:"
                " it must have every dimension",
            )  # fmt: skip


def _of_the_gateway(sources: Sources, name: str) -> Iterator[Finding]:
    word = sources.find_class("gateway", "VolumeDimension")
    if name not in fields(word):
        yield Finding(
            word.file, word.line, f"VolumeDimension has no {name}: nobody can group by it"
        )
    row, field = sources.find_class("gateway", "VolumeRow"), name.lower()
    if field not in fields(row):
        yield Finding(
            row.file, row.line, f"VolumeRow has no field {field}: add the group of"
            f" Dimension.{name}",
        )  # fmt: skip
    elif name in members_named(_value(row, field), "Dimension"):
        nouns = sources.find_value("gateway", "NOUNS")
        if name not in keys(nouns.node):
            yield Finding(
                nouns.file, nouns.line, f"NOUNS has no entry for Dimension.{name}, whose groups"
                " are codes: add the noun that they name",
            )  # fmt: skip
    yield from _filter(sources, name)
    yield from _policy(sources, camel(field))


def _filter(sources: Sources, name: str) -> Iterator[Finding]:
    """Its filter in VolumeWhere, under the same name in the table of what a filter costs."""
    where, field = sources.find_class("gateway", "VolumeWhere"), name.lower()
    if field not in fields(where):
        yield Finding(
            where.file, where.line, f"VolumeWhere has no field {field}: add the filter of"
            f" Dimension.{name}",
        )  # fmt: skip
    costs = sources.find_value("gateway", "FILTERS")
    cost = keys(costs.node).get(name)
    if isinstance(cost, ast.Constant) and cost.value != camel(field):
        yield Finding(
            costs.file, cost.lineno, f"FILTERS says {cost.value} for Dimension.{name}, but its"
            f" filter in VolumeWhere is {camel(field)}",
        )  # fmt: skip


def _policy(sources: Sources, field: str) -> Iterator[Finding]:
    policy = sources.find_value("gateway", "POLICY")
    row = keys(policy.node).get("VolumeRow")
    if row is None or field not in _policy_fields(row):
        yield Finding(
            policy.file, (row or policy.node).lineno, f"POLICY has no line for VolumeRow.{field}:"
            " add it, with the roles that read it",
        )  # fmt: skip


def _policy_fields(access: ast.expr) -> dict[str, ast.expr]:
    for keyword in getattr(access, "keywords", []):
        if keyword.arg == "fields":
            return keys(keyword.value)
    return {}


def _of_the_dashboard(sources: Sources, name: str) -> Iterator[Finding]:
    """Its filter, and the words beside it in each language."""
    filters = sources.find_value("dashboard", "FILTERS")
    field = name.lower()
    key = _filter_keys(sources).get(camel(field))
    if key is None:
        if name not in NOT_OFFERED:
            yield Finding(
                filters.file, filters.line, f"FILTERS has no filter of the field {camel(field)},"
                f" for Dimension.{name}: add it, or say in checks/dimensions.py why it is not"
                " offered",
            )  # fmt: skip
        return
    for file, texts in texts_of(sources).items():
        if f"filters.{key}" not in texts and texts.has_section("filters"):
            yield Finding(
                file, texts.line_of_section("filters"), f"no text filters.{key}: add what the"
                f" filter of Dimension.{name} is called",
            )  # fmt: skip


def _filter_keys(sources: Sources) -> dict[str, str]:
    """The key of each filter of the dashboard, by the field of VolumeWhere that it fills."""
    filters = sources.find_value("dashboard", "FILTERS")
    constants = {
        name: value
        for module in [sources.module_of("dashboard", filters)]
        for name, value in _constants(module.tree)
    }
    found: dict[str, str] = {}
    for call in find_all(filters.node, ast.Call):
        arguments = [_constant(each, constants) for each in call.args[:2]]
        arguments += [_constant(each.value, constants) for each in call.keywords[:2]]
        if len(arguments) >= 2 and arguments[0] and arguments[1]:
            found[arguments[1]] = arguments[0]
    return found


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text
            case _:
                pass


def _constant(node: ast.expr, constants: dict[str, str]) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case _:
            return None


def _value(definition: Definition, name: str) -> ast.AST:
    """What a class assigns to a name."""
    for node in getattr(definition.node, "body", []):
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id=found), value=value)
                | ast.Assign(targets=[ast.Name(id=found)], value=value)
            ) if found == name and value is not None:
                return value
            case _:
                pass
    return ast.Constant(value=None)


def _text(definition: Definition, name: str) -> str:
    value = _value(definition, name)
    return str(value.value) if isinstance(value, ast.Constant) else ""
