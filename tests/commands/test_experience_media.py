"""Files join an experience, are sent again, and go with it or when their sender takes them back."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.ids import EventId, RoomId, UserId
from bot.job import Firing
from bot.jobs.experience_media import EXPERIENCE_MEDIA
from bot.model import Media, Message, Seal
from bot.services import experience_media as rules
from bot.services.outgoing import Outgoing, first_answer
from bot.storage import attachment, due, experience_media
from bot.storage.experience_media import Piece
from bot.storage.transaction import Transaction
from tests.scene import ANIMATOR, CATALOGUE, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene, sent

SHARE = "!partage Personne ne lit le règlement → une page dessinée"
PHOTO = Media("m.image", "photo.jpg", "image/jpeg", "mxc://example.org/1", None, 1000, 640, 480)
FILM = Media("m.video", "visite.mp4", "video/mp4", "mxc://example.org/2", duration_ms=120_000)
SOUND = Media("m.audio", "voix.ogg", "audio/ogg", "mxc://example.org/3", duration_ms=900_000)
PAPER = Media("m.file", "fiche.pdf", "application/pdf", "mxc://example.org/4")
SEALED = replace(PHOTO, seal=Seal("key", "iv", "hash"))


async def shared(scene: Scene) -> tuple[Message, Act]:
    """Let Jo share E1; return the command, and the bot's answer."""
    command = scene.message(SHARE)
    [answer] = await scene.hear(command)
    await scene.deliver()
    return command, answer


def file(
    scene: Scene, media: Media = PHOTO, *, sender: UserId = JO, room: RoomId = ROOM, **more: object
) -> Message:
    body = str(more.pop("body", ""))
    return scene.message(body, sender=sender, room=room, msgtype=media.msgtype, media=media, **more)


async def pieces(scene: Scene, number: int = 1) -> list[Piece]:
    async with scene.database.read() as snapshot:
        return await experience_media.of(snapshot, number)


async def media_of(scene: Scene) -> list[Media]:
    return [piece.media for piece in await pieces(scene)]


async def fire(scene: Scene) -> list[Act]:
    """Let what is due about files happen; return what the bot does."""
    before = {act.oid for act in await scene.acts()}
    async with scene.database.read() as snapshot:
        ripe = await due.ripe(snapshot, scene.clock.now(), 100)
    for item in ripe:
        if item.kind != rules.KIND:
            continue

        async def work(transaction: Transaction, item: due.Due = item) -> None:
            now = scene.clock.now()
            assert await due.claim(transaction, item, now)
            outgoing = Outgoing(transaction, f"due:{item.reference}:{item.occurrence}", now)
            await EXPERIENCE_MEDIA.run(
                Firing(item, now, now - now, transaction, outgoing, CATALOGUE)
            )

        await scene.database.write(work)
    return [act for act in await scene.acts() if act.oid not in before]


@pytest.mark.parametrize("media", [PHOTO, FILM, SOUND, PAPER, SEALED])
async def test_file_in_reply_to_the_answer_joins_with_a_reaction(
    scene: Scene, media: Media
) -> None:
    _, answer = await shared(scene)
    message = file(scene, media, reply_to=sent(answer.oid))
    [reaction] = await scene.hear(message)
    assert (reaction.type, reaction.target) == ("m.reaction", message.event_id)
    [piece] = await pieces(scene)
    assert (piece.media, piece.sender, piece.room_id, piece.source_event_id) == (
        media, JO, ROOM, message.event_id,
    )  # fmt: skip


async def test_file_in_reply_to_the_command_or_in_its_thread_joins(scene: Scene) -> None:
    command, _ = await shared(scene)
    await scene.hear(file(scene, reply_to=command.event_id))
    await scene.hear(file(scene, thread=command.event_id))
    assert await media_of(scene) == [PHOTO, PHOTO]


async def test_file_in_reply_to_a_card_joins(scene: Scene) -> None:
    await shared(scene)
    card = (await scene.say("!exp E1", sender=MAX))[0]
    await scene.deliver()
    await scene.hear(file(scene, reply_to=sent(card.oid)))
    assert await media_of(scene) == [PHOTO]


async def test_file_about_the_message_that_was_captured_joins(scene: Scene) -> None:
    source = scene.message("Trop de réunions → une heure debout")
    scene.server.messages[source.event_id] = source
    await scene.say("!partage", reply_to=source.event_id)
    await scene.hear(file(scene, thread=source.event_id))
    assert await media_of(scene) == [PHOTO]


async def test_file_of_somebody_else_is_left_alone(scene: Scene) -> None:
    command, _ = await shared(scene)
    assert await scene.hear(file(scene, sender=MAX, thread=command.event_id)) == []
    assert await pieces(scene) == []


async def test_file_about_nothing_is_left_alone(scene: Scene) -> None:
    ping = scene.message("!ping")
    await scene.hear(ping)
    assert await scene.hear(file(scene, reply_to=ping.event_id)) == []
    assert await scene.hear(file(scene)) == []


async def test_file_handled_twice_joins_once(scene: Scene) -> None:
    command, _ = await shared(scene)
    message = file(scene, reply_to=command.event_id)
    entry = await scene.record(message)
    await scene.router.handle(entry)
    await scene.router.handle(entry)
    assert len(await pieces(scene)) == 1


@pytest.mark.parametrize(
    ("media", "words"),
    [
        (replace(FILM, duration_ms=120_001), "deux minutes"),
        (replace(PAPER, mimetype="application/x-msdownload", name="setup.exe"), "setup.exe"),
        (replace(PAPER, mimetype="text/html"), "fiche.pdf"),
        (replace(PHOTO, mimetype="application/pdf"), "photo.jpg"),
        (replace(PAPER, size_bytes=rules.SIZE_LIMIT_BYTES + 1), "50"),
        (replace(PAPER, mimetype="video/mp4", duration_ms=500_000), "deux minutes"),
    ],
)
async def test_file_that_cannot_join_is_refused_with_its_reason(
    scene: Scene, media: Media, words: str
) -> None:
    command, _ = await shared(scene)
    [answer] = await scene.hear(file(scene, media, reply_to=command.event_id))
    assert words in answer.body
    assert await pieces(scene) == []
    assert scene.server.asked.count("download") == 0


async def test_one_file_too_many_is_refused(scene: Scene) -> None:
    command, _ = await shared(scene)
    for _ in range(rules.MOST):
        await scene.hear(file(scene, thread=command.event_id))
    [answer] = await scene.hear(file(scene, thread=command.event_id))
    assert "10" in answer.body
    assert len(await pieces(scene)) == rules.MOST


async def test_room_of_trust_keeps_no_file(scene: Scene) -> None:
    command, _ = await shared(scene)
    await scene.say("!réglages capture non", sender=ANIMATOR)
    await scene.hear(file(scene, thread=command.event_id))
    assert await pieces(scene) == []


async def test_typed_twin_adds_the_file_it_replies_to(scene: Scene) -> None:
    await shared(scene)
    photo = file(scene)
    scene.server.messages[photo.event_id] = photo
    [reaction] = await scene.say("!pièces E1 ajoute", reply_to=photo.event_id)
    assert reaction.target == photo.event_id
    assert await media_of(scene) == [PHOTO]
    assert "y est déjà" in await scene.answer("!media E1 add", reply_to=photo.event_id)


async def test_typed_twin_as_a_caption_adds_the_file_it_comes_with(scene: Scene) -> None:
    await shared(scene)
    await scene.hear(file(scene, body="!pièces E1 +"))
    assert await media_of(scene) == [PHOTO]


async def test_typed_twin_adds_nothing_of_somebody_else(scene: Scene) -> None:
    await shared(scene)
    photo = file(scene, sender=MAX)
    scene.server.messages[photo.event_id] = photo
    assert "d’accord" in await scene.answer("!pièces E1 +", reply_to=photo.event_id)
    own = file(scene, sender=MAX)
    scene.server.messages[own.event_id] = own
    refusal = await scene.answer("!pièces E1 +", reply_to=own.event_id, sender=MAX)
    assert "pas la vôtre" in refusal
    assert "pas de fichier" in await scene.answer("!pièces E1 +")
    assert await pieces(scene) == []


@pytest.mark.parametrize("words", ["!pièces", "!pièces E1 danse", "!pièces E1 retire", "!media 12"])
async def test_misspelt_command_shows_an_example(scene: Scene, words: str) -> None:
    await shared(scene)
    assert "E12" in await scene.answer(words)


async def test_experience_without_files_says_how_to_add_one(scene: Scene) -> None:
    await shared(scene)
    assert "répondez à sa fiche" in await scene.answer("!pièces E1", sender=MAX)


async def filed(scene: Scene, *media: Media) -> list[Message]:
    command, _ = await shared(scene)
    messages = [file(scene, item, thread=command.event_id) for item in media]
    for message in messages:
        await scene.hear(message)
    return messages


async def test_files_are_sent_again_with_a_caption_in_the_thread(scene: Scene) -> None:
    await filed(scene, PHOTO, PAPER)
    question = scene.message("!pièces E1", sender=MAX)
    [answer, photo, paper] = await scene.hear(question)
    assert "2 pièces jointes" in answer.body
    assert [act.content["msgtype"] for act in (photo, paper)] == ["m.image", "m.file"]
    assert [act.body for act in (photo, paper)] == [
        "E1, pièce jointe 1 sur 2", "E1, pièce jointe 2 sur 2",
    ]  # fmt: skip
    assert [act.content["filename"] for act in (photo, paper)] == ["photo.jpg", "fiche.pdf"]
    assert photo.content["m.relates_to"] == answer.content["m.relates_to"]
    async with scene.database.read() as snapshot:
        upload = await attachment.get(snapshot, attachment.Oid(photo.oid))
    assert upload is not None
    assert upload.source == attachment.Source(PHOTO, ROOM)
    assert upload.instead is not None
    assert "photo.jpg" in str(upload.instead["body"])


async def test_files_are_shown_alone_only_to_who_is_in_the_room(scene: Scene) -> None:
    await filed(scene, PHOTO)
    assert len(await scene.say("!pièces E1", room=PAIR)) == 2
    scene.server.members[ROOM].discard(JO)
    assert len(await scene.say("!pièces E1", room=PAIR)) == 1
    [refusal] = await scene.say("!pièces E1", room=OTHER_ROOM, sender=ANIMATOR)
    assert "photo" not in refusal.body


async def test_redacted_file_goes_and_so_do_its_copies(scene: Scene) -> None:
    photo, _paper = await filed(scene, PHOTO, PAPER)
    [_, copy, other] = await scene.say("!pièces E1", sender=MAX)
    await scene.deliver()
    await scene.redact(photo.event_id)
    assert await media_of(scene) == [PAPER]
    redactions = [act for act in await fire(scene) if act.type == "m.room.redaction"]
    assert [act.target for act in redactions] == [f"oid:{copy.oid}"]
    assert await fire(scene) == []
    assert other.oid not in {str(act.target) for act in redactions}


async def test_file_that_its_author_removes_goes_with_its_copies(scene: Scene) -> None:
    await filed(scene, PHOTO, PAPER)
    await scene.say("!pièces E1", sender=MAX)
    await scene.deliver()
    assert "retirée" in await scene.answer("!pièces E1 retire 2")
    assert await media_of(scene) == [PHOTO]
    assert [act.type for act in await fire(scene)] == ["m.room.redaction"]
    assert "numéro 2" in await scene.answer("!pièces E1 retire 2")


async def test_only_author_and_animators_remove_files(scene: Scene) -> None:
    await filed(scene, PHOTO)
    await scene.say("!pièces E1 retire 1", sender=MAX)
    assert await media_of(scene) == [PHOTO]
    await scene.say("!pièces E1 retire 1", sender=ANIMATOR)
    assert await pieces(scene) == []


async def test_files_go_with_their_experience(scene: Scene) -> None:
    command, _ = await shared(scene)
    await scene.hear(file(scene, thread=command.event_id))
    await scene.redact(command.event_id)
    assert await pieces(scene) == []


async def test_redaction_of_a_copy_is_no_redaction_of_the_file(scene: Scene) -> None:
    await filed(scene, PHOTO)
    [_, copy] = await scene.say("!pièces E1", sender=MAX)
    await scene.deliver()
    await scene.redact(sent(copy.oid), sender=ANIMATOR)
    assert await media_of(scene) == [PHOTO]


async def test_file_joins_before_the_answer_is_delivered(scene: Scene) -> None:
    """Both came while the bot was away."""
    command = scene.message(SHARE)
    await scene.hear(command)
    await scene.hear(file(scene, reply_to=command.event_id))
    assert first_answer(command.event_id)
    assert await media_of(scene) == [PHOTO]


async def test_english_says_it_too(scene: Scene) -> None:
    await filed(scene, PHOTO)
    await scene.say("!lang en")
    [answer, photo] = await scene.say("!attachments E1")
    assert "1 attachment" in answer.body
    assert photo.body == "E1, attachment 1 of 1"


async def test_copy_names_whom_it_shows(scene: Scene) -> None:
    from bot.storage.quote import quote

    await filed(scene, PHOTO)
    [_, copy] = await scene.say("!pièces E1", sender=MAX)
    async with scene.database.read() as snapshot:
        rows = await snapshot.execute(select(quote.c.user_id).where(quote.c.oid == copy.oid))
        assert [row.user_id for row in rows] == [JO]


async def test_event_id_of_a_file_is_known_for_its_redaction(scene: Scene) -> None:
    [photo] = await filed(scene, PHOTO)
    async with scene.database.read() as snapshot:
        found = await experience_media.sources(snapshot, [photo.event_id, EventId("$other")])
    assert found == {photo.event_id}


async def test_share_as_a_caption_keeps_its_picture(scene: Scene) -> None:
    message = file(scene, body=SHARE)
    await scene.hear(message)
    [piece] = await pieces(scene)
    assert piece.source_event_id == message.event_id
    await scene.redact(message.event_id)
    assert await pieces(scene) == []


async def test_share_in_reply_to_an_own_picture_keeps_it(scene: Scene) -> None:
    photo = file(scene)
    scene.server.messages[photo.event_id] = photo
    await scene.say(SHARE, reply_to=photo.event_id)
    assert await media_of(scene) == [PHOTO]
    await scene.redact(photo.event_id)
    assert await pieces(scene) == []


async def test_share_in_reply_to_the_picture_of_somebody_else_keeps_the_words(
    scene: Scene,
) -> None:
    photo = file(scene, sender=MAX)
    scene.server.messages[photo.event_id] = photo
    assert "E1" in (await scene.say(SHARE, reply_to=photo.event_id))[0].body
    assert await pieces(scene) == []


async def test_share_with_a_file_that_cannot_join_keeps_the_words(scene: Scene) -> None:
    answer = (await scene.hear(file(scene, replace(FILM, duration_ms=200_000), body=SHARE)))[0]
    assert "E1" in answer.body
    assert "deux minutes" in answer.body
    assert await pieces(scene) == []


async def test_captured_picture_keeps_its_caption_as_words(scene: Scene) -> None:
    photo = file(scene, body="Trop de réunions → une heure debout")
    scene.server.messages[photo.event_id] = photo
    await scene.say("!partage", reply_to=photo.event_id)
    assert await media_of(scene) == [PHOTO]
    assert "une heure debout" in (await scene.say("!exp E1"))[0].body


@pytest.mark.parametrize("words", ["!exp E1 media", "!exp E1 pièces", "!exp media E1"])
async def test_experience_command_leads_to_its_files(scene: Scene, words: str) -> None:
    await filed(scene, PHOTO)
    [answer, photo] = await scene.say(words, sender=MAX)
    assert "1 pièce jointe" in answer.body
    assert photo.content["msgtype"] == "m.image"


async def test_card_says_how_many_files_there_are(scene: Scene) -> None:
    await filed(scene, PHOTO, PAPER, SOUND)
    assert "Pièces jointes\u00a0: 3" in (await scene.say("!exp E1"))[0].body
