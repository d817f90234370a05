"""``compagnon export``: the experiences of the community in a zip, while the bot runs or not."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.configuration import config_option, load
from bot.cli.experience import check_schema, rooms_of
from bot.clock import SystemClock
from bot.errors import OperatorError
from bot.i18n import Catalogue
from bot.services import experience_export
from bot.services.experience_export import Format
from bot.storage.database import Database


@click.command()
@config_option
@click.option(
    "--format",
    "wanted",
    type=click.Choice([each.value for each in Format]),
    default=Format.MARKDOWN.value,
    show_default=True,
    help="Pages to read, or rows.",
)
@click.option(
    "--room", "rooms", multiple=True, help="Only of this room; may be said several times."
)
@click.option("--to", "target", type=click.Path(path_type=Path), help="Default: here, by its date.")
def command(path: Path | None, wanted: str, rooms: Sequence[str], target: Path | None) -> None:
    """Write the experiences into a zip that only you can read, and print its path.

    Rooms where nothing is kept are left out. `compagnon import` reads what this writes.
    """
    settings = load(path)
    now = SystemClock().now()
    target = target or Path(f"experiences-{wanted}-{now.date().isoformat()}.zip")
    if target.exists():
        raise OperatorError(f"{target} is there already: name another file with --to.")
    url, language = settings.storage.url.get_secret_value(), settings.community.language
    data = asyncio.run(_packed(url, Format(wanted), rooms, language))
    target.touch(mode=0o600)
    target.write_bytes(data)
    click.echo(target)


async def _packed(url: str, wanted: Format, names: Sequence[str], language: str) -> bytes:
    await check_schema(url)
    database = Database(url)
    try:
        rooms = (await rooms_of(database)).chosen(names)
        items = await experience_export.read(database, rooms, _tell)
    finally:
        await database.close()
    click.echo(f"{len(items)} experiences", err=True)
    labels = experience_export.labels_in(Catalogue.load(), language)
    return experience_export.archive(items, wanted, labels)


async def _tell(count: int) -> None:
    """Say how far it is, of many."""
    if count % 5_000 == 0:
        click.echo(f"{count} …", err=True)
