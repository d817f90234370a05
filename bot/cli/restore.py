"""``compagnon restore``: a copy goes in the place of the database, or shows that it could."""

import asyncio
from pathlib import Path

import click

from bot.cli.configuration import config_option, load
from bot.clock import SystemClock
from bot.config.settings import StorageSettings
from bot.errors import OperatorError
from bot.lock import only_process
from bot.storage.backup import backups
from bot.storage.restore import Rehearsal, rehearse, restore


@click.command()
@config_option
@click.argument("copy", required=False, type=click.Path(path_type=Path))
@click.option("--rehearse", "is_rehearsal", is_flag=True, help="Only try the copy, change nothing.")
def command(path: Path | None, copy: Path | None, *, is_rehearsal: bool) -> None:
    """Put COPY (default: the newest backup) in the place of the database; the bot must be stopped.

    The old database is kept beside it. What the bot read since the copy it reads again, and what it
    answered since it recognises by its own messages.
    """
    storage = load(path).storage
    copy = copy or _newest(storage)
    now = SystemClock().now()
    if is_rehearsal:
        click.echo(_shown(copy, asyncio.run(rehearse(copy, now=now))))
        return
    with only_process(storage.data_dir):
        kept = asyncio.run(restore(storage.url.get_secret_value(), copy, now=now))
    click.echo(f"{copy} is now the database. Start the bot: compagnon run")
    if kept is not None:
        click.echo(f"The database as it was: {kept}", err=True)


def _newest(storage: StorageSettings) -> Path:
    found = backups(storage.backup_dir)
    if not found:
        raise OperatorError(f"There is no copy in {storage.backup_dir}; name one.")
    return found[0]


def _shown(copy: Path, rehearsal: Rehearsal) -> str:
    rows = ", ".join(f"{name} {count}" for name, count in rehearsal.rows.items()) or "no rows"
    return f"{copy} can be restored. Schema {rehearsal.schema}; {rows}."
