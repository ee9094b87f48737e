"""Finds the small faults that can be planted in a source file, in Python and in SQL alike.

Libraries for this mutate Python alone. Half of our conditions are SQL in strings, where a `=` that
becomes `<>` ends everybody's assignments.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple


class Kind(StrEnum):
    """What a fault changes. A sample has some of each kind."""

    #: A sign of comparison: a boundary moved by one, or what is left out taken in.
    COMPARISON = "comparison"
    #: The other way round: what is taken first comes last, what is late is early.
    INVERSION = "inversion"
    #: A logical word, a sign of arithmetic, or a truth.
    LOGIC = "logic"
    NUMBER = "number"
    #: The least of two, or the most: one of them without the other.
    LIMIT = "limit"
    #: Who may read, write or open a file or socket.
    FILE_MODE = "file mode"
    #: What keeps a browser from storing, framing or guessing.
    HEADER = "header"
    #: An argument in the place of its neighbour.
    SWAP = "swap"
    #: A statement that is left out.
    OMISSION = "omission"
    SQL = "SQL"


@dataclass(frozen=True)
class Fault:
    """A piece of a source file, and what stands there instead."""

    path: str
    #: Where the piece begins and ends, in characters.
    start: int
    end: int
    #: The line it is in, counted from one, and its text without spaces around.
    number: int
    line: str
    old: str
    new: str
    #: Which of these it is in its line, counted from one.
    turn: int
    kind: Kind

    @property
    def change(self) -> str:
        """What changes, on one line."""
        turn = f" (no. {self.turn})" if self.turn > 1 else ""
        return f"{' '.join(self.old.split())} → {self.new or 'nothing'}{turn}"

    @property
    def is_sql_script(self) -> bool:
        return self.path.endswith(".sql")

    def __str__(self) -> str:
        return f"{self.path}:{self.number}  {self.line}\n    {self.change}"

    def plant(self, source: str) -> str:
        """The source with the fault in it."""
        return source[: self.start] + self.new + source[self.end :]

    def place(self, seed: int) -> str:
        """Where it stands in the order of a seed. Lines that move keep their place."""
        return sha256(f"{seed} {self.path} {self.line} {self.change}".encode()).hexdigest()


_COMPARED = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_INVERTED = {ast.Lt: ">", ast.LtE: ">=", ast.Gt: "<", ast.GtE: "<="}
#: Modes of files are written in octal; this lets others in, or keeps the group out.
_OTHERS = 0o006
_PROTECTS = re.compile(
    r"no-store|nosniff|DENY|same-origin|same-site|no-referrer|frame-ancestors|HttpOnly|Secure\b",
    re.IGNORECASE,
)
#: Longer texts are sentences.
_LONGEST_HEADER = 50
_LIMITS = {"min": "max", "max": "min", "least": "greatest", "greatest": "least"}
_COMPUTED = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*",
}  # fmt: skip

_IS_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|GRANT|CREATE|HAVING)\b")
#: What becomes of words and signs of SQL; spaces around keep Python and text apart.
_IN_SQL = (
    (r"(?<= )(?<!ERRCODE )=(?= )", "<>"),
    (r"(?<= )<>(?= )", "="),
    (r"(?<= )<=(?= )", "<"),
    (r"(?<= )<(?= )", "<="),
    (r"(?<= )>=(?= )", ">"),
    (r"(?<= )>(?= )", ">="),
    (r"\bAND(?= )", "OR"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"\bmin(?=\()", "max"),
    (r"\bmax(?=\()", "min"),
    (r"(?<= )\+(?= )", "-"),
    (r"(?<= )-(?= )", "+"),
    (r"\bDESC\b", "ASC"),
    (r"\bSKIP LOCKED\b", ""),
)


def find_faults(path: str, source: str) -> list[Fault]:
    """Every fault of a file, in the order of its text."""
    pieces = _in_sql(source, 0, len(source)) if path.endswith(".sql") else _in_python(source)
    lines, turns = source.splitlines(), Counter[tuple[int, str, str]]()
    faults = []
    for start, end, new, kind in sorted(set(pieces)):
        number, old = source.count("\n", 0, start) + 1, source[start:end]
        turns[number, old, new] += 1
        line, turn = lines[number - 1].strip(), turns[number, old, new]
        faults.append(Fault(path, start, end, number, line, old, new, turn, kind))
    return faults


class Piece(NamedTuple):
    """Where something stands in a source, and what stands there instead."""

    start: int
    end: int
    new: str
    kind: Kind


def _in_sql(source: str, start: int, end: int) -> Iterator[Piece]:
    for pattern, new in _IN_SQL:
        for found in re.compile(pattern).finditer(source, start, end):
            line = source[source.rfind("\n", 0, found.start()) + 1 : found.start()]
            if not line.lstrip().startswith("--"):
                yield Piece(found.start(), found.end(), new, Kind.SQL)


def _in_python(source: str) -> Iterator[Piece]:
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    yield from finder.pieces


class _Finder(ast.NodeVisitor):
    """Collects the pieces of a Python file; passes over annotations and docstrings."""

    def __init__(self, source: str) -> None:
        self.pieces: list[Piece] = []
        self._source = source
        self._lines = source.splitlines(keepends=True)
        self._begins = [0]
        for line in self._lines:
            self._begins.append(self._begins[-1] + len(line))

    # Positions -------------------------------------------------------------------------------

    def _at(self, number: int, column: int) -> int:
        """A position in characters; the syntax tree counts the bytes of a line."""
        line = self._lines[number - 1].encode()
        return self._begins[number - 1] + len(line[:column].decode())

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self._at(node.lineno, node.col_offset)

    def _end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.expr) -> str:
        return self._source[self._start(node) : self._end(node)]

    def _replace(self, node: ast.expr | ast.stmt, new: str, kind: Kind) -> None:
        self.pieces.append(Piece(self._start(node), self._end(node), new, kind))

    def _replace_sign(
        self, left: ast.expr, right: ast.expr, sign: str, new: str, kind: Kind
    ) -> None:
        """The sign between two operands; what is in parentheses or comments stays."""
        start, end = self._end(left), self._start(right)
        words = r"\s+".join(sign.split())
        pattern = rf"(?<!\w){words}(?!\w)" if sign[0].isalpha() else re.escape(sign)
        if found := re.search(pattern, self._source[start:end]):
            self.pieces.append(Piece(start + found.start(), start + found.end(), new, kind))

    # Nodes -----------------------------------------------------------------------------------

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, sign, right in zip(operands, node.ops, operands[1:], strict=False):
            old = _SIGNS[type(sign)]
            self._replace_sign(left, right, old, _COMPARED[type(sign)], Kind.COMPARISON)
            if inverted := _INVERTED.get(type(sign)):
                self._replace_sign(left, right, old, inverted, Kind.INVERSION)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._replace_sign(left, right, old, new, Kind.LOGIC)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start = self._start(node)
            self.pieces.append(Piece(start, start + len("not "), "", Kind.LOGIC))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if new := _COMPUTED.get(type(node.op)):
            self._replace_sign(node.left, node.right, _SIGNS[type(node.op)], new, Kind.LOGIC)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        match node.value:
            case bool():
                self._replace(node, str(not node.value), Kind.LOGIC)
            case int() if self._text(node).startswith("0o"):
                self._replace(node, f"0o{node.value ^ _OTHERS:o}", Kind.FILE_MODE)
            case int() | float():
                self._replace(node, repr(node.value + 1), Kind.NUMBER)
                if node.value > 1:
                    self._replace(node, repr(node.value - 1), Kind.NUMBER)
            case bytes() if _PROTECTS.search(node.value.decode(errors="replace")):
                self._replace(node, 'b""', Kind.HEADER)
            case str() if _IS_SQL.search(node.value):
                self.pieces += _in_sql(self._source, self._start(node), self._end(node))
            case str() if _PROTECTS.search(node.value) and len(node.value) < _LONGEST_HEADER:
                self._replace(node, '""', Kind.HEADER)
            case _:
                pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        start, end = self._start(node), self._end(node)
        if _IS_SQL.search(self._source[start:end]):
            self.pieces += _in_sql(self._source, start, end)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):  # a docstring
            return
        if isinstance(node.value, ast.Call | ast.Await):
            self._replace(node, "pass", Kind.OMISSION)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        arguments = [one for one in node.args if not isinstance(one, ast.Starred)]
        if name in _LIMITS and len(node.args) > 1:
            for argument in arguments:
                self._replace(node, f"({self._text(argument)})", Kind.LIMIT)
        elif name in _LIMITS:
            end = self._end(node.func)
            self.pieces.append(Piece(end - len(name), end, _LIMITS[name], Kind.LIMIT))
        self._swap(arguments)
        self.generic_visit(node)

    def _swap(self, arguments: Sequence[ast.expr]) -> None:
        """Neighbours that are named alike in form: of one type, as likely as not."""
        for one, other in pairwise(arguments):
            if _is_named(one) and _is_named(other) and self._text(one) != self._text(other):
                start, between = self._start(one), self._source[self._end(one) : self._start(other)]
                swapped = f"{self._text(other)}{between}{self._text(one)}"
                self.pieces.append(Piece(start, self._end(other), swapped, Kind.SWAP))

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace(node, "pass", Kind.OMISSION)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        for default in (*node.defaults, *filter(None, node.kw_defaults)):
            self.visit(default)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:  # what decorates a class makes it no other thing
            self.visit(statement)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.visit(node.args)
        for statement in node.body:
            self.visit(statement)


def _is_named(node: ast.expr) -> bool:
    """Whether it is a variable, or an attribute of one."""
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    )


_SIGNS: dict[type[ast.AST], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
