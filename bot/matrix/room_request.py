"""Room request: asks the homeserver for a private room so that asking twice makes one room."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.ids import RoomAlias, RoomId, UserId
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.parse import MalformedEventError, id_of
from bot.matrix.reader import CREATORS_OUTRANK

ALGORITHM = "m.megolm.v1.aes-sha2"

_OWNER = 100
"""Power level that the server gives to who makes a room (Matrix 1.16, ``POST /createRoom``)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A room that is to be made for those who are ``invited``, and found again by its ``alias``.

    ``marker`` is the key in its creation content that makes it ours; the value is the localpart of
    the alias. ``name`` is what clients show.
    """

    alias: RoomAlias
    invited: tuple[UserId, ...]
    name: str
    marker: str
    is_direct: bool = False

    @property
    def localpart(self) -> str:
        """The alias without its sign and its server."""
        return str(self.alias).partition(":")[0].removeprefix("#")


class Useless(Exception):  # noqa: N818  says what the room is
    """The alias leads to a room that is not ours, or was never finished: another must be made."""


class Gone(Exception):  # noqa: N818  says what they are
    """The room is ours, and somebody has left it or declined."""

    def __init__(self, room: RoomId) -> None:
        super().__init__(room)
        self.room = room


class Blocked(Exception):  # noqa: N818  says what they are
    """Somebody cannot be invited; ``room`` is what was made in vain."""

    def __init__(self, reason: str, room: RoomId | None) -> None:
        super().__init__(reason)
        self.room = room


@dataclass(slots=True)
class RoomRequest:
    """Makes private rooms, encrypted from their first event.

    ``createRoom`` is not idempotent; the alias makes it so: the server gives it out once. The
    preset is that of a private chat and not the "trusted" one, whose guests become creators in
    room version 12 and could never be told from the bot again.
    """

    server: Homeserver
    user_id: UserId
    is_encrypting: bool = True

    async def room_of(self, wanted: Wanted) -> RoomId:
        """Return the room with the alias of ``wanted``, into which everybody is invited.

        Raises Useless, Gone or Blocked where the server's word is final; NetworkError or a
        MatrixError where it may be another one later.
        """
        try:
            answer = await self.server.request(
                "POST", client_path("createRoom"), json=self._wish(wanted)
            )
            return RoomId(id_of(answer.get("room_id"), "!"))
        except MalformedEventError as error:
            raise NetworkError("the answer to createRoom has no room id") from error
        except MatrixError as error:
            if _may_pass(error):
                raise
            refusal = error
        made = await self._resolve(wanted)
        if made is None and refusal.errcode == "M_ROOM_IN_USE":
            raise Useless
        if made is None or not await self._is_ours(made, wanted):
            if refusal.errcode == "M_ROOM_IN_USE":
                raise Useless
            raise Blocked(str(refusal)[:200], None)
        for user in wanted.invited:
            await self._invite(made, user, wanted)
        return made

    def _wish(self, wanted: Wanted) -> Mapping[str, Any]:
        state: list[Mapping[str, Any]] = [
            _state("m.room.history_visibility", {"history_visibility": "invited"}),
            _state("m.room.guest_access", {"guest_access": "forbidden"}),
        ]
        if self.is_encrypting:
            state.insert(0, _state("m.room.encryption", {"algorithm": ALGORITHM}))
        return {
            "preset": "private_chat",
            "visibility": "private",
            "is_direct": wanted.is_direct,
            "invite": list(wanted.invited),
            "room_alias_name": wanted.localpart,
            # Without a name clients would show the alias.
            "name": wanted.name,
            "creation_content": {wanted.marker: wanted.localpart},
            "initial_state": state,
        }

    async def _resolve(self, wanted: Wanted) -> RoomId | None:
        answer = await self._get("directory", "room", str(wanted.alias))
        room = answer.get("room_id") if answer else None
        return RoomId(room) if isinstance(room, str) and room.startswith("!") else None

    async def _is_ours(self, room: RoomId, wanted: Wanted) -> bool:
        """Return whether the bot made ``room`` for this, is in it, rules it, and it is sealed."""
        create = await self._state(room, "m.room.create", "?format=event")
        levels = await self._state(room, "m.room.power_levels")
        member = await self._state(room, "m.room.member", self.user_id)
        sealed = await self._state(room, "m.room.encryption")
        if create is None or member is None or levels is None:
            return False
        content = create.get("content")
        content = content if isinstance(content, dict) else {}
        users = levels.get("users")
        own = users.get(self.user_id) if isinstance(users, dict) else None
        version = content.get("room_version")
        is_creator_enough = (
            isinstance(version, str) and version.isdigit() and int(version) >= CREATORS_OUTRANK
        )
        return (
            create.get("sender") == self.user_id
            and content.get(wanted.marker) == wanted.localpart
            and member.get("membership") == "join"
            and (is_creator_enough or own == _OWNER)
            and (sealed is not None or not self.is_encrypting)
        )

    async def _invite(self, room: RoomId, user: UserId, wanted: Wanted) -> None:
        """Invite ``user`` unless they are there or invited; raises Gone or Blocked."""
        content = await self._state(room, "m.room.member", user)
        membership = content.get("membership") if content else None
        if membership in ("join", "invite"):
            return
        if membership is not None:
            raise Gone(room)
        url = client_path("rooms", room, "state", "m.room.member", user)
        try:
            # As state, since an invitation by its own endpoint cannot say that it is direct.
            invitation = {"membership": "invite", "is_direct": wanted.is_direct}
            await self.server.request("PUT", url, json=invitation)
        except MatrixError as error:
            if _may_pass(error):
                raise
            raise Blocked(str(error)[:200], room) from error

    async def abandon(self, room: RoomId, wanted: Wanted) -> None:
        """Leave a room that nobody will use and give its alias back, as far as the server lets.

        Who was invited with others sees the invitation taken back.
        """
        acts: list[tuple[str, str, Mapping[str, Any] | None]] = [
            ("DELETE", client_path("directory", "room", str(wanted.alias)), None),
            ("POST", client_path("rooms", room, "leave"), {}),
        ]
        if len(wanted.invited) > 1:
            kick = client_path("rooms", room, "kick")
            acts[1:1] = [("POST", kick, {"user_id": user}) for user in wanted.invited]
        for method, url, content in acts:
            try:
                await self.server.request(method, url, json=content)
            except (MatrixError, NetworkError):
                continue

    async def _state(
        self, room: RoomId, event_type: str, key: str = ""
    ) -> Mapping[str, Any] | None:
        if key == "?format=event":
            url = client_path("rooms", room, "state", event_type, "")
            return await self._ask(url, {"format": "event"})
        return await self._ask(client_path("rooms", room, "state", event_type, key), None)

    async def _get(self, *parts: str) -> Mapping[str, Any] | None:
        return await self._ask(client_path(*parts), None)

    async def _ask(self, url: str, query: Mapping[str, str] | None) -> Mapping[str, Any] | None:
        try:
            return await self.server.request("GET", url, query=query)
        except MatrixError as error:
            if error.status in (403, 404):
                return None
            raise


def _state(event_type: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": event_type, "state_key": "", "content": content}


def _may_pass(error: MatrixError) -> bool:
    return error.is_temporary or error.status == 401
