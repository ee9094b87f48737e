"""One forbidden field is one error, whatever stands below it and however it is written."""

import pytest

from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

_INSIDE = "fragment Inside on SuspensionConnection { nodes { ...Row } }"
_ROW = "fragment Row on Suspension { id reason suspendedAt }"
_CASES = "applications(first: 1) { nodes { status } }"

ONE_MISTAKE = {
    "nested": "{ suspensions(first: 1) { nodes { id reason suspendedAt } } }",
    "with another name": "{ mine: suspensions(first: 1) { nodes { why: reason } } }",
    "twice": "{ one: suspensions { totalCount { value } } two: suspensions { __typename } }",
    "in fragments": f"{{ suspensions(first: 1) {{ ...Inside }} }} {_INSIDE} {_ROW}",
    "in a fragment of the query": (
        f"{{ ...All }} fragment All on Query {{ suspensions {{ ...Inside }} }} {_INSIDE} {_ROW}"
    ),
    "with what is wrong besides": "{ suspensions(first: 1) { nodes { idd } } viewer { rool } }",
    "in a circle": f"{{ suspensions {{ ...A }} }} {_INSIDE.replace('...Row', 'id ...Row')} {_ROW}"
    " fragment A on SuspensionConnection { ...Inside ...A }",
}


@pytest.mark.parametrize("query", ONE_MISTAKE.values(), ids=ONE_MISTAKE.keys())
async def test_one_forbidden_field_is_one_error(who: dict[str, Viewer], query: str) -> None:
    answer = await who["manager-au"](query)
    assert (answer.status, "data" in answer.body) == (400, False)
    assert [(error["message"], error["extensions"]["coordinate"]) for error in answer.errors] == [
        ("The role PARTNER_MANAGER does not read Query.suspensions.", "Query.suspensions")
    ]


async def test_several_forbidden_fields_are_all_named(who: dict[str, Viewer]) -> None:
    """A fragment that is spread below a forbidden field and elsewhere too counts as well."""
    answer = await who["manager-au"](
        f"{{ suspensions {{ nodes {{ by: id }} }} {_CASES} ...More applicant: viewer {{ role }} }}"
        " fragment More on Query { alerts { nodes { ...Alerted } }"
        ' application(by: {reference: "AUSY-GRAN-0001"}) { ...Case } }'
        " fragment Alerted on Alert { id application { ...Case } }"
        " fragment Case on Application { isReferred status }"
    )
    assert [error["extensions"]["coordinate"] for error in answer.errors] == [
        "Query.suspensions", "Application.status", "Query.alerts", "Application.isReferred",
    ]  # fmt: skip


async def test_a_forbidden_mutation_is_one_error(who: dict[str, Viewer]) -> None:
    answer = await who["officer"](
        'mutation { liftSuspension(input: {suspensionId: "x", idempotencyKey: "12345678"})'
        " { suspension { id reason } errors { code message } } }"
    )
    assert [error["message"] for error in answer.errors] == [
        "The role OFFICER does not call Mutation.liftSuspension."
    ]
