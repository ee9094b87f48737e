"""The database alone keeps every row where it belongs: no condition of the policy does."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from tests import tokens
from tests.gateway import walls
from tests.gateway.in_process import running_gateway
from tests.gateway.test_promises import *  # noqa: F403
from tests.gateway.test_promises_cases import *  # noqa: F403
from tests.gateway.test_promises_identity import *  # noqa: F403
from tests.gateway.test_rows_reached import *  # noqa: F403
from tests.gateway.test_why_no_identity import *  # noqa: F403

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    with walls.first_wall_down():
        async with running_gateway(tokens.settings(world)) as application:
            yield application
