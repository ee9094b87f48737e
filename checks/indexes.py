"""Each index of applications names its questions: every write pays for all of them."""

import ast
from collections.abc import Iterator

from checks.finding import Finding
from checks.sources import Sources, find_all

#: The argument that names them, by what makes an index.
_NAMED_BY = {"Index": "info", "_index": "serves"}


def check_indexes(sources: Sources) -> Iterator[Finding]:
    table = sources.find_class("models", "Application")
    for call in find_all(table.node, ast.Call):
        named_by = _NAMED_BY.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if named_by and named_by not in {each.arg for each in call.keywords if _says(each.value)}:
            yield Finding(
                table.file, call.lineno, "an index that names no question: say which it serves,"
                f" by {named_by}=…, or do without",
            )  # fmt: skip


def _says(value: ast.expr) -> bool:
    """Whether a value is no empty text."""
    return not (isinstance(value, ast.Constant) and not value.value)
