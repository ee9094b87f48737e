"""The key service: clients ask it to do something with a key, and never hold the key.

It is a process of its own (`gerbang keys`), or several, asked over sockets (`socket_keys`); the
protocol is small (docs/vault.md). Its own keys are in a file, or in a token that opens the file
(`security_modules`). For development the same keys can be used in the process itself.
"""

from pathlib import Path

from models.key_service.addresses import Address, Certificates, read_addresses
from models.key_service.codes import MakesCodes, TakesCodes
from models.key_service.counts import ViewerCeilingError
from models.key_service.erasures import ErasedSubject, ErasesKeys
from models.key_service.interface import (
    Cause,
    Digest,
    KeyService,
    KeyServiceError,
    KeyUse,
    LookUp,
    Principal,
    RefusedSubjectsError,
    Signature,
    Statement,
    Try,
    WeakSignInError,
)
from models.key_service.key_ages import SweepsKeys
from models.key_service.local import LocalKeyService
from models.key_service.local_file import LocalKeys, create_key_file
from models.key_service.operations import KeyOperationNote, ListsOperations
from models.key_service.principals import Credential
from models.key_service.receipts import ListsReceipts
from models.key_service.relations import Opening, Relation, RelationKind, Widening
from models.key_service.socket_keys import SocketKeys

__all__ = [
    "Address",
    "Cause",
    "Certificates",
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
    "LookUp",
    "MakesCodes",
    "Opening",
    "Principal",
    "RefusedSubjectsError",
    "Relation",
    "RelationKind",
    "Signature",
    "SocketKeys",
    "Statement",
    "SweepsKeys",
    "TakesCodes",
    "Try",
    "ViewerCeilingError",
    "WeakSignInError",
    "Widening",
    "create_key_file",
    "key_service_at",
]


def key_service_at(
    addresses: str,
    *,
    store: str | None = None,
    waits: bool = False,
    principal: Principal = Principal.GATEWAY,
    credentials: Path | None = None,
    certificates: Certificates | None = None,
) -> SocketKeys | LocalKeyService:
    """The key service at ``unix:`` and a socket or ``tcp:`` with host and port, several of them
    with commas between; or ``file:`` and a file of keys.

    ``store`` is the URL of the database of the data keys of a file; ``waits`` is whether to ask
    again what is beyond a ceiling; ``principal`` is who asks, whose credential is in the folder
    ``credentials``; ``certificates`` are for TCP. Raises KeyServiceError if a file cannot be used.
    An address and a store are first reached when they are needed.
    """
    if addresses.startswith("file:"):
        if store is None:
            raise KeyServiceError("GERBANG_KEY_STORE is missing: a file of keys needs their store")
        return LocalKeyService.open(Path(addresses.removeprefix("file:")), store)
    shown = None
    if credentials is not None and principal is not Principal.GATEWAY:
        shown = Credential.of(principal, credentials)
    return SocketKeys(
        read_addresses(addresses), waits=waits, credential=shown, certificates=certificates
    )
