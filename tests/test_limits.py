"""Limits are stated twice: in the module that keeps them, and here, so that none moves unseen.

Every number that stands by a name, or as the usual value of a parameter, what a statement compares
with a number or an interval, and who may open a file: bounds, sizes, durations, statuses, rates,
modes. Of a limit that was loosened the difference says so, as of a right.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.snapshots import assert_as_kept

PROJECT = Path(__file__).parents[1]
#: Invented worlds and history.
LEFT_OUT = ("models/synthetic", "models/migrations", "gateway/development", "gateway/cli/lively.py")
#: What numbers are written with.
NUMERIC = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Load, ast.BinOp, ast.UnaryOp, ast.operator),
    *(ast.unaryop, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Call, ast.keyword),
)
#: What makes them.
MODES = frozenset({"open", "mkdir", "umask", "chmod", "fchmod"})
#: Words beside a number, as of a setting, which are no limit.
_LONG = 20
#: What a statement holds rows to.
IN_SQL = re.compile(
    r"(?:\w+ )?(?:<=?|>=?|\bBETWEEN \d+ AND|\bLIMIT|\bOFFSET) \d+\b|\b\d+ (?:<=?|>=?)(?= )"
    r"|(?:[-+*] )?interval '{1,2}\d[^']*'|\b(?:left|right)\([^()]+, \d+\)"
)
#: Where one begins of which a script has several, and its name.
OBJECT = re.compile(
    r"^CREATE [A-Z ]*?(?:FUNCTION|TABLE|TRIGGER|VIEW|INDEX) ([\w.{}]+)", re.MULTILINE
)
SCRIPTS = ("models/schema/*.sql", "models/viewer_context.sql", "models/key_service/store.sql")


def limits_of(file: Path) -> Iterator[str]:
    name = file.relative_to(PROJECT).as_posix()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for where, key, value in sorted([*_stated(tree, ""), *_modes(tree)]):
        yield f"{name} {where}{key} = {value}"


def _modes(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """With which modes files, folders and sockets are made."""
    found = defaultdict[str, list[str]](list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [*node.args, *(each.value for each in node.keywords)]
            modes = [each.value for each in given if isinstance(each, ast.Constant)]
            if node.func.attr in MODES:
                found[node.func.attr] += [f"{mode:04o}" for mode in modes if type(mode) is int]
    for name, modes in found.items():
        if modes:
            yield "", f"({name})", ", ".join(modes)


def _stated(tree: ast.AST, where: str) -> Iterator[tuple[str, str, str]]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Assign(targets=[target], value=value):
                yield from _limit(where, target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from _limit(where, target, value)
            case ast.ClassDef(name=name):
                yield from _stated(node, f"{where}{name}.")
            case ast.FunctionDef(name=name, args=args) | ast.AsyncFunctionDef(name=name, args=args):
                named = [*args.posonlyargs, *args.args]
                last = named[len(named) - len(args.defaults) :]
                of_names = zip(args.kwonlyargs, args.kw_defaults, strict=True)
                for parameter, value in chain(zip(last, args.defaults, strict=True), of_names):
                    if value and _is_numeric(value):
                        yield where, f"{name}({parameter.arg})", ast.unparse(value)
            case _:
                continue


def _limit(where: str, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str, str]]:
    if _is_numeric(value):
        yield where, ast.unparse(target), ast.unparse(_Short().visit(value))
    elif found := IN_SQL.findall(_text_of(value)):
        yield where, ast.unparse(target), ", ".join(found)


def _text_of(value: ast.expr) -> str:
    """All that is written in it, but for what is filled in."""
    parts = [each.value for each in ast.walk(value) if isinstance(each, ast.Constant)]
    return " … ".join(each for each in parts if isinstance(each, str))


def limits_of_script(file: Path) -> Iterator[str]:
    name = file.relative_to(PROJECT).as_posix()
    text = re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
    found = defaultdict[str, list[str]](list)
    _, *objects = OBJECT.split(text)
    for called, body in zip(objects[::2], objects[1::2], strict=True):
        found[called] += IN_SQL.findall(body)
    for called, limits in sorted(found.items()):
        if limits:
            yield f"{name} {called} = {', '.join(limits)}"


class _Short(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        is_long = isinstance(node.value, str) and len(node.value) > _LONG
        return ast.Constant("…") if is_long else node


def _is_numeric(value: ast.expr) -> bool:
    """A number, or what is computed of numbers."""
    nodes = [*ast.walk(value)]
    numbers = [each for each in nodes if isinstance(each, ast.Constant) and _is_number(each.value)]
    return bool(numbers) and all(isinstance(each, NUMERIC) for each in nodes)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("package", ["dashboard", "gateway", "models"])
def test_no_limit_moves_unseen(package: str) -> None:
    """One that is new is stated twice with the next `make snapshots`."""
    files = (
        file
        for file in sorted((PROJECT / package).rglob("*.py"))
        if not file.relative_to(PROJECT).as_posix().startswith(LEFT_OUT)
    )
    _assert_unmoved(package, [line for file in files for line in limits_of(file)])


def test_no_limit_of_the_database_moves_unseen() -> None:
    files = [file for pattern in SCRIPTS for file in sorted(PROJECT.glob(pattern))]
    _assert_unmoved("database", [line for file in files for line in limits_of_script(file)])


def _assert_unmoved(name: str, lines: list[str]) -> None:
    kept = PROJECT / "tests" / "limits" / f"{name}.txt"
    if kept.exists():
        before, now = (dict(each.split(" = ", 1) for each in of) for of in (_lines(kept), lines))
        moved = {name for name in before.keys() & now if before[name] != now[name]}
        assert {name: now[name] for name in moved} == {name: before[name] for name in moved}
    else:
        assert_as_kept(kept, lines)


def _lines(kept: Path) -> list[str]:
    return kept.read_text(encoding="utf-8").splitlines()
