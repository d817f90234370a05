"""What is said of people and to them about themselves, in both languages; ``--golden`` renews."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ids import RoomId, UserId
from bot.storage import room
from bot.storage.database import Database
from bot.storage.room import Room
from tests.scene import ANIMATOR, BOT, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene

GOLDEN = Path(__file__).parent.parent / "golden"
LONG = "canevas " * 200

Line = tuple[UserId, str, str, RoomId]
"""Who says it, in French, in English, and where."""


def alone(french: str, english: str) -> Line:
    return JO, french, english, PAIR


def among(french: str, english: str, sender: UserId = JO) -> Line:
    return sender, french, english, ROOM


PAGES: Mapping[str, Sequence[Line]] = {
    "me": [
        alone("moi", "me"),
        alone("moi talents facilitation, cartographie", "me talents facilitation, mapping"),
        alone("moi lieu Nantes", "me place Nantes"),
        alone("moi monde action publique", "me world public action"),
        alone("moi monde lune", "me world moon"),
        alone("moi couleur bleu", "me colour blue"),
        alone("moi cacher", "me hide"),
        alone(f"moi bio {LONG}", f"me about {LONG}"),
        alone("moi cacher lieu", "me hide place"),
        alone("moi lieu Rennes", "me place Rennes"),
        alone("moi", "me"),
        alone("moi montrer lieu", "me show place"),
        alone("moi effacer monde", "me clear world"),
        alone("moi effacer monde", "me clear world"),
        among("!moi", "!me"),
    ],
    "who": [
        among("!qui", "!who", MAX),
        among("!qui facilitation", "!who facilitation", MAX),
        among("!partage Une gare vide → un café", "!share An empty station → a café"),
        among("!qui gare", "!who station", MAX),
        among("!qui astronomie", "!who astronomy", MAX),
    ],
    "privacy": [
        alone("confidentialité", "privacy"),
        alone("confidentialité oui compagnonnage", "privacy yes companion"),
        alone("confidentialité non annuaire", "privacy no directory"),
        alone("confidentialité oui tout", "privacy yes everything"),
        alone("confidentialité", "privacy"),
        among("!qui facilitation", "!who facilitation", MAX),
    ],
    "mydata": [
        alone("mesdonnées", "mydata"),
        among("!mesdonnées", "!mydata"),
    ],
    "forget": [
        among("!oubliezmoi", "!forgetme"),
        alone("oubliezmoi oui", "forgetme yes"),
        alone("oubliezmoi anonymiser", "forgetme anonymise"),
        alone("moi talents poterie", "me talents pottery"),
        alone("oubliezmoi effacer", "forgetme delete"),
    ],
}


def written(acts: Sequence[Act]) -> list[str]:
    lines: list[str] = []
    for act in acts:
        if act.type != "m.room.message":
            continue
        where = "" if act.room == ROOM else " (in private)"
        body = act.body if act.content.get("msgtype") != "m.file" else f"[file {act.body}]"
        lines += [f"compagnon{where}:", *(f"    {it}".rstrip() for it in body.split("\n")), ""]
    return lines


async def greeting(scene: Scene, language: str) -> list[str]:
    """Let people come into the room: one, then three, then the animators choose the words."""
    lines = ["=== welcome ===", ""]
    own = {"fr": "Présentez-vous ici en une phrase.", "en": "Say who you are in one sentence."}
    said = {"fr": "!accueil", "en": "!welcome"}[language]
    word = {"fr": "texte", "en": "text"}[language]
    for names in (["ana"], ["bo", "cy", "di"], ["eve"]):
        if names == ["eve"]:
            text = f"{said} {word} {language} {own[language]}"
            lines += [f"anne: {text}", "", *written(await scene.say(text, sender=ANIMATOR))]
        lines += [f"... {', '.join(names)} come ...", ""]
        for name in names:
            user = UserId(f"@{name}:example.org")
            scene.server.members[ROOM].add(user)
            await scene.move(user)
        acts = await scene.wait(timedelta(minutes=10))
        lines += written([act for act in acts if act.room == ROOM])
        await scene.deliver()
    lines += [f"anne: {said}", "", *written(await scene.say(said, sender=ANIMATOR))]
    return lines


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_text_about_oneself_is_as_it_was_read(
    database: Database, language: str, request: pytest.FixtureRequest
) -> None:
    scene = Scene(database, language=language)
    await scene.preferences.load()
    sizes = {ROOM: 4, OTHER_ROOM: 3, PAIR: 2}
    rooms = [Room(place, joined_count=size) for place, size in sizes.items()]
    await scene.database.write(lambda t: room.save(t, rooms))
    scene.server.members[PAIR] = {JO, BOT}
    lines = await greeting(scene, language)
    for title, page in PAGES.items():
        lines += [f"=== {title} ===", ""]
        for sender, french, english, place in page:
            text = french if language == "fr" else english
            shown = f"{text[:60]}…" if len(text) > 60 else text
            name = sender[1:].partition(":")[0]
            lines += [f"{name}{' (in private)' * (place == PAIR)}: {shown}", ""]
            lines += written(await scene.say(text, sender=sender, room=place))
            await scene.deliver()
            scene.clock.pass_by(timedelta(minutes=1))
    text = "\n".join(lines)
    page_file = GOLDEN / f"privacy.{language}.txt"
    if request.config.getoption("--golden"):
        page_file.write_text(text, encoding="utf-8")
    assert text == page_file.read_text(encoding="utf-8")
