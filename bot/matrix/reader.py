"""Reader: asks the homeserver for the facts that commands need, and does what needs no outbox."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.ids import EventId, RoomId, UserId
from bot.matrix import parse
from bot.matrix.cipher import Cipher, UnreadableError
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path, path
from bot.model import Message
from bot.ports import PowerLevels, RefusedError

CREATORS_OUTRANK = 12
"""Room version from which on creators stand above all power levels (MSC4289)."""

PROFILE_AGE = timedelta(days=1)
"""How long a profile's time zone is believed without asking again."""

_ABSENT = (403, 404)
"""The server's way to say: not there, or not for you."""


class Reader:
    """Fulfils ``RoomReader`` and ``Homeservers`` over the client-server API."""

    def __init__(self, server: Homeserver, cipher: Cipher, clock: Clock) -> None:
        self._server = server
        self._cipher = cipher
        self._clock = clock
        self._creators: dict[RoomId, frozenset[UserId]] = {}
        self._zones: dict[UserId, tuple[float, str | None]] = {}

    async def power_levels(self, room: RoomId) -> PowerLevels:
        """Return the room's power levels as the server has them now.

        Levels that are no integers count as 0, as the specification's defaults say.
        """
        raw = await self._state(room, "m.room.power_levels") or {}
        users = raw.get("users")
        notifications = raw.get("notifications")
        events = raw.get("events")
        own = events.get("m.room.message") if isinstance(events, dict) else None
        return PowerLevels(
            users={
                UserId(user): _level(level, 0)
                for user, level in (users.items() if isinstance(users, dict) else ())
            },
            users_default=_level(raw.get("users_default"), 0),
            notify_room=_level(
                notifications.get("room") if isinstance(notifications, dict) else None, 50
            ),
            send_message=_level(own, _level(raw.get("events_default"), 0)),
            creators=await self._creators_of(room),
        )

    async def _creators_of(self, room: RoomId) -> frozenset[UserId]:
        """Return who outranks everyone in a room; a create event never changes, so asked once."""
        known = self._creators.get(room)
        if known is not None:
            return known
        event = await self._state(room, "m.room.create", is_whole=True)
        creators: frozenset[UserId] = frozenset()
        content = event.get("content") if event else None
        if event and isinstance(content, dict) and _version(content) >= CREATORS_OUTRANK:
            more = content.get("additional_creators")
            names = [event.get("sender"), *(more if isinstance(more, list) else [])]
            creators = frozenset(UserId(name) for name in names if isinstance(name, str))
        if event is not None:
            self._creators[room] = creators
        return creators

    async def is_member(self, room: RoomId, user: UserId) -> bool:
        """Return whether ``user`` is joined to ``room`` now; False when the bot cannot see it."""
        content = await self._state(room, "m.room.member", user)
        return content is not None and content.get("membership") == "join"

    async def joined_rooms_of(self, user: UserId, rooms: frozenset[RoomId]) -> frozenset[RoomId]:
        """Return those of ``rooms`` to which ``user`` is joined now, asked side by side."""
        asked = list(rooms)
        joined = await asyncio.gather(*(self.is_member(room, user) for room in asked))
        return frozenset(room for room, is_in in zip(asked, joined, strict=True) if is_in)

    async def members_of(self, room: RoomId) -> Mapping[UserId, str | None]:
        """Return who is joined to ``room`` now, and what they call themselves there, if anything.

        Nobody where the bot cannot see it. One request for all (Matrix 1.16, joined_members).
        """
        answer = await self._get("rooms", room, "joined_members")
        joined = answer.get("joined") if answer else None
        found: dict[UserId, str | None] = {}
        for user, shown in (joined if isinstance(joined, dict) else {}).items():
            name = shown.get("display_name") if isinstance(shown, dict) else None
            found[UserId(user)] = name if isinstance(name, str) and name.strip() else None
        return found

    async def message(self, room: RoomId, event: EventId) -> Message | None:
        """Return a message of the room, with its latest edit by the author applied.

        None when it does not exist, is redacted, is no message, or cannot be read.
        """
        raw = await self._get("rooms", room, "event", event)
        if raw is None:
            return None
        replacement = _latest_edit(raw)
        try:
            found = self._readable(room, raw)
            edited = self._readable(room, replacement) if replacement is not None else None
        except parse.MalformedEventError:
            return None
        if found is None or edited is None or edited.sender != found.sender:
            return found
        return replace(
            found, body=edited.body, msgtype=edited.msgtype, media=edited.media or found.media
        )

    def _readable(self, room: RoomId, raw: Mapping[str, Any]) -> Message | None:
        is_encrypted = raw.get("type") == "m.room.encrypted"
        if is_encrypted:
            try:
                raw = self._cipher.decrypt(room, raw)
            except UnreadableError:
                return None
        event = parse.parse(raw, room, self._clock.now(), is_encrypted=is_encrypted)
        return event if isinstance(event, Message) else None

    async def timezone_of(self, user: UserId) -> str | None:
        """Return ``m.tz`` of the user's profile (Matrix 1.16), if it has one; asked once a day."""
        known = self._zones.get(user)
        if known is not None and self._clock.monotonic() - known[0] < PROFILE_AGE.total_seconds():
            return known[1]
        answer = await self._get("profile", user)
        value = answer.get("m.tz") if answer else None
        zone = value if isinstance(value, str) and len(value) < 64 else None
        self._zones[user] = (self._clock.monotonic(), zone)
        return zone

    async def display_name_of(self, room: RoomId, user: UserId) -> str | None:
        """Return the user's display name in the room, if any."""
        content = await self._state(room, "m.room.member", user)
        name = content.get("displayname") if content else None
        return name if isinstance(name, str) and name.strip() else None

    async def profile_name(self, user: UserId) -> str | None:
        """Return the display name in the user's profile, if any."""
        answer = await self._get("profile", user, "displayname")
        name = answer.get("displayname") if answer else None
        return name.strip() or None if isinstance(name, str) else None

    async def predecessor(self, room: RoomId) -> RoomId | None:
        """Return the room that ``room`` says it replaces (``m.room.create``), if any."""
        content = await self._state(room, "m.room.create")
        before = content.get("predecessor") if content else None
        room_id = before.get("room_id") if isinstance(before, dict) else None
        return RoomId(room_id) if isinstance(room_id, str) else None

    async def join(self, room: str) -> RoomId:
        """Join a room by id or alias; joining twice is joining once.

        Raises RefusedError when the server does not let the bot in, and NetworkError or a
        temporary MatrixError when it may later.
        """
        try:
            answer = await self._server.request("POST", client_path("join", room), json={})
            return RoomId(parse.id_of(answer.get("room_id"), "!"))
        except MatrixError as error:
            if error.is_temporary or error.status == 401:
                raise
            raise RefusedError(str(error)) from error
        except parse.MalformedEventError as error:
            raise NetworkError("the answer to a join has no room id") from error

    async def leave(self, room: RoomId) -> None:
        """Leave (or decline the invite to) a room; leaving twice is leaving once."""
        try:
            await self._server.request("POST", client_path("rooms", room, "leave"), json={})
        except MatrixError as error:
            if error.status not in _ABSENT:
                raise

    async def room_of(self, alias: str) -> RoomId | None:
        """Return the room an alias stands for, if any."""
        answer = await self._get("directory", "room", alias)
        room = answer.get("room_id") if answer else None
        return RoomId(room) if isinstance(room, str) else None

    async def _state(
        self, room: RoomId, event_type: str, key: str = "", *, is_whole: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the content of a state event, or with ``is_whole`` the event; None if absent."""
        query = {"format": "event"} if is_whole else None
        url = client_path("rooms", room, "state", event_type) + path(key)
        return await self._request(url, query)

    async def _get(self, *parts: str) -> Mapping[str, Any] | None:
        return await self._request(client_path(*parts), None)

    async def _request(self, url: str, query: Mapping[str, str] | None) -> Mapping[str, Any] | None:
        try:
            return await self._server.request("GET", url, query=query)
        except MatrixError as error:
            if error.status in _ABSENT:
                return None
            raise


def _level(value: object, default: int) -> int:
    """Return a power level; before room version 10 servers let strings pass: those count as 0."""
    if value is None:
        return default
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _version(create: Mapping[str, Any]) -> int:
    """Return the number of a room's version; 0 for those that are no numbers."""
    version = create.get("room_version")
    if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) < 4:
        return int(version)
    return 0


def _latest_edit(raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    unsigned = raw.get("unsigned")
    relations = unsigned.get("m.relations") if isinstance(unsigned, dict) else None
    edit = relations.get("m.replace") if isinstance(relations, dict) else None
    return edit if isinstance(edit, dict) and "content" in edit else None
