"""What applicants have to pay, and whether it was paid."""

from datetime import datetime

from gateway.mapping.declare import Node, column, noun
from gateway.mapping.scalars import Rupiah
from models import Bill as BillRow


@noun(key=BillRow.billing_code)
class Bill(Node):
    """The fee of one application, fixed when it was billed: state revenue (PNBP)."""

    code: str = column(BillRow.billing_code, "What it is paid under: 15 digits.")
    amount_idr: Rupiah = column(BillRow.amount_idr, "Amount to pay.")
    issued_at: datetime = column(BillRow.issued_at, "When it was issued.")
    due_at: datetime = column(BillRow.due_at, "Until when it can be paid.")
    paid_at: datetime | None = column(
        BillRow.paid_at, "When the treasury reported that it was paid."
    )
    receipt_number: str | None = column(
        BillRow.receipt_number, "The treasury's number of the payment."
    )
