"""Companion room: what is said in the room of three of a newcomer and their companion.

The bot says hello and goodbye there, and in between it only answers.
"""

from dataclasses import replace

from bot.ids import RoomId, UserId, direct_room
from bot.services import trio
from bot.services.companion_voice import Voice
from bot.services.outgoing import Fallback
from bot.storage import trio as stored
from bot.storage.companion import Search
from bot.storage.trio import State, Trio
from bot.text import Mention


async def introduce(voice: Voice, search: Search, member: UserId) -> None:
    """Have a room made for both and say hello there; without a room each is told so alone."""
    newcomer = search.newcomer
    await stored.save(voice.transaction, Trio(search.id, newcomer, member, voice.now))
    named = {"newcomer": Mention(newcomer), "member": Mention(member)}
    for message_id, user, other in (
        ("companion.room.hello", newcomer, member),
        ("companion.room.start", member, newcomer),
    ):
        words = await voice.text_for_both(newcomer, member, message_id, **named)
        alone = await voice.text(user, "companion.room.none", member=Mention(other))
        trio.greet(voice.outgoing, search.id, words, fallback=Fallback(direct_room(user), alone))


async def close(voice: Voice, search: Search, message_id: str) -> bool:
    """Say goodbye in the room and leave it; return whether both could read it there."""
    item = await stored.get(voice.transaction, search.id)
    if item is None:
        return False
    words = await voice.text_for_both(item.newcomer, item.member, message_id)
    return await trio.close(voice.transaction, voice.outgoing, search.id, words)


async def part(voice: Voice, room: RoomId, user: UserId) -> None:
    """Let the bot go too, since ``user`` left the room or declined; the other one is told."""
    item = await stored.of_room(voice.transaction, room)
    if item is None or item.state is not State.OPEN or user not in (item.newcomer, item.member):
        return
    await stored.save(voice.transaction, replace(item, state=State.CLOSED, changed_at=voice.now))
    other = item.member if user == item.newcomer else item.newcomer
    await voice.tell(other, "companion.room.left", member=Mention(user))
    voice.outgoing.leave(room, conversation=room)
