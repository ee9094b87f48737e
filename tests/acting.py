"""Makes a transaction of a test that of a viewer, as the gateway would where it begins."""

from typing import Any

from gateway.access.transactions.begin import Seal
from gateway.viewer import Viewer
from models.row_security import WRITING, database_role
from tests import tokens

#: A test may take its time between the beginning of a transaction and its last statement.
_SECONDS = 3600
_BEGUN = "SELECT extract(epoch FROM transaction_timestamp())::float8"


async def act(driver: Any, viewer: Viewer) -> None:
    """From here on the transaction reads as the viewer."""
    seal = await _seal(driver)
    await driver.execute("; ".join(seal.statements(viewer, database_role(viewer.role), None)))


async def act_writing(driver: Any, viewer: Viewer) -> None:
    """From here on the transaction changes things as the viewer."""
    seal = await _seal(driver)
    await driver.execute("; ".join(seal.statements(viewer, WRITING, None)))


async def _seal(driver: Any) -> Seal:
    """What seals when the transaction began."""
    begun = await driver.fetchval(_BEGUN)
    return Seal(tokens.SEAL_KEY, _SECONDS, lambda: begun)
