"""Sums of money: an amount in a currency, of a column, of a figure or of an input."""

from typing import Any

import strawberry

from gateway.mapping.declare import SOURCE, Expression, MoneyColumn
from gateway.mapping.enums import Currency
from gateway.mapping.scalars import BigInt


@strawberry.type(description="A sum of money.")
class Money:
    amount: BigInt = strawberry.field(description="How much, in whole units of the currency.")
    currency: Currency = strawberry.field(description="Of which currency.")

    @classmethod
    def of(cls, rupiah: int | None) -> "Money | None":
        return None if rupiah is None else cls(amount=BigInt(rupiah), currency=Currency.IDR)


@strawberry.input(description="A sum of money.")
class MoneyInput:
    amount: BigInt = strawberry.field(description="How much, in whole units of the currency.")
    currency: Currency = strawberry.field(description="Of which currency.")


def money(rupiah: Expression, description: str) -> Any:
    """A field with the sum in a column of whole rupiah."""

    def resolve(root: Any, info: strawberry.Info) -> Money | None:
        return Money.of(root.__dict__[info.python_name])

    return strawberry.field(
        resolver=resolve, description=description, metadata={SOURCE: MoneyColumn(rupiah)}
    )
