"""``compagnon identity``: shows, carries away, brings back or replaces the account's identity."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TypeVar

import click

from bot.cli.account import alone, with_account
from bot.cli.configuration import config_option, load
from bot.cli.verification import verify
from bot.cli.voice import Voice
from bot.config import Settings
from bot.config.secret import read_secret
from bot.errors import OperatorError
from bot.identity import open_cross_signing
from bot.matrix import session
from bot.matrix.encryption import identity_file
from bot.matrix.encryption.cross_signing import RECOVERY_FILE_NAME, CrossSigning
from bot.matrix.encryption.identity import Identity, grouped
from bot.matrix.encryption.identity_file import EXPORT_COST, Kept, WrongKeyError
from bot.matrix.encryption.published import Published
from bot.matrix.http import Homeserver

T = TypeVar("T")

PASSPHRASE_MIN = 12
"""Signs of an export's passphrase: scrypt makes guessing slow, not impossible."""

_file_type = click.Path(path_type=Path, dir_okay=False)

_passphrase_option = click.option(
    "--passphrase-file", type=_file_type, help="File with the export's passphrase (mode 0600)."
)


@click.group()
def command() -> None:
    """Show, carry away, bring back or replace the identity that people verify."""


command.add_command(verify)


@command.command()
@config_option
@click.pass_context
def show(context: click.Context, path: Path | None) -> None:
    """Show the identity's fingerprint, and whether it vouches for the bot's device.

    Ends with 1 unless everything is as strict clients want it.
    """
    voice, settings = Voice.of(os.environ), load(path)
    lines: list[str] = []

    async def look(signing: CrossSigning) -> bool:
        published = await signing.published()
        kept = signing.kept(published.master)
        lines.append(voice.say("cli.identity.account", user_id=signing.user_id))
        if published.master is None:
            lines.append(voice.say("cli.identity.none"))
            return False
        lines.append(voice.say("cli.identity.fingerprint", key=grouped(published.master)))
        if kept is None:
            lines.append(voice.say("cli.identity.foreign"))
            return False
        lines.append(voice.say("cli.identity.kept", directory=signing.data_dir))
        is_signed = _show_device(voice, settings, published, kept.identity, lines)
        if signing.recovery_file.exists():
            lines.append(voice.say("cli.identity.recovery_file", file=signing.recovery_file))
        return is_signed

    is_well = asyncio.run(with_account(settings, look))
    click.echo("\n".join(lines))
    context.exit(0 if is_well else 1)


@command.command()
@config_option
@_passphrase_option
@click.argument("file", type=_file_type)
def export(path: Path | None, file: Path, passphrase_file: Path | None) -> None:
    """Write the identity's private keys into FILE, locked by a passphrase, to be kept elsewhere."""
    voice, settings = Voice.of(os.environ), load(path)
    if file.exists():
        raise OperatorError(f"{file} is already there: choose another name.", exit_code=2)
    # Nothing is asked of the homeserver: an export must be possible when it is away.
    kept = open_cross_signing(settings, Homeserver(settings.matrix.homeserver), None).kept(None)
    if kept is None:
        raise OperatorError(voice.say("cli.identity.nothing", directory=settings.storage.data_dir))
    words = _passphrase(voice, passphrase_file, is_new=True)
    if len(words) < PASSPHRASE_MIN:
        raise OperatorError(voice.say("cli.identity.passphrase.short", least=PASSPHRASE_MIN))
    try:
        identity_file.write(file, Kept(kept.identity), words, cost=EXPORT_COST)
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(voice.say("cli.identity.exported", file=file))


@command.command()
@config_option
@_passphrase_option
@click.option("--from", "source", type=_file_type, help="An export, instead of a recovery key.")
@click.option(
    "--recovery-key-file", type=_file_type, help="File with the recovery key (mode 0600)."
)
def restore(
    path: Path | None,
    source: Path | None,
    passphrase_file: Path | None,
    recovery_key_file: Path | None,
) -> None:
    """Bring the account's identity here, with its recovery key or from an export.

    The recovery key is the bot's own, or the one that Element showed when recovery was set up.
    """
    voice, settings = Voice.of(os.environ), load(path)
    if source is not None:
        exported = _read_export(source, _passphrase(voice, passphrase_file, is_new=False))

        async def bring(signing: CrossSigning) -> Identity:
            return await signing.adopt(exported)
    else:
        words = (
            read_secret(recovery_key_file)
            if recovery_key_file
            else click.prompt(voice.say("cli.identity.ask_recovery_key"), hide_input=True)
        )

        async def bring(signing: CrossSigning) -> Identity:
            return await signing.restore(words)

    identity = alone(settings, bring)
    click.echo(voice.say("cli.identity.restored", key=identity.fingerprint))


@command.command()
@config_option
@click.option("--i-understand", "is_understood", is_flag=True, help="Yes, replace it.")
def reset(path: Path | None, *, is_understood: bool) -> None:
    """Replace the identity by a new one: the last resort, when no recovery key is left."""
    voice = Voice.of(os.environ)
    if not is_understood:
        raise OperatorError(voice.say("cli.identity.reset.consequences"), exit_code=2)
    settings = load(path)

    async def replace(signing: CrossSigning) -> Identity:
        return await signing.reset()

    identity = alone(settings, replace)
    click.echo(voice.say("cli.identity.reset.done", key=identity.fingerprint))
    tell_recovery_key(voice, settings.storage.data_dir)


def establish(settings: Settings) -> Identity:
    """Give the account its identity, as the first start would; what ``init`` ends with.

    Raises OperatorError, such as where another identity is already there.
    """

    async def give(signing: CrossSigning) -> Identity:
        return await signing.establish()

    return alone(settings, give)


def tell_recovery_key(voice: Voice, data_dir: Path) -> None:
    """Show a new recovery key to a person at the terminal, once; to a script, only its file."""
    file = data_dir / RECOVERY_FILE_NAME
    if not file.exists():
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(voice.say("cli.identity.recovery_file", file=file))
        return
    click.echo("\n" + voice.say("cli.identity.recovery_key", key=read_secret(file)))
    if click.confirm(voice.say("cli.identity.recovery_key.kept")):
        file.unlink()
    else:
        click.echo(voice.say("cli.identity.recovery_file", file=file))


def _show_device(
    voice: Voice, settings: Settings, published: Published, identity: Identity, lines: list[str]
) -> bool:
    kept = session.load(settings.storage.data_dir)
    device_id = kept.device_id if kept is not None else ""
    is_signed = published.is_signed(device_id, identity)
    message_id = "cli.identity.device.signed" if is_signed else "cli.identity.device.unsigned"
    lines.append(voice.say(message_id, device_id=device_id))
    return is_signed


def _passphrase(voice: Voice, file: Path | None, *, is_new: bool) -> str:
    if file is not None:
        return read_secret(file)
    question = voice.say("cli.identity.passphrase")
    words: str = click.prompt(question, hide_input=True, confirmation_prompt=is_new)
    return words


def _read_export(file: Path, words: str) -> Identity:
    try:
        kept = identity_file.read(file, words)
    except WrongKeyError:
        raise OperatorError(f"The passphrase does not open {file}.") from None
    if kept is None:
        raise OperatorError(f"{file} does not exist.", exit_code=2)
    return kept.identity
