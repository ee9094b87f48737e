"""Turns failures of the vault into errors for clients, and records values that were tampered
with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import ErrorCode, FieldError
from gateway.logs import current_record
from models.key_service import KeyServiceError
from models.person.vault import MissingKeyError, VaultError

log = logging.getLogger(__name__)


def closed_vault() -> FieldError:
    """The error of a request that needs an identity while the key service cannot be reached."""
    return FieldError(
        ErrorCode.UNAVAILABLE,
        "Identities can be neither read nor stored right now. Try again later.",
    )


@contextmanager
def vault_errors() -> Iterator[None]:
    """Raises FieldError with UNAVAILABLE for keys that cannot be used now. A value that was
    tampered with is recorded for an alert, and stays an unexpected error."""
    try:
        yield
    except (KeyServiceError, MissingKeyError) as error:
        log.warning("the vault is closed: %s", error or type(error).__name__)
        raise closed_vault() from error
    except VaultError as error:
        current_record().tampered.update(error.tampered)
        log.exception("the vault refused a sealed value: somebody changed it")
        raise
