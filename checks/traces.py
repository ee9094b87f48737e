"""The dashboard draws only traces that its bundle of Plotly has: others would become lines."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from checks.finding import Finding, LookupFailedError
from checks.sources import Module, Sources, all_nodes

#: The bundle that the browser is served.
BUNDLE = Path("dashboard/assets/vendor/plotly.min.js")
#: How the module of a trace names itself in a bundle.
_TRACE = re.compile(r'moduleType:"trace",name:"(\w+)"')
_GRAPH_OBJECTS = ("plotly.graph_objects", "plotly.graph_objs")


def check_traces(sources: Sources) -> Iterator[Finding]:
    """Traces that the bundle lacks, and Plotly Express, which does not run here."""
    served = traces_in(sources.root / BUNDLE)
    lacking = _all_traces() - served
    for module in sources.modules["dashboard"]:
        for trace, line in _traces_drawn(module):
            if trace in lacking:
                yield Finding(
                    module.file, line, f"the bundle of Plotly that is served has no trace {trace},"
                    " which would be drawn as a line: draw with one of"
                    f" {', '.join(sorted(served))}, or add it to TRACES of"
                    " deploy/plotly/build.mjs and run `make plotly`",
                )  # fmt: skip
        for _, imported, line in _imports(module):
            if imported.startswith("plotly.express"):
                yield Finding(
                    module.file, line, "Plotly Express needs pandas, which the dashboard does not"
                    " have: write the traces as dashboard/figures does",
                )  # fmt: skip


def traces_in(bundle: Path) -> frozenset[str]:
    """The traces that a bundle registers."""
    found = frozenset(_TRACE.findall(bundle.read_text("utf-8"))) if bundle.exists() else frozenset()
    if not found:
        raise LookupFailedError(f"checks: {bundle} names no traces: run `make plotly`")
    return found


@cache
def _all_traces() -> frozenset[str]:
    """Those of the whole library."""
    package = find_spec("plotly")  # not imported, which takes longer than all checks
    assert package
    assert package.origin
    return traces_in(Path(package.origin).parent / "package_data" / "plotly.min.js")


def _traces_drawn(module: Module) -> Iterator[tuple[str, int]]:
    """What may be the name of a trace, with its line: ``"type": "bar"``, ``type="bar"``,
    ``go.Bar`` and ``add_bar``."""
    imports = {name: imported for name, imported, _ in _imports(module)}
    for _, imported, line in _imports(module):
        package, _, name = imported.rpartition(".")
        if package in _GRAPH_OBJECTS:
            yield name.lower(), line
    for node in all_nodes(module.tree):
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "type":
                        yield from _texts(value)
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="type"))]):
                yield from _texts(node.value)
            case ast.keyword(arg="type", value=value):
                yield from _texts(value)
            case ast.Attribute(attr=name) if name.startswith("add_"):
                yield name.removeprefix("add_"), node.lineno
            case ast.Attribute(value=ast.Name(id=package), attr=name) if (
                imports.get(package) in _GRAPH_OBJECTS
            ):
                yield name.lower(), node.lineno
            case ast.Attribute(value=ast.Attribute(attr=package), attr=name) if (
                f"plotly.{package}" in _GRAPH_OBJECTS
            ):
                yield name.lower(), node.lineno
            case _:
                pass


def _texts(value: ast.expr) -> Iterator[tuple[str, int]]:
    """The texts of an expression, of which there may be several: ``"bar" if … else "pie"``."""
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def _imports(module: Module) -> Iterator[tuple[str, str, int]]:
    """What a module imports: the name that it gives it, what it is, and the line."""
    for node in all_nodes(module.tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield each.asname or each.name, each.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}", node.lineno
