"""Decisions that did not stand before."""

from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None
locks = "no table: the keeper waits while they are counted, about a second for 500,000 decisions"

_DIMENSIONS = (
    "country_code",
    "nationality_code",
    "partner_code",
    "centre_code",
    "visa_type_code",
    "trip_purpose",
    "channel",
)
_BY_PLACE = ("partner_code", "country_code")
#: The tables of figures, their periods, and what they tell apart.
_GRAINS = {
    "volume_yearly": ("year", _BY_PLACE),
    "volume_monthly": ("month", _BY_PLACE),
    "volume_monthly_type": ("month", (*_BY_PLACE, "visa_type_code", "channel")),
    "volume_monthly_nationality": ("month", ("nationality_code",)),
    "volume_monthly_nationality_place": ("month", ("nationality_code", *_BY_PLACE)),
    "volume_daily": ("day", _DIMENSIONS),
}
#: What a row of them must have besides.
_OTHER_FACTS = (
    "intake, info_requested, wip_change, backlog_change, revenue_idr, granted, refused, withdrawn,"
    " lapsed, within_target, cohort_decided, cohort_within_target"
)
_ALL = ", ".join(_DIMENSIONS)

# What is in the outbox, or is folded already, is left out, all in one snapshot: it is counted once.
# A keeper of the release before, which would take it from the outbox, does not know of it.
_MISSING = f"""
    SELECT day, {_ALL}, sum(overturned) AS overturned
    FROM (
        SELECT day, {_ALL}, 1 AS overturned
        FROM volume_overturned
        JOIN application ON application.id = application_id
        UNION ALL
        SELECT day, {_ALL}, -overturned FROM volume_outbox WHERE overturned <> 0
        UNION ALL
        SELECT starts_on, {_ALL}, -overturned FROM volume_daily WHERE overturned <> 0
    ) AS counted
    GROUP BY day, {_ALL}
    HAVING sum(overturned) <> 0
"""  # noqa: S608


def _fill(table: str, period: str, dimensions: tuple[str, ...]) -> str:
    """Add what is missing to a table of figures."""
    key = ", ".join(dimensions)
    return f"""
        INSERT INTO {table} AS kept (starts_on, {key}, {_OTHER_FACTS}, overturned)
        SELECT
            date_trunc('{period}', day::timestamp)::date, {key},
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(overturned)
        FROM missing
        GROUP BY 1, {key}
        ON CONFLICT ON CONSTRAINT uq_{table}
            DO UPDATE SET overturned = kept.overturned + excluded.overturned
    """  # noqa: S608


def upgrade() -> None:
    op.execute("SELECT pg_advisory_xact_lock(7461002)")
    fills = (f"into_{table} AS ({_fill(table, *of)})" for table, of in _GRAINS.items())
    # accepted: only the keeper writes these tables, and waits
    op.execute(f"WITH missing AS ({_MISSING}), {', '.join(fills)} SELECT")


def downgrade() -> None:
    """The columns go with the revision before."""
