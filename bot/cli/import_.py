"""``compagnon import``: experiences come back out of a file, after a look at what would happen."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from bot.cli.configuration import config_option, load
from bot.cli.experience import check_schema, rooms_of
from bot.clock import SystemClock
from bot.errors import OperatorError, UserError
from bot.i18n import Catalogue
from bot.ids import UserId
from bot.lock import only_process
from bot.services import experience_import
from bot.services.experience_file import FILE_LIMIT_BYTES, Found, Rejected, find, names_in_all
from bot.services.experience_import import Grounds, Plan
from bot.storage.database import Database
from bot.text import render

_LANGUAGE = "en"
"""The command line speaks English."""


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "importer", required=True, help="User id; what nobody known wrote is theirs.")
@click.option("--room", "room", help="Where rows go that name no room of the bot's.")
@click.option("--yes", "is_sure", is_flag=True, help="Do it; without this it is only shown.")
def command(
    path: Path | None, file: Path, importer: str, room: str | None, *, is_sure: bool
) -> None:
    """Read experiences from FILE: a zip of `compagnon export`, or a table; the bot must be stopped.

    An author stays the author in rooms where they have shared before; the server is not asked.
    """
    storage = load(path).storage
    if not (importer.startswith("@") and ":" in importer):
        raise OperatorError(f"{importer} is no user id. For example: --as @anne:example.org")
    if file.stat().st_size > FILE_LIMIT_BYTES:
        raise OperatorError(f"{file} is larger than {FILE_LIMIT_BYTES // 1_000_000} MB.")
    words = Catalogue.load()
    found = _found(file, words)
    with only_process(storage.data_dir):
        url, now = storage.url.get_secret_value(), SystemClock().now()
        names = [room] if room else []
        made, done = asyncio.run(_imported(url, found, UserId(importer), names, now, is_sure))
    for item in made.rejected:
        click.echo(_line(words, item))
    created, corrected = done if is_sure else (len(made.created), len(made.corrected))
    click.echo(
        f"{'Created' if is_sure else 'To create'} {created}, corrected {corrected}, there already "
        f"{made.unchanged}, refused {len(made.rejected)}."
        + ("" if is_sure else " Nothing is done yet: say it again with --yes.")
    )


def _found(file: Path, words: Catalogue) -> Found:
    try:
        return find(file.read_bytes(), names_in_all(words))
    except UserError as error:
        raise OperatorError(_said(words, error.message_id, error.params)) from None


async def _imported(
    url: str, found: Found, importer: UserId, names: Sequence[str], now: datetime, is_sure: bool
) -> tuple[Plan, tuple[int, int]]:
    await check_schema(url)
    database = Database(url)
    try:
        rooms = await rooms_of(database)
        chosen = rooms.chosen(names)
        authors = await experience_import.authors(database, chosen)
        own = next(iter(chosen)) if len(chosen) == 1 else None
        grounds = Grounds(importer, rooms.known, own, rooms.trusted, authors)
        async with database.read() as snapshot:
            made = await experience_import.plan(snapshot, found, grounds, now)
        done = (0, 0)
        if is_sure:
            done = await experience_import.carry_out(database, made, grounds, now)
    finally:
        await database.close()
    return made, done


def _line(words: Catalogue, item: Rejected) -> str:
    return f"{item.place}: {_said(words, f'experience_import.reason.{item.reason}', item.params)}"


def _said(words: Catalogue, message_id: str, params: object) -> str:
    given = dict(params) if isinstance(params, dict) else {}
    return render(words.text(message_id, _LANGUAGE), {"prefix": "!", "example": "", **given}).body
