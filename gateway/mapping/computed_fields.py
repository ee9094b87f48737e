"""Computed fields: a plain function of the row, cheaper than a Strawberry resolver."""

from collections.abc import Callable
from typing import Any, cast

from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver


class ComputedField(StrawberryField):
    """A field whose value is a plain function of its row.

    For a resolver, Strawberry prepares info, arguments and extensions at every call. In a table of
    volumes, which has thousands of such fields, that took as long as everything else together.
    """

    @property
    def is_basic_field(self) -> bool:
        return True

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        return cast(StrawberryResolver[Any], self.base_resolver)(source)


def computed(function: Callable[[Any], Any], description: str) -> Any:
    return ComputedField(description=description, base_resolver=StrawberryResolver(function))
