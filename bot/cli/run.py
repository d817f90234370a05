"""``compagnon run``: the bot itself."""

import asyncio
from pathlib import Path

import click
import uvloop

from bot.cli.configuration import config_option, load


@click.command()
@config_option
def command(path: Path | None) -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    settings = load(path)
    # After the settings: what is wrong with them is said at once, not after half a second.
    from bot.app import run  # noqa: PLC0415  see above

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(settings))
