"""States to the key service for whom a vault is opened, turns its failures into errors for clients,
and records what was tampered with."""

import logging
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from gateway.access.purpose import WEAK_SIGN_IN
from gateway.access.read_budget import ceiling_text
from gateway.errors import ErrorCode, FieldError
from gateway.faults import Fault
from gateway.logs import current_record
from gateway.viewer import Viewer
from models.key_service import (
    KeyService,
    KeyServiceError,
    Statement,
    ViewerCeilingError,
    WeakSignInError,
)
from models.logs import facts
from models.person.vault import MissingKeyError, VaultError

log = logging.getLogger(__name__)


def statement_of(
    viewer: Viewer, reference: str | None = None, *, is_change: bool = False
) -> Statement | None:
    """What is stated for a viewer: for a case, or that of the purpose. None without a token."""
    if viewer.bearer is None:
        return None
    named = reference or viewer.purpose_reference
    return Statement(viewer.bearer.token, viewer.role.value, named, is_change)


#: How long readiness warns after somebody was last met whose key is missing.
_WARNED_SECONDS = 600.0


#: An answer of the key service takes milliseconds.
_PROBED_SECONDS = 1.0


async def key_service_fault(keys: KeyService | None) -> Fault | None:
    """Whether no key service answers, or some of several do not, where there is one."""
    if keys is None:
        return None
    answering, number = await keys.answering(_PROBED_SECONDS)
    if answering == number:
        return None
    return Fault.KEY_SERVICE_PARTLY if answering else Fault.KEY_SERVICE


class LostKeys:
    """Remembers when a gateway last met somebody whose data key is missing."""

    def __init__(self) -> None:
        self._met_at: float | None = None

    def note(self, number: int) -> None:
        log.error("data keys of people are missing: run `gerbang vault compare`",
                  extra=facts(people=number))  # fmt: skip
        self._met_at = time.monotonic()

    async def warning(self) -> Fault | None:
        met_at = self._met_at
        is_recent = met_at is not None and time.monotonic() - met_at < _WARNED_SECONDS
        return Fault.IDENTITY_KEYS if is_recent else None


class LostError(FieldError):
    """The data keys of people are missing: others are answered."""

    def __init__(self, people: Collection[UUID] = ()) -> None:
        super().__init__(
            ErrorCode.LOST,
            "Nobody can read this person: the key is missing. Tell whoever runs the installation.",
        )
        self.people = frozenset(people)


def closed_vault() -> FieldError:
    """The error of a request that needs an identity while the key service cannot be reached."""
    return FieldError(
        ErrorCode.UNAVAILABLE,
        "Identities can be neither read nor stored right now. Try again later.",
    )


def ceiling_reached(error: ViewerCeilingError) -> FieldError:
    """The error of a field, until the whole answer is withheld for it."""
    current_record().reached_ceiling = error.window
    return FieldError(ErrorCode.READ_BUDGET, ceiling_text(error.window))


def weak_sign_in(error: WeakSignInError) -> FieldError:
    """The error of a change that opens somebody for a token of too weak a sign-in."""
    values = {"acrValues": list(error.acr_values)}
    return FieldError(ErrorCode.INSUFFICIENT_USER_AUTHENTICATION, WEAK_SIGN_IN, values)


@contextmanager
def vault_errors() -> Iterator[None]:
    """Raises FieldError with UNAVAILABLE for keys that cannot be used now, with LOST for people
    whose key is missing, with READ_BUDGET where the key service opens nobody else for the viewer,
    and with INSUFFICIENT_USER_AUTHENTICATION where the viewer's sign-in was too weak. What was
    tampered with is recorded for an alert, and stays an unexpected error."""
    try:
        yield
    except ViewerCeilingError as error:
        raise ceiling_reached(error) from error
    except WeakSignInError as error:
        raise weak_sign_in(error) from error
    except MissingKeyError as error:
        raise LostError(error.subjects) from error
    except KeyServiceError as error:
        log.warning("the vault is closed: %s", error or type(error).__name__)
        raise closed_vault() from error
    except VaultError as error:
        current_record().tampered.update(error.tampered)
        log.exception("the vault refused a sealed value: somebody changed it")
        raise
