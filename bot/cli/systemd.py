"""``compagnon systemd``: the unit with which systemd starts the bot, watches it, fences it in."""

import getpass
import os
import pwd
import shutil
import sys
from pathlib import Path

import click

from bot.cli.configuration import config_option, find, load
from bot.errors import OperatorError

UNIT = Path("/etc/systemd/system/compagnon.service")

_TEMPLATE = """\
# Written by `compagnon systemd`; given again, it writes this file anew.
[Unit]
Description=Compagnon, a Matrix bot for a community of practice
After=network-online.target postgresql.service
Wants=network-online.target

[Service]
# Up when the database is; systemd starts it anew when no write was committed for five minutes.
Type=notify
WatchdogSec=300
ExecStart={program} --config {config} run
WorkingDirectory={directory}
User={user}
Restart=always
RestartSec=2
TimeoutStartSec=900
TimeoutStopSec=30

# It reads its program and its settings, writes its data, and speaks with the network.
ReadWritePaths={writable}
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateIPC=yes
DevicePolicy=closed
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources @mount
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


@click.command()
@config_option
@click.option("--user", help="The account that runs the bot (default: who owns the settings).")
@click.option("--print", "is_printed", is_flag=True, help="Only print the unit.")
def command(path: Path | None, user: str | None, *, is_printed: bool) -> None:
    """Write the unit file that has systemd run the bot, watched and fenced in; as root.

    The account that runs it is that of the owner of config.toml.
    """
    config = (path or find(os.environ)).absolute()
    settings = load(config)
    database = settings.storage.url.get_secret_value()
    places = {settings.storage.data_dir.absolute()}
    if database.startswith("sqlite:///"):
        places.add(Path(database.removeprefix("sqlite:///")).absolute().parent)
    unit = unit_of(config, user or _owner(config), sorted(places))
    if is_printed:
        click.echo(unit, nl=False)
        return
    try:
        UNIT.write_text(unit)
    except OSError as error:
        raise OperatorError(
            f"{UNIT} cannot be written ({error.strerror}). Give the command as root: "
            f"sudo {_program()} --config {config} systemd"
        ) from error
    click.echo(f"Wrote {UNIT}. Now: systemctl daemon-reload && systemctl enable --now compagnon")


def unit_of(config: Path, user: str, writable: list[Path]) -> str:
    """Return the unit for a bot with these settings, run by ``user``, who may write there alone."""
    program = _program()
    is_at_home = any(str(place).startswith(("/home/", "/root/")) for place in (program, *writable))
    return _TEMPLATE.format(
        program=program,
        config=config,
        directory=config.parent,
        user=user,
        writable=" ".join(map(str, writable)),
        home="read-only" if is_at_home else "yes",
    )


def _program() -> Path:
    """Return the console command of this installation."""
    beside = Path(sys.executable).with_name("compagnon")
    found = str(beside) if beside.exists() else shutil.which("compagnon")
    if found is None:
        raise OperatorError("The command compagnon is not installed beside this Python.")
    return Path(found)


def _owner(config: Path) -> str:
    try:
        return pwd.getpwuid(config.stat().st_uid).pw_name
    except (KeyError, OSError):
        return getpass.getuser()
