"""Health and metrics on an address of their own, out of reach of clients."""

import pytest

from gateway.cli.starting import internal_server
from gateway.settings import SettingsError, read_settings
from gateway.wire.health import Health, internal_app
from gateway.wire.metrics import Metrics
from tests.free_ports import free_port
from tests.gateway.test_settings import DEVELOPMENT

pytestmark = pytest.mark.anyio


async def test_a_port_that_is_taken_is_named_with_what_to_do() -> None:
    app, port = internal_app(Health({}), Metrics().page), free_port()
    async with internal_server(app, "127.0.0.1", port):
        with pytest.raises(SettingsError, match=f"port {port}.*GERBANG_METRICS_PORT"):
            async with internal_server(app, "127.0.0.1", port):
                pass
    async with internal_server(app, "127.0.0.1", port):
        pass  # it was given back


async def test_nothing_is_served_without_a_port() -> None:
    assert read_settings(DEVELOPMENT).metrics_port == 9464
    assert read_settings({**DEVELOPMENT, "GERBANG_METRICS_PORT": ""}).metrics_port is None
    async with internal_server(internal_app(Health({}), Metrics().page), "127.0.0.1", None):
        pass
