"""The command `gerbang token`, for queries to a running demo from another program."""

import click
import httpx2


@click.command()
@click.argument("user")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running demo.")
def token(user: str, url: str) -> None:
    """Print an access token for a demo user of a running demo."""
    try:
        click.echo(demo_token(user, url))
    except httpx2.HTTPError as error:
        raise click.ClickException(f"no demo answers at {url}: {error}") from None


def demo_token(user: str, url: str) -> str:
    answer = httpx2.post(f"{url}/development/users/{user}/token", timeout=10)
    if answer.is_error:
        raise click.ClickException(f"there is no demo user {user} at {url}")
    return answer.json()["access_token"]
