"""``compagnon when``: how the bot understands a date, without a bot."""

import zoneinfo
from datetime import date, datetime

import click

from bot.clock import SystemClock
from bot.i18n import Catalogue
from bot.text import render
from bot.when import WhenError, as_text, long_date, parse

EXIT_NOT_UNDERSTOOD = 3


def _zone(_context: click.Context, _parameter: click.Parameter, value: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"unknown time zone {value!r}, e.g. Europe/Paris") from None


def _instant(_context: click.Context, _parameter: click.Parameter, value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date, e.g. 2026-03-18T09:00") from None


@click.command()
@click.argument("phrase")
@click.option("--now", default="", callback=_instant, help="Pretend it is then (ISO 8601).")
@click.option("--timezone", "zone", default="Europe/Paris", callback=_zone, show_default=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.pass_context
def command(
    context: click.Context,
    phrase: str,
    now: datetime | None,
    zone: zoneinfo.ZoneInfo,
    language: str,
) -> None:
    """Show how the bot understands PHRASE: an instant, start/end, or a recurrence.

    Ends with 3 and NONE, MISMATCH or GAP where it does not, with the sentence a member would get.
    """
    present = now or SystemClock().now()
    present = present.replace(tzinfo=zone) if present.tzinfo is None else present.astimezone(zone)
    try:
        click.echo(as_text(parse(phrase, now=present, zone=zone, language=language)))
    except WhenError as error:
        click.echo(error.code)
        click.echo(_sentence(error, zone, language), err=True)
        context.exit(EXIT_NOT_UNDERSTOOD)


def _sentence(error: WhenError, zone: zoneinfo.ZoneInfo, language: str) -> str:
    """Return what a member would be told, as plain text."""
    params = {
        name: long_date(value, zone=zone, language=language, with_zone=False)
        if isinstance(value, date)
        else value
        for name, value in error.params.items()
    }
    return render(Catalogue.load().text(error.message_id, language), params).body
