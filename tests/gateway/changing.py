"""Changes things as clients do: mutations over HTTP, with their answers told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from gateway.mapping.ids import GlobalId, decode
from tests.gateway.conftest import Asked, Viewer
from tests.world import application_id

IDENTITY: Mapping[str, str] = {
    "fullName": "Olive Zephyrine", "passportNumber": "ZX1234567", "birthDate": "1990-02-03",
    "email": "olive.zephyrine@example.net", "phone": "+61 400 123 987",
}  # fmt: skip
#: Everything that must never be found outside the vault.
PERSONAL = (*IDENTITY.values(), "Zephyrine", "ZX123", "400 123 987")


@dataclass(frozen=True)
class Changed:
    """What a mutation answered."""

    asked: Asked
    payload: dict[str, Any]

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.payload["errors"]]

    @property
    def is_done(self) -> bool:
        return not self.codes

    @property
    def id(self) -> str:
        """The global id of the application that was changed."""
        return self.payload["application"]["id"]


def key() -> str:
    return str(uuid4())


def global_id(reference: str) -> str:
    """The global id of an application of the small world."""
    return GlobalId("Application", str(application_id(reference))).encode()


def row_id(id_: str) -> UUID:
    """The key in the database that a global id names."""
    named = decode(id_)
    assert named is not None
    return UUID(named.key)


#: What a mutation answers with whose caller reads more, or less, than one case.
ANSWERS = {
    "recordPayment": "bill { code }",
    "recordScreening": "screening { id kind }",
    "confirmScreening": "screening { id kind }",
}


def document(mutation: str, selection: str | None = None) -> str:
    if selection is None:
        answer = ANSWERS.get(mutation, "application { id }")
        selection = f"{answer} errors {{ code message path }}"
    name = mutation[0].upper() + mutation[1:]
    return f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"


async def send(viewer: Viewer, mutation: str, given: Mapping[str, Any]) -> Asked:
    """The bare answer, whatever it is."""
    return await viewer(document(mutation), input={"idempotencyKey": key(), **given})


async def change(viewer: Viewer, mutation: str, id_: str | None = None, **given: Any) -> Changed:
    """Call a mutation that the viewer has; ``id_`` is the application's."""
    if id_ is not None:
        given["applicationId"] = id_
    asked = await send(viewer, mutation, given)
    assert (asked.status, asked.errors) == (200, []), asked.text
    return Changed(asked, asked.data[mutation])


async def done(viewer: Viewer, mutation: str, id_: str | None = None, **given: Any) -> str:
    """Call a mutation that must be done; the global id of the application."""
    changed = await change(viewer, mutation, id_, **given)
    assert changed.codes == [], changed.payload
    return id_ if id_ is not None and mutation in ANSWERS else changed.id


def receipt() -> str:
    """A new number of a payment, as the treasury gives it."""
    return uuid4().hex[:16].upper()


async def bill_of(who: Mapping[str, Viewer], id_: str) -> dict[str, Any]:
    """The bill of an application, as an officer reads it."""
    asked = await who["officer"](
        "query ($id: ID!) { node(id: $id) { ... on Application {"
        " bill { code amountIdr paidAt receiptNumber } } } }",
        id=id_,
    )
    return asked.data["node"]["bill"]


async def pay(who: Mapping[str, Viewer], id_: str, **given: Any) -> Changed:
    """The treasury reports the bill of an application, by what is on it if nothing else is said."""
    bill = await bill_of(who, id_)
    report = {
        "billingCode": bill["code"], "amountIdr": bill["amountIdr"],
        "receiptNumber": receipt(), "idempotencyKey": key(), **given,
    }  # fmt: skip
    asked = await who["treasury"](document("recordPayment"), input=report)
    assert (asked.status, asked.errors) == (200, []), asked.text
    return Changed(asked, asked.data["recordPayment"])


async def pays(who: Mapping[str, Viewer], id_: str, **given: Any) -> str:
    """The same, which must be done; the global id of the application."""
    changed = await pay(who, id_, **given)
    assert changed.codes == [], changed.payload
    return id_


async def submitted(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application at the centre in Sydney, billed and unpaid."""
    said = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY), **given}
    return await done(who["agent-au"], "submitApplication", **said)


async def paid(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application, paid and handed over."""
    id_ = await pays(who, await submitted(who, **given))
    return await done(who["agent-au"], "markReceived", id_)


async def in_verification(who: Mapping[str, Viewer], **given: Any) -> str:
    return await done(who["officer"], "startVerification", await paid(who, **given))


async def in_screening(who: Mapping[str, Viewer], **given: Any) -> str:
    return await done(who["officer"], "referToScreening", await in_verification(who, **given))


async def cleared(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application of which supervision knows nothing bad."""
    id_ = await in_screening(who, **given)
    return await done(who["screening"], "recordScreening", id_, kind="ENTRY_BAN", result="CLEAR")


async def granted(who: Mapping[str, Viewer], **given: Any) -> str:
    return await done(
        who["officer"], "recordDecision", await cleared(who, **given), outcome="GRANTED"
    )


async def refused(who: Mapping[str, Viewer], **given: Any) -> str:
    id_ = await in_verification(who, **given)
    refusal = {"outcome": "REFUSED", "ground": "INCOMPLETE"}
    return await done(who["officer"], "recordDecision", id_, **refusal)


async def row(connection: asyncpg.Connection, id_: str) -> dict[str, Any]:
    """The application as the database has it."""
    found = await connection.fetchrow("SELECT * FROM application WHERE id = $1", row_id(id_))
    return dict(found) if found else {}


async def events(connection: asyncpg.Connection, id_: str) -> list[tuple[int, str, str | None]]:
    """The events of an application: number, kind, actor."""
    rows = await connection.fetch(
        "SELECT sequence, kind, actor FROM application_event"
        " WHERE application_id = $1 ORDER BY sequence",
        row_id(id_),
    )
    return [tuple(one) for one in rows]


#: Every table that a mutation could write.
WRITTEN = ("application", "application_event", "applicant", "identity", "decision", "screening",
           "assignment", "bill", "idempotency", "volume_outbox", "access_event", "partner",
           "partner_country", "centre", "fee", "service_target", "visa_type",
           "entry_rule")  # fmt: skip


async def everything(connection: asyncpg.Connection) -> dict[str, Any]:
    """A fingerprint of all that could have been written."""
    return {
        table: await connection.fetchval(
            f"SELECT md5(string_agg(one::text, '|' ORDER BY one::text)) FROM {table} AS one"
        )
        for table in WRITTEN
    }
