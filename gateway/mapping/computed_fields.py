"""Fields of which one answer has thousands: made of their row, without the price of a resolver."""

from collections.abc import Callable
from typing import Any, cast

from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver


class ComputedField(StrawberryField):
    """A field that a plain function makes of its row.

    For a resolver Strawberry readies information, arguments and extensions at every call, though
    this one wants none: that took as long as all the rest of a table of volumes.
    """

    @property
    def is_basic_field(self) -> bool:
        return True

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        return cast(StrawberryResolver[Any], self.base_resolver)(source)


def computed(of: Callable[[Any], Any], description: str) -> Any:
    return ComputedField(description=description, base_resolver=StrawberryResolver(of))
