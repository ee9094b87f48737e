"""Every address that is served is known to whoever guards or logs it, and the other way round."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from checks.finding import Finding
from checks.sources import Definition, Module, Sources, assignments, find_all

#: How libraries are told of a route: the function, and which argument is the address.
ROUTE_CALLS = {"Route": "path", "WebSocketRoute": "path", "add_api_route": "path"}
#: What Dash serves by itself.
DASH = re.compile(r"/(_dash-[\w-]+)?")


class ServedAddress(NamedTuple):
    """An address that code serves: with ``{…}`` where a part is only known later."""

    file: Path
    line: int
    path: str

    def is_one_of(self, paths: set[str]) -> bool:
        pattern = "[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", self.path)))
        return any(re.fullmatch(pattern, path) for path in paths)


def check_routes(sources: Sources) -> Iterator[Finding]:
    yield from _of_the_dashboard(sources)
    yield from _of_the_gateway(sources)


def _of_the_dashboard(sources: Sources) -> Iterator[Finding]:
    gate = sources.find_class("dashboard", "Gate")
    module = sources.module_of("dashboard", gate)
    let_through = dict(_paths_in(module))
    served = list(_served_addresses(sources, "dashboard"))
    for each in served:
        if not each.is_one_of(set(let_through)):
            yield Finding(
                each.file, each.line, f"{each.path} is served, but the gate"
                f" ({_name(sources, gate)}) lets nobody through to it: add it there",
            )  # fmt: skip
    for path, line in let_through.items():
        if not DASH.fullmatch(path) and not any(each.is_one_of({path}) for each in served):
            yield Finding(
                module.file, line, f"the gate lets people through to {path}, which nothing serves:"
                " remove it, or serve it",
            )  # fmt: skip


def _of_the_gateway(sources: Sources) -> Iterator[Finding]:
    """What production serves is logged by name; everything else is a stranger's choice. A witness
    is no gateway, and logs no requests."""
    logged = sources.find_value("gateway", "PATHS")
    paths = {
        each.value for each in find_all(logged.node, ast.Constant) if isinstance(each.value, str)
    }
    served = [
        each
        for each in _served_addresses(sources, "gateway")
        if not {"development", "explorer", "witness.py"} & {*each.file.parts}
    ]
    for each in served:
        if not each.is_one_of(paths):
            yield Finding(
                each.file, each.line, f"{each.path} is served, but PATHS ({_name(sources, logged)})"
                " does not name it, so the log calls it other: add it",
            )  # fmt: skip
    for path in paths:
        if not any(each.is_one_of({path}) for each in served):
            yield Finding(logged.file, logged.line, f"PATHS names {path}, which nothing serves")


def _served_addresses(sources: Sources, package: str) -> Iterator[ServedAddress]:
    """The addresses of a package's routes; pages that Dash registers bring their own gate."""
    for module in sources.modules[package]:
        constants = assignments(module.tree)
        for call in find_all(module.tree, ast.Call):
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
            if name in ROUTE_CALLS and call.args:
                path = _path(call.args[0], constants)
                if path is None:
                    path = _imported_value(call.args[0], sources, package)
                yield ServedAddress(module.file, call.lineno, path or ast.unparse(call.args[0]))


def _path(node: ast.expr, constants: Mapping[str, ast.expr]) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                str(each.value) if isinstance(each, ast.Constant) else "{…}" for each in values
            )
        case ast.Name(id=name) if name in constants:
            return _path(constants[name], {})
        case _:
            return None


def _imported_value(node: ast.expr, sources: Sources, package: str) -> str | None:
    """The value of a name that another module of the package assigns."""
    if not isinstance(node, ast.Name):
        return None
    values = [assignments(module.tree).get(node.id) for module in sources.modules[package]]
    return next((path for value in values if value and (path := _path(value, {}))), None)


def _paths_in(module: Module) -> Iterator[tuple[str, int]]:
    """The addresses that a module names at its top level."""
    for value in assignments(module.tree).values():
        for each in find_all(value, ast.Constant):
            if isinstance(each.value, str) and re.fullmatch(r"/[\w./-]*", each.value):
                yield each.value, each.lineno


def _name(sources: Sources, definition: Definition) -> str:
    return f"{definition.file.relative_to(sources.root)}:{definition.line}"
