"""What request errors say has its text in Indonesian, with the same values.

Errors are raised in English: the sentence stands in the code, as a literal, an f-string, or a
constant of the module.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from checks.finding import Finding
from checks.sources import Module, Sources, assigned, find_all

FILE = Path("gateway", "texts", "indonesian.toml")
#: Which argument is the message, of errors and of the functions that make them.
_MESSAGES = {
    **dict.fromkeys(
        ("RequestError", "FieldError", "ArgumentError", "GerbangError", "Mistake", "SocketClosed"),
        1,
    ),
    **dict.fromkeys(
        ("InvalidTokenError", "_authentication_error", "_bad", "_malformed", "_too_large",
         "_unsupported_type"), 0,
    ),
}  # fmt: skip
_VALUE = "{}"


def check_translations(sources: Sources) -> Iterator[Finding]:
    file = sources.root / FILE
    text = file.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    line_of = partial(_line_of, text.splitlines())
    translated = {**tables["values"], **tables["messages"]}
    written: set[str] = set()
    for module in sources.modules["gateway"]:
        written.update(sentence for node in ast.walk(module.tree) for sentence in _sentences(node))
        for line, sentence in _messages(module):
            if sentence not in translated:
                yield Finding(
                    module.file, line, f"no Indonesian text of “{sentence}”: add it to {FILE}"
                )
    for sentence in sorted(tables["messages"].keys() - written):
        yield Finding(file, line_of(sentence), f"nothing says “{sentence}”: remove it")
    for sentence, other in translated.items():
        if sentence.count(_VALUE) != other.count("{"):
            yield Finding(file, line_of(sentence), f"“{other}” has other values: name the same")


def _messages(module: Module) -> Iterator[tuple[int, str]]:
    """What the errors say that a module raises, and where."""
    constants = assigned(module.tree)
    for call in find_all(module.tree, ast.Call):
        place = _MESSAGES.get(getattr(call.func, "id", ""))
        if place is None or len(call.args) <= place:
            continue
        message = call.args[place]
        if isinstance(message, ast.Name):
            message = constants.get(message.id, message)
        for node in (
            (message.body, message.orelse) if isinstance(message, ast.IfExp) else (message,)
        ):
            for sentence in _sentences(node):
                yield call.lineno, sentence


def _sentences(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else _VALUE for part in parts
            )
        case _:
            return


def _line_of(lines: list[str], sentence: str) -> int:
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f'"{sentence}"')), 1)
