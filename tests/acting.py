"""Makes a transaction of a test that of a viewer, as the gateway would where it begins."""

from collections.abc import Mapping
from typing import Any

from gateway.access.transactions.begin import Seal
from gateway.viewer import Viewer
from models.row_security import database_role, writing_role
from tests import tokens

#: A test may take its time between the beginning of a transaction and its last statement.
_SECONDS = 3600
_BEGUN = "SELECT extract(epoch FROM transaction_timestamp())::float8"


async def act(driver: Any, viewer: Viewer) -> None:
    """From here on the transaction reads as the viewer."""
    seal = await _seal(driver)
    await driver.execute(_set(seal, viewer, database_role(viewer.role)))


async def act_writing(driver: Any, viewer: Viewer) -> None:
    """From here on the transaction changes things as the viewer."""
    seal = await _seal(driver)
    await driver.execute(_set(seal, viewer, writing_role(viewer.role)))


def _set(seal: Seal, viewer: Viewer, role: str) -> str:
    return act_by(seal.seal(viewer, None), {"role": role})


def act_by(context: str, settings: Mapping[str, str]) -> str:
    """Statements that have a transaction act as the viewer of a sealed context."""
    return f"SELECT viewer.authenticate('{context}'); {set_locally(settings)}"


def set_locally(settings: Mapping[str, str]) -> str:
    """Statements that make the settings of a transaction, in their order."""
    return "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in settings.items())


async def _seal(driver: Any) -> Seal:
    """The seal, by the instant at which the transaction began."""
    begun = await driver.fetchval(_BEGUN)
    return Seal(tokens.SEAL_KEY, _SECONDS, lambda: begun)
