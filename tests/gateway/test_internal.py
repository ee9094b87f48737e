"""Health and metrics on an address of their own, out of reach of clients."""

import httpx2
import pytest

from gateway.cli.starting import internal_server
from gateway.settings import SettingsError, read_settings
from gateway.wire.health import Health, internal_app
from gateway.wire.metrics import Metrics
from tests.free_ports import free_port
from tests.gateway.surviving.processes import gateways
from tests.gateway.test_settings import DEVELOPMENT

pytestmark = pytest.mark.anyio


async def test_a_gateway_tells_operators_and_clients_different_things(world: str) -> None:
    with gateways(1, world) as [process]:
        httpx2.post(f"{process.url}/graphql", json={"query": "{ viewer { role } }"})
        internal = f"http://127.0.0.1:{process.metrics_port}"
        assert 'gerbang_requests_total{status="200"} 1.0' in httpx2.get(f"{internal}/metrics").text
        for path in ("/health/live", "/health/ready"):
            assert httpx2.get(internal + path).is_success
            assert httpx2.get(process.url + path).is_success
        assert httpx2.get(f"{process.url}/metrics").status_code == 404
        assert httpx2.post(f"{internal}/graphql", json={}).status_code == 404


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
