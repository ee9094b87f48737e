"""The `gerbang` command line."""

import ast
import asyncio
import gc
import sys
from importlib import import_module
from pathlib import Path

import click

#: The modules of the commands, by name.
COMMANDS = {
    "audit": "audit",
    "dashboard": "dashboard",
    "day": "day",
    "demo": "demo",
    "doctor": "doctor",
    "documents": "trusted_documents",
    "explain": "explain",
    "figure": "figure",
    "ingest": "ingest",
    "init": "init",
    "keep": "keeper",
    "keys": "keys",
    "migrate": "data",
    "migration": "migration",
    "people": "people",
    "policy": "documents",
    "rehearse": "rehearse",
    "schema": "schema",
    "serve": "serving",
    "settle": "settle",
    "settings": "documents",
    "snapshots": "documents",
    "synthesise": "data",
    "token": "demo_token",
    "vault": "vault",
    "visa": "visa",
    "volumes": "data",
    "witness": "witness",
}


class _Commands(click.Group):
    """Imports a command when it is called: what the others need takes longer than it does.

    What is imported stays for ever, so no garbage is looked for in it: that takes a quarter of the
    time that starting takes. (`models.garbage` says the same, and would import all of `models`.)
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        gc.disable()
        module = import_module(f"gateway.cli.{COMMANDS[cmd_name]}")
        gc.freeze()
        gc.enable()
        return getattr(module, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them with what the code of each says of it: to import all takes seconds."""
        width = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name, width)) for name in COMMANDS])


def _summary(name: str, width: int) -> str:
    code = Path(__file__).with_name(f"{COMMANDS[name]}.py").read_text(encoding="utf-8")
    [text] = (
        ast.get_docstring(node) or ""
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    return click.Command(name, help=text).get_short_help_str(width)


@click.group(cls=_Commands, context_settings={"max_content_width": 100})
@click.version_option(package_name="gerbang", message="%(prog)s %(version)s")
def gerbang() -> None:
    """Gerbang: the front door of the visa system."""


def main() -> None:
    """Run the command. Errors that its user can fix are printed without a traceback."""
    try:
        gerbang.main(prog_name="gerbang", standalone_mode=True)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    except Exception as error:
        if not isinstance(error, _fixable_errors()):
            raise
        sys.exit(f"gerbang: {error}")


def _fixable_errors() -> tuple[type[Exception], ...]:
    """Imported once something fails: a command that needs none of it starts without."""
    from gateway.cli.database_errors import DatabaseError
    from gateway.settings import SettingsError
    from models.account import AccountError
    from models.database.locking import LockedError
    from models.database.owner import OwnerError
    from models.key_service import KeyServiceError
    from models.postgres import PostgresError
    from models.reference.data import ReferenceDataError
    from models.row_security.apply import WallError

    return (
        SettingsError,
        DatabaseError,
        PostgresError,
        OwnerError,
        AccountError,
        KeyServiceError,
        ReferenceDataError,
        LockedError,
        WallError,
    )
