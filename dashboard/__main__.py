"""``python -m dashboard``: serve the dashboard."""

import gc
import logging
import sys

import uvicorn

from dashboard.app import create_app
from dashboard.settings import SettingsError, read_settings


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        settings = read_settings()
    except SettingsError as error:
        sys.exit(str(error))
    app = create_app(settings)
    gc.freeze()  # what stays for ever is not looked through again, which takes 60 ms in an answer
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
    )


if __name__ == "__main__":
    main()
