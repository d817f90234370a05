"""Files are read both ways by Element's engine, in encrypted rooms and across a restart."""

from collections.abc import Awaitable, Callable

import pytest

from bot.demo.conversation import RunningBot
from tests.e2e.interop.element import Element, Shown

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]

TEXT = "Ce qui s'est dit : « une heure debout ».\n" * 1000


async def again(alix: Element, room: str, bot: RunningBot) -> Shown:
    """Ask for the file of E1 again, and return the message that brings it."""
    await alix.send(room, "!media E1")
    return await alix.wait_message(room, bot.user_id, "E1, pièce jointe")


@pytest.mark.e2e
async def test_file_joins_an_experience_and_is_read_again_in_each_encrypted_room(
    alix: Element, make_bot: MakeBot, make_element: MakeElement
) -> None:
    bot = await make_bot()
    basile = await make_element("basile")
    room = await alix.create_room("Atelier", bot.user_id, basile.user_id)
    await basile.do("join", room=room)
    await alix.do("wait_joined", room=room, user=basile.user_id)
    await alix.do("wait_joined", room=room, user=bot.user_id)
    answer = await alix.ask(room, bot.user_id, "!partage Trop de réunions → une heure debout")
    sent = await alix.do(
        "send_file", room=room, name="notes.txt", mimetype="text/plain", text=TEXT,
        reply_to=answer.event_id,
    )  # fmt: skip

    here = await again(alix, room, bot)
    assert (here.is_encrypted, here.shield) == (True, "none")
    assert await alix.do("read_file", room=room, event_id=here.event_id) == TEXT
    said = await alix.do("messages", room=room)
    [original] = [each for each in said if each["event_id"] == sent]
    assert here.content["file"]["url"] == original["content"]["file"]["url"]

    await bot.process.stop()
    await bot.process.start()
    dm = await alix.create_dm(bot.user_id)
    there = await again(alix, dm, bot)
    assert await alix.do("read_file", room=dm, event_id=there.event_id) == TEXT
    # What opens it here opens nothing there.
    assert there.content["file"]["url"] != original["content"]["file"]["url"]
    assert there.content["file"]["key"]["k"] != original["content"]["file"]["key"]["k"]
