"""The demo from beginning to end: the stage, the story, the prompt, and what it all came to."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.demo import grounds, words
from bot.demo.grounds import Grounds
from bot.demo.play import Play
from bot.demo.prompt import Prompt
from bot.demo.script import Phrase
from bot.demo.stage import Stage, set_up
from bot.demo.story import STORY
from bot.demo.transcript import Transcript

STANDARD_INPUT = 0

READING_PAUSE = timedelta(milliseconds=300)
"""Between two lines where a person reads along: long enough to follow, 10 s over the story."""


async def show(language: str, *, once: bool, data_dir: Path, keep: bool) -> int:
    """Give the demo and return the exit code: 1 when something of the story did not happen.

    Raises OperatorError.
    """
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    console = Console(highlight=False)
    has_person = not once and os.isatty(STANDARD_INPUT)
    with grounds.opened(data_dir, keep=keep) as ours:
        language = ours.note.language or language
        console.print(Text(words.TITLE.in_language(language), style="bold"))
        console.print(Text(words.STARTING.in_language(language), style="dim"))
        async with set_up(ours, language) as stage:
            transcript = Transcript(console, stage)
            if ours.note.is_played:
                await transcript.catch_up()
                failures = 0
            else:
                pause = READING_PAUSE if has_person else timedelta()
                play = Play(stage, console, transcript, pause=pause)
                await play.perform(STORY)
                failures = play.failures
                _sum_up(play, stage, ours, console)
            port = stage.synapse.home.port
            ours.remember(port=port, language=language, is_played=not failures)
            if has_person:
                _say_how_to_connect(stage, console)
                await Prompt(stage, console, transcript, STANDARD_INPUT).run()
    if has_person:
        console.print(Text(words.GOODBYE.in_language(language), style="dim"))
    return 1 if failures else 0


def _sum_up(play: Play, stage: Stage, ours: Grounds, console: Console) -> None:
    if play.failures:
        said = _in(stage, words.SOME_FAILED).format(n=play.failures, path=ours.path)
        console.print(Text(f"\n✗ {said}", style="bold red"))
    else:
        said = _in(stage, words.ALL_HAPPENED).format(n=play.steps)
        console.print(Text(f"\n✓ {said}", style="bold green"))


def _say_how_to_connect(stage: Stage, console: Console) -> None:
    lines = {
        words.SERVER: stage.synapse.home.base_url,
        words.ACCOUNTS: ", ".join(stage.people),
        words.PASSWORD: stage.password,
    }
    console.print(Text(f"\n{_in(stage, words.CONNECT)}", style="bold"))
    for name, value in lines.items():
        console.print(Text(f"  {_in(stage, name)} : {value}"))


def _in(stage: Stage, phrase: Phrase) -> str:
    return phrase.in_language(stage.language)
