"""``compagnon backup``: a copy of the database, taken while the bot runs or not."""

import asyncio
from pathlib import Path

import click

from bot.cli.configuration import config_option, load
from bot.clock import SystemClock
from bot.storage.backup import backup, backups, rotate


@click.command()
@config_option
@click.option(
    "--to", "directory", type=click.Path(path_type=Path), help="Default: data_dir/backups."
)
@click.option("--keep", type=click.IntRange(min=1), help="Delete all but this many newest copies.")
@click.option("--list", "is_list", is_flag=True, help="Only list the copies, the newest first.")
def command(path: Path | None, directory: Path | None, keep: int | None, *, is_list: bool) -> None:
    """Write a copy of the database, checked and readable by its owner alone, and print its path."""
    storage = load(path).storage
    directory = directory or storage.backup_dir
    if is_list:
        for copy in backups(directory):
            click.echo(copy)
        return
    work = backup(storage.url.get_secret_value(), directory, now=SystemClock().now())
    click.echo(asyncio.run(work))
    if keep is not None:
        for old in rotate(directory, keep):
            click.echo(f"deleted {old}", err=True)
