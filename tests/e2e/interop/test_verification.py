"""Comparing emojis with Element: asked for there, decided by a person, in the bot's own words."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId
from bot.matrix.encryption import sas
from tests.e2e.interop.element import Element, EngineError

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]
MakeMember = Callable[..., Awaitable[Member]]


@dataclass(frozen=True)
class Office:
    """An animators' room with somebody at the desk, who is told what the other screen shows."""

    keeper: Member
    room: RoomId
    bot: RunningBot

    async def shown(self) -> tuple[int, list[str]]:
        """Return the number and the emojis that the bot shows."""
        event = await self.said(r"Comparaison (\d+), demandée par .*")
        found = re.search(r"Comparaison (\d+)", event.body)
        assert found is not None
        signs = [each for each in event.body.split() if each in sas.EMOJIS]
        return int(found[1]), signs

    async def decides(self, number: int, word: str) -> str:
        """Say what a person sees, and return what the bot then says of the end."""
        await self.keeper.send(self.room, f"!vérifie {number} {word}")
        pattern = rf"Comparaison {number}\s:.* vérifiés|La comparaison {number} .* sans résultat"
        return (await self.said(pattern)).body

    async def said(self, pattern: str) -> RoomEvent:
        def is_it(event: RoomEvent) -> bool:
            is_here = event.room_id == self.room and event.sender == self.bot.user_id
            return is_here and re.search(pattern, event.body) is not None

        return await self.keeper.wait_for(is_it)


@pytest_asyncio.fixture
async def office(make_bot: MakeBot, make_member: MakeMember, alix: Element) -> Office:
    """A bot whose animators' room exists; Alix is an animator."""
    keeper = await make_member("keeper")
    room = await keeper.create_room("Animation")
    bot = await make_bot(room, animators_room=room, animators=[alix.user_id, keeper.user_id])
    return Office(keeper, room, bot)


async def begin(element: Element, office: Office, *, in_room: bool) -> None:
    """Ask for a comparison, in an encrypted direct room or from device to device."""
    bot = office.bot.user_id
    room = await element.create_dm(bot)
    await element.ask(room, bot, "ping")
    if in_room:
        await element.do("request_verification", user=bot, room=room)
        return
    devices = await element.do("devices", user=bot)
    [device] = [name for name, each in devices.items() if each["is_signed"]]
    await element.do("request_verification", user=bot, device_id=device)


@pytest.mark.parametrize("in_room", [True, False])
async def test_same_emojis_confirmed_by_both_verify_both(
    alix: Element, office: Office, *, in_room: bool
) -> None:
    await begin(alix, office, in_room=in_room)
    seen = await alix.do("compare_emojis", begin=True)
    number, shown = await office.shown()

    await alix.do("confirm_emojis", matches=True)
    ended = await office.decides(number, "oui")

    assert shown == seen
    assert "vérifiés" in ended
    assert await alix.do("verification_outcome") == "done"
    assert (await alix.do("user", user=office.bot.user_id))["is_verified"]


async def test_nothing_is_verified_before_a_person_says_so(alix: Element, office: Office) -> None:
    await begin(alix, office, in_room=True)
    await alix.do("compare_emojis", begin=True)
    await office.shown()
    await alix.do("confirm_emojis", matches=True)

    outcome = await alix.do("verification_outcome", seconds=2)

    assert outcome == "nothing"
    assert not (await alix.do("user", user=office.bot.user_id))["is_verified"]


async def test_different_emojis_end_it_for_both(alix: Element, office: Office) -> None:
    await begin(alix, office, in_room=True)
    await alix.do("compare_emojis", begin=True)
    number, _ = await office.shown()

    ended = await office.decides(number, "non")

    assert "sans résultat" in ended
    assert "cancelled" in await alix.do("verification_outcome")
    assert not (await alix.do("user", user=office.bot.user_id))["is_verified"]


async def test_difference_seen_by_the_other_ends_it_for_both(alix: Element, office: Office) -> None:
    await begin(alix, office, in_room=True)
    await alix.do("compare_emojis", begin=True)
    number, _ = await office.shown()

    await alix.do("confirm_emojis", matches=False)

    await office.said(rf"La comparaison {number} .* sans résultat")
    assert not (await alix.do("user", user=office.bot.user_id))["is_verified"]


async def test_member_who_is_no_animator_is_not_answered(
    office: Office, make_element: MakeElement
) -> None:
    stranger = await make_element("stranger")
    await begin(stranger, office, in_room=True)

    with pytest.raises(EngineError, match="readiness did not come"):
        await stranger.do("compare_emojis", begin=True, seconds=3)


async def test_bots_own_account_verifies_another_device_of_its(
    office: Office, make_element: MakeElement
) -> None:
    second = await make_element(account=office.bot.account, is_strict=False)
    devices = await second.do("devices", user=office.bot.user_id)
    [bots] = [name for name, each in devices.items() if each["is_signed"]]
    await second.do("request_verification", user=office.bot.user_id, device_id=bots)
    seen = await second.do("compare_emojis", begin=True)
    number, shown = await office.shown()

    await second.do("confirm_emojis", matches=True)
    await office.decides(number, "oui")

    assert shown == seen
    assert await second.do("verification_outcome") == "done"
    # It signs itself after that, and the homeserver tells of it when it does.
    async with asyncio.timeout(30):
        is_signed = False
        while not is_signed:
            devices = await second.do("devices", user=office.bot.user_id)
            is_signed = devices[second.device_id]["is_signed"]
