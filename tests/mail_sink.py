"""A mail server of the tests, which keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import asyncpg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from models.jobs.mail import deliver
from models.key_service import KeyService
from models.mail import mail_transport
from models.mail.message import Sender
from tests.free_ports import free_port

SENDER = Sender("gerbang@gerbang.example", "https://dashboard.example", "https://portal.example")


class Sink:
    """A mail server that keeps what it is sent, and can be told what to answer."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.answers: dict[str, list[str]] = {}
        #: What it says to what messages hold, one after the other.
        self.answers_to_content: list[str] = []

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.answers.get(address):
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers_to_content:
            return self.answers_to_content.pop(0)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.kept.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [each for each in self.kept if each["To"] == address]


@contextmanager
def running_sink() -> Iterator[tuple[Sink, str]]:
    """The server, and its address."""
    kept, port = Sink(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield kept, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def text_of(message: EmailMessage) -> str:
    """What a reader sees, below the headers."""
    return str(message.get_content()).replace("\r\n", "\n")


async def deliver_all(
    url: str, connection: asyncpg.Connection, keys: KeyService | None = None
) -> int:
    """Deliver what waits, until there is nothing or something is refused; how many were done."""
    count = 0
    while await deliver(mail_transport(url), SENDER, connection, keys):
        count += 1
    return count
