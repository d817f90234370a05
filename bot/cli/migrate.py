"""``compagnon migrate``: bring the database to this version without starting the bot."""

import asyncio
from pathlib import Path

import click

from bot.cli.configuration import config_option, load
from bot.clock import SystemClock
from bot.storage.migration import HEAD, upgrade


@click.command()
@config_option
def command(path: Path | None) -> None:
    """Bring the database to this version of the bot, after a backup; `run` does it by itself."""
    storage = load(path).storage
    work = upgrade(
        storage.url.get_secret_value(),
        backup_dir=storage.backup_dir,
        now=SystemClock().now(),
    )
    is_changed = asyncio.run(work)
    state = "is now" if is_changed else "was already"
    click.echo(f"{storage.shown_url} {state} at schema {HEAD}.")
