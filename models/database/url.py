"""Database URLs in libpq's form, parsed strictly, for every connection.

``postgresql://user:password@host1:5432,host2/database?sslmode=verify-full&sslrootcert=/ca.pem``

An unsupported parameter is an error, so that none is ever silently ignored.
"""

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

#: Where PostgreSQL listens locally if the URL names no host.
_SOCKET_FOLDERS = ("/run/postgresql", "/tmp")  # noqa: S108
_PORT = 5432

_URL = re.compile(
    r"postgres(?:ql)?://(?:(?P<login>[^@/?#]*)@)?(?P<hosts>[^@/?#]*)"
    r"(?:/(?P<database>[^/?#]*))?(?:\?(?P<query>[^#@]*))?"
)
_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\[\]:]*))(?::(?P<port>[0-9]*))?")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")

#: Parameters that may instead stand before the query, as user:password@host:port/dbname.
_LOGIN_PARAMETERS = ("host", "port", "user", "password", "dbname")
#: The TLS parameters that the driver supports; it has no ``sslcrldir``, for example.
TLS = (
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslrootcert",
    "sslcrl",
    "sslnegotiation",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
)
_TLS_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
#: Files that libpq refuses if others can read them.
_OWN_FILES = ("passfile", "sslkey")
#: Parameters that are sent to the server as session settings.
_SESSION_PARAMETERS = ("application_name", "options")
_WORDS = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "ssl_min_protocol_version": ("TLSv1.2", "TLSv1.3"),
    "ssl_max_protocol_version": ("TLSv1.2", "TLSv1.3"),
    "target_session_attrs": (
        *("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    ),
}
_VERIFYING = ("verify-ca", "verify-full")
_READING = ("read-only", "standby", "prefer-standby")
PARAMETERS = (
    *(*_LOGIN_PARAMETERS, "passfile", "sslmode", *TLS),
    *("target_session_attrs", "connect_timeout", *_SESSION_PARAMETERS),
)


class DatabaseUrlError(ValueError):
    """The URL cannot be used. The text says why, and contains no value from it."""


class Host(NamedTuple):
    """A server: a host name or address, or the directory of a Unix socket."""

    address: str
    port: int

    @property
    def is_socket(self) -> bool:
        return self.address.startswith("/")

    @property
    def is_on_this_machine(self) -> bool:
        if self.is_socket or self.address == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.address).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrl:
    """A parsed database URL. ``parameters`` are the other ones of its query."""

    user: str
    password: str | None = field(repr=False)
    hosts: tuple[Host, ...]
    database: str
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def sslmode(self) -> str:
        return self.parameters.get("sslmode", "prefer")

    @property
    def is_for_reading(self) -> bool:
        """Whether the URL asks for a server that takes no changes, or would rather have one."""
        return self.parameters.get("target_session_attrs") in _READING

    @property
    def connect_seconds(self) -> float | None:
        """How long one host may take to accept a connection, if the URL says so."""
        given = self.parameters.get("connect_timeout")
        return float(given) if given else None

    @property
    def session(self) -> dict[str, str]:
        """The session settings for the server."""
        return {
            name: self.parameters[name] for name in _SESSION_PARAMETERS if name in self.parameters
        }

    def unverified_hosts(self) -> list[str]:
        """The remote hosts without verified TLS, which are open to interception.

        ``require`` encrypts without checking the certificate, so it does not protect from a man in
        the middle.
        """
        if self.sslmode in _VERIFYING:
            return []
        return [host.address for host in self.hosts if not host.is_on_this_machine]

    def file_faults(self) -> Iterator[str]:
        """Problems with the files that the URL names, as far as this process can see."""
        for name in (*_TLS_FILES, "passfile"):
            path = self.parameters.get(name)
            if path and not os.access(path, os.R_OK):
                yield f"{name} names a file that cannot be read"
            elif path and name in _OWN_FILES and is_open_to_others(Path(path)):
                yield f"{name} names a file that others can read: chmod 600"

    def with_login(self, user: str, password: str) -> "DatabaseUrl":
        """The same database, with another user and password."""
        kept = {name: value for name, value in self.parameters.items() if name != "passfile"}
        return replace(self, user=user, password=password, parameters=kept)

    def password_at(self, host: Host) -> str | None:
        """The password from the URL, or else from the password file."""
        if self.password is not None:
            return self.password
        place = "localhost" if host.is_socket else host.address
        named = self.parameters.get("passfile")
        return find_password(named, place, str(host.port), self.database, self.user)

    def __str__(self) -> str:
        """The URL, including the password."""
        login = quote(self.user, safe="")
        if self.password is not None:
            login += f":{quote(self.password, safe='')}"
        hosts = ",".join(_quote(host) for host in self.hosts)
        query = "&".join(f"{name}={quote(value)}" for name, value in self.parameters.items())
        database = quote(self.database, safe="")
        return f"postgresql://{login}@{hosts}/{database}" + (f"?{query}" if query else "")


def read_database_url(url: str) -> DatabaseUrl:
    """Parse a URL. Raises DatabaseUrlError, whose text contains no value from it."""
    parts = _URL.fullmatch(url)
    if not parts:
        raise DatabaseUrlError(
            "expected postgresql://user:password@host:5432/database?sslmode=…, in which "
            "@ : / ? # % of a name or a password are percent-encoded"
        )
    parameters = _parameters(parts["query"])
    user, _, password = (parts["login"] or "").partition(":")
    for name, in_the_middle in (
        ("user", user),
        ("password", password),
        ("dbname", parts["database"]),
    ):
        if in_the_middle and name in parameters:
            raise DatabaseUrlError(f"says {name} twice")
        if in_the_middle:
            parameters[name] = _decode(in_the_middle)
    for name in ("user", "dbname"):
        if name not in parameters:
            raise DatabaseUrlError(f"names no {name}: postgresql://user@host/dbname")
    return DatabaseUrl(
        user=parameters.pop("user"),
        password=parameters.pop("password", None),
        hosts=tuple(
            _hosts(parts["hosts"], parameters.pop("host", None), parameters.pop("port", None))
        ),
        database=parameters.pop("dbname"),
        parameters=_require_consistent(parameters),
    )


def _parameters(query: str | None) -> dict[str, str]:
    """Parse the query. As in libpq, ``+`` does not stand for a space."""
    parameters: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, sign, value = pair.partition("=")
        if name not in PARAMETERS:
            shown = name if re.fullmatch("[a-z_]{1,40}", name) else "something"
            raise DatabaseUrlError(
                f"says {shown}, which is not supported: expected of {', '.join(PARAMETERS)}"
            )
        if name in parameters or not sign or not value:
            raise DatabaseUrlError(f"says {name} twice, or without a value")
        parameters[name] = _decode(value)
    return parameters


def _decode(text: str) -> str:
    try:
        if not _BAD_ESCAPE.search(text):
            return unquote(text, errors="strict")
    except UnicodeDecodeError:
        pass
    raise DatabaseUrlError("holds a % that begins no percent-encoded character (%25 is a %)")


def _hosts(in_the_middle: str, host: str | None, port: str | None) -> Iterator[Host]:
    if (in_the_middle and host) or (":" in re.sub(r"\[.*?\]", "", in_the_middle) and port):
        raise DatabaseUrlError("says host or port twice")
    names = (host or in_the_middle).split(",")
    ports = port.split(",") if port else [""]
    if len(ports) not in (1, len(names)):
        raise DatabaseUrlError(f"says {len(ports)} ports for {len(names)} hosts")
    for number, text in enumerate(names):
        name, own_port = (text, "") if host else _host_and_port(text)
        for address in (name,) if name else _SOCKET_FOLDERS:
            yield Host(_require_valid(address), _port(own_port or ports[number % len(ports)]))


def _host_and_port(text: str) -> tuple[str, str]:
    parts = _HOST.fullmatch(text)
    if not parts:
        raise DatabaseUrlError("names a host that is none: an IPv6 address stands in brackets")
    return parts["ipv6"] or _decode(parts["name"]), parts["port"] or ""


def _require_valid(address: str) -> str:
    if not address.startswith("/") and not re.fullmatch(r"[\w.:%-]+", address):
        raise DatabaseUrlError("names a host that is neither a name, an address nor a folder")
    return address


def _port(text: str) -> int:
    if text and not (re.fullmatch("[0-9]{1,5}", text) and 0 < int(text) <= 65_535):
        raise DatabaseUrlError("names a port that is no number from 1 to 65535")
    return int(text) if text else _PORT


def _require_consistent(parameters: dict[str, str]) -> dict[str, str]:
    for name, words in _WORDS.items():
        if name in parameters and parameters[name] not in words:
            raise DatabaseUrlError(f"{name} is expected to be one of {', '.join(words)}")
    if not re.fullmatch("[1-9][0-9]{0,3}", parameters.get("connect_timeout", "1")):
        raise DatabaseUrlError("connect_timeout is expected to be whole seconds, at least 1")
    is_verifying = parameters.get("sslmode") in _VERIFYING
    if is_verifying and parameters.get("sslrootcert", "system") == "system":
        raise DatabaseUrlError(
            f"sslmode={parameters['sslmode']} needs sslrootcert, the file of the authority that "
            "signed the server's certificate (for a public one the system's, on Debian "
            "/etc/ssl/certs/ca-certificates.crt)"
        )
    if "sslkey" in parameters and "sslcert" not in parameters:
        raise DatabaseUrlError("sslkey needs sslcert, the certificate that it belongs to")
    is_encrypting = is_verifying or parameters.get("sslmode") == "require"
    if parameters.get("sslnegotiation") == "direct" and not is_encrypting:
        raise DatabaseUrlError("sslnegotiation=direct needs sslmode=verify-full")
    return parameters


def _quote(host: Host) -> str:
    if host.is_socket:
        return f"{quote(host.address, safe='')}:{host.port}"
    address = f"[{host.address}]" if ":" in host.address else host.address
    return f"{address}:{host.port}"


def find_password(named: str | None, *place: str) -> str | None:
    """The password for a host, port, database and user, from the first matching line.

    Reads the named file, or else that of ``PGPASSFILE``, or else ``~/.pgpass``.
    """
    path = Path(named or os.environ.get("PGPASSFILE") or os.path.expanduser("~/.pgpass"))
    for *pattern, password in _password_lines(path):
        if all(part in ("*", value) for part, value in zip(pattern, place, strict=True)):
            return password
    return None


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner has any permission; such a file is ignored."""
    return bool(path.stat().st_mode & 0o077)


def _password_lines(path: Path) -> Iterator[list[str]]:
    """The lines ``host:port:database:user:password``; a backslash escapes a colon and itself."""
    if not path.is_file() or not os.access(path, os.R_OK) or is_open_to_others(path):
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = re.split(r"(?<!\\)((?:\\\\)*):", line, maxsplit=4)
        fields = ["".join(parts[at : at + 2]) for at in range(0, len(parts), 2)]
        if not line.startswith("#") and len(fields) == 5:
            yield [re.sub(r"\\(.)", r"\1", text) for text in fields]
