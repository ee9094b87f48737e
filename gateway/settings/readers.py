"""How the text of an environment variable becomes a value; a ValueError says what is expected."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from models.database.url import read_database_url
from models.vocabulary import Role

Word = TypeVar("Word", bound=StrEnum)


def text(given: str) -> str:
    if not given.isprintable():
        raise ValueError("expected plain text")
    return given


def whole(least: int, most: int) -> Callable[[str], int]:
    def read(given: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", given) or not least <= int(given) <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return int(given)

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    def read(given: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", given):
            raise ValueError(f"expected seconds from {least:g} to {most:g}")
        if not least <= float(given) <= most:
            raise ValueError(f"expected seconds from {least:g} to {most:g}")
        return float(given)

    return read


def one_of(words: type[Word]) -> Callable[[str], Word]:
    def read(given: str) -> Word:
        try:
            return words(given)
        except ValueError:
            raise ValueError(f"expected one of {', '.join(words)}") from None

    return read


def several_of(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    def read(given: str) -> tuple[str, ...]:
        words = tuple(word.strip() for word in given.split(","))
        if not set(words) <= set(allowed):
            raise ValueError(f"expected a comma-separated list of {', '.join(allowed)}")
        return words

    return read


def path(given: str) -> tuple[str, ...]:
    """A dotted path; a name that itself holds dots stands in quotes."""
    steps = re.findall(r'"[^"]+"|[^."]+', given)
    if not steps or ".".join(steps) != given:
        raise ValueError('expected names joined by dots, a name that holds dots in "quotes"')
    return tuple(step.strip('"') for step in steps)


def key(given: str) -> bytes:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", given):
        raise ValueError("expected 64 hexadecimal digits")
    return bytes.fromhex(given)


def web_address(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("expected an address that starts with https:// or http://")
    return given


def database_url(given: str) -> str:
    faults = list(read_database_url(given).file_faults())
    if faults:
        raise ValueError("; ".join(faults))
    return given


def networks(given: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word.strip()) for word in given.split(","))
    except ValueError:
        raise ValueError("expected addresses or networks such as 10.1.2.3,10.2.0.0/16") from None


def role_names(given: str) -> Mapping[str, Role]:
    pairs = [pair.strip().rpartition("=") for pair in given.split(",")]
    grantable = {role.value: role for role in Role if role is not Role.ANONYMOUS}
    if not all(theirs and ours in grantable for theirs, _, ours in pairs):
        raise ValueError(f"expected Their.Name=ROLE,… with ROLE one of {', '.join(grantable)}")
    return MappingProxyType({theirs.strip(): grantable[ours] for theirs, _, ours in pairs})
