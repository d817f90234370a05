"""A throwaway homeserver, small real clients, and a story played with them."""

import asyncio
from pathlib import Path

EXIT_INTERRUPTED = 130
"""What a program ends with that was ended by Ctrl-C (128 + SIGINT)."""


def main(language: str, *, once: bool, data_dir: Path, keep: bool = False) -> int:
    """Show the bot at work on a homeserver of its own and return the exit code.

    ``language`` is ``fr`` or ``en``. After the story a person may type, unless ``once`` or where no
    terminal is; the code is 1 when a step of the story did not happen. ``data_dir`` is emptied
    first, unless ``keep``: then what was there goes on. Raises OperatorError.
    """
    # Imported here because every program on a leash imports this package before its own.
    from bot.demo.show import show  # noqa: PLC0415

    try:
        with asyncio.Runner() as runner:
            return runner.run(show(language, once=once, data_dir=data_dir, keep=keep))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return EXIT_INTERRUPTED
