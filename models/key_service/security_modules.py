"""Security modules, which keep what a file of keys is opened by: the file itself, or a token.

A token is asked by PKCS#11 when a key is made, when the file is read, for each signature of a
checkpoint, and when a key is destroyed: never for a person. Each key of the file has one of its own
there, so a copy of the file is of no use once that is destroyed.
"""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.key_service.interface import SIGNING, KeyServiceError, KeyUse, Signature

if TYPE_CHECKING:
    import pkcs11

KEY_BYTES = 32
_NONCE_BYTES, _TAG_BITS = 12, 128
_ED25519 = "1.3.101.112"
#: One session at a time: a login is that of the process.
_ONE = threading.Lock()


class Signer(Protocol):
    """A key that signs (Ed25519)."""

    @property
    def public_key(self) -> bytes: ...

    async def sign(self, message: bytes) -> Signature:
        """Raises KeyServiceError."""
        ...


#: A key as it is used: what it consists of, or what signs by it.
Key = bytes | Signer


class SecurityModule(Protocol):
    """Keeps keys; each method raises KeyServiceError. A key management service or a transit engine
    that makes a key, encrypts, decrypts and signs by it, and deletes it, can stand here too."""

    def make(self, use: KeyUse, key_id: str) -> tuple[Key, str]:
        """A new key, and what the file has of it."""
        ...

    def open(self, use: KeyUse, key_id: str, kept: str) -> Key:
        """A key, by what the file has of it."""
        ...

    def destroy(self, use: KeyUse, key_id: str) -> None:
        """End a key for ever, in whatever copy of the file; it may be gone already."""
        ...


class FileModule:
    """Keys that stand in the file as they are: whoever has a copy has them."""

    def make(self, use: KeyUse, key_id: str) -> tuple[Key, str]:
        kept = secrets.token_hex(KEY_BYTES)
        return self.open(use, key_id, kept), kept

    def open(self, use: KeyUse, key_id: str, kept: str) -> Key:
        """Raises ValueError where the file has something else."""
        key = bytes.fromhex(kept)
        if len(key) != KEY_BYTES:
            raise ValueError("keys of 32 bytes")
        return key

    def destroy(self, use: KeyUse, key_id: str) -> None:
        """The file is replaced, which is all that can be done."""


class FileSigner:
    """A signing key that stands in the file."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    async def sign(self, message: bytes) -> Signature:
        return Signature(self.public_key, self._key.sign(message))


class TokenAddress(NamedTuple):
    """A token by its PKCS#11 URI (RFC 7512), whose PIN is in a file elsewhere."""

    label: str
    library: str
    pin: Path

    @classmethod
    def read(cls, uri: str) -> "TokenAddress":
        """Raises KeyServiceError."""
        parts = urlsplit(uri)
        path = [one.partition("=")[::2] for one in parts.path.split(";")]
        named = {**{name: unquote(value) for name, value in path}, **dict(parse_qsl(parts.query))}
        if parts.scheme != "pkcs11" or {*named} != {"token", "module-path", "pin-source"}:
            raise KeyServiceError(
                "expected a token as pkcs11:token=LABEL?module-path=LIBRARY&pin-source=FILE"
            )
        pin = named["pin-source"].removeprefix("file:")
        return cls(named["token"], named["module-path"], Path(pin))


class Token:
    """Keys of a PKCS#11 token, which never leave it. The file has secrets that they encrypted
    (AES-GCM), and of signing keys the public half."""

    def __init__(self, uri: str) -> None:
        """Raises KeyServiceError for what is no address; the token is first reached when it is
        needed."""
        self._address = TokenAddress.read(uri)

    def require(self) -> None:
        """Raises KeyServiceError if it cannot be used."""
        with self._session(writes=True):
            pass

    def make(self, use: KeyUse, key_id: str) -> tuple[Key, str]:
        from pkcs11 import Attribute, KeyType, Mechanism
        from pkcs11.util.ec import encode_named_curve_parameters

        hidden = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
        with self._session(writes=True) as session:
            if use in SIGNING:
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters(_ED25519)}
                parameters = session.create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True)
                public, _ = parameters.generate_keypair(
                    mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                    label=_label(use, key_id),
                    store=True,
                    private_template=hidden,
                )
                point: bytes = public[Attribute.EC_POINT][-KEY_BYTES:]
                return TokenSigner(self, use, key_id, point), point.hex()
            wrapping: Any = session.generate_key(
                KeyType.AES, 256, label=_label(use, key_id), store=True, template=hidden
            )
            secret, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
            sealed = wrapping.encrypt(secret, **_gcm(nonce, use, key_id))
            return secret, (nonce + sealed).hex()

    def open(self, use: KeyUse, key_id: str, kept: str) -> Key:
        from pkcs11 import ObjectClass

        value = bytes.fromhex(kept)
        with self._session() as session:
            if use in SIGNING:
                session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=_label(use, key_id))
                return TokenSigner(self, use, key_id, value)
            wrapping: Any = session.get_key(
                object_class=ObjectClass.SECRET_KEY, label=_label(use, key_id)
            )
            nonce, sealed = value[:_NONCE_BYTES], value[_NONCE_BYTES:]
            return wrapping.decrypt(sealed, **_gcm(nonce, use, key_id))

    def sign(self, use: KeyUse, key_id: str, message: bytes) -> bytes:
        """Raises KeyServiceError."""
        from pkcs11 import Mechanism, ObjectClass

        with self._session() as session:
            key: Any = session.get_key(
                object_class=ObjectClass.PRIVATE_KEY, label=_label(use, key_id)
            )
            return key.sign(message, mechanism=Mechanism.EDDSA)

    def destroy(self, use: KeyUse, key_id: str) -> None:
        from pkcs11 import Attribute

        with self._session(writes=True) as session:
            for each in [*session.get_objects({Attribute.LABEL: _label(use, key_id)})]:
                each.destroy()

    @contextmanager
    def _session(self, *, writes: bool = False) -> "Iterator[pkcs11.Session]":
        try:
            import pkcs11
        except ImportError:
            raise KeyServiceError("a token needs `pip install gerbang[pkcs11]`") from None
        label, library, pin = self._address
        try:
            shown = pin.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise KeyServiceError(
                f"the PIN of the token {label} is not in {pin} ({type(error).__name__})"
            ) from None
        try:
            with _ONE:
                token = pkcs11.lib(library).get_token(token_label=label)
                with token.open(rw=writes, user_pin=shown) as session:
                    yield session
        except pkcs11.NoSuchKey:
            raise KeyServiceError(
                f"the token {label} has not, or no more, what opens this file of keys"
            ) from None
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            why = type(error).__name__
            raise KeyServiceError(f"the token {label} cannot be used ({why})") from None


class TokenSigner:
    """A signing key of a token."""

    def __init__(self, token: Token, use: KeyUse, key_id: str, public_key: bytes) -> None:
        self._token, self._name = token, (use, key_id)
        self.public_key = public_key

    async def sign(self, message: bytes) -> Signature:
        # A token that hangs keeps nobody else waiting.
        signed = await asyncio.to_thread(self._token.sign, *self._name, message)
        return Signature(self.public_key, signed)


def _label(use: KeyUse, key_id: str) -> str:
    return f"gerbang {use} {key_id}"


def _gcm(nonce: bytes, use: KeyUse, key_id: str) -> dict[str, Any]:
    from pkcs11 import GCMParams, Mechanism

    bound_to = f"gerbang key 1\0{use}\0{key_id}".encode()
    return {
        "mechanism": Mechanism.AES_GCM,
        "mechanism_param": GCMParams(nonce, bound_to, _TAG_BITS),
    }
