"""Questions to a callback as the page itself sends them, without a browser."""

from typing import Any

import httpx2

ASK = "/_dash-update-component"
ADDRESS = "address.search"


async def question_of(
    browser: httpx2.AsyncClient, search: Any = "?language=en", **values: Any
) -> dict[str, Any]:
    """The question that follows the address, by what the server says that it answers."""
    told = (await browser.get("/_dash-dependencies")).json()
    callback = next(
        each
        for each in told
        if ADDRESS in [f"{place['id']}.{place['property']}" for place in each["inputs"]]
        and "masthead.content" in each["output"]
    )
    given = {ADDRESS: search} | values
    return {
        "output": callback["output"],
        "outputs": [
            dict(zip(("id", "property"), place.rsplit(".", 1), strict=True))
            for place in callback["output"].strip(".").split("...")
        ],
        "inputs": [_with_value(place, given) for place in callback["inputs"]],
        "state": [_with_value(place, given) for place in callback["state"]],
        "changedPropIds": [ADDRESS],
    }


def _with_value(place: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    name = f"{place['id']}.{place['property']}"
    return {"id": place["id"], "property": place["property"], "value": given.get(name)}
