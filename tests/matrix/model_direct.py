"""The part of the model server that makes rooms, gives out aliases and keeps account data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.matrix.exchange import Answer, Request, answer, refused

if TYPE_CHECKING:
    from tests.matrix.model_server import ModelServer

BOT = "@compagnon:example.org"


class ModelDirect:
    """Makes rooms as Synapse does: the alias first, then the room, and last the invitations."""

    def __init__(self, model: ModelServer) -> None:
        self.model = model
        self.aliases: dict[str, str] = {}
        self.account_data: dict[str, Any] = {}
        self.closed_to: set[str] = set()
        """Who cannot be invited."""
        self.invited: list[tuple[str, str]] = []
        self.made: list[str] = []

    def route(self, request: Request) -> Answer | None:
        """Return the answer to a request that is about this; None for any other."""
        found: Answer | None = None
        match request.method, request.parts:
            case "POST", ["createRoom"]:
                found = self._create(request.body)
            case "GET", ["directory", "room", alias] if alias in self.aliases:
                found = answer(200, {"room_id": self.aliases[alias]})
            case "DELETE", ["directory", "room", alias]:
                self.aliases.pop(alias, None)
                found = answer(200, {})
            case "GET", ["rooms", room, "state", type_, *key]:
                found = self._state(room, type_, "".join(key), request)
            case "PUT", ["rooms", room, "state", "m.room.member", user]:
                found = self._invite(room, user)
            case "POST", ["rooms", room, "kick" | "leave"]:
                found = self._remove(room, request.body.get("user_id", BOT))
            case "GET", ["user", _, "account_data", name] if name in self.account_data:
                found = answer(200, self.account_data[name])
            case "PUT", ["user", _, "account_data", name]:
                self.account_data[name] = request.body
                found = answer(200, {})
        return found

    def join(self, room: str, user: str) -> None:
        """Let somebody accept an invitation."""
        known = self.model.rooms[room]
        known.state["m.room.member", user] = {"membership": "join"}
        known.members.append(user)
        self.model.join(room, user)

    def leave(self, room: str, user: str, *, sender: str | None = None) -> None:
        """Let somebody leave a room, or decline; or ``sender`` remove them."""
        known = self.model.rooms[room]
        before = known.state.get(("m.room.member", user), {"membership": "join"})
        known.state["m.room.member", user] = {"membership": "leave"}
        if user in known.members:
            known.members.remove(user)
        unsigned = {"prev_content": before}
        content = {"membership": "leave"}
        if user != BOT:
            event = self.model.event(
                sender or user, "m.room.member", content, state_key=user, unsigned=unsigned
            )
            self.model.add(room, event)

    def _create(self, wish: dict[str, Any]) -> Answer:
        alias = f"#{wish['room_alias_name']}:example.org"
        if alias in self.aliases:
            return refused(400, "M_ROOM_IN_USE")
        room = f"!direct{len(self.made)}:example.org"
        self.made.append(room)
        self.aliases[alias] = room
        content = {**wish["creation_content"], "room_version": "11"}
        known = self.model.found(room, content)
        self.model.join(room, BOT)
        known.state |= {(e["type"], e["state_key"]): e["content"] for e in wish["initial_state"]}
        known.is_encrypted = ("m.room.encryption", "") in known.state
        known.state["m.room.create", ""] = content
        known.state["m.room.power_levels", ""] = {"users": {BOT: 100}}
        known.state["m.room.member", BOT] = {"membership": "join"}
        for user in wish["invite"]:
            refusal = self._invite(room, user)
            if refusal[0] != 200:
                return refusal
        return answer(200, {"room_id": room})

    def _remove(self, room: str, user: str) -> Answer:
        if BOT not in self.model.rooms[room].members:
            return refused(403, "M_FORBIDDEN")
        self.leave(room, user, sender=BOT)
        return answer(200, {})

    def _invite(self, room: str, user: str) -> Answer:
        if user in self.closed_to:
            return refused(403, "M_INVITE_BLOCKED")
        self.invited.append((room, user))
        self.model.rooms[room].state["m.room.member", user] = {"membership": "invite"}
        return answer(200, {})

    def _state(self, room: str, type_: str, key: str, request: Request) -> Answer | None:
        known = self.model.rooms.get(room)
        content = known.state.get((type_, key)) if known else None
        if content is None:
            return None
        if request.query.get("format") == "event":
            return answer(200, {"type": type_, "sender": BOT, "content": content})
        return answer(200, content)
