"""Where key services listen: at a Unix socket of their host, or by TCP, where both sides show
certificates of one authority."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from models.key_service.interface import KeyServiceError

_UNIX, _TCP = "unix", "tcp"


class Address(NamedTuple):
    """``unix:/path/of/socket`` or ``tcp:host:port``, read."""

    #: Of the socket; empty for TCP.
    path: str
    host: str = ""
    port: int = 0

    @classmethod
    def read(cls, text: str) -> "Address":
        """Raises ValueError."""
        kind, _, rest = text.strip().partition(":")
        if kind == _UNIX and rest:
            return cls(rest)
        host, _, port = rest.rpartition(":")
        if kind != _TCP or not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
            raise ValueError("expected unix:/path/of/socket, or tcp:host:port")
        return cls("", host.strip("[]"), int(port))

    @classmethod
    def of_argument(cls, text: str) -> "Address":
        """The same, or the path of a socket alone. Raises ValueError."""
        return cls.read(text) if text.startswith((f"{_UNIX}:", f"{_TCP}:")) else cls(text)

    @property
    def is_remote(self) -> bool:
        """Whether it is reached by TCP."""
        return not self.path

    def beside(self, name: str) -> "Address":
        """The socket of another name that a service opens beside this one by itself."""
        return self._replace(path=f"{self.path}.{name}")

    def __str__(self) -> str:
        return f"{_TCP}:{self.host}:{self.port}" if self.is_remote else f"{_UNIX}:{self.path}"


def read_addresses(text: str) -> tuple[Address, ...]:
    """Addresses with commas between, in the order in which they are asked. Raises ValueError."""
    return tuple(Address.read(one) for one in text.split(","))


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of a side's own certificate and its private key, and of the authority that signed
    both sides'."""

    certificate: Path
    private_key: Path
    authority: Path

    def of_client(self) -> ssl.SSLContext:
        """For whoever asks. Raises KeyServiceError."""
        return self._load(ssl.Purpose.SERVER_AUTH)

    def of_service(self) -> ssl.SSLContext:
        """For a service, which answers nobody without a certificate. Raises KeyServiceError."""
        context = self._load(ssl.Purpose.CLIENT_AUTH)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _load(self, purpose: ssl.Purpose) -> ssl.SSLContext:
        try:
            # No other authority is believed.
            context = ssl.create_default_context(purpose, cafile=self.authority)
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            context.load_cert_chain(self.certificate, self.private_key)
        except OSError as error:  # ssl.SSLError is one
            raise KeyServiceError(
                f"the certificates of the key service cannot be used ({type(error).__name__}): look"
                f" at {self.certificate}, {self.private_key} and {self.authority}"
            ) from None
        return context


def require_certificates(
    addresses: Sequence[Address], certificates: Certificates | None
) -> Certificates | None:
    """Raises KeyServiceError where one is reached by TCP, and there are none."""
    if certificates is None and any(one.is_remote for one in addresses):
        raise KeyServiceError(
            "a key service is reached by TCP with certificates alone: set"
            " GERBANG_KEY_SERVICE_CERTIFICATE, GERBANG_KEY_SERVICE_PRIVATE_KEY and"
            " GERBANG_KEY_SERVICE_AUTHORITY"
        )
    return certificates
