"""What a message says: a text for each kind and language, and a link."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

SUBSCRIPTIONS_PATH = "/subscriptions"


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name messages are sent, and where their links lead."""

    address: str
    #: The address of the dashboard, without a path.
    dashboard_url: str

    def message(self, mail: Mapping[str, Any]) -> EmailMessage:
        """The message of a row of the outbox: each time the same, to the byte."""
        words, link = _words(mail["language"]), self.dashboard_url.rstrip("/")
        says = words[mail["kind"]]
        foot = words["foot"].strip().format(subscriptions=link + SUBSCRIPTIONS_PATH)
        message = EmailMessage()
        message["From"] = Address("Gerbang", addr_spec=self.address)
        message["To"] = Address(addr_spec=mail["address"])
        message["Subject"] = says["title"]
        message["Date"] = _date(mail["posted_at"])
        message["Message-ID"] = self.message_id(mail["id"])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{says['says']}\n\n{link}{mail['path']}\n\n-- \n{foot}\n")
        message["Content-Language"] = mail["language"].lower()
        return message

    def message_id(self, id_: UUID) -> str:
        return f"<{id_}@{self.address.rpartition('@')[2]}>"


def _date(at: datetime) -> str:
    return format_datetime(at)


@cache
def _words(language: str) -> Mapping[str, Any]:
    source = resources.files("models.mail") / f"{language.lower()}.toml"
    return tomllib.loads(source.read_text("utf-8"))
