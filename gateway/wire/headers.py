"""The headers of a request, read in one pass."""

from collections.abc import Sequence

from starlette.types import Scope


class RequestHeaders:
    """Values by lower-case names. A header that is sent twice has both."""

    __slots__ = ("_values",)

    def __init__(self, scope: Scope) -> None:
        values: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            if name in values:
                values[name].append(value)
            else:
                values[name] = [value]
        self._values = values

    def get(self, name: bytes) -> str | None:
        """The first value of a header; None where it is not sent."""
        values = self._values.get(name)
        return None if values is None else values[0].decode("latin-1")

    def all(self, name: bytes) -> Sequence[str]:
        """Each value of a header."""
        values = self._values.get(name)
        return () if values is None else [value.decode("latin-1") for value in values]
