"""Requests that ask for as much work as they may, or for more: shapes, each with a viewer.

Every shape is filled up to the limits of `gateway.limits`, or past them, and can be sent again as
a document that was not seen before.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from graphql import get_introspection_query

from gateway import limits
from gateway.mapping.ids import GlobalId
from tests.gateway.conftest import CLAIMS
from tests.gateway.processor_time import JSON_HEADERS, HttpRequest
from tests.world import today

_TOKEN = re.compile(
    r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\]|\\.)*"|\.\.\.|[A-Za-z_]\w*|-?\d[\d.eE+-]*|[!$&()\[\]{}:=@|]'
)
DAYS = 'from: "2025-01-01", to: "2025-12-31"'
APPLICATION = {
    "visaType": "B1",
    "nationality": "AU",
    "centre": "AU-SYD",
    "entryOn": (today() + timedelta(days=20)).isoformat(),
    "identity": {
        "fullName": "Ruby Hale",
        "passportNumber": "PA1234567",
        "birthDate": "1990-01-01",
        "email": "ruby@example.org",
        "phone": "+61 2 1234 5678",
        "passportExpiresOn": "2041-07-23",
    },
}
BATCH = """mutation($input: SubmitApplicationsInput!) {
    submitApplications(input: $input) { errors { code } }
}"""


@dataclass(frozen=True)
class Hostile:
    """One request of a shape."""

    name: str
    viewer: str = "anonymous"
    document: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    how: dict[str, Any] = field(default_factory=dict)

    def request(self, salt: int) -> HttpRequest:
        """The request, with a document that no other salt has made."""
        if self.document is None:
            return HttpRequest(self.body or b"", self.viewer, **self.how)
        parameters = {"query": f"#{salt}\n{self.document}", "variables": self.variables}
        return HttpRequest(orjson.dumps(parameters), self.viewer, **self.how)


def fill(
    opening: str, piece: Callable[[int], str], closing: str, most: int = limits.MOST_TOKENS
) -> str:
    """As many pieces between opening and closing as the tokens allow."""
    left = most - len(_TOKEN.findall(opening + closing))
    pieces: list[str] = []
    while (left := left - len(_TOKEN.findall(piece(len(pieces))))) >= 0:
        pieces.append(piece(len(pieces)))
    return f"{opening} {' '.join(pieces)} {closing}"


def fragments(
    number: int,
    inside: Callable[[int], str],
    last: str,
    on: str = "Query",
    start: str = "{ ...F0 }",
) -> str:
    """Fragments that spread others, and the last one."""
    nested = " ".join(f"fragment F{n} on {on} {{ {inside(n)} }}" for n in range(number))
    return f"{start} {nested} fragment F{number} on {on} {{ {last} }}"


def _ids(number: int) -> list[str]:
    return [GlobalId("Application", str(UUID(int=n))).encode() for n in range(number)]


ROOT = limits.MOST_ROOT_FIELDS
CASES = "{ applications(first: 1) { nodes {"
DOCUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "aliases of the viewer": (fill("{", lambda n: f"v{n}: viewer {{ role }}", "}"), {}),
    "390 aliases of the viewer": (
        "{" + " ".join(f"v{n}: viewer {{ role }}" for n in range(390)) + "}", {},
    ),
    "aliases below the root": (fill("{ viewer {", lambda n: f"a{n}: role", "} }"), {}),
    "aliases of a column": (fill(CASES, lambda n: f"a{n}: reference", "} } }"), {}),
    "one field again and again": (fill(CASES, lambda _: "reference", "} } }"), {}),
    "one tree again and again": (
        fill("{", lambda _: "applications(first: 1) { nodes { applicant { applications {"
               " reference decision { outcome } } } } }", "}"), {},
    ),
    "one field with different arguments": (
        fill("{", lambda n: f'partner(by: {{code: "A{n}"}}) {{ code }}', "}"), {},
    ),
    "names alone": (fill("{", lambda n: f"nothing{n}", "}"), {}),
    "forbidden fields": (fill(CASES, lambda n: f"a{n}: internalNote", "} } }"), {}),
    "unknown arguments": (fill("{ country(", lambda n: f"a{n}: 1", ") { code } }"), {}),
    "one argument again and again": (
        fill("{ country(", lambda _: 'code: "x"', ") { code } }"), {},
    ),
    "a chain of fragments": (fragments(105, lambda n: f"...F{n + 1}", "__typename"), {}),
    "fragments that double": (
        fragments(80, lambda n: f"...F{n + 1} ...F{n + 1}", "__typename"), {},
    ),
    "fragments that double paths": (
        fragments(30, lambda n: f"a: centres(first: 1) {{ nodes {{ partner {{ ...F{n + 1} }} }} }}"
                  f" b: centres(first: 1) {{ nodes {{ partner {{ ...F{n + 1} }} }} }}",
                  "code", on="Partner",
                  start='{ partner(by: {code: "NUSA"}) { ...F0 } }'), {},
    ),
    "fragments in all others": (
        fragments(28, lambda n: " ".join(f"...F{m}" for m in range(n + 1, min(29, n + 16))),
                  "__typename"), {},
    ),
    "many fragments side by side": (
        fill("{ ...F0 ...F1 ...F2 ...F3 } ",
               lambda n: f"fragment F{n} on Query {{ viewer {{ role }} a{n}: __typename }}", ""),
        {},
    ),
    "inline fragments": (fill("{", lambda _: "... on Query { viewer { role } }", "}"), {}),
    "inline fragments of each type": (
        fill("{ nodes(ids: []) {",
               lambda n: f"... on {('Country', 'Centre', 'Decision')[n % 3]} {{ id }}", "} }"), {},
    ),
    "many operations": (fill("", lambda n: f"query q{n} {{ __typename }}", ""), {}),
    "many operations of one chain": (
        " ".join(f"query q{n} {{ ...F0 }}" for n in range(60))
        + fragments(60, lambda n: f"...F{n + 1} __typename", "__typename", start=""), {},
    ),
    "many operations of one chain with a variable": (
        " ".join(f"query q{n}($a: Boolean!) {{ ...F0 }}" for n in range(30))
        + fragments(36, lambda n: f"...F{n + 1} __typename @skip(if: $a)", "__typename", start=""),
        {"a": True},
    ),
    "many variables": (fill("query(", lambda n: f"$v{n}: Int", ") { __typename }"), {}),
    "many variables in use": (
        "query(" + " ".join(f"$v{n}: Boolean!" for n in range(85)) + ") { "
        + " ".join(f"__typename @skip(if: $v{n})" for n in range(64)) + " }",
        {f"v{n}": False for n in range(85)},
    ),
    "many directives": (fill("{ __typename", lambda _: "@include(if: true)", "}"), {}),
    "unknown directives": (fill("{ __typename", lambda n: f"@x{n}", "}"), {}),
    "wrong words": (
        fill("{", lambda n: f"a{n}: applications(where: {{stage: {{eq: WRONG}}}}) {{"
               " nodes { id } }", "}"), {},
    ),
    "a wide list": (fill("{ nodes(ids: [", lambda _: '"x"', "]) { id } }"), {}),
    "a wide list of wrong values": (fill("{ nodes(ids: [", lambda _: "1.5", "]) { id } }"), {}),
    "a deep list": ("{ nodes(ids: " + "[" * 150 + '"x"' + "]" * 150 + ") { id } }", {}),
    "a deeper list": ("{ nodes(ids: " + "[" * 480 + '"x"' + "]" * 480 + ") { id } }", {}),
    "lists of lists": (fill("{ nodes(ids: [", lambda _: '["x", ["y"]]', "]) { id } }"), {}),
    "a wide object": (fill("{ application(by: {", lambda n: f"k{n}: 1", "}) { id } }"), {}),
    "a deep object": ("{ application(by: " + "{id: " * 150 + "1" + "}" * 150 + ") { id } }", {}),
    "a long text": ('{ partner(by: {code: "' + "x" * 49_000 + '"}) { code } }', {}),
    "unicode escapes": ('{ partner(by: {code: "' + "\\u00e9" * 8_000 + '"}) { code } }', {}),
    "long unicode escapes": (
        '{ partner(by: {code: "' + "\\u{1F600}" * 5_000 + '"}) { code } }', {},
    ),
    "a block string": ('{ partner(by: {code: """' + "\n  a" * 12_000 + '"""}) { code } }', {}),
    "a large number": ("{ applications(first: " + "9" * 49_000 + ") { nodes { id } } }", {}),
    "a long fraction": ("{ applications(first: 1." + "9" * 49_000 + ") { nodes { id } } }", {}),
    "a long name": ("{ " + "a" * 49_000 + " }", {}),
    "a long word": ("{ applications(orderBy: {field: " + "A" * 49_000 + "}) { __typename } }", {}),
    "comments": ("{ __typename " + "#\n" * 24_000 + "}", {}),
    "commas": ("{ __typename " + ", " * 24_000 + "}", {}),
    "brackets": ("{" * 490 + "}" * 490, {}),
    "syntax to the end": (fill("{", lambda n: f"v{n}: viewer {{ role }}", "("), {}),
    "introspection": (get_introspection_query(input_value_deprecation=True), {}),
    "introspection by aliases": (
        fill("{ __schema {", lambda n: f"t{n}: types {{ name fields {{ name }} }}", "} }"), {},
    ),
    "introspection of defaults": (
        fill("{ __schema {", lambda n: f"t{n}: types {{ fields {{ args {{ defaultValue }} }} }}",
               "} }"), {},
    ),
    "introspection of types": (
        "{" + " ".join(f't{n}: __type(name: "Application") {{ fields {{ name type {{ name ofType {{'
                       " name fields { name } } } } }" for n in range(ROOT)) + "}", {},
    ),
    "introspection beside a node": (
        fill('{ node(id: "x") { id } __schema {', lambda n: f"t{n}: types {{ name }}", "} }"), {},
    ),
    "policies": (
        "{" + " ".join(f"p{n}: policies {{ type rows fields }}" for n in range(ROOT)) + "}", {},
    ),
    "pages": (
        "{" + " ".join(f"c{n}: countries(first: 1) {{ nodes {{ code }} }}" for n in range(ROOT))
        + "}", {},
    ),
    "filtered pages": (
        "query($c: [String!]) {" + " ".join(
            f"a{n}: applications(first: 1, where: {{country: {{in: $c}}}}) {{ nodes {{ id }} }}"
            for n in range(ROOT)) + "}", {"c": [f"A{n}" for n in range(100)]},
    ),
    "nodes by many ids": (
        "query($i: [ID!]!) {" + " ".join(f"n{n}: nodes(ids: $i) {{ id }}" for n in range(ROOT))
        + "}", {"i": _ids(100)},
    ),
    "rows by keys": (
        "{" + " ".join(f'c{n}: partner(by: {{code: "A{n}"}}) {{ code }}' for n in range(ROOT))
        + "}", {},
    ),
    "volumes": (
        "{" + " ".join(f"v{n}: volumes({DAYS}, groupBy: [COUNTRY, MONTH]) {{ rows {{ intake {{"
                       " value } } }" for n in range(ROOT)) + "}", {},
    ),
    "compared volumes": (
        "{" + " ".join(f"v{n}: volumes({DAYS}, groupBy: [MONTH]) {{ rows {{ intake {{ yearOnYear {{"
                       " value } } } }" for n in range(ROOT)) + "}", {},
    ),
    "mutations": (
        "mutation {" + " ".join(
            f'm{n}: markReceived(input: {{idempotencyKey: "{n:020}", applicationId: "x"}}) {{'
            " errors { code } }" for n in range(ROOT)) + "}", {},
    ),
    "a subscription": ("subscription { applicationChanged { position } }", {}),
    "purpose by variable": (
        "query($r: String!) @purpose(code: CASEWORK, reference: $r) { applications(first: 1) {"
        " nodes { applicant { identity { fullName } } } } }", {"r": "A" * 200_000},
    ),
}  # fmt: skip

_BY = "query($by: ApplicationBy!) { application(by: $by) { id } }"
_IDS = "query($i: [ID!]!) { nodes(ids: $i) { id } }"
_C = "query($c: String!) { partner(by: {code: $c}) { code } }"
VARIABLES: dict[str, tuple[str, dict[str, Any]]] = {
    "8,000 unknown keys": (_BY, {"by": {f"unknown{n:015}": "x" for n in range(8_000)}}),
    "as many unknown keys as may be": (
        _BY, {"by": {f"unknown{n}": 1 for n in range(limits.MOST_KEYS - 10)}},
    ),
    "unknown keys deep inside": (
        BATCH, {"input": {"idempotencyKey": "x" * 20, "applications": [
            {**APPLICATION, "identity": {**APPLICATION["identity"],
                                         **{f"u{m}": 1 for m in range(100)}}}  # type: ignore[dict-item]
        ] * 60}},
    ),
    "65,000 values": (_IDS, {"i": [1] * 65_000}),
    "32,000 texts": (_IDS, {"i": ["x"] * 32_000}),
    "20,000 wrong values": (_IDS, {"i": [1.5] * 20_000}),
    "as many values as may be": (_IDS, {"i": ["x"] * (limits.MOST_VALUES - 10)}),
    "as many wrong values as may be": (_IDS, {"i": [1.5] * (limits.MOST_VALUES - 10)}),
    "the last one wrong": (_IDS, {"i": [1] * (limits.MOST_VALUES - 11) + [1.5]}),
    "values that nobody asks for": (_C, {"c": "AU", "x": [[]] * (limits.MOST_VALUES // 2)}),
    "a deep value": (_IDS, {"i": orjson.loads("[" * 120 + "]" * 120)}),
    "a deep object": (_BY, {"by": orjson.loads('{"id":' * 30 + "1" + "}" * 30)}),
    "a text of 250 KB": (_C, {"c": "x" * 250_000}),
    "a text of escapes": (_C, {"c": '"\\\n' * 40_000}),
    "a large number": (_C, {"c": 2**63}),
    "a batch": (
        BATCH, {"input": {"idempotencyKey": "h" * 20, "applications": [APPLICATION] * 300}},
    ),
}  # fmt: skip

BODIES: dict[str, bytes] = {
    "duplicate keys": b'{"query": "{ __typename }", "variables": {'
    + b",".join(b'"k": 1' for _ in range(7_900)) + b"}}",
    "nothing but quotes": b'"' * 262_000,
    "a text that does not end": b'{"query": "' + b'\\"' * 130_000,
    "a text that ends in the middle": b'{"query": "' + b"\\" * 262_000,
    "nothing but brackets": b"[" * 262_000,
    "nothing but objects": b'{"a":' * 52_000,
    "nothing but commas": b"[" + b"," * 262_000,
    "nothing but colons": b":" * 262_000,
    "empty texts": b'{"query": "{ __typename }", "extensions": {"x": ['
    + b",".join([b'""'] * 87_000) + b"]}}",
    "a number of 262,000 digits": b'{"query": "{ __typename }", "variables": {"n": '
    + b"9" * 262_000 + b"}}",
    "bytes of no text": b"\xff" * 262_000,
    "unicode escapes": b'{"query": "' + b"\\ud83d\\ude00" * 21_000 + b'"}',
    "more than a body may have": b" " * 1_000_000,
}  # fmt: skip

HEADERS: dict[str, dict[str, Any]] = {
    "a long Accept": {"headers": ((b"accept", b"a/b," * 15_000), JSON_HEADERS[0])},
    "a long Content-Type": {
        "headers": ((b"content-type", b"application/json" + b";a=b" * 15_000),)
    },
    "a long role": {"headers": (*JSON_HEADERS, (b"gerbang-role", b"OFFICER," * 7_000))},
    "a long trace": {"headers": (*JSON_HEADERS, (b"traceparent", b"00-" + b"1" * 60_000))},
    "a long token": {"headers": (*JSON_HEADERS, (b"authorization", b"Bearer " + b"e." * 30_000))},
    "a token of dots": {"headers": (*JSON_HEADERS, (b"authorization", b"Bearer " + b"." * 60_000))},
    "many parameters": {"method": "GET", "query_string": b"&".join([b"a=1"] * 16_000)},
    "many escapes": {"method": "GET", "query_string": b"query=" + b"%41" * 21_000},
    "variables in an address": {
        "method": "GET",
        "query_string": b"query={__typename}&variables=" + b"[" * 60_000,
    },
}


def shapes() -> Iterator[Hostile]:
    """Every shape once, documents by viewers in turn."""
    viewers = sorted(CLAIMS)
    for number, (name, (document, variables)) in enumerate(DOCUMENTS.items()):
        for viewer in ("officer", viewers[number % len(viewers)]):
            yield Hostile(name, viewer, document, variables)
    for name, (document, variables) in VARIABLES.items():
        viewer = "agent-au" if document is BATCH else "officer"
        yield Hostile(f"{name} in a variable", viewer, document, variables)
    for name, body in BODIES.items():
        yield Hostile(f"{name} in a body", body=body)
    for name, how in HEADERS.items():
        yield Hostile(name, body=b'{"query": "{ __typename }"}', how=how)


def mixtures(seed: int) -> Iterator[Hostile]:
    """Endlessly many: pieces of the shapes cut and joined at random, with values of others."""
    chance = random.Random(seed)
    documents = [document for document, _ in (*DOCUMENTS.values(), *VARIABLES.values())]
    values = [value for _, given in VARIABLES.values() for value in given.values()]
    while True:
        document = chance.choice(documents)
        for _ in range(chance.randrange(3)):
            other = chance.choice(documents)
            at, start = chance.randrange(len(document) + 1), chance.randrange(len(other))
            length = int(2 ** chance.uniform(0, 12))
            document = document[:at] + other[start : start + length] + document[at:]
        given = {name: chance.choice(values) for name in ("by", "i", "c", "input", "r", "v0")}
        kept = {name: value for name, value in given.items() if chance.random() < 0.3}
        yield Hostile("a mixture", chance.choice(sorted(CLAIMS)), document, kept)
