"""What a message says: a text for each kind and language, and a link; to applicants the reference
of their file, and nothing else of them."""

import tomllib
from collections.abc import Mapping, Sequence
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
_BOTH = ("ID", "EN")
#: A code is written in two parts.
_HALF = 5


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name messages are sent, and where their links lead."""

    address: str
    #: The address of the dashboard, without a path.
    dashboard_url: str
    #: That of the portal of applicants; without it they find theirs by themselves.
    portal_url: str | None = None

    def message(self, mail: Mapping[str, Any]) -> EmailMessage:
        """The message of a row of the outbox: each time the same, to the byte."""
        words, link = _words(mail["language"]), self.dashboard_url.rstrip("/")
        says = words[mail["kind"]]
        foot = words["foot"].strip().format(subscriptions=link + SUBSCRIPTIONS_PATH)
        text = f"{says['says']}\n\n{link}{mail['path']}\n\n-- \n{foot}\n"
        return self._message(mail, mail["address"], says["title"], text, [mail["language"]])

    def message_to_applicant(
        self, mail: Mapping[str, Any], address: str, reference: str, code: str | None = None
    ) -> EmailMessage:
        """The same to an applicant, in both languages; ``code`` opens what was decided. No secret
        stands in the link, which ends up in logs and histories."""
        both = [_words(language) for language in _BOTH]
        title = " / ".join(words[mail["kind"]]["title"] for words in both)
        written = code and f"{code[:_HALF]}-{code[_HALF:]}"
        link = f"{self.portal_url.rstrip('/')}{mail['path']}\n\n" if self.portal_url else ""
        text = "".join(
            f"{words[mail['kind']]['says'].format(reference=reference, code=written)}\n\n{link}"
            f"{words['foot_to_applicants'].strip()}\n\n"
            for words in both
        )
        return self._message(mail, address, f"{reference}: {title}", text, _BOTH)

    def _message(
        self,
        mail: Mapping[str, Any],
        address: str,
        title: str,
        text: str,
        languages: Sequence[str],
    ) -> EmailMessage:
        message = EmailMessage()
        message["From"] = Address("Gerbang", addr_spec=self.address)
        message["To"] = Address(addr_spec=address)
        message["Subject"] = title
        message["Date"] = _date(mail["posted_at"])
        message["Message-ID"] = self.message_id(mail["id"])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        message["Content-Language"] = ", ".join(languages).lower()
        return message

    def message_id(self, id_: UUID) -> str:
        return f"<{id_}@{self.address.rpartition('@')[2]}>"


def _date(at: datetime) -> str:
    return format_datetime(at)


@cache
def _words(language: str) -> Mapping[str, Any]:
    source = resources.files("models.mail") / f"{language.lower()}.toml"
    return tomllib.loads(source.read_text("utf-8"))
