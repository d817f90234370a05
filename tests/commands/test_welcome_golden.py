"""What animators are told of the welcome, and what goes wrong with it; ``--golden`` renews."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ids import UserId
from bot.services.export import Subject, as_text
from bot.storage import room
from bot.storage.room import Room
from bot.storage.tables import metadata
from tests.onboarding import begin
from tests.reading import MAX_PAIR, Play, Reading, read_aloud
from tests.scene import ANIMATOR, BOT, CATALOGUE, JO, MAX, OTHER_ROOM, PAIR, ROOM

GOLDEN = Path(__file__).parent.parent / "golden"
BATCH = timedelta(minutes=10)
LONG = "canevas " * 200


FIELDS = (
    ("monde", "world"),
    ("taille", "size"),
    ("talents", "talents"),
    ("bio", "about"),
    ("lieu", "place"),
)


async def come(told: Reading, count: int, *, title: str) -> None:
    """Let so many come into the room at once; the room hears of it."""
    told.lines += [f"... {title} ...", ""]
    for number in range(count):
        user = UserId(f"@n{number}-{count}:example.org")
        told.scene.server.members[ROOM].add(user)
        await told.scene.move(user)
    acts = await told.scene.wait(BATCH)
    told.note([act for act in acts if act.room == ROOM])
    await told.scene.deliver()


async def words(told: Reading) -> None:
    async def anne(french: str, english: str) -> None:
        await told.says(ANIMATOR, f"!accueil {french}", f"!welcome {english}", here=True)

    await anne("texte fr Dites-nous bonjour.", "text en Say hello to us.")
    await anne("aperçu", "preview")
    await anne("texte fr défaut", "text en default")
    await anne("non", "off")
    await anne("", "")
    await anne("oui", "on")
    await anne("texte", "text")
    await anne("texte de Hallo", "text de Hallo")
    await anne(f"texte fr {LONG}", f"text en {LONG}")
    await anne("bof", "hm")
    await told.says(ANIMATOR, "!accueil", "!welcome")


async def questions(told: Reading) -> None:
    async def anne(french: str, english: str) -> None:
        await told.says(
            ANIMATOR, f"!accueil question {french}", f"!welcome question {english}", here=True
        )

    await anne("liste", "list")
    await anne("ajouter fr lieu: Où êtes-vous ?", "add en place: Where are you?")
    await anne("modifier 4 Dans quelle ville ?", "edit 4 In which town?")
    await anne("ajouter", "add")
    await anne("modifier 9 Pourquoi ?", "edit 9 Why?")
    await anne("bouger 2", "move 2")
    await anne("ajouter métier:", "add job:")
    await anne("ajouter nom:", "add name:")
    await anne("ajouter outils:", "add tools:")
    for _ in range(6):
        await anne("retirer 1", "remove 1")
    await told.says(
        ANIMATOR,
        "!accueil nous Ici, on s'entraide.",
        "!welcome us Here we help one another.",
        here=True,
    )
    await anne("liste", "list")
    for field, english in FIELDS:
        await anne(f"ajouter {field}:", f"add {english}:")
    await anne("liste", "list")
    for number in (3, 2):
        await anne(f"retirer {number}", f"remove {number}")
    for field, english in (("métier", "job"), ("outils", "tools")):
        await anne(f"ajouter {field}:", f"add {english}:")
    await anne("liste", "list")


async def one_question(told: Reading) -> None:
    for _ in range(2):
        await told.scene.say("!accueil question retirer 1", sender=ANIMATOR)
    told.note(await begin(told.scene, language=told.language))
    await told.scene.deliver()
    await told.says(JO, "oui", "yes")
    await told.says(JO, LONG, LONG)


async def from_the_room(told: Reading) -> None:
    await told.says(JO, "!commencer", "!start", here=True)


async def refused(told: Reading) -> None:
    told.lines += ["... somebody comes who lets nobody write to them ...", ""]

    async def arrive() -> None:
        await told.scene.move(JO)
        acts = await told.scene.wait(BATCH)
        told.note([act for act in acts if act.room == ROOM])

    await told.is_refused(arrive, "the direct message is refused")
    await told.says(JO, "!moi talents poterie", "!me talents pottery")
    await told.is_refused(
        lambda: told.says(JO, "!moi", "!me", here=True), "the direct message is refused"
    )


async def crowds(told: Reading) -> None:
    await come(told, 6, title="six people come at once")
    await come(told, 9, title="nine people come at once")
    await come(told, 60, title="a course begins, and sixty people come at once")


async def found(told: Reading) -> None:
    for user in (JO, MAX):
        await told.says(user, "moi talents poterie", "me talents pottery")
    await told.says(ANIMATOR, "!qui poterie", "!who pottery", here=True)


async def forgotten(told: Reading) -> None:
    """Let Jo be forgotten who was named once, and once where the bot cannot reach any more."""
    scene = told.scene
    scene.server.members[OTHER_ROOM] = {JO, MAX, BOT}
    rooms = [Room(OTHER_ROOM, joined_count=3)]
    await scene.database.write(lambda t: room.save(t, rooms))
    await told.says(JO, "moi nom Jo", "me name Jo")
    await told.says_in(OTHER_ROOM, MAX, told.word("!qui jo", "!who jo"))
    await scene.database.write(lambda t: room.forget(t, [OTHER_ROOM]))
    told.lines += ["... compagnon is removed from that room ...", ""]
    await told.says(JO, "oubliezmoi effacer", "forgetme delete")


async def forgotten_where_one_reaches(told: Reading) -> None:
    await told.says(JO, "moi nom Jo", "me name Jo")
    await told.says_in(MAX_PAIR, MAX, told.word("qui jo", "who jo"))
    await told.says(JO, "oubliezmoi effacer", "forgetme delete")


async def forgotten_by_many(told: Reading) -> None:
    scene = told.scene
    await told.says(JO, "moi nom Jo", "me name Jo")
    for _ in range(2):
        await told.says_in(MAX_PAIR, MAX, told.word("qui jo", "who jo"))
    await scene.database.write(lambda t: room.forget(t, [ROOM, MAX_PAIR]))
    told.lines += ["... compagnon is removed from two rooms ...", ""]
    await told.says_in(PAIR, JO, told.word("oubliezmoi effacer", "forgetme delete"))


async def headings(told: Reading) -> None:
    """Write down what the readable file of somebody's data is divided into."""
    subject = Subject(JO, told.scene.clock.now(), told.language)
    told.lines += [as_text(dict.fromkeys(metadata.tables, ()), subject, CATALOGUE), ""]


PLAYS: Mapping[str, Play] = {
    "words": words,
    "questions": questions,
    "one question, and too long an answer": one_question,
    "begun in the room": from_the_room,
    "nobody may write to them": refused,
    "many at once": crowds,
    "two are found": found,
    "forgotten, with one message taken back": forgotten_where_one_reaches,
    "forgotten, with something out of reach": forgotten,
    "forgotten, with more out of reach": forgotten_by_many,
    "the parts of mydata.txt": headings,
}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_text_of_the_welcome_is_as_it_was_read(
    sqlite_template: Path, tmp_path: Path, language: str, request: pytest.FixtureRequest
) -> None:
    text = await read_aloud(PLAYS, language, sqlite_template, tmp_path)
    page = GOLDEN / f"welcome.{language}.txt"
    if request.config.getoption("--golden"):
        page.write_text(text, encoding="utf-8")
    assert text == page.read_text(encoding="utf-8")
