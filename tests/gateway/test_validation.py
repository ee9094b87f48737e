"""Our rules in place of graphql-core's find the same documents invalid."""

import random
import re
from functools import partial
from typing import Any

import pytest
from graphql import (
    BREAK,
    SKIP,
    Node,
    ValidationRule,
    build_schema,
    parse,
    print_ast,
    validate,
)

from gateway.errors import RequestError
from gateway.execution.documents import parse_document
from gateway.execution.rules_together import RulesTogether
from gateway.execution.validation import RULES, with_all_rules
from gateway.limits import MOST_FIELDS
from tests.premises import Premises, holds

SCHEMA = build_schema("""
    directive @note(text: String, count: Int! = 1) on FIELD | QUERY
    type Query { a(x: Int): A  b(by: By): B  n: N  s: String  list: [A!]  i: Int! }
    interface N { id: ID!  n: N }
    type A implements N { id: ID!  n: N  a: A  s: String  x(v: Int!): Int  y(v: [Int!] = [1]): Int }
    type B implements N { id: ID!  n: N  a: A  s: Int  x(v: String): Int!  w(in: In): [Int] }
    input By @oneOf { id: ID  name: String }
    input In { need: Int!  more: [In!]  word: Word = ONE }
    enum Word { ONE TWO }
""")
FIELDS = {
    "Query": ("a", "b", "n", "s", "list", "i"),
    "N": ("id", "n", "__typename"),
    "A": ("id", "n", "a", "s", "x", "y"),
    "B": ("id", "n", "a", "s", "x", "w"),
}
LEADS_TO = {"a": "A", "b": "B", "n": "N", "list": "A"}
ARGUMENTS = {
    "a": ("", "(x: 1)", "(x: 2)", "(x: $v)", '(x: "no")'),
    "b": ("", '(by: {id: "1"})', "(by: {id: $t})", "(by: {})", '(by: {id: "1", name: $t})'),
    "x": ("", "(v: 1)", "(v: $v)", '(v: "t")', "(v: $t)"),
    "y": ("", "(v: 1)", "(v: [1, 2])", "(v: [$v])", "(v: $l)", "(v: null)"),
    "w": ("", "(in: {need: 1})", "(in: {need: $v})", "(in: {need: 1, more: {need: 2, word: ONE}})",
          "(in: {need: 1, need: 1})", "(in: {need: 1, what: 2})", "(in: {need: 1, word: $w})"),
}  # fmt: skip
FITTING_ARGUMENTS = {
    ("A", "x"): ("(v: 1)", "(v: $v)"), ("B", "x"): ("", "(v: $t)"),
    ("B", "w"): ("", "(in: {need: $v, word: $w})"), ("Query", "b"): ('(by: {id: "1"})',),
    ("A", "y"): ("", "(v: $l)"),
}  # fmt: skip
#: The type of each variable that fits wherever it is used, and others.
FITTING = {"v": "Int!", "t": "String!", "l": "[Int!]", "w": "Word"}
OTHERS = ("Int", "Int! = 1", "String", "ID!", "[Int]", "Word!")


class Writer:
    """Writes one random document."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        #: On which type each fragment is.
        self._fragments = self._chance.choices(sorted(FIELDS), k=self._chance.randrange(4))

    def document(self) -> str:
        chance = self._chance
        parts: list[str] = []
        for number, type_ in enumerate(self._fragments):
            inside = self._selections(type_, 2, number + 1)
            parts.append(f"fragment F{number} on {type_} {inside}")
        inside = self._selections("Query", 3, 0)
        used = sorted(set(re.findall(r"\$(\w)", " ".join((*parts, inside)))))
        if chance.random() < 0.1:
            used = chance.sample(sorted(FITTING), 2)
        types = {n: chance.choice(OTHERS) if chance.random() < 0.1 else FITTING[n] for n in used}
        definitions = ", ".join(f"${name}: {type_}" for name, type_ in types.items())
        parts.append(f"query q ({definitions}) {inside}" if definitions else f"query q {inside}")
        return " ".join(parts)

    def _selections(self, type_: str, depth: int, first: int) -> str:
        """``first`` is the first fragment that may be spread here."""
        chance = self._chance
        selections = [self._selection(type_, depth, first) for _ in range(chance.randint(1, 4))]
        return "{ " + " ".join(selections) + " }"

    def _selection(self, type_: str, depth: int, first: int) -> str:
        chance, kind = self._chance, self._chance.random()
        if kind < 0.15 and first < len(self._fragments):
            return f"...F{chance.randrange(first, len(self._fragments))}"
        if kind < 0.3 and depth:
            inner = chance.choice(("A", "B", "N")) if type_ != "Query" else type_
            return f"... on {inner} {self._selections(inner, depth - 1, first)}"
        name = chance.choice(FIELDS[type_])
        alias = chance.choice(("", "", "", "p: ", f"u{chance.randrange(10**6)}: "))
        choices = ARGUMENTS.get(name, ("",))
        if chance.random() < 0.75:
            choices = FITTING_ARGUMENTS.get((type_, name), ("",))
        arguments = chance.choice(choices)
        directive = chance.choice((*[""] * 8, "@note(text: $t)", "@note(count: $v)"))
        below = ""
        if name in LEADS_TO:
            inner = LEADS_TO[name]
            below = self._selections(inner, depth - 1, first) if depth else "{ __typename }"
        return f"{alias}{name}{arguments} {directive} {below}"


@pytest.mark.parametrize("start", [0, pytest.param(300, marks=pytest.mark.proof)])
def test_random_documents_are_as_valid_as_graphql_core_says(start: int) -> None:
    with Premises(valid=0.03, invalid=0.03) as premises:
        for seed in range(start, start + 300):
            premises.begin_example()
            document = parse(Writer(seed).document())
            theirs, ours = validate(SCHEMA, document), validate(SCHEMA, document, with_all_rules())
            holds("invalid" if theirs else "valid")
            assert bool(theirs) == bool(ours), (print_ast(document), theirs, ours)
            if seed % 5 == 0:
                one_by_one = validate(SCHEMA, document, RULES)
                assert list(map(str, ours)) == list(map(str, one_by_one)), print_ast(document)


def test_a_document_has_no_more_fields_than_may_be() -> None:
    parse_document(f"{{ {'a ' * MOST_FIELDS}}}")
    with pytest.raises(RequestError, match=str(MOST_FIELDS)):
        parse_document(f"{{ {'a ' * (MOST_FIELDS + 1)}}}")


def test_a_rule_that_skips_or_breaks_off_concerns_no_other() -> None:
    noted: list[str] = []

    class Noting(ValidationRule):
        def enter(self, node: Node, *_: Any) -> Any:
            noted.append(f"{type(self).__name__} {node.kind}")
            return self.result(node)

        def leave(self, node: Node, *_: Any) -> Any:
            noted.append(f"{type(self).__name__} left {node.kind}")
            return BREAK if self.result(node) is BREAK else None

        def result(self, node: Node) -> Any:
            return None

    class Skipping(Noting):
        def result(self, node: Node) -> Any:
            return SKIP if node.kind == "selection_set" else None

    class Breaking(Noting):
        def result(self, node: Node) -> Any:
            return BREAK if node.kind == "field" else None

    rules, document = (Skipping, Noting, Breaking), parse("{ a { id } s } query { i }")
    validate(SCHEMA, document, rules)
    theirs, noted = noted, []
    validate(SCHEMA, document, [partial(RulesTogether, rules)])
    assert noted == theirs


OVERLAPS = {
    "{ p: s p: i }": False,
    "{ p: a { id } p: b { id } }": False,
    "{ p: a(x: 1) { id } p: a(x: 1) { s } }": True,
    "{ p: a(x: 1) { id } p: a { id } }": False,
    "{ n { ... on A { p: id } ... on B { p: id } } }": True,
    "{ n { ... on A { s } ... on B { s } } }": False,
    "{ n { ... on A { p: id } ... on N { p: __typename } } }": False,
    "{ n { ... on A { p: a { id } } ... on B { p: n { id } } } }": True,
    "{ a { ...F } a { q: s } } fragment F on A { q: id }": False,
    "{ n { ...F ... on B { x } } } fragment F on A { x(v: 1) }": False,
}


@pytest.mark.parametrize("text", OVERLAPS)
def test_fields_of_one_name(text: str) -> None:
    document = parse(text)
    assert (not validate(SCHEMA, document, RULES)) == OVERLAPS[text]
    assert (not validate(SCHEMA, document)) == OVERLAPS[text]
