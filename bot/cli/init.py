"""``compagnon init``: ask what is needed, write the configuration, try it, say what comes next."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli.check import look, show
from bot.cli.configuration import config_option
from bot.cli.draft import Draft
from bot.cli.identity import establish, tell_recovery_key
from bot.cli.question import SettingType, ask, refuse_missing
from bot.cli.voice import Voice
from bot.config import load_settings
from bot.errors import OperatorError
from bot.matrix.discovery import discover

_ROOMS = SettingType("community", "rooms")
_INVITERS = SettingType("community", "allowed_inviters")
_TIME_ZONE = SettingType("community", "timezone")
_LANGUAGE = SettingType("community", "language")


@dataclass(frozen=True, slots=True)
class _Flags:
    """What was given on the command line; None and empty: not given."""

    user_id: str | None
    homeserver: str | None
    password_file: Path | None
    is_password_in_stdin: bool
    community: str | None
    language: str | None
    timezone: str | None
    rooms: tuple[str, ...]
    animators_room: str | None
    allowed_inviters: tuple[str, ...]
    animators: tuple[str, ...]
    database: str


@click.command()
@config_option
@click.option("--non-interactive", "is_silent", is_flag=True, help="Ask nothing; for scripts.")
@click.option("--force", "is_forced", is_flag=True, help="Replace files that are there.")
@click.option("--user-id", type=SettingType("matrix", "user_id"), help="The bot's account.")
@click.option(
    "--homeserver",
    type=SettingType("matrix", "homeserver"),
    help="Address of its homeserver (default: the one its server name publishes).",
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with its password (mode 0600), used where it is.",
)
@click.option(
    "--password-stdin",
    "is_password_in_stdin",
    is_flag=True,
    help="Read its password from standard input, and keep it beside the configuration.",
)
@click.option("--community", type=SettingType("community", "name"), help="Its name.")
@click.option("--language", type=_LANGUAGE, help="fr or en.")
@click.option("--timezone", type=_TIME_ZONE, help="Such as Europe/Paris.")
@click.option("--room", "rooms", type=_ROOMS, multiple=True, help="A room to join; repeatable.")
@click.option("--animators-room", type=SettingType("community", "animators_room"))
@click.option("--allowed-inviter", "allowed_inviters", type=_INVITERS, multiple=True)
@click.option("--animator", "animators", type=SettingType("roles", "animators"), multiple=True)
@click.option("--database", type=SettingType("storage", "url"), default="sqlite:///compagnon.db")
@click.pass_context
def command(
    context: click.Context,
    /,
    path: Path | None,
    *,
    is_silent: bool,
    is_forced: bool,
    **given: object,
) -> None:
    """Ask what is needed, write the configuration, log in, and say what works.

    Ends with 1 if something does not work yet; the files stay, to be mended.
    """
    voice = Voice.of(os.environ)
    path = path or Path("config.toml")
    # click hands over exactly the options above, converted by their types.
    flags = _Flags(**given)  # type: ignore[arg-type]
    draft = _from_flags(flags) if is_silent else _from_questions(flags, voice)
    there = [str(file) for file in draft.files(path) if file.exists()]
    if there and not is_forced:
        if is_silent:
            raise OperatorError(f"{', '.join(there)}: already there; replace with --force.")
        click.confirm(voice.say("cli.init.replace", files=", ".join(there)), abort=True)
    _write(draft, path, voice)
    settings = load_settings(path, os.environ)
    findings = asyncio.run(look(settings))
    show(findings, voice)
    is_ready = all(finding.is_good for finding in findings)
    click.echo()
    if is_ready:
        click.echo(voice.say("cli.init.identity", key=establish(settings).fingerprint))
        tell_recovery_key(voice, settings.storage.data_dir)
    click.echo(voice.say("cli.init.ready" if is_ready else "cli.init.unready", path=path))
    context.exit(0 if is_ready else 1)


def _from_flags(flags: _Flags) -> Draft:
    has_password = flags.password_file is not None or flags.is_password_in_stdin
    required = {
        "--user-id": flags.user_id,
        "--community": flags.community,
        "--password-file or --password-stdin": True if has_password else None,
    }
    refuse_missing(required)
    user_id, community = flags.user_id or "", flags.community or ""
    homeserver = flags.homeserver or asyncio.run(discover(_server_name(user_id)))
    if homeserver is None:
        raise OperatorError(
            f"{_server_name(user_id)} does not publish its homeserver: give --homeserver.",
            exit_code=2,
        )
    return Draft(
        user_id=user_id,
        homeserver=homeserver,
        community=community,
        password=_password_from_stdin() if flags.is_password_in_stdin else None,
        password_file=None if flags.is_password_in_stdin else flags.password_file,
        language=flags.language or "fr",
        timezone=flags.timezone or "Europe/Paris",
        rooms=flags.rooms,
        animators_room=flags.animators_room or "",
        allowed_inviters=flags.allowed_inviters,
        animators=flags.animators,
        database=flags.database,
    )


def _from_questions(flags: _Flags, voice: Voice) -> Draft:
    click.echo(voice.say("cli.init.intro") + "\n")
    user_id = flags.user_id or ask(voice.say("cli.init.user_id"), SettingType("matrix", "user_id"))
    server_name = _server_name(user_id)
    homeserver = flags.homeserver or ask(
        voice.say("cli.init.homeserver"),
        SettingType("matrix", "homeserver"),
        asyncio.run(discover(server_name)) or f"https://{server_name}",
    )
    password = None
    if flags.is_password_in_stdin:
        password = _password_from_stdin()
    elif flags.password_file is None:
        password = click.prompt(voice.say("cli.init.password", user_id=user_id), hide_input=True)
    return Draft(
        user_id=user_id,
        homeserver=homeserver,
        password=password,
        password_file=flags.password_file if password is None else None,
        community=flags.community
        or ask(voice.say("cli.init.community"), SettingType("community", "name")),
        language=flags.language or ask(voice.say("cli.init.language"), _LANGUAGE, voice.language),
        timezone=flags.timezone or ask(voice.say("cli.init.timezone"), _TIME_ZONE, "Europe/Paris"),
        rooms=flags.rooms or tuple(ask(voice.say("cli.init.rooms"), _ROOMS, "").split()),
        animators_room=flags.animators_room
        or ask(
            voice.say("cli.init.animators_room"), SettingType("community", "animators_room"), ""
        ),
        allowed_inviters=flags.allowed_inviters
        or tuple(ask(voice.say("cli.init.inviters"), _INVITERS, f"*:{server_name}").split()),
        animators=flags.animators,
        database=flags.database,
    )


def _server_name(user_id: str) -> str:
    return user_id.partition(":")[2]


def _password_from_stdin() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise OperatorError("There is no password on standard input.", exit_code=2)
    return password


def _write(draft: Draft, path: Path, voice: Voice) -> None:
    try:
        draft.write(path, voice.say("cli.init.comment"))
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror}.") from None
    files = ", ".join(map(str, draft.files(path)))
    click.echo(voice.say("cli.init.written", files=files) + "\n")
