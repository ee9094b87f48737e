"""Over HTTP each role reads the fields that the matrix gives it, and is refused each other one.

The matrix of `tests.walls.field_rights` was written by hand, so this asks what was meant, where
`test_policy_enforced.py` asks whether what is written is enforced.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import get_named_type
from starlette.applications import Starlette

from models.database.connections import connect
from models.vocabulary import Role
from tests import tokens
from tests.gateway.conftest import Traffic, Viewer
from tests.gateway.in_process import running_gateway
from tests.gateway.published_crowd import publish_with
from tests.gateway.test_policy_enforced import assert_forbidden
from tests.gateway.ways import FOLLOWED, FULL, WAYS, Asking, split_by_mistakes, split_by_root_fields
from tests.models.crowd import crowd
from tests.walls.field_rights import RIGHTS, ROLES, fields_of, right

pytestmark = pytest.mark.anyio

VIEWERS = {role: role.value.lower().replace("partner_", "") for role in ROLES} | {
    Role.PARTNER_MANAGER: "manager-au",
    Role.PARTNER_AGENT: "agent-au",
}
#: Whoever needs a purpose says one, so that nothing but the field is in question.
PURPOSES = {
    Role.OFFICER: '@purpose(code: CASEWORK, reference: "SGPO-OPEN-0006")',
    Role.SUPERVISOR: '@purpose(code: SUPERVISION, reference: "SGPO-OPEN-0006")',
    Role.SCREENING: '@purpose(code: CASEWORK, reference: "SGPO-OPEN-0006")',
    Role.PARTNER_AGENT: '@purpose(code: INTAKE, reference: "SGPO-OPEN-0006")',
    Role.AUDITOR: '@purpose(code: DATA_REQUEST, reference: "RQST-POST-0000")',
}
COMPLAINT_STAFF = (Role.AUDITOR, Role.SUPERVISOR, Role.PARTNER_MANAGER)
OF_A_COMPLAINT = '@purpose(code: COMPLAINT, reference: "CMPL-SERV-0000")'
#: By what each role that reads published figures can tell them apart.
GROUPS = {Role.PARTNER_MANAGER: "COUNTRY", Role.PARTNER_AGENT: "CENTRE"}
PRECISIONS = {"R": {"EXACT"}, "F": {"EXACT"}, "P": {"ROUNDED", "SUPPRESSED"}}

each_role = pytest.mark.parametrize("role", ROLES)


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway on the small world with a crowd in it, published at New Year."""
    await publish_with(world, crowd(2_000, 1))
    connection = await connect(world)
    try:
        await connection.execute(
            "INSERT INTO data_request (id, reference, kind, lodged_by, lodged_role)"
            " VALUES (gen_random_uuid(), 'RQST-POST-0000', 'ACCESS', 'auditor', 'AUDITOR')"
        )
    finally:
        await connection.close()
    async with running_gateway(tokens.settings(database_url=world)) as application:
        yield application


def has(role: Role, coordinate: str) -> bool:
    type_name, name = coordinate.split(".")
    if name == "__typename":
        return type_name.endswith("Connection") or bool(fields_of(role, type_name))
    return right(role, type_name, name) != "-"


#: That each role's view of the schema is the matrix, and that whatever the policy says is enforced
#: over HTTP, two other tests say of every role; this one joins them, for somebody of each kind.
JOINED = (Role.SUPERVISOR, Role.PARTNER_MANAGER, Role.APPLICANT, Role.ANONYMOUS)


@pytest.mark.parametrize(
    "role",
    [role if role in JOINED else pytest.param(role, marks=pytest.mark.proof) for role in ROLES],
)
async def test_a_field_is_answered_or_refused_as_the_matrix_says(
    who: dict[str, Viewer], traffic: Traffic, role: Role
) -> None:
    def is_hidden(coordinate: str) -> bool:
        return not has(role, coordinate)

    for type_name, (way, *_) in WAYS.items():
        is_named = type_name in ("Complaint", "ComplaintText") and role in COMPLAINT_STAFF
        purpose = OF_A_COMPLAINT if is_named else PURPOSES.get(role, "")
        operation = f"query {purpose}"
        names = [name for owner, name in RIGHTS if owner == type_name and name != "[rows]"]
        refused = [n for n in names if any(map(is_hidden, Asking(way, [n]).coordinates))]
        together = [name for name in names if name not in refused]
        for asking in split_by_root_fields(way, together):
            document = asking.document(operation)
            answer = await who[VIEWERS[role]](document)
            # Whoever tracks a file of which they know nothing is told so.
            assert (answer.status, {*answer.codes} - {"NOT_FOUND"}) == (200, set()), document
        traffic.statements.clear()
        traffic.connections = 0
        for asking in split_by_mistakes(way, refused):
            document = asking.document(operation)
            hidden = asking.outermost(is_hidden)
            answer = await who[VIEWERS[role]](document)
            assert_forbidden(answer, document, hidden, traffic)


def test_every_type_that_a_query_leads_to_is_asked_for() -> None:
    assert WAYS.keys() | FOLLOWED == {type_name for type_name, _ in RIGHTS}


@each_role
async def test_a_published_figure_is_never_exact_and_an_exact_one_always(
    who: dict[str, Viewer], role: Role
) -> None:
    """Of a quarter in which enough happened for published figures to have values.

    Of counts and rates: a duration is rounded either way.
    """
    figures = {name: right(role, "VolumeRow", name) for name in _figures()}
    asked = [name for name, mark in figures.items() if mark in "RPF"]
    if not asked:
        return
    fields = " ".join(f"{name} {{ precision }}" for name in asked)
    answer = await who[VIEWERS[role]](
        '{ volumes(from: "2025-01-01", to: "2025-03-31",'
        f" groupBy: [{GROUPS.get(role, '')}]) {{ rows {{ {fields} }} }} }}"
    )
    assert answer.errors == []
    rows = answer.data["volumes"]["rows"]
    assert rows
    for name in asked:
        found = {row[name]["precision"] for row in rows if row[name]}
        assert found <= PRECISIONS[figures[name]], name


def _figures() -> list[str]:
    """The fields of a row of volumes that hold a count or a rate."""
    fields: Any = FULL.type_map["VolumeRow"].fields  # type: ignore[union-attr]
    return [
        name
        for name, one in fields.items()
        if get_named_type(one.type).name in ("CountFigure", "RateFigure")
    ]
