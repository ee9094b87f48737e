"""Mail leaves by an outbox: at least once, in order, and none for those who are suspended."""

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.mail import MOST_DAYS, deliver
from models.mail import NotSentError, mail_transport, post
from models.mail.outbox import Letter
from models.row_keys import new_key
from models.vocabulary import MailKind
from tests.free_ports import free_port
from tests.mail_sink import SENDER, Sink, deliver_all, running_sink, text_of

pytestmark = pytest.mark.anyio

RETRY_NOW = "UPDATE mail SET due_at = clock_timestamp() WHERE address IS NOT NULL"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    with running_sink() as running:
        yield running


def letter(address: str, cause: str | None = None, **values: Any) -> Letter:
    given = {"subject": address, "partner_code": None, "language": "EN", "path": "/volumes"}
    return Letter(
        kind=MailKind.REPORT, cause=cause or str(new_key()), address=address, **(given | values)
    )


async def test_a_message_is_sent_once_and_its_address_is_forgotten(
    database: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    assert await post(connection, letter("a@sent.example", "report 1"))
    assert not await post(connection, letter("a@sent.example", "report 1"))
    assert (await deliver_all(url, connection), await deliver_all(url, connection)) == (1, 0)
    [message] = kept.to("a@sent.example")
    row = await connection.fetchrow("SELECT * FROM mail WHERE cause = 'report 1'")
    assert message["Message-ID"] == f"<{row['id']}@gerbang.example>"
    assert "https://dashboard.example/volumes\n" in text_of(message)
    assert message["Auto-Submitted"] == "auto-generated"
    assert (row["address"], row["attempts"], row["failure"]) == (None, 1, None)
    assert row["delivered_at"] >= row["posted_at"]


async def test_messages_to_an_address_arrive_in_order_whatever_is_refused_meanwhile(
    database: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    kept.answers["slow@order.example"] = ["451 later", "451 later"]
    for number in range(3):
        slow = {"path": f"/{number}", "subject": f"viewer {number}"}  # who share a mailbox
        await post(connection, letter("slow@order.example", f"slow {number}", **slow))
        await post(connection, letter("quick@order.example", f"quick {number}"))
    assert await deliver_all(url, connection) == 0  # the first one was refused: a pause
    assert await deliver_all(url, connection) == 3
    assert (len(kept.to("quick@order.example")), kept.to("slow@order.example")) == (3, [])
    refused = await connection.fetchrow(
        "SELECT failure, attempts, due_at - clock_timestamp() AS wait FROM mail"
        " WHERE cause = 'slow 0'"
    )
    assert (refused["failure"], refused["attempts"]) == ("451", 1)
    assert 20 < refused["wait"].total_seconds() <= 30
    await connection.execute(RETRY_NOW)
    assert await deliver_all(url, connection) == 0
    wait = await connection.fetchval(
        "SELECT due_at - clock_timestamp() FROM mail WHERE cause = 'slow 0'"
    )
    assert 50 < wait.total_seconds() <= 60
    await connection.execute(RETRY_NOW)
    keepers = [await connect(database) for _ in range(3)]
    while sum(await asyncio.gather(*(deliver(mail_transport(url), SENDER, k) for k in keepers))):
        pass
    for keeper in keepers:
        await keeper.close()
    links = [text_of(each).split("\n\n")[1] for each in kept.to("slow@order.example")]
    assert links == [f"https://dashboard.example/{number}" for number in range(3)]


async def test_a_message_that_is_being_sent_holds_no_other_keeper_up(
    database: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    await post(connection, letter("first@busy.example"))
    await post(connection, letter("second@busy.example"))
    other = await connect(database)
    async with connection.transaction():
        await connection.execute("SELECT FROM mail WHERE address = 'first@busy.example' FOR UPDATE")
        async with asyncio.timeout(10):
            assert await deliver(mail_transport(url), SENDER, other) == 1
    await other.close()
    assert (len(kept.to("second@busy.example")), kept.to("first@busy.example")) == (1, [])
    assert await deliver_all(url, connection) == 1


async def test_a_keeper_that_is_killed_after_sending_sends_again_under_the_same_id(
    database: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    await post(connection, letter("twice@killed.example"))
    killed = connection.transaction()
    await killed.start()
    assert await deliver(mail_transport(url), SENDER, connection) == 1
    await killed.rollback()
    assert await deliver_all(url, connection) == 1
    first, second = kept.to("twice@killed.example")
    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"]


@pytest.mark.parametrize("reply", ["550 no such user", "500 what?"])
async def test_an_address_that_is_refused_for_good_is_given_up_and_the_next_is_not_held_up(
    reply: str, database: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    kept.answers["gone@gone.example"] = [reply]
    await post(connection, letter("gone@gone.example", reply))
    await post(connection, letter("gone@gone.example", f"{reply}, later"))
    assert (await deliver_all(url, connection), await deliver_all(url, connection)) == (0, 1)
    given_up = await connection.fetchrow("SELECT * FROM mail WHERE cause = $1", reply)
    assert (given_up["failure"], given_up["address"]) == (reply[:3], None)
    assert given_up["failed_at"] is not None
    assert len(kept.to("gone@gone.example")) == 1


async def test_a_message_whose_content_is_refused_for_good_is_given_up(
    database: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    kept.answers_to_content = ["451 later", "554 not this"]
    await post(connection, letter("a@content.example", "content"))
    for failure, is_final in (("451", False), ("554", True)):
        assert await deliver_all(url, connection) == 0
        row = await connection.fetchrow("SELECT * FROM mail WHERE cause = 'content'")
        assert (row["failure"], row["failed_at"] is not None) == (failure, is_final)
        await connection.execute(RETRY_NOW)


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 587), ("smtps", 465)])
async def test_a_server_is_reached_at_the_port_of_its_protocol(
    scheme: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], *_: object) -> None:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(NotSentError):
        await mail_transport(f"{scheme}://127.0.0.1")(EmailMessage())
    assert asked == [("127.0.0.1", port)]


async def test_mail_waits_for_a_server_that_is_away_and_not_for_ever(
    database: str, connection: asyncpg.Connection
) -> None:
    nowhere = f"smtp://127.0.0.1:{free_port()}"
    await post(connection, letter("a@away.example", "away"))
    assert await deliver_all(nowhere, connection) == 0
    row = await connection.fetchrow("SELECT * FROM mail WHERE cause = 'away'")
    assert (row["failure"], row["address"]) == ("ConnectionRefusedError", "a@away.example")
    await connection.execute(
        "UPDATE mail SET due_at = clock_timestamp(),"
        " posted_at = posted_at - $1 * interval '1 day' WHERE cause = 'away'",
        MOST_DAYS,
    )
    assert await deliver_all(nowhere, connection) == 0
    row = await connection.fetchrow("SELECT * FROM mail WHERE cause = 'away'")
    assert (row["address"], row["failed_at"] is not None) == (None, True)


@pytest.mark.parametrize("whom", [{"subject": "eve"}, {"partner_code": "NUSA"}])
async def test_whoever_was_suspended_the_minute_before_gets_nothing(
    whom: dict[str, str], world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    [(column, value)] = whom.items()
    suspended = letter(f"{column}@suspended.example", subject=whom.get("subject", "somebody"))
    await post(connection, suspended._replace(partner_code=whom.get("partner_code")))
    await connection.execute(
        f"INSERT INTO suspension (id, {column}, reason, suspended_by) VALUES ($1, $2, 'x', 'y')",
        new_key(),
        value,
    )
    assert await deliver_all(url, connection) == 1
    row = await connection.fetchrow(
        "SELECT * FROM mail WHERE cause = $1 AND address IS NULL", suspended.cause
    )
    assert (kept.kept, row["withheld_at"] is not None, row["delivered_at"]) == ([], True, None)
    # Once another has confirmed it, it has no end.
    await connection.execute(
        "UPDATE suspension SET ends_at = NULL, confirmed_by = 'z', confirmed_at = now()"
        f" WHERE {column} = $1",
        value,
    )
    await post(connection, suspended._replace(cause=f"{suspended.cause}, confirmed", **whom))
    assert await deliver_all(url, connection) == 1
    assert kept.kept == []
    # Once it is over, what comes then is sent.
    await connection.execute(f"UPDATE suspension SET ends_at = now() WHERE {column} = $1", value)
    await post(connection, suspended._replace(cause=f"{suspended.cause}, later", **whom))
    assert await deliver_all(url, connection) == 1
    assert len(kept.kept) == 1


async def test_a_folder_takes_the_place_of_a_server_in_development(
    database: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await post(connection, letter("dev@folder.example", language="ID"))
    assert await deliver_all(f"file:{tmp_path}/mail", connection) == 1
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    [file] = (tmp_path / "mail").iterdir()
    text = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (text["Subject"], text["Content-Language"]) == ("Laporan Anda siap dibuka", "id")


@pytest.mark.parametrize("url", ["http://a", "smtp://", "smtp://host/path", "file:", "file://a/b"])
def test_an_address_of_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected smtp://"):
        mail_transport(url)
