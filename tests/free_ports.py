"""Ports that nobody listens on, and that nobody else is given meanwhile."""

import os
import socket

#: Below the ports that the kernel gives to whoever asks for any, and to outgoing connections.
_FIRST, _COUNT = 12_000, 20_000
#: So that processes beside each other begin far apart.
_STRIDE = 211

_next = os.getpid() * _STRIDE % _COUNT


def free_port() -> int:
    """Another one with each call."""
    global _next
    while True:
        port, _next = _FIRST + _next, (_next + 1) % _COUNT
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
