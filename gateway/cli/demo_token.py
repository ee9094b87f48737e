"""`gerbang token`: asks a running demo for a token. It needs nothing of the gateway, so it answers
at once.
"""

import click
import httpx2


@click.command()
@click.argument("user")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running demo.")
@click.option("--acr", default="", help="How the user has signed in, as the token's claim acr.")
def token(user: str, url: str, acr: str) -> None:
    """Print an access token for a demo user of a running demo."""
    try:
        click.echo(demo_token(user, url, acr))
    except httpx2.HTTPError as error:
        raise click.ClickException(f"no demo answers at {url}: {error}") from None


def demo_token(user: str, url: str, acr: str = "") -> str:
    asked = {"acr_values": acr}
    answer = httpx2.post(f"{url}/development/users/{user}/token", params=asked, timeout=10)
    if answer.is_error:
        raise click.ClickException(f"there is no demo user {user} at {url}")
    return answer.json()["access_token"]
