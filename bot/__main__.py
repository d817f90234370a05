"""The command line: finds a command, imports only that one, says errors in a sentence."""

import errno
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from bot import __version__
from bot.errors import OperatorError


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a command is and what it does; said here so that the help imports none of them."""

    module: str
    summary: str


COMMANDS = {
    "init": _Entry("bot.cli.init", "Ask what is needed, write the configuration, try it."),
    "check": _Entry("bot.cli.check", "Say what works and what to do about the rest."),
    "doctor": _Entry("bot.cli.doctor", "Check, and offer to repair what can be repaired."),
    "run": _Entry("bot.cli.run", "Run the bot until it is told to stop."),
    "demo": _Entry("bot.cli.demo", "Play a community on a homeserver of its own, then you type."),
    "migrate": _Entry("bot.cli.migrate", "Bring the database to this version of the bot."),
    "identity": _Entry("bot.cli.identity", "Show, carry away or bring back what people verify."),
    "systemd": _Entry("bot.cli.systemd", "Have systemd start the bot and keep it running."),
    "backup": _Entry("bot.cli.backup", "Write a copy of the database, while the bot runs or not."),
    "restore": _Entry("bot.cli.restore", "Put a copy in the database's place, or only try it."),
    "export": _Entry("bot.cli.export", "Write the experiences into a zip."),
    "import": _Entry("bot.cli.import_", "Read experiences from a zip or a table."),
    "when": _Entry("bot.cli.when", "Show how the bot understands a date."),
}


_REFUSALS = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.ENOTDIR,
)


class LazyGroup(click.Group):
    """Commands imported when they are called: Matrix and database libraries take 0.6 s."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which an operator meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return its ``command``."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(entry.module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.module}.command is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands for ``--help`` from the table alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    help="Configuration (default: ./config.toml, the user's, then /etc/compagnon/config.toml).",
)
@click.version_option(__version__, prog_name="compagnon", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, path: Path | None) -> None:
    """Compagnon, a kind Matrix bot that animates a community of practice.

    Start with `compagnon demo` to see it, or `compagnon init` to install it.
    """
    context.obj = path


def main() -> None:
    """Run the command line; what an operator can mend ends with a sentence and no traceback."""
    try:
        cli(prog_name="compagnon")
    except OperatorError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        # The file systems' own ways of saying no; anything else is a mistake of ours.
        if error.errno not in _REFUSALS:
            raise
        place = error.filename or "The disk"
        click.echo(
            f"{place} cannot be used ({error.strerror}): let the bot's account write there, and "
            "make room.",
            err=True,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
