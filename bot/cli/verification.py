"""``compagnon identity verify``: the operator compares emojis with the bot, at the console."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from bot.app import account_of
from bot.cli.account import logged_in
from bot.cli.configuration import config_option, load
from bot.cli.voice import Voice
from bot.clock import SystemClock
from bot.config import Settings
from bot.demo.terminal import Lines
from bot.encryption import open_encryption
from bot.errors import OperatorError
from bot.ids import UserId
from bot.lock import only_process
from bot.matrix.cipher import DeviceLostError
from bot.matrix.encryption.sas import named
from bot.matrix.encryption.verifier import LASTS
from bot.matrix.http import Homeserver
from bot.matrix.session import Session
from bot.services.verification import Decision, sameness


@dataclass(slots=True)
class ConsoleDesk:
    """Fulfils the verifier's ``Desk`` at the console, for one person and the bot's own account.

    ``shown`` is the comparison that waits for a person's word, and ``is_verified`` how one ended.
    """

    voice: Voice
    asker: UserId
    own_user_id: UserId
    shown: int | None = None
    is_verified: bool = False
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def may_ask(self, user_id: UserId) -> bool:
        """Return whether this is the one who was named at the start."""
        return user_id in (self.asker, self.own_user_id)

    async def show(self, number: int, user_id: UserId, emojis: tuple[str, ...]) -> None:
        """Show the emojis, and ask what the other screen shows."""
        self.shown = number
        shown = named(emojis, self.voice.say("verification.emojis"))
        click.echo(self.voice.say("cli.identity.verify.compare", user_id=user_id, emojis=shown))

    async def tell(self, number: int, user_id: UserId, *, is_verified: bool) -> None:
        """Tell how it ended, and end."""
        del number
        said = "cli.identity.verify.done" if is_verified else "cli.identity.verify.ended"
        click.echo(self.voice.say(said, user_id=user_id))
        self.is_verified = is_verified
        self.is_over.set()

    async def obey(self, lines: Lines, decide: Callable[[Decision], None]) -> None:
        """Pass on what the person at the console says; the end of the input says no."""
        while True:
            line = await lines.next()
            is_same = False if line is None else sameness(line)
            if self.shown is not None and is_same is not None:
                decide(Decision(self.shown, is_same))
                await self.is_over.wait()
            if line is None:
                return
            click.echo(self.voice.say("cli.identity.verify.yes_or_no"))


@click.command()
@config_option
@click.argument("user_id")
@click.pass_context
def verify(context: click.Context, path: Path | None, user_id: str) -> None:
    """Compare emojis with USER_ID, such as @me:example.org, while the bot is stopped.

    Ends with 1 unless both have verified each other.
    """
    voice = Voice.of(os.environ)
    if not (user_id.startswith("@") and ":" in user_id):
        raise OperatorError(voice.say("cli.identity.verify.who", given=user_id), exit_code=2)
    settings = load(path)
    desk = ConsoleDesk(voice, UserId(user_id), UserId(settings.matrix.user_id))

    async def compare(server: Homeserver, session: Session) -> None:
        await _compare(settings, desk, server, session)

    with only_process(settings.storage.data_dir):
        asyncio.run(logged_in(settings, compare))
    context.exit(0 if desk.is_verified else 1)


async def _compare(
    settings: Settings, desk: ConsoleDesk, server: Homeserver, session: Session
) -> None:
    try:
        encryption = await open_encryption(
            settings, SystemClock(), server, account_of(settings), session
        )
    except DeviceLostError as error:
        raise OperatorError(f"{error}: start the bot once (compagnon run), then again.") from None
    try:
        if encryption.begin is None or encryption.follow is None:
            raise OperatorError(desk.voice.say("cli.identity.none"))
        decide = encryption.begin(desk)
        begin = desk.voice.say(
            "cli.identity.verify.begin", user_id=desk.asker, bot=desk.own_user_id
        )
        click.echo(begin)
        async with Lines(sys.stdin.fileno()) as lines, asyncio.timeout(LASTS.total_seconds()):
            await _first(encryption.follow(), desk.obey(lines, decide), desk.is_over.wait())
    except TimeoutError:
        click.echo(desk.voice.say("cli.identity.verify.nobody", user_id=desk.asker))
    except PermissionError:
        # A file or /dev/null: nobody could say what they see.
        raise OperatorError(desk.voice.say("cli.identity.verify.terminal"), exit_code=2) from None
    finally:
        await encryption.cipher.close()


async def _first(*works: Awaitable[object]) -> None:
    """Return when the first of ``works`` is done, or raise what ended it; the others end too."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
