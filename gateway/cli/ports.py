"""Checks that a port is free before anything else is started."""

import errno
import socket

from gateway.settings import SettingsError

_WHY = {
    errno.EADDRINUSE: "is taken: end what listens there, or choose another with {choice}",
    errno.EACCES: "may not be used by this user: choose one above 1023 with {choice}",
    errno.EADDRNOTAVAIL: "is no address of this machine: choose another",
}


def require_free_port(host: str, port: int, choice: str) -> None:
    """Raises SettingsError if the port cannot be bound. ``choice`` is the variable or option that
    chooses another one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = _WHY.get(error.errno or 0, f"cannot be listened on ({error.strerror})")
            raise SettingsError(f"{host}:{port} {why.format(choice=choice)}.") from None
