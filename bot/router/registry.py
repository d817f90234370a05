"""Registry: the table of commands, and how a command is found by what somebody typed."""

import re
from collections.abc import Iterable, Sequence

from bot.command import Command
from bot.commands import ELSEWHERE
from bot.text import fold

_NAME = re.compile(r"\s*(\S+)\s*(.*)", re.DOTALL)
_PUNCTUATION = ",:;.!?…"
"""What people write behind a word and no name ends with."""


def parting(words: str) -> tuple[str, str]:
    """Return the first word, as the name of a command could be written, and all that follows it."""
    found = _NAME.fullmatch(words.rstrip())
    if found is None:
        return "", ""
    return found[1].rstrip(_PUNCTUATION), found[2]


class CommandTable:
    """All commands, by every name they have. Raises ValueError if two share a name."""

    def __init__(self, commands: Iterable[Command[object]]) -> None:
        self._commands = tuple(commands)
        self._by_name: dict[str, Command[object]] = {}
        self._spelling: dict[str, str] = {}
        self._by_noun = {command.noun: command for command in self._commands}
        for command in self._commands:
            for name in command.names:
                if self._by_name.setdefault(fold(name), command) is not command:
                    raise ValueError(f"two commands are called {name!r}")
                self._spelling[fold(name)] = name

    @property
    def commands(self) -> Sequence[Command[object]]:
        """Return all commands in the order of the table."""
        return self._commands

    @property
    def names(self) -> Iterable[str]:
        """Return every name, folded."""
        return self._by_name

    def find(self, name: str) -> Command[object] | None:
        """Return the command called ``name``, in whatever case, accents and language."""
        return self._by_name.get(fold(name))

    def meant(
        self, command: Command[object] | None, rest: str
    ) -> tuple[Command[object] | None, str]:
        """Return the command that ``command`` and ``rest`` mean, and what follows its name then.

        ``event import`` is what the command of calendar files does.
        """
        words = fold(" ".join(rest.split()))
        noun = ELSEWHERE.get((command.noun, words)) if command is not None else None
        return (self._by_noun.get(noun), words) if noun is not None else (command, rest)

    def spelt(self, name: str) -> str:
        """Return a folded name as it is written, with its accents."""
        return self._spelling[name]

    def of_noun(self, noun: str) -> Command[object] | None:
        """Return the command whose texts are called ``noun``."""
        return self._by_noun.get(noun)
