"""Every code of an error has its text in each language, and every text its code or its rule.

Codes are the members of two enums. A rule is what a check says beyond its code: a literal that is
passed as ``rule=``, or the first argument of a check of reference data. Its text stands under its
code.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

from checks.finding import Finding
from checks.sources import Sources, find_all, members_named
from checks.texts import TextFile, in_one_language_only, texts_by_language, texts_in

#: The section of the texts, the package of the enum, and the enum.
CODES = (("mutation", "models", "Refusal"), ("request", "gateway", "ErrorCode"))
#: What is said of each code.
PARTS = ("says", "do")
RULES = "rule"
REFUSALS = "Refusal"
#: The code of a rule that is passed without one.
_USUAL = "INVALID"
#: Functions whose first argument is a rule, beside the keyword.
_WITH_RULE = ("Check", "_in_range", "_matches")
#: The table whose keys are fields of a person, and rules of the same names.
_PATTERNS = "PATTERNS"


def check_error_texts(sources: Sources) -> Iterator[Finding]:
    files = texts_in(sources.root / "gateway" / "texts")
    yield from in_one_language_only(texts_by_language(files), files)
    rules = set(_rules(sources))
    for file, texts in files.items():
        wanted = {f"{RULES}.{code}.{rule}" for rule, code in rules}
        for section, package, enum in CODES:
            for code in sources.members(package, enum):
                wanted |= {f"{section}.{code}.{part}" for part in PARTS}
        for key in sorted(wanted - texts.texts.keys()):
            yield Finding(file, 1, f"no text {key}: add it, in each language")
        for key in sorted(texts.texts.keys() - wanted):
            yield Finding(file, texts.lines.get(key, 1), f"nothing says {key}: remove it")
    yield from _different_values(files)


def _rules(sources: Sources) -> Iterator[tuple[str, str]]:
    """Each rule, and the code that it is said with."""
    for module in sources.modules["gateway"]:
        for call in find_all(module.tree, ast.Call):
            for keyword in call.keywords:
                if keyword.arg == RULES and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value), _code_of(call)
            if getattr(call.func, "id", "") in _WITH_RULE and call.args:
                first = call.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value), _USUAL
    patterns = sources.find_value("gateway", _PATTERNS).node
    if isinstance(patterns, ast.Dict):
        for key in patterns.keys:
            if isinstance(key, ast.Constant):
                yield str(key.value), _USUAL


def _code_of(call: ast.Call) -> str:
    return next(iter(members_named(call, REFUSALS)), _USUAL)


def _different_values(files: Mapping[Path, TextFile]) -> Iterator[Finding]:
    """A text that names other values than the same text in another language."""
    first, *others = files.items()
    for file, texts in others:
        for key, text in texts.texts.items():
            if _values(text) != _values(first[1].texts.get(key, text)):
                yield Finding(
                    file, texts.lines.get(key, 1), f"{key} names other values than in"
                    f" {first[0].name}: name the same",
                )  # fmt: skip


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
