"""On which line of `gateway/policy.py` a role's rows of a type are decided."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from gateway import policy
from models.vocabulary import Role

_Lines = Mapping[Role | None, int]


def line_of(type_name: str, role: Role) -> int:
    """The line that names the role's rule for the rows of a type, or the type where none does."""
    lines = _lines_by_type()[type_name]
    return lines.get(role, lines[None])


@cache
def _lines_by_type() -> Mapping[str, _Lines]:
    """By type, the line of each role's rule; under None, that of the type itself."""
    module = ast.parse(Path(policy.__file__).read_text(encoding="utf-8"))
    named = {name: value for statement in module.body for name, value in _named(statement)}
    matrix = named["POLICY"]
    assert isinstance(matrix, ast.Dict)
    return {
        key.value: {None: key.lineno, **_roles(access, named)}
        for key, access in zip(matrix.keys, matrix.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _named(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """What a name stands for: a value, or what a function returns."""
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.FunctionDef(name=name, body=[*_, ast.Return(value=ast.expr() as value)]):
            yield name, value
        case _:
            return


def _roles(access: ast.expr, named: Mapping[str, ast.expr]) -> _Lines:
    """The line of each role in the rows of one type."""
    if isinstance(access, ast.Call):
        for keyword in access.keywords:
            if keyword.arg == "rows":
                return dict(_rules(keyword.value, named))
    return {}


def _rules(rows: ast.expr, named: Mapping[str, ast.expr]) -> Iterator[tuple[Role, int]]:
    """The line of each role: where it is named, be it in what another name stands for."""
    match rows:
        case ast.Dict(keys, values):
            for key, value in zip(keys, values, strict=True):
                if key is None:
                    yield from _rules(value, named)
                elif isinstance(key, ast.Attribute):
                    yield Role[key.attr], key.lineno
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)) if name in named:
            yield from _rules(named[name], named)
        case ast.Call(func=ast.Attribute(attr="fromkeys"), args=[ast.expr() as roles, *_]):
            yield from ((role, rows.lineno) for role in _listed(roles, named))
        case _:
            return


def _listed(roles: ast.expr, named: Mapping[str, ast.expr]) -> Iterator[Role]:
    """The roles of a tuple: by name, joined, or all there are."""
    match roles:
        case ast.Name("Role"):
            yield from Role
        case ast.Name(id=name):
            yield from _listed(named[name], named)
        case ast.BinOp(left, ast.Add(), right):
            yield from (*_listed(left, named), *_listed(right, named))
        case ast.Tuple(elts):
            for each in elts:
                yield from _listed(each, named)
        case ast.Attribute(attr=name):
            yield Role[name]
        case ast.Call(args=[ast.Name("Role")]):
            yield from Role
        case _:
            return
