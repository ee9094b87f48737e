"""Linking without leaking: a submission looks the same whether or not the person is on file.

The same submission of somebody whom everybody knows, and of somebody whom nobody does: the same
bytes but for what is random, and the same statements. Linking is done after the commit by somebody
else, so there is nothing that could differ; this notices if there ever is.
"""

import re

import pytest

from tests.gateway.changing import ENTRY_ON, IDENTITY, key, submitted_case
from tests.gateway.conftest import Traffic, Viewer, without_budget

pytestmark = pytest.mark.anyio

_RANDOM = (
    re.compile(r'"id":"[^"]+"'),
    re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}"),
    re.compile(r'"code":"[0-9]{15}"'),
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+00:00)"),
)
_DOCUMENT = (
    'mutation($input: SubmitApplicationInput!) @purpose(code: INTAKE, reference: "7K3M") {'
    " submitApplication(input: $input) { application { id reference stage submittedAt payBy"
    " bill { code fee { amount } dueAt } allowed { step isAllowed reason { code message } }"
    " applicant { id passportLastFour nationality { code }"
    " applications(first: 9) { totalCount { value } nodes { reference stage } }"
    " identity { fullName passportNumber } } } errors { code message path } } }"
)
_AFTERWARDS = (
    'query ($case: ID!) @purpose(code: INTAKE, reference: "7K3M") { node(id: $case) {'
    " ... on Application { id reference stage applicant { id passportLastFour"
    " applications(first: 9) { totalCount { value } } identity { fullName } } } }"
    " accessEvents(first: 1) { totalCount { precision } } }"
)
_KNOWN = {**IDENTITY, "fullName": "Known Everywhere", "passportNumber": "KNOWN0001"}
#: As long, letter by letter, and nobody.
_UNKNOWN = {**IDENTITY, "fullName": "Nobodys Relative", "passportNumber": "NOBOD0001"}


def _without_chance(text: str, identity: dict[str, str]) -> str:
    for pattern in _RANDOM:
        text = pattern.sub("…", text)
    for name in ("fullName", "passportNumber"):
        text = text.replace(identity[name], name)
    return without_budget(text).replace(identity["passportNumber"][-4:], "last")


async def _observe_submission(
    agent: Viewer, traffic: Traffic, identity: dict[str, str]
) -> tuple[object, ...]:
    """The answer to an agent, and the statements sent to the database meanwhile."""
    begins = len(traffic.statements)
    values = {
        "visaType": "B1",
        "nationality": "AU",
        "entryOn": ENTRY_ON,
        "identity": identity,
        "idempotencyKey": key(),
    }
    first = await agent(_DOCUMENT, input=values)
    assert first.data["submitApplication"]["errors"] == []
    case = first.data["submitApplication"]["application"]["id"]
    again = await agent(_DOCUMENT, input=values)
    later = await agent(_AFTERWARDS, case=case)
    return (
        [_without_chance(asked.text, identity) for asked in (first, again, later)],
        [sorted(asked.headers) for asked in (first, again, later)],
        traffic.statements[begins:],
    )


async def test_submitting_an_application_reveals_nothing_about_other_files(
    who, traffic: Traffic
) -> None:
    for _ in range(3):
        await submitted_case(who, identity=_KNOWN)
    # Statements are planned by now.
    await _observe_submission(who["agent-au"], traffic, {**_UNKNOWN, "passportNumber": "WARM00001"})
    unknown = await _observe_submission(who["agent-au"], traffic, _UNKNOWN)
    known = await _observe_submission(who["agent-au"], traffic, _KNOWN)
    assert known == unknown


async def test_no_statement_of_whoever_takes_in_speaks_of_links(who, traffic: Traffic) -> None:
    await submitted_case(who, identity=_KNOWN)
    traffic.statements.clear()
    await _observe_submission(who["agent-au"], traffic, _KNOWN)
    text = " ".join(traffic.statements)
    assert "INSERT INTO identity" in text
    assert not re.search(r"person_(index|link)|is_linked|linker", text)
