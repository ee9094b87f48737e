"""Subscriptions to mail: each has the own, a report waits when its day has come, and nobody who is
suspended hears of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from models.jobs.subscriptions import end_subscriptions, post_reminders, post_reports
from models.row_keys import new_key
from tests.gateway.changing import document, key, row_id
from tests.gateway.conftest import Viewer
from tests.mail_sink import Sink, deliver_all, running_sink, text_of

pytestmark = pytest.mark.anyio

FIELDS = """
    id occasion role language isEnded mailedAt
    country { code } partner { code } centre { code } visaType { code }
"""
LIST = f"{{ mailSubscriptions(first: 50) {{ nodes {{ {FIELDS} }} }} }}"
ANSWER = f"mailSubscription {{ {FIELDS} }} errors {{ code path message }}"
VERIFIED = {"email_verified": True}
#: Managers whom the small world does not know.
FURTHER: list[dict[str, Any]] = [
    {"role": "PARTNER_MANAGER", "sub": "manager-sg", "partner": "NUSA", "countries": ["SG"]},
    {"role": "PARTNER_MANAGER", "sub": "manager-all", "partner": "NUSA",
     "countries": ["AU", "NZ", "SG"]},
]  # fmt: skip
#: Twelve recipients: what each reaches, and what each asks about.
RECIPIENTS: dict[str, dict[str, Any]] = {
    "leadership": {}, "officer": {"country": "SG"}, "officer-2": {}, "supervisor": {},
    "supervisor-2": {"partner": "ANDALAN"}, "manager-au": {"country": "AU"},
    "manager-pacific": {"country": "NZ"}, "manager-andalan": {}, "agent-au": {},
    "auditor": {"centre": "AU-MEL"}, "manager-sg": {"country": "SG"}, "manager-all": {},
}  # fmt: skip


def with_address(viewer: Viewer, address: str | None = None, **claims: Any) -> Viewer:
    """The same viewer, whose provider names a verified address."""
    named = address or f"{viewer.claims['sub']}@mail.example"
    return Viewer(viewer.client, {**viewer.claims, "email": named, **VERIFIED, **claims})


@pytest.fixture
async def own(who: dict[str, Viewer], connection: asyncpg.Connection) -> AsyncIterator[Any]:
    """The viewers with their addresses; what they subscribed to is removed afterwards."""
    client = who["leadership"].client
    further = {claims["sub"]: Viewer(client, claims) for claims in FURTHER}
    yield {name: with_address(each) for name, each in (who | further).items() if each.claims}
    await connection.execute("DELETE FROM mail_subscription; DELETE FROM mail")


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    with running_sink() as running:
        yield running


async def change(viewer: Viewer, mutation: str, **given: Any) -> dict[str, Any]:
    """What a mutation of subscriptions answers."""
    asked = await viewer(document(mutation, ANSWER), input={"idempotencyKey": key(), **given})
    assert (asked.status, asked.errors) == (200, []), asked.text
    payload: dict[str, Any] = asked.data[mutation]
    return payload


def codes(payload: dict[str, Any]) -> list[str]:
    return [each["code"] for each in payload["errors"]]


async def subscribe(viewer: Viewer, **given: Any) -> dict[str, Any]:
    asked = {"occasion": "MONTHLY", "language": "EN", **given}
    return await change(viewer, "subscribeToMail", **asked)


async def lasting(viewer: Viewer) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await viewer(LIST)).data["mailSubscriptions"]["nodes"]
    return nodes


async def months_pass(connection: asyncpg.Connection, months: int = 1) -> None:
    """Make it longer ago that anybody subscribed."""
    await connection.execute(
        "UPDATE mail_subscription SET subscribed_at = subscribed_at - $1 * interval '1 month',"
        " mailed_at = mailed_at - $1 * interval '1 month'",
        months,
    )


async def test_each_subscribes_with_the_verified_address_and_reads_the_own_alone(
    own: dict[str, Viewer], who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    made = await subscribe(own["manager-au"], country="AU")
    assert made["errors"] == []
    assert made["mailSubscription"]["country"] == {"code": "AU"}
    await subscribe(own["leadership"])
    assert await lasting(own["manager-au"]) == [made["mailSubscription"]]
    assert await lasting(own["manager-pacific"]) == []
    row = await connection.fetchrow(
        "SELECT * FROM mail_subscription WHERE id = $1", row_id(made["mailSubscription"]["id"])
    )
    # Whose figures they are comes from the sealed viewer, not from what was sent.
    assert (row["subject"], row["role"]) == ("manager-au", "PARTNER_MANAGER")
    reach = [row[f"own_{each}"] for each in ("partner", "countries", "centres")]
    assert [*reach, row["address"]] == ["NUSA", ["AU"], [], "manager-au@mail.example"]
    assert (row["ends_at"] - row["renewed_at"]).days == 90
    foreign = await own["leadership"](
        f"query ($id: ID!) {{ node(id: $id) {{ ... on MailSubscription {{ {FIELDS} }} }} }}",
        id=made["mailSubscription"]["id"],
    )
    assert foreign.data == {"node": None}


@pytest.mark.parametrize(
    "claims",
    [{"email": None}, {"email_verified": False}, {"email_verified": "true"}, {"email": "no"}],
)
async def test_nobody_subscribes_without_an_address_that_the_provider_has_verified(
    claims: dict[str, Any], own: dict[str, Viewer]
) -> None:
    viewer = with_address(own["leadership"], **claims)
    refused = await subscribe(viewer)
    assert codes(refused) == ["NO_ADDRESS"]
    assert await lasting(viewer) == []


@pytest.mark.parametrize(
    ("name", "given", "path"),
    [
        ("manager-au", {"country": "SG"}, "country"),
        ("manager-au", {"country": "XX"}, "country"),
        ("manager-au", {"partner": "ANDALAN"}, "partner"),
        ("manager-au", {"partner": "NOBODY"}, "partner"),
        ("agent-au", {"centre": "AU-MEL"}, "centre"),
        ("agent-au", {"centre": "AU-XXX"}, "centre"),
        ("leadership", {"occasion": "TARGET_MISSED", "visaType": "Z9"}, "visaType"),
    ],
)
async def test_what_is_out_of_reach_is_refused_like_what_does_not_exist(
    name: str, given: dict[str, str], path: str, own: dict[str, Viewer]
) -> None:
    refused = await subscribe(own[name], **given)
    said = "There is nothing with this code."
    assert refused["errors"] == [{"code": "NOT_FOUND", "path": ["input", path], "message": said}]


async def test_a_subscription_is_made_once_renewed_and_ended_by_its_owner(
    own: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    manager = own["manager-au"]
    made = await subscribe(manager)
    id_ = made["mailSubscription"]["id"]
    twice = await subscribe(manager)
    assert codes(twice) == ["ALREADY_SUBSCRIBED"]
    assert (await subscribe(manager, occasion="WEEKLY"))["errors"] == []
    absent = GlobalId("MailSubscription", str(uuid4())).encode()
    for mutation in ("renewMailSubscription", "endMailSubscription"):
        for nothing in (absent, "nonsense", GlobalId("Country", "AU").encode()):
            assert codes(await change(manager, mutation, subscriptionId=nothing)) == ["NOT_FOUND"]
        foreign = await change(own["leadership"], mutation, subscriptionId=id_)
        assert codes(foreign) == ["NOT_FOUND"]
    moved = with_address(manager, "new@mail.example", countries=["AU", "NZ"])
    await connection.execute(
        "UPDATE mail_subscription SET ends_at = ends_at - interval '80 days',"
        " seen_at = seen_at - interval '80 days' WHERE id = $1",
        row_id(id_),
    )
    assert codes(await change(moved, "renewMailSubscription", subscriptionId=id_)) == []
    row = await connection.fetchrow("SELECT * FROM mail_subscription WHERE id = $1", row_id(id_))
    assert (row["address"], row["own_countries"]) == ("new@mail.example", ["AU", "NZ"])
    assert (row["seen_at"], (row["ends_at"] - row["renewed_at"]).days) == (row["renewed_at"], 90)
    ended = await change(manager, "endMailSubscription", subscriptionId=id_)
    assert ended["mailSubscription"]["isEnded"]
    row = await connection.fetchrow("SELECT * FROM mail_subscription WHERE id = $1", row_id(id_))
    assert row["address"] is None
    again = await change(manager, "endMailSubscription", subscriptionId=id_)
    assert codes(again) == ["ALREADY_ENDED"]
    assert (await subscribe(manager))["errors"] == []


async def test_nobody_has_more_than_twenty(own: dict[str, Viewer]) -> None:
    leader, made = own["leadership"], 0
    for country in ("AU", "SG", "NZ", "IN", None):
        place = {"country": country} if country else {}
        for occasion in ("WEEKLY", "MONTHLY"):
            made += not (await subscribe(leader, **place, occasion=occasion))["errors"]
        for visa_type in ("B1", "C1", None):
            about = {"visaType": visa_type} if visa_type else {}
            answer = await subscribe(leader, **place, **about, occasion="TARGET_MISSED")
            made += not answer["errors"]
    assert made == 20
    refused = await subscribe(leader, centre="AU-SYD")
    assert codes(refused) == ["TOO_MANY_SUBSCRIPTIONS"]


async def test_each_recipient_is_told_that_a_report_waits_and_nothing_more(
    own: dict[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    for name, about in RECIPIENTS.items():
        assert (await subscribe(own[name], **about))["errors"] == []
    assert await post_reports(connection) == 0  # the day has not come
    await months_pass(connection)
    assert (await post_reports(connection), await post_reports(connection)) == (len(RECIPIENTS), 0)
    assert await deliver_all(url, connection) == len(RECIPIENTS)
    for name, about in RECIPIENTS.items():
        [message] = kept.to(f"{name}@mail.example")
        text = text_of(message)
        [link] = [line for line in text.splitlines() if "?language=en" in line]
        place = "".join(f"&{key}={code}" for key, code in about.items())
        page = "place" if place else ""
        start = f"https://dashboard.example/{page}?language=en{place}&period=custom&first="
        assert link.startswith(start)
        # Without its link and foot it says the same to everybody, and no number but that of days.
        assert text.replace(link, "") == text_of(kept.kept[0]).replace(
            next(ln for ln in text_of(kept.kept[0]).splitlines() if "?language=en" in ln), ""
        )
        assert not any(character.isdigit() for character in text.replace(link, ""))
        assert name not in text
        assert message["Message-ID"].endswith("@gerbang.example>")
    assert len({message["Message-ID"] for message in kept.kept}) == len(RECIPIENTS)
    month = f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"
    assert link == f"{start}{month}&last={month}"
    [leader] = await lasting(own["leadership"])
    assert leader["mailedAt"] is not None


async def test_whoever_was_suspended_the_minute_before_gets_nothing_and_finds_nothing(
    own: dict[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    for name in ("manager-au", "manager-pacific"):
        await subscribe(own[name])
    await months_pass(connection)
    assert await post_reports(connection) == 2
    suspension = new_key()
    await connection.execute(
        "INSERT INTO suspension (id, subject, reason, suspended_by)"
        " VALUES ($1, 'manager-au', 'Left.', 'administrator')",
        suspension,
    )
    try:
        assert await deliver_all(url, connection) == 2
        assert [message["To"] for message in kept.kept] == ["manager-pacific@mail.example"]
        found = await own["manager-au"](LIST)
        assert "SUSPENDED" in found.text
        assert "data" not in found.body
    finally:
        await connection.execute("DELETE FROM suspension WHERE id = $1", suspension)
        status = 0
        async with asyncio.timeout(20):
            while status != 200:  # until the gateway has noticed
                await asyncio.sleep(0.1)
                status = (await own["manager-au"](LIST)).status
    # What was withheld is not sent later.
    assert await deliver_all(url, connection) == 0


async def test_a_reminder_that_was_killed_half_way_is_sent_once_all_the_same(
    own: dict[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    await subscribe(own["manager-au"])
    ends = "UPDATE mail_subscription SET ends_at = now() + $1::interval"
    await connection.execute(ends, timedelta(days=14, minutes=1))
    assert await post_reminders(connection) == 0
    await connection.execute(ends, timedelta(days=14))
    killed = connection.transaction()
    await killed.start()
    assert await post_reminders(connection) == 1
    await killed.rollback()
    assert (await post_reminders(connection), await post_reminders(connection)) == (1, 0)
    killed = connection.transaction()
    await killed.start()
    assert await deliver_all(url, connection) == 1
    await killed.rollback()
    assert await deliver_all(url, connection) == 1
    first, second = kept.kept
    assert first["Message-ID"] == second["Message-ID"]
    assert "https://dashboard.example/subscriptions" in text_of(first)
    # Renewed, it is reminded of again; ended, no more, and its address is gone.
    [mine] = await lasting(own["manager-au"])
    await change(own["manager-au"], "renewMailSubscription", subscriptionId=mine["id"])
    assert await post_reminders(connection) == 0
    await connection.execute("UPDATE mail_subscription SET ends_at = ends_at - interval '77 days'")
    assert await post_reminders(connection) == 1
    assert await connection.fetchval("SELECT count(*) FROM mail WHERE kind = 'RENEWAL'") == 2
    await months_pass(connection)
    await connection.execute(ends, timedelta(0))
    assert await post_reports(connection) == 0
    assert (await end_subscriptions(connection), await end_subscriptions(connection)) == (1, 0)
    assert await connection.fetchval("SELECT address FROM mail_subscription") is None
    [mine] = await lasting(own["manager-au"])
    assert mine["isEnded"]


FINDINGS = '{ findings(from: "2026-01-01", to: "2026-01-31", kinds: [CHANGE]) { rows { kind } } }'


async def test_whoever_is_not_here_any_more_is_told_nothing_until_they_are(
    own: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    for name in ("manager-au", "manager-pacific", "leadership"):
        await subscribe(own[name])
    await months_pass(connection)
    # Nobody suspended the manager who left, and the address still works.
    await connection.execute(
        "UPDATE mail_subscription SET seen_at = seen_at - interval '36 days',"
        " ends_at = ends_at - interval '77 days' WHERE subject <> 'manager-pacific'"
    )
    assert (await post_reports(connection), await post_reminders(connection)) == (1, 0)
    told = "SELECT subject || ' of ' || partner_code FROM mail"
    assert await connection.fetchval(told) == "manager-pacific of NUSA"
    # In another role somebody is somebody else, though both reach the same.
    for role, reported in (("AUDITOR", 0), ("LEADERSHIP", 1)):
        assert (await with_address(own["leadership"], role=role)(FINDINGS)).errors == []
        assert await post_reports(connection) == reported
    # Back with a token of the role, and another reach than before.
    back = with_address(own["manager-au"], countries=["AU", "NZ"])
    assert (await back(FINDINGS)).errors == []
    reach = "SELECT own_countries FROM mail_subscription WHERE subject = 'manager-au'"
    assert await connection.fetchval(reach) == ["AU", "NZ"]
    assert (await post_reports(connection), await post_reminders(connection)) == (1, 2)


@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "551 gone", "553 no such name"])
async def test_a_mailbox_that_is_gone_ends_the_subscriptions_to_it(
    reply: str, own: dict[str, Viewer], connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    for name in ("manager-au", "manager-pacific"):
        for occasion in ("WEEKLY", "MONTHLY"):
            await subscribe(own[name], occasion=occasion)
    await months_pass(connection)
    await connection.execute(
        "UPDATE mail_subscription SET mailed_at = now() WHERE occasion = 'WEEKLY'"
    )
    assert await post_reports(connection) == 2
    kept.answers["manager-au@mail.example"] = [reply]
    kept.answers["manager-pacific@mail.example"] = ["554 5.7.1 not from you"]
    await deliver_all(url, connection)
    await deliver_all(url, connection)
    assert [each["isEnded"] for each in await lasting(own["manager-au"])] == [True, True]
    assert [each["isEnded"] for each in await lasting(own["manager-pacific"])] == [False, False]
