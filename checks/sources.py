"""The syntax trees of the code, and where in them a name is defined.

Checks ask for names, never for files, so that a file can move; and nothing is imported, so that a
check can say what is missing where an import would fail for want of it.
"""

import ast
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from checks.finding import LookupFailedError

PACKAGES = ("models", "gateway", "dashboard")
Node = TypeVar("Node", bound=ast.AST)


class Module(NamedTuple):
    """A file and its syntax tree."""

    file: Path
    tree: ast.Module


class Definition(NamedTuple):
    """Where something is defined: a class, or a value that is assigned to a name."""

    file: Path
    node: ast.expr | ast.ClassDef

    @property
    def line(self) -> int:
        return self.node.lineno


@dataclass(frozen=True, eq=False)
class Sources:
    """The code below a folder: this project, or a copy of it."""

    root: Path

    @cached_property
    def modules(self) -> dict[str, list[Module]]:
        """The modules of each package; a package that a copy leaves out has none."""
        return {package: list(self._parse(package)) for package in PACKAGES}

    def _parse(self, package: str) -> Iterator[Module]:
        for file in sorted(python_files(self.root / package)):
            yield Module(file, _tree(file.read_text(encoding="utf-8")))

    @cached_property
    def _classes(self) -> dict[tuple[str, str], list[Definition]]:
        found: dict[tuple[str, str], list[Definition]] = {}
        for package, modules in self.modules.items():
            for module in modules:
                for node in module.tree.body:
                    if isinstance(node, ast.ClassDef):
                        at = found.setdefault((package, node.name), [])
                        at.append(Definition(module.file, node))
        return found

    @cached_property
    def _values(self) -> dict[tuple[str, str], list[Definition]]:
        found: dict[tuple[str, str], list[Definition]] = {}
        for package, modules in self.modules.items():
            for module in modules:
                for name, value in assignments(module.tree).items():
                    found.setdefault((package, name), []).append(Definition(module.file, value))
        return found

    def find_class(self, package: str, name: str, within: Module | None = None) -> Definition:
        """The class of a name; raises LookupFailedError unless there is exactly one.

        If a module is named, it is the class that the module defines or imports.
        """
        found = self._classes.get((package, name), [])
        if within is not None:
            files = {within.file, *self._imported_from(within, name)}
            found = [each for each in found if each.file in files]
        return _only(found, package, "class", name)

    def find_value(self, package: str, name: str) -> Definition:
        """The value that modules assign to a name; raises LookupFailedError unless one does."""
        return _only(self._values.get((package, name), []), package, "value", name)

    def find_values(self, package: str, name: str) -> list[Definition]:
        """The values that modules assign to a name; raises LookupFailedError unless one does."""
        found = self._values.get((package, name), [])
        return found or [_only(found, package, "value", name)]

    def _imported_from(self, module: Module, name: str) -> Iterator[Path]:
        """The files from which a module may import a name."""
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and any(each.name == name for each in node.names):
                path = self.root / str(node.module).replace(".", "/")
                yield path.with_suffix(".py")
                yield from path.glob("*.py")  # of a package

    def module_of(self, package: str, definition: Definition) -> Module:
        return next(each for each in self.modules[package] if each.file == definition.file)

    def members(self, package: str, name: str) -> dict[str, int]:
        """The members of an enum, and their lines."""
        return fields(self.find_class(package, name))


def python_files(package: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(package):
        # Those of GraphiQL, which `make graphiql` installs there, are fifteen thousand files.
        folders[:] = [name for name in folders if name != "node_modules"]
        yield from (Path(folder, name) for name in files if name.endswith(".py"))


_tree = cache(ast.parse)  # a copy of the code differs in a file or two


def _only(found: list[Definition], package: str, kind: str, name: str) -> Definition:
    if len(found) != 1:
        raise LookupFailedError(
            f"checks: {package} has {len(found)} definitions of the {kind} {name}, where a check"
            " expects one: name the new one in checks/"
        )
    return found[0]


@cache  # each check asks each module
def assignments(tree: ast.Module) -> Mapping[str, ast.expr]:
    """What a module assigns to names at its top level."""
    values: dict[str, ast.expr] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                values[name] = value
            case _:
                pass
    return values


def fields(definition: Definition) -> dict[str, int]:
    """The names that a class assigns or declares in its body, and their lines."""
    names: dict[str, int] = {}
    for node in getattr(definition.node, "body", []):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names[name] = node.lineno
            case _:
                pass
    return names


def find_all(node: ast.AST, kind: type[Node]) -> Iterator[Node]:
    nodes = _found_in(node, kind) if isinstance(node, ast.Module) else ast.walk(node)
    return (each for each in nodes if isinstance(each, kind))


@cache  # each check goes through all modules, several times
def all_nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(module))


@cache
def _found_in(module: ast.Module, kind: type[ast.AST]) -> tuple[ast.AST, ...]:
    return tuple(each for each in all_nodes(module) if isinstance(each, kind))


def members_named(node: ast.AST, enum: str) -> set[str]:
    """The members of an enum that code names as ``Enum.MEMBER``."""
    return {
        each.attr
        for each in find_all(node, ast.Attribute)
        if isinstance(each.value, ast.Name) and each.value.id == enum
    }


def keys(node: ast.AST) -> dict[str, ast.expr]:
    """The values of a dict that is written out, by key: a text, or the member of an enum."""
    if not isinstance(node, ast.Dict):
        return {}
    found: dict[str, ast.expr] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        match key:
            case ast.Constant(value=str(text)):
                found[text] = value
            case ast.Attribute(attr=name) | ast.Name(id=name):
                found[name] = value
            case _:
                pass
    return found


def camel(name: str) -> str:
    """The name of a field in the API: ``visaType`` for ``visa_type``."""
    first, *others = name.split("_")
    return first + "".join(each.title() for each in others)
