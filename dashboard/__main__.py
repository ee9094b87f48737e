"""``python -m dashboard``: serve the dashboard."""

import gc
import logging
import socket
import sys

import uvicorn

from dashboard.app import create_app
from dashboard.settings import SettingsError, read_settings


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        settings = read_settings()
        _demand_port(settings.host, settings.port)
    except SettingsError as error:
        sys.exit(f"gerbang dashboard: {error}")
    app = create_app(settings)
    gc.freeze()  # what stays for ever is not looked through again, which takes 60 ms in an answer
    gc.set_threshold(20_000, 20, 20)  # an answer is thousands of objects and no cycle
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
    )


def _demand_port(host: str, port: int) -> None:
    """Raises SettingsError where the port cannot be bound, before anything else is set up."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"{host}:{port} cannot be listened on ({error.strerror}): end what listens there,"
                " or set GERBANG_DASHBOARD_PORT or GERBANG_DASHBOARD_HOST to another."
            ) from None


if __name__ == "__main__":
    main()
