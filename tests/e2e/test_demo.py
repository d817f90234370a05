"""The demo plays its whole story with the real bot, says what did not happen, and hands over."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo import grounds
from bot.demo.member import Member
from bot.demo.play import Play
from bot.demo.script import Say, Scene, Whisper, same
from bot.demo.stage import set_up
from bot.demo.transcript import Transcript


def demo(data_dir: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", "demo", "--data-dir", str(data_dir), *arguments]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_whole_story_happens(tmp_path: Path, language: str) -> None:
    ended = subprocess.run(
        demo(tmp_path, "--once", "--language", language),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "✗" not in ended.stdout
    assert ended.stderr == ""


async def test_step_that_did_not_happen_says_what_was_expected_and_what_came(
    tmp_path: Path,
) -> None:
    printed = io.StringIO()
    console = Console(file=printed, width=200)
    scene = Scene(
        same("Scène"),
        (
            Say("jo", "welcome", same("!ping"), expects=same("un chat")),
            Say("jo", "welcome", same("!ping"), expects=same("pong")),
        ),
    )

    with grounds.opened(tmp_path, keep=False) as ours:
        async with set_up(ours, "fr") as stage:
            play = Play(stage, console, Transcript(console, stage))
            await play.perform([scene])

    assert play.failures == 1
    assert re.search(r"✗ attendu : un chat\n +reçu : .*pong", printed.getvalue())


async def test_plain_words_in_a_direct_room_are_reported(tmp_path: Path) -> None:
    printed = io.StringIO()
    console = Console(file=printed, width=200)
    scene = Scene(
        same("Scène"), (Whisper("jo"), Say("jo", "dm", same("ping"), expects=same("pong")))
    )

    with grounds.opened(tmp_path, keep=False) as ours:
        async with set_up(ours, "fr") as stage:
            room, content = await stage.direct("jo"), {"msgtype": "m.text", "body": "en clair"}
            plain = await Member.send_event(stage.members["jo"], room, "m.room.message", content)
            play = Play(stage, console, Transcript(console, stage))
            await play.perform([scene])

    assert play.failures == 1
    assert f"tout est chiffré en tête à tête, et se lit\n    reçu : m.room.message {plain}" in (
        printed.getvalue()
    )


def test_person_at_the_prompt_is_answered_and_leaves(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        demo(tmp_path), stdin=follower, stdout=follower, stderr=follower
    ) as running:
        os.close(follower)
        screen = Screen(leader)
        for typed, shown in (
            ("", "jo #accueil › "),
            ("/as newcomer", "newcomer #accueil › "),
            ("!ping", "pong"),
            ("/room retours-d-experience", "newcomer #retours-d-experience › "),
            ("/dm", "newcomer Newcomer ⇄ Compagnon › "),
            ("ping", "pong"),
            ("/quit", "À bientôt"),
        ):
            screen.type(typed)
            screen.wait_for(shown)
        running.wait()
    os.close(leader)

    assert running.returncode == 0


class Screen:
    """A terminal as the person before it knows it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._shown = b""

    def type(self, line: str) -> None:
        if line:
            os.write(self._descriptor, f"{line}\n".encode())

    def wait_for(self, words: str) -> None:
        """Read on until the words are shown; OSError when the program ends before."""
        while words.encode() not in self._shown:
            self._shown += os.read(self._descriptor, 65_536)
        self._shown = self._shown.partition(words.encode())[2]
