"""A room of the instant homeserver: its state, its members, and the commands that they write."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

Event = dict[str, object]


@dataclass(frozen=True, slots=True)
class StubRoom:
    """An unencrypted room, version 11, with one bot and so many members; the first is level 100."""

    room_id: str
    bot_id: str
    member_count: int

    @property
    def members(self) -> list[str]:
        """Everybody who is joined, the bot last."""
        server_name = self.bot_id.partition(":")[2]
        people = [f"@member{n}:{server_name}" for n in range(self.member_count)]
        return [*people, self.bot_id]

    def event(self, event_id: str, sender: str, type_: str, content: object) -> Event:
        """Return an event of now, without a state key."""
        return {
            "event_id": event_id,
            "sender": sender,
            "type": type_,
            "origin_server_ts": time.time_ns() // 1_000_000,
            "content": content,
        }

    def chatter(self, number: int) -> Event:
        """Return the ``number``-th message that is not for the bot."""
        content = {"msgtype": "m.text", "body": f"Bonjour, voici {number}.", "m.mentions": {}}
        sender = self.members[number % self.member_count]
        return self.event(f"$chatter{number}.{time.time_ns()}", sender, "m.room.message", content)

    def command(self, number: int, people: int = 0) -> Event:
        """Return the ``number``-th command of all, by one of ``people``, or of the members."""
        content = {"msgtype": "m.text", "body": "!ping", "m.mentions": {}}
        server_name = self.bot_id.partition(":")[2]
        sender = f"@member{number % (people or self.member_count)}:{server_name}"
        return self.event(f"$command{number}.{time.time_ns()}", sender, "m.room.message", content)

    def state(self) -> list[Event]:
        """Return the whole state of the room."""
        creator = self.members[0]
        return [
            self._state_event("m.room.create", "", {"room_version": "11"}, creator),
            self._state_event("m.room.power_levels", "", {"users": {creator: 100}}, creator),
            self._state_event("m.room.join_rules", "", {"join_rule": "public"}, creator),
            self._state_event("m.room.name", "", {"name": self.room_id}, creator),
            *self.member_events(),
        ]

    def member_events(self) -> list[Event]:
        """Return the membership of everybody."""
        return [
            self._state_event("m.room.member", user, {"membership": "join"}, user)
            for user in self.members
        ]

    def answer(self, what: Sequence[str]) -> object:
        """Return the answer to ``GET /rooms/{id}/{what}``; None where there is none."""
        match what:
            case ["joined_members"]:
                return {"joined": {user: {} for user in self.members}}
            case ["members"]:
                return {"chunk": self.member_events()}
            case ["messages"]:
                return {"chunk": [], "start": "s0"}
            case ["state"]:
                return self.state()
            case ["state", type_, *rest]:
                key = rest[0] if rest else ""
                same = (e for e in self.state() if (e["type"], e["state_key"]) == (type_, key))
                return next((event["content"] for event in same), None)
            case _:
                return None

    def first_sync(self) -> Event:
        """Return what a first sync says of the room: its state, and nothing said yet."""
        return {
            "state": {"events": self.state()},
            "timeline": {"events": [], "limited": False, "prev_batch": "s0"},
            "summary": {"m.joined_member_count": len(self.members)},
        }

    def _state_event(self, type_: str, key: str, content: object, sender: str) -> Event:
        event_id = f"${type_}.{key}.{self.room_id}"
        return self.event(event_id, sender, type_, content) | {"state_key": key}
