"""How many data keys may be opened a minute."""

from time import monotonic

from models.key_service.interface import KeyServiceError


class Ceiling:
    """How many data keys may be opened a minute; what is not used is not saved up."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._left, self._at = float(a_minute), monotonic()

    def take(self, number: int) -> None:
        """Raises KeyServiceError where fewer are left."""
        now = monotonic()
        self._left += (now - self._at) * self._a_minute / 60
        self._left, self._at = min(self._left, self._a_minute), now
        if number > self._left:
            raise KeyServiceError(
                f"more than {self._a_minute} data keys a minute are opened: ask again later"
            )
        self._left -= number
