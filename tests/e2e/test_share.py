"""An experience from its first line to its withdrawal, as the room sees it."""

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.ids import RoomId

MakeMember = Callable[..., Awaitable[Member]]
MakeBot = Callable[..., Awaitable[RunningBot]]

SHARE = "!partage Personne ne lit le règlement → une page dessinée avec les agents"


async def test_share_of_one_line_becomes_the_first_experience(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    answer = await bot.answer(jo, room, SHARE)

    assert "E1" in answer.body
    assert "<code>E1</code>" in answer.formatted_body


async def test_share_is_shown_by_its_id(jo: Member, room: RoomId, bot: RunningBot) -> None:
    await bot.answer(jo, room, SHARE)

    shown = await bot.answer(jo, room, "!exp e-1")

    assert "Personne ne lit le règlement" in shown.body
    assert "une page dessinée avec les agents" in shown.body


async def test_share_is_found_by_another_inflection_without_accents(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    await bot.answer(jo, room, SHARE)

    found = await bot.answer(jo, room, "!cherche reglements dessiner")

    assert "E1" in found.body


async def test_share_in_reply_to_my_message_captures_it(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    told = await jo.send(room, "Chez nous, les agents testent le formulaire avant les habitants.")

    answer = await bot.answer(jo, room, "!partage", reply_to=told)
    shown = await bot.answer(jo, room, "!exp E1")

    assert "E1" in answer.body
    assert "les agents testent le formulaire" in shown.body


async def test_edited_share_keeps_its_id_and_takes_the_new_text(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    command = await jo.send(room, SHARE)
    await bot.answer_to(jo, command)

    await jo.edit(room, command, "!partage Règlement trop long → une affiche à l'accueil")
    shown = await bot.answer(jo, room, "!exp E1")

    assert "une affiche à l'accueil" in shown.body
    assert "dessinée" not in shown.body


async def test_share_edited_by_somebody_else_stays_as_it_is(
    jo: Member, room: RoomId, bot: RunningBot, camille: Member
) -> None:
    command = await jo.send(room, SHARE)
    await bot.answer_to(jo, command)
    await camille.edit(room, command, "!partage Rien → rien")
    shown = await bot.answer(camille, room, "!exp E1")

    assert "Personne ne lit le règlement" in shown.body


async def test_redacted_share_is_found_no_more(jo: Member, room: RoomId, bot: RunningBot) -> None:
    command = await jo.send(room, SHARE)
    await bot.answer_to(jo, command)

    await jo.redact(room, command)
    shown = await bot.answer(jo, room, "!exp E1")
    found = await bot.answer(jo, room, "!cherche règlement")

    assert "règlement" not in shown.body
    assert "E1" not in found.body


@pytest_asyncio.fixture
async def stranger(make_member: MakeMember) -> Member:
    """Somebody who is not in Jo's room."""
    return await make_member("stranger")


@pytest.mark.parametrize("asks", ["stranger", "author"])
async def test_share_of_one_room_is_not_shown_where_others_are(
    jo: Member, room: RoomId, stranger: Member, make_bot: MakeBot, asks: str
) -> None:
    elsewhere = await jo.join(await stranger.create_room("Ailleurs"))
    bot = await make_bot(room, elsewhere)
    await bot.answer(jo, room, SHARE)
    asking = stranger if asks == "stranger" else jo

    shown = await bot.answer(asking, elsewhere, "!exp E1")
    found = await bot.answer(asking, elsewhere, "!cherche règlement")
    listed = await bot.answer(asking, elsewhere, "!exps")

    assert "Personne ne lit" not in shown.body + found.body + listed.body


async def test_share_is_found_by_a_member_of_its_room_alone_with_the_bot(
    jo: Member, room: RoomId, make_bot: MakeBot
) -> None:
    alone = await jo.create_room("À deux")
    bot = await make_bot(room, alone)
    await bot.answer(jo, room, SHARE)

    found = await bot.answer(jo, alone, "cherche règlement")

    assert "E1" in found.body


async def test_share_cannot_forge_a_mention_or_a_link(
    jo: Member, room: RoomId, bot: RunningBot
) -> None:
    forged = '[@admin](https://matrix.to/#/@admin:x.org) <a href="https://x.org">x</a> @room'
    answer = await bot.answer(jo, room, f"!partage {forged} → **gras** <img src=x onerror=y>")
    shown = await bot.answer(jo, room, "!exp E1")

    for event in (answer, shown):
        assert "<a href" not in event.formatted_body
        assert "<img" not in event.formatted_body
        assert event.content["m.mentions"] in ({}, {"user_ids": [jo.user_id]})
