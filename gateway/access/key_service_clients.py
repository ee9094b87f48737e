"""Clients of the key service, as the settings name it."""

from gateway.settings import Settings
from models.key_service import LocalKeyService, Principal, SocketKeys, key_service_at
from models.key_service.principals import RIGHTS, Socket


def key_service_for(
    settings: Settings, principal: Principal = Principal.GATEWAY, *, waits: bool = False
) -> SocketKeys | LocalKeyService:
    """The key service for a principal, on its socket and with its credential.

    ``waits`` is whether to ask again what is beyond a ceiling. Raises KeyServiceError where none is
    named, or a file cannot be used.
    """
    addresses = {
        Socket.GATEWAYS: settings.key_service,
        Socket.LINKING: settings.linking_address,
        Socket.SIGNING: settings.signing_address,
    }
    return key_service_at(
        addresses[RIGHTS[principal].socket] or "",
        store=settings.key_store,
        waits=waits,
        principal=principal,
        credentials=settings.credentials,
        certificates=settings.key_service_certificates,
    )
