"""The small faults of Python."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.mutation.in_sql import IS_SQL, faults_of_sql
from tests.mutation.pieces import Kind, Piece

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
#: Each argument is a condition.
_CONDITIONS = {"where", "and_", "having"}
#: The order of these arguments says nothing.
_ASKED_BY_NAME = {"select", "returning", "and_", "or_", "where", "group_by"}
_COMPUTED = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*",
}  # fmt: skip


def faults_of_python(source: str) -> Iterator[Piece]:
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    yield from finder.pieces


class _Finder(ast.NodeVisitor):
    """Collects the pieces of a Python file; passes over annotations and docstrings."""

    def __init__(self, source: str) -> None:
        self.pieces: list[Piece] = []
        #: By class, the words of it that the file names.
        self._words: defaultdict[str, list[str]] = defaultdict(list)
        for owner, word in sorted({*re.findall(r"\b(\w+)\.([A-Z][A-Z_0-9]+)\b", source)}):
            self._words[owner].append(word)
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
        for value in node.values:
            others = [f"({self._text(one)})" for one in node.values if one is not value]
            self._replace(node, f"({f' {old} '.join(others)})", Kind.CONJUNCT)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start = self._start(node)
            self.pieces.append(Piece(start, start + len("not "), "", Kind.LOGIC))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.attr in self._words[node.value.id]:
            words = self._words[node.value.id]
            other = words[(words.index(node.attr) + 1) % len(words)]
            if other != node.attr:
                self._replace(node, f"{node.value.id}.{other}", Kind.WORD)
        elif node.attr == "wib_day":
            end = self._end(node)
            self.pieces.append(Piece(end - len("wib_day"), end, "date", Kind.TIME_ZONE))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == "WIB":
            self._replace(node, '__import__("datetime").UTC', Kind.TIME_ZONE)

    def visit_Slice(self, node: ast.Slice) -> None:
        for end in (node.lower, node.upper):
            if end and not isinstance(end, ast.Constant):
                self._replace(end, f"({self._text(end)}) + 1", Kind.WINDOW)
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
            case str() if IS_SQL.search(node.value):
                self.pieces += faults_of_sql(self._source, self._start(node), self._end(node))
            case str() if _PROTECTS.search(node.value) and len(node.value) < _LONGEST_HEADER:
                self._replace(node, '""', Kind.HEADER)
            case _:
                pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        start, end = self._start(node), self._end(node)
        if IS_SQL.search(self._source[start:end]):
            self.pieces += faults_of_sql(self._source, start, end)
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
        if name in _CONDITIONS and len(arguments) > 1:
            for one, other in pairwise(arguments):
                self.pieces.append(Piece(self._end(one), self._end(other), "", Kind.CONJUNCT))
        if name not in _ASKED_BY_NAME:
            self._swap(arguments)
        for one, other in pairwise(node.keywords):
            if _is_named(one.value) and _is_named(other.value):
                start, end = self._start(one.value), self._end(other.value)
                between = self._source[self._end(one.value) : self._start(other.value)]
                swapped = f"{self._text(other.value)}{between}{self._text(one.value)}"
                if swapped != self._source[start:end]:
                    self.pieces.append(Piece(start, end, swapped, Kind.NAMED_SWAP))
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
