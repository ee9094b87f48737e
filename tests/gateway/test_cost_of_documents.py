"""What an operation may cost is within ten times of what it costs: for each document of the
dashboard and of the portal, as each role that sends it."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
from graphql import OperationDefinitionNode, OperationType, parse
from starlette.applications import Starlette

from dashboard.pages.documents import ANONYMOUS, screen_documents
from gateway.execution.budgets import VALUES_PER_STEP
from gateway.execution.cost import OperationCost, values_in
from gateway.execution.cost.bounds import MUTATION
from gateway.viewer import Viewer as AccessViewer
from models.vocabulary import Role
from tests import tokens, world
from tests.gateway.changing import (
    IDENTITY,
    global_id,
    reference_of,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import CLAIMS, PATIENT, Viewer, running_gateway
from tests.gateway.oracle import role_of
from tests.gateway.test_plans import VIEWS
from tests.linking import linking

pytestmark = pytest.mark.anyio

#: An estimate is at most so many times the values of the answer.
MOST_TIMES = 10
#: An answer of fewer values counts as one of these: pages that the small world leaves empty were
#: asked for by their `first`. Ten times as many are one step of processor time, the least that is
#: charged for it.
FLOOR = VALUES_PER_STEP // MOST_TIMES
PORTAL = Path(__file__).parents[2] / "examples" / "portal" / "src"
#: The roles for which the portal shows a screen.
SCREENS: Mapping[str, tuple[str, ...]] = {
    "main.tsx": ("APPLICANT", "PARTNER_AGENT", "OFFICER"),
    "parts.tsx": ("APPLICANT", "PARTNER_AGENT", ANONYMOUS),
    "Track.tsx": (ANONYMOUS,),
    "Decision.tsx": (ANONYMOUS,),
    "Apply.tsx": ("APPLICANT",),
    "Mine.tsx": ("APPLICANT",),
    "Claim.tsx": ("APPLICANT",),
    "Bill.tsx": ("APPLICANT",),
    "Answers.tsx": ("APPLICANT",),
    "Intention.tsx": ("APPLICANT", "PARTNER_AGENT"),
    "Complaints.tsx": ("APPLICANT",),
    "Deliveries.tsx": ("PARTNER_SERVICE",),
    "Group.tsx": ("PARTNER_AGENT",),
    "Partner.tsx": ("PARTNER_AGENT",),
    "Desk.tsx": ("OFFICER",),
}
#: A case that everybody who reads cases reads, Ruby Hale's own.
CASE = "AUSY-GRAN-0001"
WINDOW = {"from": "2025-01-01T00:00:00Z", "before": "2025-12-31T00:00:00Z"}
#: What somebody enters in a form; the other variables are those with which a page opens.
ENTERED: Mapping[str, Mapping[str, Any]] = {
    "Case": {"reference": CASE},
    "readsOfCase": {"caseReference": CASE},
    "readsOfAccount": {"viewer": "officer", **WINDOW},
    "peopleRead": {"viewer": "officer", **WINDOW},
    "peopleInReach": {"viewer": "officer", "role": "OFFICER", **WINDOW},
    "why": {"caseReference": CASE, "viewer": "officer", "role": "OFFICER"},
    "findBill": {"code": world.billing_code(CASE)},
    "my_data/reads": {"isProven": False},
    "Countries": {"language": "EN"},
    "VisaTypes": {"language": "EN", "nationality": "AU"},
    "Mine": {"language": "EN"},
    "Desk": {"language": "EN"},
    "CaseFile": {"reference": CASE},
    "Announcement": {"id": global_id(CASE)},
    "PartnersList": {"language": "EN"},
    "PartnersFile": {"id": global_id(CASE)},
}
#: What cannot be asked without a request of a person, a person to screen, a complaint, or a case on
#: the desk.
NOT_ASKED = {
    *("findByName", "findByPassport", "whoIsIt", "Person", "VisaInHand"),
    *("readComplaint", "openDocument"),
    *("readAnswers", "MyAnswers", "Decision"),
}


#: What is on file of one person: nobody knows how much before it is read, and most have one
#: application where fifty have room. What is charged in the end is the answer.
OF_ONE_PERSON = {("my_data/question", "applicant"), ("portal Mine", "applicant")}


class SentDocument(NamedTuple):
    """A document, and what it is sent with."""

    name: str
    text: str
    roles: tuple[str, ...]
    variables: Mapping[str, Any]


def _sent() -> Iterator[SentDocument]:
    for each in screen_documents():
        name = each.name.rpartition("/")[2]
        entered = ENTERED.get(each.name) or ENTERED.get(name) or ENTERED.get(each.screen, {})
        roles = tuple(sorted(each.sent_for(Role)))
        yield SentDocument(each.name, each.text, roles, {**each.variables, **entered})
    for path in sorted(PORTAL.rglob("*.tsx")):
        for text in re.findall(r"graphql\(`(.+?)`\)", path.read_text(), re.DOTALL):
            name = _operation(text).name
            assert name
            roles = SCREENS[path.name]
            yield SentDocument(f"portal {name.value}", text, roles, ENTERED.get(name.value, {}))


def _operation(text: str) -> OperationDefinitionNode:
    (found,) = (one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode))
    return found


SENT = [*_sent()]
QUERIES = [each for each in SENT if _operation(each.text).operation is OperationType.QUERY]
OTHERS = [each for each in SENT if each not in QUERIES]


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """With the LINKER, without which no file is tracked."""
    async with running_gateway(tokens.settings(world, **PATIENT)) as running, linking(world):
        yield running


async def _file_to_track(who: Mapping[str, Viewer]) -> Mapping[str, Any]:
    """What somebody without an account enters who tracks a file of these days."""
    case = await submitted_case(who, identity=IDENTITY)
    await wait_until_linked(who, case)
    return {
        "reference": await reference_of(who["agent-au"], case),
        "passport": {"issuingState": "AU", "number": IDENTITY["passportNumber"]},
        "birthDate": IDENTITY["birthDate"],
    }


async def test_a_query_is_estimated_within_ten_times_of_its_answer(who) -> None:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    tracked = await _file_to_track(who)
    for each in QUERIES:
        if each.name.split()[-1].rpartition("/")[2] in NOT_ASKED:
            continue
        variables = tracked if each.name == "portal Track" else each.variables
        body = {"query": each.text, "variables": orjson.loads(orjson.dumps(variables))}
        for role in each.roles:
            viewer = next(name for name, claims in CLAIMS.items() if role_of(claims) == role)
            answer = await who[viewer].send(body)
            assert answer.codes == [], (each.name, viewer, answer.errors)
            cost, values = answer.body["extensions"]["cost"], values_in(answer.data)
            assert values + cost["work"] <= cost["requested"], (each.name, viewer)
            found[each.name, viewer] = cost["requested"], values
    assert len(found) > 100
    assert sum(values > FLOOR for _, values in found.values()) > 10  # where the floor says nothing
    wrong = {
        asked: figures
        for asked, figures in found.items()
        if figures[0] > MOST_TIMES * max(figures[1], FLOOR)
    }
    assert wrong.keys() == OF_ONE_PERSON


async def test_facets_count_no_more_lines_than_there_are(who) -> None:
    answer = await who["officer"](
        "{ applications(first: 1) { facets { stage { count { value } } } } }"
    )
    assert answer.errors == []
    assert answer.body["extensions"]["cost"]["work"] <= 1, "thirteen applications"


def test_a_change_is_estimated_at_little_more_than_what_each_change_costs() -> None:
    """Its work is charged whatever it answers with; the rest is a list of mistakes."""
    changes = 0
    for each in OTHERS:
        operation = _operation(each.text)
        for role in each.roles:
            viewer = AccessViewer("somebody", Role(role))
            cost = OperationCost(operation, parse(each.text), VIEWS[viewer.role]).of({}, viewer)
            changes += cost.work == MUTATION
            assert cost.requested <= MOST_TIMES * max(cost.work, 1), (each.name, role)
    assert changes > 50
