"""How a setting is declared and read: each parser of a variable raises ValueError, which says what
is expected.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from models.account.cosignatures import Witness
from models.account.notes import AccountError
from models.contents.scanner import Scanner
from models.database.url import read_database_url
from models.key_service.addresses import read_addresses
from models.mail import mail_transport
from models.mail.outbox import ADDRESS
from models.rights.retention import DAYS_KEPT
from models.vocabulary import Role, Status


def setting(
    meaning: str,
    read: Callable[[str], Any],
    default: Any,
    *,
    is_secret: bool = False,
    may_be_empty: bool = False,
) -> Any:
    """A dataclass field for an environment variable: its description, parser and default.

    Which commands require it is stated in ``commands.py``. An empty variable counts as unset,
    except with ``may_be_empty``, where it means None.
    """
    metadata = {
        "meaning": meaning,
        "read": read,
        "is_secret": is_secret,
        "may_be_empty": may_be_empty,
    }
    return field(default=default, metadata=metadata, repr=not is_secret)


Word = TypeVar("Word", bound=StrEnum)


def text(value: str) -> str:
    if not value.isprintable():
        raise ValueError("expected plain text")
    return value


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return int(value)

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    def parse(value: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value):
            raise ValueError(f"expected seconds from {least:g} to {most:g}")
        if not least <= float(value) <= most:
            raise ValueError(f"expected seconds from {least:g} to {most:g}")
        return float(value)

    return parse


def one_of(words: type[Word]) -> Callable[[str], Word]:
    def parse(value: str) -> Word:
        try:
            return words(value)
        except ValueError:
            raise ValueError(f"expected one of {', '.join(words)}") from None

    return parse


def several_of(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    def parse(value: str) -> tuple[str, ...]:
        words = tuple(word.strip() for word in value.split(","))
        if not set(words) <= set(allowed):
            raise ValueError(f"expected a comma-separated list of {', '.join(allowed)}")
        return words

    return parse


def acr_values(value: str) -> tuple[str, ...]:
    """Parse values of the claim `acr`, the one that is asked for first."""
    words = tuple(word.strip() for word in value.split(","))
    if not all(re.fullmatch(r"[!#-\[\]-~]{1,100}", word) for word in words):
        raise ValueError("expected values of the claim acr, with commas between")
    return words


def path(value: str) -> tuple[str, ...]:
    """Parse a dotted path. A name that contains dots is written in quotes."""
    steps = re.findall(r'"[^"]+"|[^."]+', value)
    if not steps or ".".join(steps) != value:
        raise ValueError('expected names joined by dots, a name that holds dots in "quotes"')
    return tuple(step.strip('"') for step in steps)


def key(value: str) -> bytes:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise ValueError("expected 64 hexadecimal digits")
    return bytes.fromhex(value)


def key_service(value: str) -> str:
    """The addresses of key services, or a file of keys."""
    if not value.removeprefix("file:"):
        raise ValueError("expected file: and the path of a file")
    if not value.startswith("file:"):
        read_addresses(value)
    return value


def retention_days(value: str) -> Mapping[Status, int]:
    """Days by status; those that are not named keep their usual ones."""
    parts = (part.partition("=") for part in value.split(","))
    named = {name.strip(): days.strip() for name, _, days in parts}
    if not named.keys() <= set(DAYS_KEPT):
        raise ValueError(f"expected some of {', '.join(DAYS_KEPT)}, each with `=` and its days")
    days = {Status(name): whole(1, 36_500)(text) for name, text in named.items()}
    return MappingProxyType({**DAYS_KEPT, **days})


def web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("expected an address that starts with https:// or http://")
    return value


def mail(value: str) -> str:
    mail_transport(value)
    return value


def document_store(value: str) -> str:
    if not re.fullmatch(r"(file:/|(s3|gs|az)://)\S+", value):
        raise ValueError("expected file:/folder, s3://bucket, gs://bucket or az://container")
    return value


def scanner(value: str) -> str:
    Scanner(value)
    return value


def address(value: str) -> str:
    if not re.fullmatch(ADDRESS, value):
        raise ValueError("expected an address such as gerbang@example.org")
    return value


def witnesses(value: str) -> tuple[Witness, ...]:
    try:
        named = tuple(Witness.read(word) for word in value.split(","))
    except AccountError as error:
        raise ValueError(f"expected an address and a key for each: {error}") from None
    for witness in named:
        web_address(witness.url)
    return named


def origins(value: str) -> tuple[str, ...]:
    """Origins exactly as browsers send them: there is no wildcard, and no path."""
    words = tuple(word.strip() for word in value.split(","))
    for word in words:
        parts = urlsplit(web_address(word))
        if word != f"{parts.scheme}://{parts.netloc}".lower() or "*" in word:
            raise ValueError("expected origins such as https://app.example.org, without a path")
    return words


def redirects(value: str) -> tuple[str, ...]:
    """Addresses of private-use schemes, which are reversed names of domains (RFC 8252)."""
    words = tuple(word.strip() for word in value.split(","))
    for word in words:
        parts = urlsplit(word)
        if "." not in parts.scheme or parts.netloc or parts.query or parts.fragment:
            raise ValueError("expected addresses of applications such as org.example.visa:/sign-in")
    return words


def database_url(value: str) -> str:
    faults = list(read_database_url(value).file_faults())
    if faults:
        raise ValueError("; ".join(faults))
    return value


def database_urls(value: str) -> tuple[str, ...]:
    return tuple(map(database_url, value.split()))


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word.strip()) for word in value.split(","))
    except ValueError:
        raise ValueError("expected addresses or networks such as 10.1.2.3,10.2.0.0/16") from None


def role_names(value: str) -> Mapping[str, Role]:
    pairs = [pair.strip().rpartition("=") for pair in value.split(",")]
    grantable = {role.value: role for role in Role if role is not Role.ANONYMOUS}
    if not all(theirs and ours in grantable for theirs, _, ours in pairs):
        raise ValueError(f"expected Their.Name=ROLE,… with ROLE one of {', '.join(grantable)}")
    return MappingProxyType({theirs.strip(): grantable[ours] for theirs, _, ours in pairs})
