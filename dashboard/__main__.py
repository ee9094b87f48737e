"""``python -m dashboard``: serve the dashboard. Its log is JSON on standard error, or text on a
terminal."""

import asyncio
import gc
import json
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from traceback import extract_tb

import uvicorn

from dashboard.app import create_app
from dashboard.settings import SettingsError, read_settings
from dashboard.web.metrics import Metrics

log = logging.getLogger("dashboard")


def main() -> None:
    _begin_log()
    try:
        settings = read_settings()
        _demand_port(settings.host, settings.port, "GERBANG_DASHBOARD_PORT")
        if settings.metrics_port:
            _demand_port(
                settings.metrics_host, settings.metrics_port, "GERBANG_DASHBOARD_METRICS_PORT"
            )
    except SettingsError as error:
        sys.exit(f"gerbang dashboard: {error}")
    log.setLevel(settings.log_level)
    metrics = Metrics()
    app = create_app(settings, metrics=metrics)
    if settings.metrics_port:
        metrics.serve(settings.metrics_host, settings.metrics_port)
    gc.freeze()  # what stays for ever is not looked through again, which takes 60 ms in an answer
    gc.set_threshold(20_000, 20, 20)  # an answer is thousands of objects and no cycle
    _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_config=None,
            server_header=False,
        )
    ).run()


class _Server(uvicorn.Server):
    """A server that logs its start and its end, and exits with code 0 on a signal."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            where = f"{self.config.host}:{self.config.port}"
            log.info("start: version %s at %s", version("gerbang"), where)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        log.info("stop")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's own method raises the signal again at the end, so the exit code is not 0."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        if self.should_exit:
            self.force_exit = True
        else:
            log.info("drain")
            self.should_exit = True


class _JSONLines(logging.Formatter):
    """A JSON object for each record. Of an exception it has the type and the lines of code, and not
    the message, which may quote somebody's data."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and (error := record.exc_info[1]):
            lines = [
                f"{at.filename}:{at.lineno} {at.name}" for at in extract_tb(error.__traceback__)
            ]
            entry["error"] = [type(error).__qualname__, *lines]
        return json.dumps(entry)


def _begin_log() -> None:
    handler = logging.StreamHandler()
    on_terminal = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    handler.setFormatter(on_terminal if sys.stderr.isatty() else _JSONLines())
    # Libraries could log addresses below WARNING.
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _demand_port(host: str, port: int, variable: str) -> None:
    """Raises SettingsError where the port cannot be bound, before anything else is set up."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"{host}:{port} cannot be listened on ({error.strerror}): end what listens there,"
                f" or set {variable} to another."
            ) from None


if __name__ == "__main__":
    main()
