"""A homeserver with members and rooms for one run, in a directory of its own."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.demo import homeserver
from bot.demo.homeserver import Account, Synapse
from bot.demo.member import Member
from bot.demo.sealed_member import SealedMember
from bot.ids import RoomId

SERVER_NAME = "bench.localhost"
PATIENCE = timedelta(seconds=90)
"""How long a member repeats a request while the homeserver is away: it is killed at times."""

NAMES = ("alice", "bruno", "chloe", "david", "emma", "farid", "gaelle", "hugo")


class GaveUpError(Exception):
    """What was waited for did not happen in time."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The homeserver, the members on it, and the directory for everything that is written."""

    directory: Path
    synapse: Synapse
    members: Sequence[Member]

    async def account(self, localpart: str) -> Account:
        """Register an account for a bot."""
        return await self.synapse.register(localpart, f"password of {localpart}")

    async def rooms(
        self, count: int, bot_id: str, name: str, *, is_sealed: bool = True
    ) -> list[RoomId]:
        """Return new rooms in which every member is, and to which the bot is invited.

        They are encrypted if the members have keys, and ``is_sealed`` is left as it is.
        """
        first, *others = self.members
        made: list[RoomId] = []
        for number in range(count):
            room = await first.create_room(f"{name} {number + 1}", invite=[bot_id])
            if is_sealed and isinstance(first, SealedMember):
                await first.encrypt_room(room)
            for member in others:
                await member.join(room)
            made.append(room)
        return made

    async def joined(self, rooms: Mapping[RoomId, Member], user_id: str, within: timedelta) -> None:
        """Wait until somebody is in all the rooms, each seen by a member of it; GaveUpError."""
        missing = set(rooms)
        try:
            async with asyncio.timeout(within.total_seconds()):
                while missing:
                    for room in sorted(missing):
                        if user_id in await rooms[room].members(room):
                            missing.discard(room)
                    if missing:
                        await asyncio.sleep(0.2)  # another account's membership: only polling
        except TimeoutError:
            raise GaveUpError(
                f"{user_id} did not join {len(missing)} of {len(rooms)} rooms within {within}"
            ) from None


@asynccontextmanager
async def stage(
    members: int, *, encrypted: bool = False, keep: bool = False
) -> AsyncIterator[Stage]:
    """Yield a homeserver with so many members; its directory is removed after, unless ``keep``.

    With ``encrypted`` the members have keys, and their rooms are encrypted.
    """
    directory = Path(tempfile.mkdtemp(prefix="compagnon-bench-"))
    try:
        async with AsyncExitStack() as stack:
            synapse = await homeserver.start(directory / "synapse", server_name=SERVER_NAME)
            stack.push_async_callback(synapse.kill)
            people: list[Member] = []
            for name in NAMES[:members]:
                account = await synapse.register(name, f"password of {name}")
                member = await _entered(synapse, account, directory if encrypted else None)
                stack.push_async_callback(member.close)
                people.append(member)
            yield Stage(directory, synapse, people)
    finally:
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)


async def _entered(synapse: Synapse, account: Account, keys: Path | None) -> Member:
    url = synapse.home.base_url
    if keys is None:
        return await Member.login(url, account, patience=PATIENCE)
    directory = keys / "members" / account.device_id
    return await SealedMember.enter(url, account, directory, patience=PATIENCE)
