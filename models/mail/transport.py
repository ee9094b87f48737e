"""How messages leave: to a mail server, or into a folder, where a developer finds them."""

import asyncio
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PERMANENT = 500

#: Sends a message; returns once somebody else is responsible for it. Raises NotSentError.
MailTransport = Callable[[EmailMessage], Awaitable[None]]


class NotSentError(Exception):
    """A message was not accepted: by a reply of the server, or because it was not reached."""

    def __init__(self, failure: str, *, is_final: bool = False) -> None:
        super().__init__(failure)
        self.failure = failure
        #: Whether this recipient will never be accepted.
        self.is_final = is_final


def mail_transport(url: str) -> MailTransport:
    """The transport that a URL names: ``smtp://``, ``smtps://`` or ``file:``. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        folder = Path(unquote(parts.path))
        return lambda message: asyncio.to_thread(_write, folder, message)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError(
            "expected smtp://user:password@host:587 (STARTTLS), smtps://… (TLS), or file: and a"
            " folder"
        )
    server = parts.hostname, parts.port or _PORTS[parts.scheme]
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return lambda message: asyncio.to_thread(_send, parts.scheme == "smtps", server, login, message)


def _write(folder: Path, message: EmailMessage) -> None:
    """A repeat replaces its file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    unfinished = folder / f".{name}"
    unfinished.write_bytes(message.as_bytes())
    unfinished.replace(folder / f"{name}.eml")


def _send(
    is_tls: bool,
    server: tuple[str, int],
    login: tuple[str, str] | None,
    message: EmailMessage,
) -> None:
    """One connection for each message. Only a server on this machine is spoken to without TLS."""
    context = ssl.create_default_context()
    try:
        connection = (
            smtplib.SMTP_SSL(*server, timeout=_SECONDS, context=context)
            if is_tls
            else smtplib.SMTP(*server, timeout=_SECONDS)
        )
        with connection:
            if not is_tls and server[0] not in _LOOPBACK:
                connection.starttls(context=context)
            if login:
                connection.login(*login)
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, _)] = error.recipients.values()
        raise NotSentError(str(code), is_final=code >= _PERMANENT) from None
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
        raise NotSentError(str(code), is_final=code >= _PERMANENT) from None
    except smtplib.SMTPResponseException as error:
        raise NotSentError(str(error.smtp_code)) from None
    except (OSError, smtplib.SMTPException) as error:
        # The type only: the message may name the recipient.
        raise NotSentError(type(error).__name__) from None
