"""Animators take the experiences of their rooms out and bring them in, and nobody else's."""

import asyncio
import io
import zipfile
from collections.abc import Sequence

import pytest

from bot.commands import experience_export
from bot.ids import ANONYMOUS, EventId, Oid, RoomId, UserId, direct_room
from bot.model import Media
from bot.services.experience_export import Format, pack
from bot.services.experience_record import COLUMNS
from bot.storage import attachment, experience, experience_record, room
from bot.storage.experience import FIELDS, Experience
from bot.storage.room import Room
from tests.scene import ANIMATOR, BOT, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene

ALONE = RoomId("!anne-and-the-bot:example.org")
LABELS = {name: name for name in FIELDS}


@pytest.fixture
async def place(scene: Scene) -> Scene:
    """Jo and Max shared something in the room, which Anne animates; she is alone with the bot."""
    scene.rooms.pairs.add(ALONE)
    scene.rooms.open.add(ALONE)
    scene.server.members[ALONE] = {ANIMATOR, BOT}
    known = [
        Room(ROOM, joined_count=4),
        Room(OTHER_ROOM, joined_count=3),
        Room(ALONE, joined_count=2),
    ]
    await scene.database.write(lambda transaction: room.save(transaction, known))
    await scene.say("!partage Trop de réunions → une heure debout #temps")
    await scene.say("!partage =SOMME(1) → une note", sender=MAX)
    return scene


async def stored(scene: Scene) -> list[Experience]:
    async with scene.database.read() as snapshot:
        return await experience_record.after(snapshot, [ROOM, OTHER_ROOM, ALONE], 0)


async def attached(scene: Scene, act: Act) -> bytes:
    async with scene.database.read() as snapshot:
        return await attachment.data(snapshot, Oid(act.oid))


def unpacked(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


async def exported(scene: Scene, words: str) -> dict[str, str]:
    [answer, file] = await scene.say(words, sender=ANIMATOR, room=ALONE)
    assert "2 expériences" in answer.body
    assert (file.room, file.content["msgtype"]) == (ALONE, "m.file")
    return unpacked(await attached(scene, file))


async def test_pages_are_exported_one_for_each(place: Scene) -> None:
    files = await exported(place, "!exporte expériences md")
    assert sorted(files) == ["experiences/E1.md", "experiences/E2.md"]
    page = files["experiences/E1.md"]
    assert f'author: "{JO}"' in page
    assert 'tags: "temps"' in page
    assert "## Problème\n\nTrop de réunions" in page


@pytest.mark.parametrize(("words", "name"), [("json", "json"), ("csv", "csv"), ("excel", "csv")])
async def test_lists_are_exported_whole(place: Scene, words: str, name: str) -> None:
    files = await exported(place, f"!export experiences {words}")
    [content] = files.values()
    assert list(files) == [f"experiences.{name}"]
    assert "Trop de réunions" in content
    assert ("'=SOMME(1)" in content) == (name == "csv")


async def test_export_in_a_room_goes_to_who_asked_alone(place: Scene) -> None:
    [answer, file] = await place.say("!export csv", sender=ANIMATOR)
    assert (answer.room, file.room) == (ROOM, direct_room(ANIMATOR))
    assert "tête à tête" in answer.body


async def test_export_is_for_animators_of_the_rooms_it_holds(place: Scene) -> None:
    [refusal] = await place.say("!export csv", sender=JO)
    assert "animent" in refusal.body


async def test_export_leaves_out_rooms_of_trust(place: Scene) -> None:
    await place.say("!réglages capture non", sender=ANIMATOR)
    [refusal] = await place.say("!export csv", sender=ANIMATOR, room=ALONE)
    assert refusal.type == "m.room.message"
    assert "msgtype" in refusal.content
    assert refusal.content["msgtype"] == "m.notice"


async def test_unknown_format_shows_an_example(place: Scene) -> None:
    assert "csv" in await place.answer("!export experiences pdf", sender=ANIMATOR, room=ALONE)


async def test_long_export_says_that_it_takes_a_while(
    place: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experience_export, "LONG", 1)
    [wait, answer, _file] = await place.say("!export csv", sender=ANIMATOR, room=ALONE)
    assert "2 expériences" in wait.body
    assert wait.conversation == answer.conversation


async def test_very_long_export_says_how_far_it_is_in_the_same_message(
    place: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experience_export, "LONG", 1)
    monkeypatch.setattr(experience_export, "STEP", 2)
    entry = await place.record(place.message("!export csv", sender=ANIMATOR, room=ALONE))
    await place.router.handle(entry)
    await place.router.handle(entry)  # the process died before it knew
    acts = [act for act in await place.acts() if act.room == ALONE]
    [wait, progress, _answer, _file] = acts
    assert progress.target == f"oid:{wait.oid}"
    assert "2 expériences sur 2" in progress.body


def sheet(*rows: Sequence[str], columns: str = "key,problem,solution,author") -> bytes:
    return "\n".join([columns, *(",".join(row) for row in rows)]).encode()


async def bring(
    scene: Scene, data: bytes, words: str = "!importe oui", **more: object
) -> list[Act]:
    """Let Anne send a file in the room, and reply to it."""
    sender = more.pop("sender", ANIMATOR)
    where = more.pop("room", ROOM)
    assert isinstance(sender, str)
    assert isinstance(where, str)
    media = Media("m.file", "experiences.csv", "text/csv", "mxc://x/1")
    message = scene.message("", sender=UserId(sender), room=RoomId(where), media=media)
    scene.server.files["mxc://x/1"] = data
    scene.server.messages[message.event_id] = message
    return await scene.say(
        words, sender=UserId(sender), room=RoomId(where), reply_to=message.event_id
    )


ROWS = sheet(("a", "Un", "Deux", JO), ("b", "Trois", "Quatre", "@nobody:example.org"))


async def test_preview_changes_nothing(place: Scene) -> None:
    [answer] = await bring(place, ROWS, "!importe")
    assert "à créer\u00a0: 2" in answer.body
    assert "!importe oui" in answer.body
    assert len(await stored(place)) == 2


async def test_import_creates_once_however_often(place: Scene) -> None:
    [answer] = await bring(place, ROWS)
    assert "créées\u00a0: 2" in answer.body
    [answer] = await bring(place, ROWS)
    assert "créées\u00a0: 0" in answer.body
    assert "déjà là\u00a0: 2" in answer.body
    found = (await stored(place))[2:]
    assert [(item.problem, item.author, item.room_id) for item in found] == [
        ("Un", JO, ROOM), ("Trois", ANIMATOR, ROOM),
    ]  # fmt: skip
    assert "Deux" in (await place.say("!cherche Deux"))[0].body


async def test_corrected_row_corrects_what_was_imported(place: Scene) -> None:
    await bring(place, ROWS)
    [answer] = await bring(place, sheet(("a", "Un", "autrement", JO)))
    assert "corrigées\u00a0: 1" in answer.body
    assert (await stored(place))[2].solution == "autrement"


async def test_what_was_completed_here_since_is_not_undone_by_the_same_file(place: Scene) -> None:
    await bring(place, ROWS)
    await place.say("!exp modifier E3 résultat Moitié moins de questions")
    [answer] = await bring(place, ROWS)
    assert "elle a été changée ici depuis" in answer.body
    assert "corrigées\u00a0: 0" in answer.body
    assert (await stored(place))[2].result == "Moitié moins de questions"


async def test_words_of_a_message_are_not_changed_by_a_file(place: Scene) -> None:
    first = (await stored(place))[0]
    [answer] = await bring(place, sheet((first.source_event_id, "Autre", "chose", JO)))
    assert "déjà là\u00a0: 1" in answer.body
    assert (await stored(place))[0] == first


@pytest.mark.parametrize("words", ["md", "json", "csv"])
async def test_own_export_is_there_already(place: Scene, words: str) -> None:
    [_, file] = await place.say(f"!export {words}", sender=ANIMATOR, room=ALONE)
    [answer] = await bring(place, await attached(place, file))
    assert "créées\u00a0: 0" in answer.body
    assert "déjà là\u00a0: 2" in answer.body
    assert "refusées\u00a0: 0" in answer.body


async def test_what_was_withdrawn_does_not_come_back(place: Scene) -> None:
    [_, file] = await place.say("!export json", sender=ANIMATOR, room=ALONE)
    data = await attached(place, file)
    first = (await stored(place))[0]
    await place.redact(first.source_event_id)
    [answer] = await bring(place, data)
    assert "retirée" in answer.body
    assert len(await stored(place)) == 1


@pytest.mark.parametrize("how", ["command", "erasure"])
async def test_imported_row_that_was_withdrawn_does_not_come_back(place: Scene, how: str) -> None:
    await bring(place, ROWS)
    [_, file] = await place.say("!export json", sender=ANIMATOR, room=ALONE)
    taken_out = await attached(place, file)
    if how == "command":
        await place.say("!exp supprime E3 oui")
    else:
        await place.say("!oubliezmoi effacer", room=PAIR)
    assert "import:a" not in {item.source_event_id for item in await stored(place)}
    for data in (ROWS, taken_out):
        [answer] = await bring(place, data, "!importe")
        assert "elle a été retirée ici, elle le reste" in answer.body
        [answer] = await bring(place, data)
        assert "créées\u00a0: 0" in answer.body
    assert "import:a" not in {item.source_event_id for item in await stored(place)}


async def test_row_that_another_import_withdrew_is_shared_again_by_who_types_it(
    place: Scene,
) -> None:
    await bring(place, ROWS)
    await place.say("!exp supprime E3 oui")
    await place.say("!partage Un → Deux")
    assert (await stored(place))[-1].problem == "Un"


async def test_what_stayed_without_its_author_is_not_changed_by_a_file(place: Scene) -> None:
    rows = [("a", "Un", "Deux", JO, "jo@example.org")]
    data = sheet(*rows, columns="key,problem,solution,author,contact")
    await bring(place, data)
    await place.say("!oubliezmoi anonymiser", room=PAIR)
    [answer] = await bring(place, data)
    assert "déjà là\u00a0: 1" in answer.body
    [item] = [item for item in await stored(place) if item.source_event_id == "import:a"]
    assert (item.author, item.contact) == (ANONYMOUS, None)


async def test_export_of_a_bot_that_began_anew_is_taken_up(place: Scene) -> None:
    records = [
        {**dict.fromkeys(COLUMNS, ""), "key": f"$old{n}", "id": f"E{n}", "room": ROOM,
         "problem": f"Avant {n}"}
        for n in (1, 2)
    ]  # fmt: skip
    [answer] = await bring(place, pack(records, Format.JSON, LABELS))
    assert "créées\u00a0: 2" in answer.body


async def test_export_of_another_community_is_taken_up(place: Scene) -> None:
    records = [
        {**dict.fromkeys(COLUMNS, ""), "key": "$x", "id": "E1", "room": "!far:away",
         "problem": "Un", "created_at": "2020-01-01T00:00:00+00:00"},
        {**dict.fromkeys(COLUMNS, ""), "key": "$y", "id": "E2", "room": "!far:away",
         "solution": "Deux", "parent": "$x"},
    ]  # fmt: skip
    await bring(place, pack(records, Format.MARKDOWN, LABELS))
    first, second = (await stored(place))[2:]
    assert (first.problem, first.created_at.year, first.author) == ("Un", 2020, ANIMATOR)
    assert second.parent_id == first.id


async def test_every_rejected_row_is_listed_with_its_reason(place: Scene) -> None:
    rows = [("k", "", "", JO)] * 20 + [("k", "x" * 4001, "", JO)]
    [answer, file] = await bring(place, sheet(*rows), "!importe")
    assert "2\u00a0: aucun mot" in answer.body
    report = (await attached(place, file)).decode()
    assert len(report.splitlines()) == 21
    assert "4000" in report


async def test_import_is_for_animators_of_the_room(place: Scene) -> None:
    [refusal] = await bring(place, ROWS, sender=JO)
    assert "animent" in refusal.body
    assert place.server.asked.count("download") == 0
    assert len(await stored(place)) == 2


async def test_import_into_a_room_of_trust_is_refused_row_by_row(place: Scene) -> None:
    await place.say("!réglages capture non", sender=ANIMATOR)
    [answer] = await bring(place, ROWS)
    assert "rien n’est gardé" in answer.body
    assert len(await stored(place)) == 2


async def test_import_alone_goes_where_the_rows_say(place: Scene) -> None:
    rows = sheet(
        ("a", "Un", "Deux", ROOM), ("b", "Trois", "Quatre", ""), ("c", "Cinq", "", "!far:away"),
        columns="key,problem,solution,room",
    )  # fmt: skip
    [answer] = await bring(place, rows, room=ALONE)
    assert "vous n’animez pas" in answer.body
    assert [item.room_id for item in (await stored(place))[2:]] == [ROOM]


@pytest.mark.parametrize("words", ["!importe", "!import peut-être"])
async def test_import_of_nothing_says_how(place: Scene, words: str) -> None:
    assert "importe" in await place.answer(words, sender=ANIMATOR)


async def test_file_that_cannot_be_read_is_said_so(place: Scene) -> None:
    [answer] = await bring(place, b"PK nothing")
    assert "zip" in answer.body


async def test_imported_experience_is_found_shown_and_deleted_as_any(place: Scene) -> None:
    await bring(place, ROWS)
    assert "Deux" in (await place.say("!exp E3"))[0].body
    await place.say("!exp supprime E3 oui")
    async with place.database.read() as snapshot:
        assert await experience.of_source(snapshot, EventId("import:a")) is None


async def test_loop_goes_on_while_a_file_is_packed(place: Scene) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    task = asyncio.create_task(tick())
    await place.say("!export md", sender=ANIMATOR, room=ALONE)
    task.cancel()
    assert ticks > 10


async def test_large_file_is_imported_in_portions_once(place: Scene) -> None:
    rows = sheet(*((f"k{n}", f"Un {n}", "Deux", JO) for n in range(205)))
    [answer] = await bring(place, rows)
    assert "créées\u00a0: 205" in answer.body
    [answer] = await bring(place, rows)
    assert "déjà là\u00a0: 205" in answer.body
    assert len(await stored(place)) == 207
