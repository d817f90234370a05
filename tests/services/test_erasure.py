"""Whoever wants to be forgotten is: in every table, every queue and every room."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config.settings import StorageSettings
from bot.graveyard import FILE_NAME, Graveyard
from bot.ids import ANONYMOUS, EventId, Oid, RoomId, UserId, direct_room
from bot.job import Firing
from bot.jobs.erasure import ERASURE
from bot.pseudonym import load_or_make
from bot.services.erasure import SWEEP, Erased
from bot.services.outgoing import Outgoing
from bot.storage import due, echo, erasure, experience, post, room, subject, wal
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.tables import metadata
from bot.storage.transaction import Transaction
from bot.text import Said, render
from tests.scene import CATALOGUE, JO, MAX, NOW, OTHER_ROOM, PAIR, ROOM, Act, Scene, sent

SECRET = "xylophonecanari"


@pytest.fixture
async def lived(scene: Scene) -> Scene:
    """A scene in which Jo left traces of every kind, and Max some of his own."""
    rooms = [Room(ROOM), Room(PAIR, joined_count=2)]
    await scene.database.write(lambda t: room.save(t, rooms))
    await scene.say(f"!moi talents {SECRET}")
    await scene.say("!lang fr")
    await scene.say(f"!partage {SECRET} perdu → {SECRET} retrouvé #{SECRET}")
    await scene.say(f"!rappel demain 9h {SECRET}")
    await scene.say(f"!moi {SECRET}")
    await scene.say("!moi talents cartographie", sender=MAX)
    await scene.say("!partage Une affiche perdue → une affiche retrouvée", sender=MAX)
    await scene.deliver()
    return scene


async def told(scene: Scene, room_id: RoomId = ROOM) -> Oid:
    """Let the bot say something of Jo, which is not delivered yet."""

    async def work(transaction: Transaction) -> Oid:
        outgoing = Outgoing(transaction, f"event:$told-{room_id}", scene.clock.now())
        return outgoing.say(room_id, render("{a}", {"a": Said(SECRET, JO)}))

    return await scene.database.write(work)


async def kept(scene: Scene, user: UserId = JO) -> dict[str, object]:
    async with scene.database.read() as reader:
        return dict(await subject.rows(reader, user))


def log_bytes(url: str) -> int:
    return Path(url.removeprefix("sqlite:///") + "-wal").stat().st_size


async def everything(database: Database) -> str:
    async with database.read() as reader:
        found = [
            str(row._mapping)
            for table in metadata.sorted_tables
            for row in await reader.execute(select(table))
        ]
    return "\n".join(found)


async def sweep(scene: Scene) -> list[Act]:
    """Let what falls due after an erasure fall due."""
    before = {act.oid for act in await scene.acts()}
    scene.clock.pass_by(SWEEP)
    now = scene.clock.now()

    async def work(transaction: Transaction) -> None:
        [item] = [i for i in await due.ripe(transaction, now, 9) if i.kind == ERASURE.kind]
        await due.claim(transaction, item, now)
        outgoing = Outgoing(transaction, f"due:{item.occurrence}", now)
        firing = Firing(item, now, timedelta(0), transaction, outgoing, CATALOGUE)
        await ERASURE.run(firing)

    await scene.database.write(work)
    return [act for act in await scene.acts() if act.oid not in before]


async def test_nothing_is_erased_before_the_word_is_typed(lived: Scene) -> None:
    before = await kept(lived)
    for words in ("!oubliezmoi", "!oubliezmoi oui", "!forgetme now please"):
        [act] = await lived.say(words)
        assert "oubliezmoi effacer" in act.body
    assert before.keys() <= (await kept(lived)).keys()
    assert SECRET in await everything(lived.database)


@pytest.mark.parametrize("word", ["effacer", "delete", " EFFACER. "])
async def test_erasure_leaves_nothing_of_the_person_in_any_table(lived: Scene, word: str) -> None:
    others = await kept(lived, MAX)
    await lived.say(f"!oubliezmoi {word}")
    assert SECRET not in await everything(lived.database)
    await lived.deliver()
    await sweep(lived)

    assert await kept(lived) == {}
    left = await everything(lived.database)
    assert SECRET not in left
    assert JO not in left
    assert await kept(lived, MAX) == others


async def test_erasure_can_leave_contributions_without_their_author(lived: Scene) -> None:
    await lived.say("!oubliezmoi anonymiser")
    await lived.deliver()
    await sweep(lived)

    async with lived.database.read() as reader:
        item = await experience.get(reader, 1)
    assert item is not None
    assert (item.author, item.contact) == (ANONYMOUS, None)
    assert SECRET in item.text
    assert "E1" in (await lived.say(f"!cherche {SECRET}", sender=MAX))[0].body
    assert JO not in await everything(lived.database)


async def test_every_message_that_quotes_is_redacted_and_each_edit_of_it(lived: Scene) -> None:
    post_oid = await told(lived)

    async def correct(transaction: Transaction) -> Oid:
        outgoing = Outgoing(transaction, "event:$edit", NOW)
        words = render("{a}", {"a": "autre chose"})
        return outgoing.edit(ROOM, post_oid, words, conversation=ROOM)

    edit_oid = await lived.database.write(correct)
    await lived.deliver()
    acts = await lived.say("!oubliezmoi effacer")

    redacted = {act.target for act in acts if act.type == "m.room.redaction"}
    assert {sent(post_oid), sent(edit_oid)} <= redacted
    assert all(act.room == ROOM for act in acts if act.type == "m.room.redaction")


async def test_what_waits_to_be_said_of_the_person_is_purged_with_the_erasure(
    lived: Scene,
) -> None:
    heard: list[object] = []
    lived.database.on_announced = heard.extend
    waiting = await told(lived)
    [*_, receipt] = await lived.say("!oubliezmoi effacer")

    assert waiting not in {act.oid for act in await lived.acts()}
    assert any(isinstance(item, post.Withdrawal) and waiting in item.oids for item in heard)
    assert any(isinstance(item, Erased) and item.user == JO for item in heard)
    assert "plus rien de vous" in receipt.body


async def test_what_was_on_the_wire_is_redacted_when_it_comes_back(lived: Scene) -> None:
    waiting = await told(lived)
    await lived.say("!oubliezmoi effacer")
    await lived.deliver()
    seen = {EventId("$late"): waiting}
    await lived.database.write(lambda t: echo.record(t, seen, lived.clock.now()))

    acts = await sweep(lived)

    assert [act.target for act in acts] == ["$late"]
    assert await kept(lived) == {}


async def test_reminder_is_not_delivered_after_the_erasure(lived: Scene) -> None:
    await lived.say("!oubliezmoi effacer")
    async with lived.database.read() as reader:
        ripe = await due.ripe(reader, lived.clock.now() + timedelta(days=9), 9)
    assert [item.kind for item in ripe] == [ERASURE.kind]


async def test_receipt_says_what_is_out_of_reach(lived: Scene) -> None:
    await told(lived, OTHER_ROOM)
    await lived.deliver()
    [*_, receipt] = await lived.say("!oubliezmoi effacer", room=PAIR)

    assert "Je ne peux pas retirer 1 message" in receipt.body
    assert receipt.room == PAIR


async def test_who_comes_back_is_somebody_new(lived: Scene) -> None:
    await lived.say("!oubliezmoi effacer")
    await lived.deliver()
    lived.clock.pass_by(timedelta(seconds=30))
    await lived.say("!moi talents poterie")
    await sweep(lived)

    assert "poterie" in (await lived.say("moi", room=PAIR))[-1].body


async def test_export_holds_every_trace_and_nothing_of_others(lived: Scene) -> None:
    acts = await lived.say("!mesdonnées")
    rows = await kept(lived)

    assert [act.room for act in acts] == [ROOM, direct_room(JO), direct_room(JO)]
    assert {"profile", "experience", "reminder", "member", "inbox", "due"} <= rows.keys()
    assert SECRET in json.dumps(rows)
    assert "affiche" not in json.dumps(rows)


async def test_erasure_is_done_again_after_a_restored_backup(tmp_path: Path, lived: Scene) -> None:
    settings = StorageSettings(data_dir=tmp_path)
    pseudonyms = load_or_make(tmp_path)
    yard = Graveyard(lived.database, settings, pseudonyms, lived.clock)
    await yard.bury(Erased(JO, lived.clock.now(), keeps_words=False))
    assert await yard.replay() == 0
    await lived.database.write(lambda t: t.execute(erasure.erasure.delete()))  # an older database

    assert await yard.replay() == 1
    assert SECRET not in await everything(lived.database)
    assert await yard.replay() == 0
    assert JO not in (tmp_path / FILE_NAME).read_text()
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("keeps_words", [False, True])
async def test_tombstone_is_laid_at_the_next_start_where_a_kill_came_before_it(
    tmp_path: Path, sqlite_url: str, *, keeps_words: bool
) -> None:
    database = Database(sqlite_url)
    scene = Scene(database)
    await scene.preferences.load()
    scene.clock.pass_by(timedelta(microseconds=123_456))
    await scene.say(f"!moi talents {SECRET}")
    # Nobody hears of the commit, as when the process is killed right after it.
    await scene.say(f"!oubliezmoi {'anonymiser' if keeps_words else 'effacer'}")
    settings = StorageSettings.model_validate({"url": sqlite_url, "data_dir": tmp_path})
    yard = Graveyard(database, settings, load_or_make(tmp_path), scene.clock)
    assert log_bytes(sqlite_url) > 0

    assert await yard.replay() == 0

    assert log_bytes(sqlite_url) == 0
    async with database.read() as reader:
        [stone] = await erasure.all_of(reader)
    assert stone.keeps_words is keeps_words
    assert stone.pseudonym in (tmp_path / FILE_NAME).read_text()
    assert await yard.replay() == 0
    assert (tmp_path / FILE_NAME).read_text().count("{") == 1
    await database.close()


async def test_tombstone_that_a_crash_kept_from_the_file_is_filed(
    tmp_path: Path, scene: Scene
) -> None:
    yard = Graveyard(
        scene.database, StorageSettings(data_dir=tmp_path), load_or_make(tmp_path), scene.clock
    )
    stone = erasure.Tombstone("a" * 32, NOW, keeps_words=True)
    await scene.database.write(lambda t: erasure.note(t, stone))
    assert await yard.replay() == 0
    assert "a" * 32 in (tmp_path / FILE_NAME).read_text()


async def test_words_are_gone_from_the_file_and_its_log(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    scene = Scene(database)
    await scene.preferences.load()
    await scene.say(f"!moi talents {SECRET}")
    await scene.say(f"!partage {SECRET} perdu → {SECRET} retrouvé #{SECRET}")
    await scene.say(f"!rappel demain 9h {SECRET}")
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    files = [path, path.with_name(path.name + "-wal")]
    assert any(SECRET.encode() in file.read_bytes() for file in files)

    await scene.say("!oubliezmoi effacer")

    assert await wal.empty(sqlite_url)
    assert not any(SECRET.encode() in file.read_bytes() for file in files if file.exists())
    await database.close()
