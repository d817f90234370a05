"""A small real Matrix client in plain HTTP: the members of stories, tests, soak and bench."""

import itertools
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from bot.demo.client_api import CLIENT, ClientApi, JsonObject, part, text
from bot.demo.homeserver import Account
from bot.demo.viewer import Viewer
from bot.ids import EventId, RoomId


class Member(Viewer):
    """One person with one device. Everything it says and sees goes through the homeserver.

    With ``patience`` its requests survive a homeserver that is away for that long; a message is
    then repeated with the same txn id.
    """

    def __init__(
        self, base_url: str, account: Account, *, patience: timedelta = timedelta()
    ) -> None:
        super().__init__(ClientApi(base_url, account.access_token, patience=patience))
        self.account = account
        self.user_id = account.user_id
        # One account may have several clients on one device: their txn ids must differ.
        self._txn_ids = (f"{secrets.token_hex(6)}.{n}" for n in itertools.count())

    @classmethod
    async def login(
        cls, base_url: str, account: Account, *, patience: timedelta = timedelta()
    ) -> Self:
        """Return a member that sees everything that happens in its rooms from now on."""
        member = cls(base_url, account, patience=patience)
        try:
            await member.sync(timedelta())
        except BaseException:
            await member.close()
            raise
        return member

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the device stays logged in."""
        await self._api.close()

    async def create_room(
        self,
        name: str,
        *,
        alias: str | None = None,
        invite: Sequence[str] = (),
        public: bool = True,
        topic: str = "",
    ) -> RoomId:
        """Create a room, public or by invitation, and return its id; it is its administrator.

        ``alias`` is the localpart alone.
        """
        content: dict[str, object] = {
            "name": name,
            "preset": "public_chat" if public else "private_chat",
            "visibility": "public" if public else "private",
            "invite": list(invite),
        }
        content |= {"room_alias_name": alias} if alias else {}
        content |= {"topic": topic} if topic else {}
        return RoomId(text(await self._post("/createRoom", content), "room_id"))

    async def create_dm(self, user_id: str) -> RoomId:
        """Create a direct room with somebody, invited but not yet there, and return its id."""
        content = {"preset": "trusted_private_chat", "is_direct": True, "invite": [user_id]}
        return RoomId(text(await self._post("/createRoom", content), "room_id"))

    async def join(self, room: str) -> RoomId:
        """Join by id or alias and return the id."""
        return RoomId(text(await self._post(f"/join/{part(room)}", {}), "room_id"))

    async def invite(self, room: RoomId, user_id: str) -> None:
        """Invite somebody."""
        await self._post(f"/rooms/{part(room)}/invite", {"user_id": user_id})

    async def leave(self, room: RoomId) -> None:
        """Leave the room."""
        await self._post(f"/rooms/{part(room)}/leave", {})

    async def kick(self, room: RoomId, user_id: str) -> None:
        """Remove somebody from the room."""
        await self._post(f"/rooms/{part(room)}/kick", {"user_id": user_id})

    async def set_display_name(self, name: str) -> None:
        """Take a display name."""
        path = f"{CLIENT}/profile/{part(self.user_id)}/displayname"
        await self._api.request("PUT", path, {"displayname": name})

    async def send(
        self,
        room: RoomId,
        body: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        msgtype: str = "m.text",
        mentions: Sequence[str] = (),
        formatted_body: str | None = None,
    ) -> EventId:
        """Say something and return its event id; ``thread`` is the root's event id."""
        content: dict[str, object] = {
            "msgtype": msgtype,
            "body": body,
            "m.mentions": {"user_ids": list(mentions)} if mentions else {},
        }
        if formatted_body is not None:
            content |= {"format": "org.matrix.custom.html", "formatted_body": formatted_body}
        relation: dict[str, object] = {}
        if thread:
            relation |= {"rel_type": "m.thread", "event_id": thread}
            relation |= {"is_falling_back": reply_to is None}
        if reply_to or thread:
            relation |= {"m.in_reply_to": {"event_id": reply_to or thread}}
        if relation:
            content |= {"m.relates_to": relation}
        return await self.send_event(room, "m.room.message", content)

    async def edit(self, room: RoomId, event_id: str, body: str) -> EventId:
        """Replace the text of a message and return the edit's event id."""
        new = {"msgtype": "m.text", "body": body, "m.mentions": {}}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        content = new | {"body": f"* {body}", "m.new_content": new, "m.relates_to": relation}
        return await self.send_event(room, "m.room.message", content)

    async def react(self, room: RoomId, event_id: str, key: str) -> EventId:
        """Put a reaction on an event and return the reaction's event id."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send_event(room, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room: RoomId, event_id: str) -> EventId:
        """Take an event back and return the redaction's event id."""
        path = f"{CLIENT}/rooms/{part(room)}/redact/{part(event_id)}/{next(self._txn_ids)}"
        return EventId(text(await self._api.request("PUT", path), "event_id"))

    async def send_event(self, room: RoomId, type_: str, content: JsonObject) -> EventId:
        """Send an event with any content and return its id."""
        path = f"{CLIENT}/rooms/{part(room)}/send/{type_}/{next(self._txn_ids)}"
        return EventId(text(await self._api.request("PUT", path, content), "event_id"))

    async def set_state(
        self, room: RoomId, type_: str, content: JsonObject, state_key: str = ""
    ) -> EventId:
        """Set a state of the room and return the event's id."""
        path = f"{CLIENT}/rooms/{part(room)}/state/{type_}/{part(state_key)}"
        return EventId(text(await self._api.request("PUT", path, content), "event_id"))

    async def _post(self, path: str, content: JsonObject) -> JsonObject:
        return await self._api.request("POST", f"{CLIENT}{path}", content)
