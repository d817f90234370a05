"""All that is said to a newcomer, in both languages, as a person reads it; ``--golden`` renews."""

import shutil
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.onboarding import begin, said, tap, wait, write
from tests.scene import Act, Scene

GOLDEN = Path(__file__).parent.parent / "golden"
DAYS = timedelta(days=1)

WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "yes": "oui",
        "later": "plus tard",
        "skip": "passer",
        "back": "retour",
        "stop": "stop",
        "start": "!commencer",
        "where": "Mairie de Lyon, action publique",
        "elsewhere": "Chez Martin",
        "seeks": "des idées pour associer les habitants",
        "offers": "animer un atelier",
        "doubt": "Qui êtes-vous ?",
    },
    "en": {
        "yes": "yes",
        "later": "later",
        "skip": "skip",
        "back": "back",
        "stop": "stop",
        "start": "!start",
        "where": "Lyon town hall, public action",
        "elsewhere": "At Martin’s",
        "seeks": "ideas for involving residents",
        "offers": "facilitating a meeting",
        "doubt": "Who are you?",
    },
}


class Transcript:
    """What is written in one conversation, line by line."""

    def __init__(self, scene: Scene, language: str, title: str) -> None:
        self.scene = scene
        self.words = WORDS[language]
        self.language = language
        self.lines = [f"=== {title} ===", ""]

    def note(self, acts: list[Act]) -> None:
        for body in said(acts):
            self.lines += ["compagnon:", *(f"    {line}".rstrip() for line in body.split("\n")), ""]
        keys = [act.content["m.relates_to"] for act in acts if act.type == "m.reaction"]
        shown = " ".join(str(key["key"]) for key in keys if isinstance(key, dict))
        if shown:
            self.lines += [f"    [{shown}]", ""]

    async def begins(self) -> None:
        self.note(await begin(self.scene, language=self.language))

    async def writes(self, *names: str) -> None:
        for name in names:
            self.lines += [f"jo: {self.words[name]}", ""]
            self.note(await write(self.scene, self.words[name]))

    async def taps(self, key: str) -> None:
        self.lines += [f"jo: [{key}]", ""]
        self.note(await tap(self.scene, key))

    async def waits(self, days: int) -> None:
        self.lines += [f"... {days} days ...", ""]
        self.note(await wait(self.scene, days * DAYS))


async def whole(told: Transcript) -> None:
    await told.begins()
    await told.writes("yes", "where", "seeks", "offers")


async def with_taps(told: Transcript) -> None:
    await told.begins()
    await told.taps("✅")
    await told.writes("elsewhere")
    for key in ("💼", "⏭", "⏭"):
        await told.taps(key)


async def nothing_said(told: Transcript) -> None:
    await told.begins()
    await told.writes("yes", "skip", "skip", "skip")


async def put_off(told: Transcript) -> None:
    await told.begins()
    await told.writes("yes", "where", "later")
    await told.waits(3)
    await told.writes("later", "start")


async def refused(told: Transcript) -> None:
    await told.begins()
    await told.writes("stop")


async def silent(told: Transcript) -> None:
    await told.begins()
    await told.waits(2)
    await told.waits(8)


async def hesitant(told: Transcript) -> None:
    await told.begins()
    await told.writes("doubt", "yes", "yes", "elsewhere", "doubt", "skip", "seeks", "back", "back")


async def again(told: Transcript) -> None:
    await told.begins()
    await told.writes("yes", "where", "skip", "offers", "start")


async def by_oneself(told: Transcript) -> None:
    await told.writes("start")


SCENES: Mapping[str, Callable[[Transcript], Awaitable[None]]] = {
    "all three questions": whole,
    "with taps, and the world asked for": with_taps,
    "nothing said": nothing_said,
    "later, twice, and begun again": put_off,
    "refused": refused,
    "silence": silent,
    "answers that are none, and back": hesitant,
    "begun again after the end": again,
    "begun by oneself": by_oneself,
}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_text_of_an_onboarding_is_as_it_was_read(
    sqlite_template: Path, tmp_path: Path, language: str, request: pytest.FixtureRequest
) -> None:
    lines: list[str] = []
    for number, (title, play) in enumerate(SCENES.items()):
        path = tmp_path / f"{number}.db"
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite:///{path}")
        scene = Scene(database, language=language)
        await scene.preferences.load()
        told = Transcript(scene, language, title)
        await play(told)
        await database.close()
        lines += told.lines
    page = GOLDEN / f"onboarding.{language}.txt"
    text = "\n".join(lines)
    if request.config.getoption("--golden"):
        page.write_text(text, encoding="utf-8")
    assert text == page.read_text(encoding="utf-8")
