"""``compagnon doctor``: what ``check`` finds, and an offer to repair what can be repaired."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import click

from bot.check import Finding, Phrase
from bot.check.repair import Repair, repairs
from bot.cli.check import look, show
from bot.cli.configuration import config_option, load
from bot.cli.voice import Voice
from bot.clock import SystemClock
from bot.errors import OperatorError


@click.command()
@config_option
@click.option("--yes", is_flag=True, help="Do all that is offered, without asking.")
@click.pass_context
def command(context: click.Context, path: Path | None, *, yes: bool) -> None:
    """Check everything and offer to repair what can be; ends with 1 if something is left."""
    voice = Voice.of(os.environ)
    settings = load(path)
    findings = asyncio.run(look(settings))
    show(findings, voice)
    now = SystemClock().now()
    offered = [each for found in findings for each in repairs(found, settings.storage, now)]
    if _repair(offered, voice, is_agreed=yes):
        findings = asyncio.run(look(settings))
        show(findings, voice)
    if not _all_good(findings):
        context.exit(1)


def _repair(offered: Sequence[Repair], voice: Voice, *, is_agreed: bool) -> bool:
    """Ask about each repair and do those that are wanted; return whether any was done."""
    is_any_done = False
    for repair in offered:
        offer = voice.say(repair.offer.message_id, **repair.offer.params)
        if is_agreed:
            click.echo(offer)
        elif not click.confirm(offer, default=False):
            continue
        try:
            done = asyncio.run(_act(repair))
        except OperatorError as error:
            click.echo(f"✗ {error}", err=True)
            continue
        click.echo(f"✓ {voice.say(done.message_id, **done.params)}")
        is_any_done = True
    return is_any_done


async def _act(repair: Repair) -> Phrase:
    return await repair.act()


def _all_good(findings: Sequence[Finding]) -> bool:
    return all(finding.is_good for finding in findings)
