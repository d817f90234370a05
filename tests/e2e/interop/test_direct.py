"""Direct rooms that the bot opens itself: encrypted from the start, and read in strict mode."""

from collections.abc import Awaitable, Callable

from bot.commands.onboarding import ONBOARDING
from bot.demo.conversation import RunningBot
from tests.e2e.interop.element import Element

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]


async def test_what_the_bot_says_first_is_read_after_accepting_its_invitation(
    alix: Element, make_bot: MakeBot, make_element: MakeElement
) -> None:
    bot = await make_bot()
    basile = await make_element("basile")
    room = await alix.create_room("Atelier", bot.user_id, basile.user_id)
    await basile.do("join", room=room)
    await alix.do("wait_joined", room=room, user=basile.user_id)
    await alix.do("wait_joined", room=room, user=bot.user_id)

    await alix.send(room, f"!{ONBOARDING.name_in('fr')}")
    direct = await alix.do("accept_invitation", user=bot.user_id)

    first = await alix.do("wait_message", room=direct, sender=bot.user_id, words="")
    answer = await alix.ask(direct, bot.user_id, "ping")
    await bot.process.stop()
    await bot.process.start()
    after = await alix.ask(direct, bot.user_id, "ping")
    said = [each for each in await alix.messages(direct) if each.sender == bot.user_id]
    assert first["is_encrypted"]
    assert {answer.event_id, after.event_id} <= {each.event_id for each in said}
    assert [each for each in said if each.is_unreadable or each.shield not in {"none", None}] == []
    assert [each for each in said if each.type == "m.room.message" and not each.is_encrypted] == []
