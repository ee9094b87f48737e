"""What request errors say has its text in Indonesian, under its code and with the same values.

Errors are raised in English: the sentence stands in the code, as a literal, an f-string, or a
constant of the module.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from checks.finding import Finding
from checks.sources import Module, Sources, all_nodes, assignments, find_all, members_named

FILE = Path("gateway", "texts", "indonesian.toml")
CODES = "ErrorCode"
#: The table of what a socket is closed with.
CLOSED = "CLOSED"
#: Which argument is the message, of errors and of the functions that make them.
_MESSAGES = {
    **dict.fromkeys(
        ("RequestError", "FieldError", "ArgumentError", "GerbangError", "Mistake", "SocketClosed"),
        1,
    ),
    **dict.fromkeys(
        ("InvalidTokenError", "_authentication_error", "_bad", "_malformed_header", "_too_large",
         "_unsupported_type"), 0,
    ),
}  # fmt: skip
#: The code of those that do not name one.
_CODE_OF = {
    "ArgumentError": "INVALID_INPUT",
    "Mistake": "INVALID_VARIABLES",
    "SocketClosed": CLOSED,
    "InvalidTokenError": "UNAUTHENTICATED",
    "_authentication_error": "UNAUTHENTICATED",
    "_bad": "BAD_REQUEST",
    "_too_large": "TOO_LARGE",
    "_unsupported_type": "UNSUPPORTED_MEDIA_TYPE",
}
_VALUE = "{}"
#: The folder of `models` whose refusals clients read.
_OF_TOKENS = "access_tokens"


def check_translations(sources: Sources) -> Iterator[Finding]:
    file = sources.root / FILE
    text = file.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    line_of = partial(_line_of, text.splitlines())
    by_code = tables["messages"]
    for code in by_code.keys() - sources.members("gateway", CODES).keys() - {CLOSED}:
        yield Finding(file, line_of(f"[messages.{code}]"), f"{code} is no {CODES}: remove it")
    translated = tables["values"] | {k: v for each in by_code.values() for k, v in each.items()}
    written: set[str] = set()
    of_tokens = [one for one in sources.modules["models"] if one.file.parent.name == _OF_TOKENS]
    for module in (*sources.modules["gateway"], *of_tokens):
        written.update(sentence for node in all_nodes(module.tree) for sentence in _sentences(node))
        for line, code, sentence in _messages(module):
            if sentence not in translated:
                yield Finding(
                    module.file, line, f"no Indonesian text of “{sentence}”: add it to {FILE}"
                )
            elif code is not None and sentence not in {**by_code.get(code, {}), **tables["values"]}:
                yield Finding(
                    module.file, line, f"“{sentence}” is said with {code}: it has no text under"
                    f" [messages.{code}] of {FILE}",
                )  # fmt: skip
    for sentence, other in translated.items():
        if sentence not in written and sentence not in tables["values"]:
            yield Finding(file, line_of(_key(sentence)), f"nothing says “{sentence}”: remove it")
        if sentence.count(_VALUE) != other.count("{"):
            yield Finding(
                file, line_of(_key(sentence)), f"“{other}” has other values: name the same"
            )


def _messages(module: Module) -> Iterator[tuple[int, str | None, str]]:
    """What the errors say that a module raises: where, with which code if that is there to see."""
    constants = assignments(module.tree)
    yield from _beside_their_code(module)
    for call in find_all(module.tree, ast.Call):
        name = getattr(call.func, "id", "")
        place = _MESSAGES.get(name)
        if place is None or len(call.args) <= place:
            continue
        message = call.args[place]
        if isinstance(message, ast.Name):
            message = constants.get(message.id, message)
        code = next(iter(members_named(call, CODES)), _CODE_OF.get(name))
        for node in (
            (message.body, message.orelse) if isinstance(message, ast.IfExp) else (message,)
        ):
            for sentence in _sentences(node):
                yield call.lineno, code, sentence


def _beside_their_code(module: Module) -> Iterator[tuple[int, str | None, str]]:
    """Sentences that stand behind their code: in a pair, or as the first arguments of a call."""
    for node in all_nodes(module.tree):
        match node:
            case (
                ast.Tuple(elts=[ast.Attribute(value=ast.Name(id="ErrorCode"), attr=code), said])
                | ast.Call(
                    args=[ast.Attribute(value=ast.Name(id="ErrorCode"), attr=code), said, *_]
                )
            ):
                for sentence in _sentences(said):
                    yield node.lineno, code, sentence
            case _:
                pass


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


def _key(sentence: str) -> str:
    return f'"{sentence}"'


def _line_of(lines: list[str], beginning: str) -> int:
    return next((n for n, line in enumerate(lines, 1) if line.startswith(beginning)), 1)
