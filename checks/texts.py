"""Every text that the dashboard asks for exists in each language, with the values that it takes.

A text is asked for as ``say("period.apply")``, or as one of a family, ``say(f"period.{name}")``. A
key may also reach ``say`` through a name: so each literal that looks like the key of a text counts.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from checks.finding import Finding
from checks.sources import Module, Sources, find_all

SAY = "say"
#: What follows the last dot of names of files, which look like keys otherwise.
FILE_ENDINGS = {"toml", "css", "js", "py", "graphql", "json", "csv", "svg", "md", "xlsx", "txt"}
_TEXT_FILE = re.compile(r"(?:.+\.)?(?P<language>en|id)\.toml")
_KEY = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+")


@dataclass(frozen=True)
class TextFile:
    """The texts of one file in one language, by key, and their lines."""

    language: str
    texts: Mapping[str, str]
    lines: Mapping[str, int]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def has_section(self, name: str) -> bool:
        return any(key.startswith(f"{name}.") for key in self.texts)

    def line_of_section(self, name: str) -> int:
        return self.lines.get(f"[{name}]", 1)


class TextRequest(NamedTuple):
    """A place that asks for a text, or for one of a family."""

    file: Path
    node: ast.expr
    #: What the key looks like, and a regular expression for it.
    key: str
    pattern: str


@cache
def texts_of(sources: Sources) -> dict[Path, TextFile]:
    """The files of texts of the dashboard; ``en.toml`` and ``definitions.en.toml`` are two."""
    return texts_in(sources.root / "dashboard")


def texts_in(folder: Path) -> dict[Path, TextFile]:
    """The files of texts in a folder, and in those below it."""
    files = sorted(folder.rglob("*.toml"))
    return {file: _read(file, named["language"]) for file in files
            if (named := _TEXT_FILE.fullmatch(file.name))}  # fmt: skip


def check_texts(sources: Sources) -> Iterator[Finding]:
    files = texts_of(sources)
    by_language = texts_by_language(files)
    yield from in_one_language_only(by_language, files)
    known = {key for texts in by_language.values() for key in texts}
    requests = [
        each for module in sources.modules["dashboard"] for each in _requests(module, known)
    ]
    yield from _without_text(requests, known)
    yield from _unused_texts(requests, files)
    yield from _without_values(sources, files)


TextsByLanguage = Mapping[str, Mapping[str, tuple[Path, TextFile]]]


def texts_by_language(files: Mapping[Path, TextFile]) -> TextsByLanguage:
    """The texts of each language by key, each with the file in which it stands."""
    languages = sorted({each.language for each in files.values()})
    return {
        language: {
            key: (file, texts)
            for file, texts in files.items()
            if texts.language == language
            for key in texts.texts
        }
        for language in languages
    }


def in_one_language_only(
    by_language: TextsByLanguage, files: Mapping[Path, TextFile]
) -> Iterator[Finding]:
    """A finding for each text that a language lacks."""
    for language, texts in by_language.items():
        for other in by_language.keys() - {language}:
            for key in texts.keys() - by_language[other].keys():
                file, found = texts[key]
                yield Finding(
                    _sibling(file, language, other, files), 1,
                    f"no text {key}, which {file.name}:{found.lines.get(key, 1)} has: add it",
                )  # fmt: skip


def _sibling(file: Path, language: str, other: str, files: Mapping[Path, TextFile]) -> Path:
    """The file of another language beside a file."""
    sibling = file.with_name(re.sub(rf"\b{language}\.toml$", f"{other}.toml", file.name))
    return sibling if sibling in files else file


def _requests(module: Module, known: set[str]) -> Iterator[TextRequest]:
    """Every literal of a module that is the key of a text, or should be."""
    sections = {key.split(".")[0] for key in known}
    fields = {
        id(literal)
        for call in find_all(module.tree, ast.Call)
        if call.args and _is_say(call.func)
        for literal in _choices(call.args[0])
    }
    parts = {id(part) for joined in find_all(module.tree, ast.JoinedStr) for part in joined.values}
    for node in find_all(module.tree, ast.expr):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in parts:
                if id(node) in fields or _looks_like_key(text, sections):
                    yield TextRequest(module.file, node, text, re.escape(text))
            case ast.JoinedStr(values=values):
                key = "".join(_key_part(each) for each in values)
                begins = re.split(r"[.{]", key)[0]
                is_key = begins in sections and f"{begins}." in key and not _is_file(key)
                if id(node) in fields or is_key:
                    pattern = "".join(
                        re.escape(str(each.value)) if isinstance(each, ast.Constant) else r"[\w-]+"
                        for each in values
                    )
                    yield TextRequest(module.file, node, key, pattern)
            case _:
                pass


def _is_say(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == SAY) or (
        isinstance(function, ast.Attribute) and function.attr == SAY
    )


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """The literals that an argument can be: either branch of a condition."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    else:
        yield node


def _looks_like_key(text: str, sections: set[str]) -> bool:
    return bool(_KEY.fullmatch(text)) and text.split(".")[0] in sections and not _is_file(text)


def _is_file(text: str) -> bool:
    return text.rsplit(".", 1)[-1] in FILE_ENDINGS


def _key_part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{…}"


def _without_text(requests: list[TextRequest], known: set[str]) -> Iterator[Finding]:
    for each in requests:
        if not any(re.fullmatch(each.pattern, key) for key in known):
            what = "no text is like" if "{…}" in each.key else "no text has the key"
            yield Finding(
                each.file, each.node.lineno, f"{what} {each.key}: add it in each language",
            )  # fmt: skip


def _unused_texts(requests: list[TextRequest], files: Mapping[Path, TextFile]) -> Iterator[Finding]:
    whole = re.compile(
        "|".join(f"(?:{pattern})" for pattern in {each.pattern for each in requests})
    )
    for file, texts in files.items():
        for key in texts.texts:
            if not whole.fullmatch(key):
                yield Finding(file, texts.lines.get(key, 1), f"nothing asks for {key}: remove it")


def _without_values(sources: Sources, files: Mapping[Path, TextFile]) -> Iterator[Finding]:
    """Texts that are asked for with fewer values than they take."""
    for module in sources.modules["dashboard"]:
        for call in find_all(module.tree, ast.Call):
            given = {keyword.arg for keyword in call.keywords}
            if not _is_say(call.func) or not call.args or None in given:
                continue
            for literal in _choices(call.args[0]):
                if isinstance(literal, ast.Constant):
                    yield from _missing_values(module, call, str(literal.value), given, files)


def _missing_values(
    module: Module, call: ast.Call, key: str, given: set[str | None], files: Mapping[Path, TextFile]
) -> Iterator[Finding]:
    for file, texts in files.items():
        taken = {name for _, name, _, _ in Formatter().parse(texts.texts.get(key, "")) if name}
        if missing := sorted(taken - given):
            yield Finding(
                module.file, call.lineno, f"{key} takes {', '.join(missing)}"
                f" ({file.name}:{texts.lines.get(key, 1)}): give it",
            )  # fmt: skip


def _read(file: Path, language: str) -> TextFile:
    text = file.read_text(encoding="utf-8")
    return TextFile(language, dict(_flat(tomllib.loads(text))), dict(_lines(text)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The line of each section and of each key."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.fullmatch(r"\s*\[([^\]]+)\]\s*", line):
            section = header[1]
            yield f"[{section}]", number
        elif entry := re.match(r'"?([\w.-]+)"?\s*=', line):
            yield f"{section}.{entry[1]}".lstrip("."), number
