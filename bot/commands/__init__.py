"""The commands: one file per noun; a new command is one file and one line here."""

from bot.command import Command, Twin, listed
from bot.commands.help import HELP
from bot.commands.ping import PING

COMMANDS: tuple[Command[object], ...] = (
    listed(HELP),
    listed(PING),
)
"""Every command, in the order in which help shows those of the same intent."""

TWINS: tuple[Twin, ...] = ()
"""What a reaction on a card does: the same as its typed twin."""
