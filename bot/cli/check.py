"""``compagnon check``: a table of ticks and crosses with the remedy for each."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.check import Finding, Phrase, examine, phrase
from bot.cli.configuration import config_option, find, load
from bot.cli.voice import Voice
from bot.clock import SystemClock
from bot.config import Settings
from bot.errors import OperatorError

_WIDTH_IN_A_FILE = 200
"""Columns where nobody looks at a terminal: wide enough that hardly a line is broken."""


@click.command()
@config_option
@click.pass_context
def command(context: click.Context, path: Path | None) -> None:
    """Say what works and what to do about the rest; ends with 1 if anything does not."""
    voice = Voice.of(os.environ)
    path = path or find(os.environ)
    configuration = phrase("cli.check.configuration")
    try:
        settings = load(path)
    except OperatorError:
        detail, remedy = (
            phrase("cli.check.configuration.wrong", path=path),
            phrase("cli.check.configuration.remedy"),
        )
        show([Finding(configuration, detail, remedy)], voice)
        raise
    read = Finding(configuration, phrase("cli.check.configuration.good", path=path))
    findings = [read, *asyncio.run(look(settings))]
    show(findings, voice)
    if not all(finding.is_good for finding in findings):
        context.exit(1)


async def look(settings: Settings) -> list[Finding]:
    """Return everything that was found."""
    return [finding async for finding in examine(settings, SystemClock())]


def show(findings: Iterable[Finding], voice: Voice) -> None:
    """Print the findings as a table: the sign, what was looked at, what it is like, the remedy."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    for column in ("sign", "name"):
        table.add_column(column, no_wrap=True)
    table.add_column("detail", overflow="fold")
    for finding in findings:
        sign = Text("✓", "green") if finding.is_good else Text("✗", "bold red")
        table.add_row(sign, Text(_words(finding.name, voice)), _description(finding, voice))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_IN_A_FILE
    console.print(table)


def _description(finding: Finding, voice: Voice) -> Text:
    description = Text(_words(finding.detail, voice))
    if finding.remedy is not None:
        description.append(f"\n→ {_words(finding.remedy, voice)}", "bold")
    return description


def _words(said: Phrase, voice: Voice) -> str:
    return voice.say(said.message_id, **said.params)
