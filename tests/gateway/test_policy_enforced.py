"""The policy holds: every role, every type, every field, by every way in.

Made from the policy itself, so it proves that what is written is enforced. Whether it is the right
thing to write, ``test_promises.py`` and ``test_rows_reached.py`` say.
"""

import re
from collections.abc import Iterable
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_introspection_query

from gateway.access.fields import is_readable, readable_fields
from gateway.limits import MOST_ROOT_FIELDS
from gateway.policy import POLICY, PURPOSES
from models.vocabulary import Purpose, Role
from tests.gateway.conftest import Answer, Traffic, Viewer
from tests.gateway.ways import (
    FOLLOWED,
    FULL,
    WAYS,
    Asking,
    reads,
    split_by_mistakes,
    split_by_root_fields,
)
from tests.walls.field_rights import BEHIND

pytestmark = pytest.mark.anyio

#: Those of the schema.
_TYPES = [name for name in POLICY if name not in BEHIND]
VIEWERS = {
    Role.LEADERSHIP: "leadership", Role.OFFICER: "officer", Role.SUPERVISOR: "supervisor",
    Role.PARTNER_MANAGER: "manager-au", Role.PARTNER_AGENT: "agent-au", Role.AUDITOR: "auditor",
    Role.APPLICANT: "applicant", Role.PARTNER_SERVICE: "service",
    Role.SCREENING: "screening", Role.TREASURY: "treasury", Role.ADMINISTRATOR: "administrator",
    Role.BORDER: "border", Role.CARRIER: "carrier", Role.ANONYMOUS: "anonymous",
}  # fmt: skip
LISTS = {
    "Country": "countries", "VisaType": "visaTypes", "Partner": "partners", "Centre": "centres",
    "Application": "applications", "AccessEvent": "accessEvents",
    "Alert": "alerts", "Suspension": "suspensions", "BanEntry": "banEntries",
    "Inquiry": "inquiries", "BudgetException": "budgetExceptions",
    "ReferenceChange": "referenceChanges", "DataRequest": "dataRequests",
    "KeyOperation": "keyOperations", "NamedEvent": "namedEvents", "Erasure": "erasures",
    "LegalHold": "legalHolds", "UnmatchedPayment": "unmatchedPayments", "Breach": "breaches",
    "Bill": "bills", "FormerBill": "formerBills", "MailSubscription": "mailSubscriptions",
    "SavedView": "savedViews", "VisaCheck": "visaChecks", "MonthNote": "monthNotes",
    "Crossing": "unmatchedCrossings", "Stay": "overstays",
    "Complaint": "complaints", "Pool": "pools", "ScreeningReplay": "screeningReplays",
    "WebhookEndpoint": "webhookEndpoints", "WebhookNotice": "webhookNotices",
}  # fmt: skip

each_role = pytest.mark.parametrize("role", list(Role))
each_list = pytest.mark.parametrize("noun", list(LISTS))


#: A letter of somebody who asks about their data: what an auditor looks people up for.
LETTER = "RQST-POST-0000"


@pytest.fixture
async def letter(world: str, connection: asyncpg.Connection) -> None:
    await connection.execute(
        "INSERT INTO data_request (id, reference, kind, lodged_by, lodged_role) VALUES"
        " (gen_random_uuid(), $1, 'ACCESS', 'auditor', 'AUDITOR') ON CONFLICT DO NOTHING",
        LETTER,
    )


def operation(role: Role, type_name: str) -> str:
    """Whoever needs a purpose says one, for a case on the own desk, a letter or a complaint, so
    that nothing but the field is in question."""
    if role is Role.APPLICANT or role not in PURPOSES:
        return "query"
    if type_name in ("Complaint", "ComplaintText") and Purpose.COMPLAINT in PURPOSES[role]:
        return 'query @purpose(code: COMPLAINT, reference: "CMPL-SERV-0000")'
    named = LETTER if role is Role.AUDITOR else "SGPO-OPEN-0006"
    return f'query @purpose(code: {PURPOSES[role][0]}, reference: "{named}")'


def assert_forbidden(answer: Answer, document: str, hidden: set[str], traffic: Traffic) -> None:
    """The answer names what is hidden, each field once, and nothing was read for it."""
    assert (answer.status, set(answer.codes)) == (400, {"FORBIDDEN_FIELD"}), document
    found = [error["extensions"]["coordinate"] for error in answer.errors]
    assert sorted(found) == sorted(hidden), document
    assert "data" not in answer.body
    assert (traffic.statements, traffic.connections) == ([], 0), document


async def check_type(
    viewer: Viewer, role: Role, type_name: str, traffic: Traffic, numbers: Iterable[int]
) -> None:
    """Every field of a type, by ways in to it; by the first also by aliases in a fragment.

    The fields that a role reads are asked for together. So are those that it does not read, as
    long as the answer has to name each of them; the first of them is also asked for by itself.
    """

    def is_hidden(coordinate: str) -> bool:
        return not reads(role, coordinate)

    for number in numbers:
        way = WAYS[type_name][number]
        every = {name: Asking(way, [name]) for name in POLICY[type_name].fields}
        refused = [name for name, it in every.items() if any(map(is_hidden, it.coordinates))]
        together = [name for name in every if name not in refused]
        for asking in split_by_root_fields(way, together):
            document = asking.document(operation(role, type_name))
            answer = await viewer(document)
            # Whoever tracks a file of which they know nothing is told so.
            assert (answer.status, {*answer.codes} - {"NOT_FOUND"}) == (200, set()), document
        traffic.statements.clear()
        traffic.connections = 0
        askings = [*split_by_mistakes(way, refused)]
        is_closed = any(map(is_hidden, Asking(way, []).coordinates))
        if is_closed:
            askings = askings[:1]  # whatever is at its end
        documents = [(asking, asking.document(operation(role, type_name))) for asking in askings]
        if number == 0 and not is_closed:
            documents += [(it, it.under_other_names(operation(role, type_name))) for it in askings]
            documents += [
                (every[name], every[name].document(operation(role, type_name)))
                for name in refused[:1]
            ]
        for asking, document in documents:
            hidden = asking.outermost(is_hidden)
            assert_forbidden(await viewer(document), document, hidden, traffic)


def test_there_is_a_way_in_to_every_type() -> None:
    assert set(WAYS) | FOLLOWED == set(POLICY)
    for type_name, ways in WAYS.items():
        assert {Asking(way, []).type_name for way in ways} == {type_name}


#: Each role goes in by the first way, and by one of so many of the others: what it may read of a
#: type does not depend on the way. Each way is gone by some who read the type, and some who do not.
_SPREAD = 5


def spread(role: Role, type_name: str) -> list[int]:
    """The numbers of the ways by which a role goes in to a type."""
    readers = [each for each in Role if readable_fields(type_name, each)]
    others = [each for each in Role if each not in readers]
    ways = range(len(WAYS[type_name]))
    if role in readers and len(readers) < _SPREAD:
        return [*ways]
    own = (readers if role in readers else others).index(role) % _SPREAD
    return [n for n in ways if n == 0 or n % _SPREAD == own]


@each_role
async def test_a_field_is_answered_or_refused_as_the_policy_says(
    who, traffic, letter, role
) -> None:
    for type_name in WAYS:
        numbers = spread(role, type_name)
        await check_type(who[VIEWERS[role]], role, type_name, traffic, numbers)


@pytest.mark.proof
@each_role
async def test_a_field_is_answered_or_refused_by_every_other_way(
    who, traffic, letter, role
) -> None:
    for type_name, ways in WAYS.items():
        numbers = set(range(len(ways))) - set(spread(role, type_name))
        await check_type(who[VIEWERS[role]], role, type_name, traffic, numbers)


def test_each_way_in_is_used_by_somebody_who_reads_the_type() -> None:
    for type_name, ways in WAYS.items():
        readers = [role for role in Role if readable_fields(type_name, role)]
        gone = {number for role in readers for number in spread(role, type_name)}
        assert gone == set(range(len(ways))), type_name


# --- Filters, orders and counts ------------------------------------------------------------------


def members(input_name: str) -> dict[str, Any]:
    """The fields of an input, or the values of an enum, in the whole schema."""
    type_ = FULL.type_map.get(input_name)
    if isinstance(type_, GraphQLInputObjectType):
        return dict(type_.fields)
    return dict(type_.values) if isinstance(type_, GraphQLEnumType) else {}


def assert_names_nothing(answer: Answer, code: str, asked: str, hidden: set[str]) -> None:
    """Refused, and of what is hidden the text repeats at most what was asked."""
    assert (answer.status, set(answer.codes)) == (400, {code})
    for error in answer.errors:
        words = error["message"].replace("'", " ").replace('"', " ").replace(".", " ").split()
        assert not (hidden - {asked}) & set(words)


#: Filters that go with one order alone, which is neither that of their own field nor the usual one.
ORDERED_BY = {"hasOpenHit": "TARGET_DUE_AT"}


async def check_filters(viewer: Viewer, role: Role, noun: str, traffic: Traffic) -> None:
    hidden = {name for name in members(f"{noun}Where") if not is_readable(noun, name, role)}
    orders = members(f"{noun}OrderField")
    for name in members(f"{noun}Where"):
        # A filter always goes with the order of its own field.
        word = ORDERED_BY.get(name) or re.sub("[A-Z]", r"_\g<0>", name).upper()
        order = f", orderBy: {{field: {word}}}" if word in orders and name not in hidden else ""
        counting = f"{LISTS[noun]}(where: %s{order}) {{ totalCount {{ value }} }}"
        literal = await viewer(f"{{ {counting % f'{{{name}: {{}}}}'} }}")
        declared = f"query($where: {noun}Where) {{ {counting % '$where'} }}"
        variable = await viewer(declared, where={name: {}})
        if name not in hidden:
            assert literal.errors == variable.errors == []
            continue
        assert_names_nothing(literal, "INVALID_DOCUMENT", name, hidden)
        # Where no filter is left, the very type of the variable does not exist.
        is_filtered = hidden != set(members(f"{noun}Where"))
        code = "INVALID_VARIABLES" if is_filtered else "INVALID_DOCUMENT"
        assert_names_nothing(variable, code, name, hidden)
    if hidden == set(members(f"{noun}Where")):
        assert traffic.connections == 0


async def check_orders(viewer: Viewer, role: Role, noun: str) -> None:
    def field_of(word: str) -> str:
        first, *others = word.lower().split("_")
        return first + "".join(other.title() for other in others)

    words = members(f"{noun}OrderField")
    hidden = {word for word in words if not is_readable(noun, field_of(word), role)}
    listing = f"{LISTS[noun]}(first: 1, orderBy: {{field: %s}}) {{ nodes {{ __typename }} }}"
    for word in words:
        literal = await viewer(f"{{ {listing % word} }}")
        variable = await viewer(
            f"query($field: {noun}OrderField!) {{ {listing % '$field'} }}", field=word
        )
        if word in hidden:
            assert_names_nothing(literal, "INVALID_DOCUMENT", word, hidden)
            code = "INVALID_DOCUMENT" if hidden == set(words) else "INVALID_VARIABLES"
            assert_names_nothing(variable, code, word, hidden)
        else:
            assert literal.errors == variable.errors == []


@each_list
@each_role
async def test_filters_and_orders_are_those_of_readable_fields(who, traffic, role, noun) -> None:
    viewer = who[VIEWERS[role]]
    if not is_readable("Query", LISTS[noun], role):
        answer = await viewer(f"{{ {LISTS[noun]}(where: {{}}) {{ totalCount {{ value }} }} }}")
        assert set(answer.codes) == {"FORBIDDEN_FIELD"}
        assert traffic.connections == 0
        return
    await check_filters(viewer, role, noun, traffic)
    if readable_fields(noun, role):
        await check_orders(viewer, role, noun)


@each_list
@each_role
async def test_a_total_is_for_whoever_reads_or_counts_the_rows(who, role, noun) -> None:
    answer = await who[VIEWERS[role]](f"{{ {LISTS[noun]} {{ totalCount {{ value }} }} }}")
    reads = bool(readable_fields(noun, role)) and is_readable("Query", LISTS[noun], role)
    counts = reads or role in POLICY[noun].counts_only
    assert answer.status == (200 if counts else 400)


# --- Introspection -------------------------------------------------------------------------------


@each_role
async def test_introspection_tells_each_role_what_it_reads(who, traffic, role) -> None:
    answer = await who[VIEWERS[role]](get_introspection_query(descriptions=False))
    types = {type_["name"]: type_ for type_ in answer.data["__schema"]["types"]}
    for name, access in POLICY.items():
        found = {field["name"] for field in types.get(name, {}).get("fields", [])}
        assert found <= readable_fields(name, role)
        if name in types:
            assert found == readable_fields(name, role)
        elif readable_fields(name, role):
            # Readable, but nothing that this role reads leads there; or behind a field of another.
            assert not access.rows or name in BEHIND
    for noun in LISTS:
        where = types.get(f"{noun}Where") or {"inputFields": []}
        assert all(is_readable(noun, one["name"], role) for one in where["inputFields"])
    nodes = {one["name"] for one in types["Node"]["possibleTypes"]}
    assert nodes == {
        name for name, access in POLICY.items()
        if access.rows and "id" in readable_fields(name, role)
    }  # fmt: skip
    assert ("purpose" in {one["name"] for one in answer.data["__schema"]["directives"]}) is (
        role in PURPOSES
    )
    assert (traffic.statements, traffic.connections) == ([], 0)


@each_role
async def test_a_hidden_type_does_not_exist(who, role) -> None:
    found: dict[str, Any] = {}
    for begin in range(0, len(_TYPES), MOST_ROOT_FIELDS):
        names = _TYPES[begin : begin + MOST_ROOT_FIELDS]
        declared = ", ".join(f"${name}: String!" for name in names)
        types = " ".join(f"{name}: __type(name: ${name}) {{ fields {{ name }} }}" for name in names)
        answer = await who[VIEWERS[role]](
            f"query({declared}) {{ {types} }}", **{name: name for name in names}
        )
        found |= answer.data
    assert found.keys() == {*_TYPES}
    for name, type_ in found.items():
        if type_:
            assert {field["name"] for field in type_["fields"]} == readable_fields(name, role)
        elif readable_fields(name, role):
            assert not POLICY[name].rows


@each_role
async def test_policies_say_what_the_policy_says(who, role) -> None:
    answer = await who[VIEWERS[role]]("{ policies { type fields } }")
    found = {one["type"]: set(one["fields"]) for one in answer.data["policies"]}
    assert found == {name: set(f) for name in POLICY if (f := readable_fields(name, role))}
