"""What it costs to make and load a synthetic world, and whether the cost is proportional to it."""

from collections.abc import Sequence

from bench.measuring import show_table
from bench.world import load, server


async def measure(sizes: Sequence[int]) -> None:
    """Print seconds and rows a second for each size, each in a database of its own."""
    with server() as running:
        loaded = [await load(running.url(f"bench_{size}"), size) for size in sizes]
    least = loaded[0].seconds / loaded[0].applications
    rows = [
        (
            f"{world.applications:,}",
            f"{world.events:,}",
            f"{world.seconds:.1f}",
            f"{world.applications / world.seconds:,.0f}",
            f"{world.seconds / world.applications / least:.2f}",
        )
        for world in loaded
    ]
    head = ("applications", "events", "seconds", "applications a second", "time for one")
    show_table("A synthetic world: made, loaded, indexed, its figures built", head, rows)
