"""Reference: the table of commands as a page for members, one for each language.

``python -m bot.reference DIRECTORY`` writes ``commands.fr.md`` and ``commands.en.md``.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.command import Access, Command, Intent
from bot.commands import COMMANDS
from bot.i18n import LANGUAGES, Catalogue
from bot.text import render

PREFIX = "!"


def reference(commands: Sequence[Command[object]], words: Catalogue, language: str) -> str:
    """Return the page in ``language``: what people want, and the commands that do it."""

    def say(message_id: str, **params: object) -> str:
        template = words.text(message_id, language)
        return render(template, {"prefix": PREFIX, **params}).body

    blocks = [f"# {say('reference.title')}", say("reference.introduction")]
    for intent in Intent:
        wanted = [command for command in commands if command.intent is intent]
        if wanted:
            blocks.append(f"## {say(f'help.intent.{intent}')}")
        for command in wanted:
            key = f"command.{command.noun}"
            names = ", ".join(f"`{PREFIX}{name}`" for name in command.names)
            blocks.append(f"### `{say(f'{key}.syntax')}`")
            blocks.append(_sentence(say(f"{key}.summary")))
            if command.access is Access.ANIMATOR:
                blocks.append(say("reference.animators"))
            blocks.append(f"{say('reference.example')} `{say(f'{key}.example')}`")
            blocks.append(f"{say('reference.names')} {names}")
    return "\n\n".join(blocks) + "\n"


def write(directory: Path, commands: Sequence[Command[object]]) -> None:
    """Write the page of each language into ``directory``."""
    words = Catalogue.load()
    for language in LANGUAGES:
        path = directory / f"commands.{language}.md"
        path.write_text(reference(commands, words, language), encoding="utf-8")


def _sentence(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}."


if __name__ == "__main__":
    write(Path(sys.argv[1]), COMMANDS)
