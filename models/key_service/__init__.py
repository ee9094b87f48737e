"""The key service: clients ask it to do something with a key, and never hold the key.

It is a process of its own (`gerbang keys`), which is asked over a Unix socket (`socket_keys`); the
protocol is small (docs/vault.md), so that a hardware module, Vault or a cloud's key management fits
behind it. For development the same keys can be used in the process itself.
"""

from pathlib import Path

from models.key_service.counts import ViewerCeilingError
from models.key_service.erasures import ErasedSubject, ErasesKeys
from models.key_service.interface import (
    Cause,
    Digest,
    KeyService,
    KeyServiceError,
    KeyUse,
    Principal,
    RefusedSubjectsError,
    Signature,
    Statement,
)
from models.key_service.key_ages import SweepsKeys
from models.key_service.local import LocalKeyService
from models.key_service.local_file import LocalKeys, create_key_file
from models.key_service.operations import KeyOperationNote, ListsOperations
from models.key_service.principals import Credential
from models.key_service.receipts import ListsReceipts
from models.key_service.relations import Relation, RelationKind
from models.key_service.socket_keys import SocketKeys

__all__ = [
    "Cause",
    "Credential",
    "Digest",
    "ErasedSubject",
    "ErasesKeys",
    "KeyOperationNote",
    "KeyService",
    "KeyServiceError",
    "KeyUse",
    "ListsOperations",
    "ListsReceipts",
    "LocalKeyService",
    "LocalKeys",
    "Principal",
    "RefusedSubjectsError",
    "Relation",
    "RelationKind",
    "Signature",
    "SocketKeys",
    "Statement",
    "SweepsKeys",
    "ViewerCeilingError",
    "create_key_file",
    "key_service_at",
]


def key_service_at(
    address: str,
    *,
    store: str | None = None,
    waits: bool = False,
    principal: Principal = Principal.GATEWAY,
    credentials: Path | None = None,
) -> SocketKeys | LocalKeyService:
    """The key service of an address: ``unix:`` and a socket, or ``file:`` and a file of keys.

    ``store`` is the URL of the database of the data keys of a file; ``waits`` is whether to ask
    again what is beyond a ceiling; ``principal`` is who asks, whose credential is in the folder
    ``credentials``. Raises KeyServiceError if a file cannot be used. A socket and a store are first
    opened when they are needed.
    """
    kind, _, path = address.partition(":")
    if kind == "unix":
        shown = None
        if credentials is not None and principal is not Principal.GATEWAY:
            shown = Credential.of(principal, credentials)
        return SocketKeys(Path(path), waits=waits, credential=shown)
    if store is None:
        raise KeyServiceError("GERBANG_KEY_STORE is missing: a file of keys needs their store")
    return LocalKeyService.open(Path(path), store)
