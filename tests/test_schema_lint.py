"""`make check` names what is amiss in names, descriptions and shapes of the schema."""

import re

import pytest
from graphql import build_schema

from checks.schema_lint import lint

GOOD = '''
"""A question."""
type Query {
  """The cases."""
  cases("How many." first: Int, "From where." after: String): CaseConnection!
}
"""A page."""
type CaseConnection {
  """Its edges."""
  edges: [CaseEdge!]!
  """Where it stands."""
  pageInfo: PageInfo!
}
"""A place in a list."""
type CaseEdge {
  """Where it stands."""
  cursor: String!
  """What stands there."""
  node: Status!
}
"""Where a page stands."""
type PageInfo {
  """After it."""
  hasNextPage: Boolean!
  """Before it."""
  hasPreviousPage: Boolean!
  """The first."""
  startCursor: String
  """The last."""
  endCursor: String
}
"""How it stands."""
enum Status {
  """Open."""
  OPEN
}
"""A change."""
type Mutation {
  """Close one."""
  closeCase("Which." input: CloseInput!): ClosePayload!
}
"""Which to close."""
input CloseInput {
  """The case."""
  id: ID!
}
"""What came of it."""
type ClosePayload {
  """What went wrong."""
  errors: [String!]!
}
'''
FAULTS = {
    '"""How it stands."""\n': ("", "Status has no description"),
    '  """Open."""\n': ("", "Status.OPEN has no description"),
    "  OPEN\n": ("  Open\n", "Status.Open is not written as ALL_CAPS"),
    "errors: [String!]!": ("mistakes: [String!]!", "ClosePayload has no errors"),
    "id: ID!": ("case_id: ID!", "CloseInput.case_id is not written as camelCase"),
    "  id: ID!": ("  strId: ID!", "CloseInput.strId says in its name what its type tells already"),
    "pageInfo: PageInfo!": ("pageInfo: PageInfo", "CaseConnection has no pageInfo: PageInfo!"),
    "edges: [CaseEdge!]!": ("edges: CaseEdge!", "CaseConnection has no list of edges"),
    "cursor: String!": ("cursor: String", "CaseEdge has no cursor that is always there"),
    "node: Status!": ("node: [Status!]!", "CaseEdge has no node, or a list of them"),
    "first: Int": ("first: Float", "Query.cases(first:) is Float: make it Int"),
    ', "From where." after: String': ("", "Query.cases returns a connection: take first and after"),
    "  cases(": ("  getCases(", "Query.getCases begins with a verb: name what it returns"),
    '"Which." input': ("input", "Mutation.closeCase(input:) has no description"),
    "input: CloseInput!": ("input: CloseInput", "Mutation.closeCase takes other arguments than"),
    "startCursor: String": ("start: String", "PageInfo has no startCursor, which clients of Relay"),
    "hasNextPage: Boolean!": (
        'hasNextPage: Boolean! @deprecated(reason: "Use `more`.")',
        "PageInfo.hasNextPage is deprecated without a date",
    ),
    "hasPreviousPage: Boolean!": (
        'hasPreviousPage: Boolean! @deprecated(reason: "Works until 2027-12-31.")',
        "PageInfo.hasPreviousPage is deprecated without a replacement",
    ),
}  # fmt: skip
RENAMED = {
    ("CloseInput", "Closing"): "Closing is an input: end its name in Input",
    ("ClosePayload", "Closed"): "Mutation.closeCase returns Closed: end its name in Payload",
    ("Status", "StatusEnum"): "StatusEnum says in its name what kind of type it is",
    ("Status", "status"): "status is a type: write it in PascalCase",
}


def complaints(sdl: str) -> list[str]:
    return [f"{coordinate} {sentence}" for coordinate, sentence in lint(build_schema(sdl))]


def test_a_good_schema_has_no_complaint() -> None:
    assert complaints(GOOD) == []


@pytest.mark.parametrize("part", FAULTS)
def test_a_fault_is_named(part: str) -> None:
    instead, complaint = FAULTS[part]
    assert GOOD.count(part) == 1
    (found,) = complaints(GOOD.replace(part, instead))
    assert found.startswith(complaint)


@pytest.mark.parametrize(("name", "other"), RENAMED)
def test_a_name_that_misleads_is_named(name: str, other: str) -> None:
    found = complaints(re.sub(rf"\b{name}\b", other, GOOD))
    assert any(each.startswith(RENAMED[name, other]) for each in found)
