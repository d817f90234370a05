"""A village: a homeserver with people in it, who write, react, and take back what they said."""

from typing import Any

from tests.matrix.exchange import Answer, Request, answer
from tests.matrix.model_server import BOT, ROOM, ModelServer, Room

ANNE = "@anne:example.org"
PEOPLE = tuple(f"@p{number}:example.org" for number in range(10))
TRUST = "!confiance:example.org"

_VISIBLE = ("m.room.message", "m.room.encrypted")


class Village(ModelServer):
    """Ten people and Anne, who animates, in a room and in a room of trust; each may be alone."""

    def __init__(self) -> None:
        super().__init__()
        everybody = [BOT, ANNE, *PEOPLE]
        self.rooms = {name: Room(members=list(everybody)) for name in (ROOM, TRUST)}

    # What members do.

    def write(
        self, sender: str, body: str, *, room: str = ROOM, to: str | None = None, **more: object
    ) -> str:
        """Let somebody say something, in answer ``to`` an event; return the id of the event."""
        relation = {"m.in_reply_to": {"event_id": to}} if to else None
        return self._put(room, sender, {"msgtype": "m.text", "body": body, **more}, relation)

    def edit(self, event_id: str, body: str, *, room: str = ROOM) -> str:
        """Let the sender replace a message."""
        new = {**self.find(room, event_id)["content"], "body": body}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        sender = self.find(room, event_id)["sender"]
        content = {"msgtype": "m.text", "body": f"* {body}", "m.new_content": new}
        return self._put(room, sender, content, relation)

    def picture(self, sender: str, *, to: str | None = None, caption: str | None = None) -> str:
        """Let somebody send a picture in the room."""
        number = len(self.stream)
        name = f"photo{number}.jpg"
        uri = f"mxc://example.org/photo{number}"
        self.media.files[uri] = b"JPEG"
        more = {"filename": name, "url": uri, "info": {"mimetype": "image/jpeg", "size": 4}}
        return self.write(sender, caption or name, to=to, msgtype="m.image", **more)

    def paper(self, sender: str, data: bytes) -> str:
        """Let somebody send a file in the room."""
        uri = f"mxc://example.org/paper{len(self.stream)}"
        self.media.files[uri] = data
        more = {"url": uri, "info": {"mimetype": "text/csv", "size": len(data)}}
        return self.write(sender, "experiences.csv", msgtype="m.file", **more)

    def react(self, sender: str, event_id: str, key: str, *, room: str = ROOM) -> str:
        """Let somebody react to an event; return the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        content = {"m.relates_to": relation}
        return self.add(room, self.event(sender, "m.reaction", content))

    def take_back(self, event_id: str, *, room: str = ROOM) -> None:
        """Let the sender redact an event: nothing is left of its content, as on a real server."""
        target = self.find(room, event_id)
        target["content"] = {}
        event = self.event(target["sender"], "m.room.redaction", {"redacts": event_id})
        self.add(room, {**event, "redacts": event_id})

    def accept(self) -> bool:
        """Let everybody go where the bot invited them; return whether somebody did."""
        invited = [
            (room, user)
            for room, user in self.direct.invited
            if user not in self.rooms[room].members
        ]
        for room, user in invited:
            self.direct.join(room, user)
        return bool(invited)

    def _put(
        self, room: str, sender: str, content: dict[str, Any], relation: dict[str, Any] | None
    ) -> str:
        whole = {**content, "m.relates_to": relation} if relation else content
        if not self.rooms[room].is_encrypted:
            return self.add(room, self.event(sender, "m.room.message", whole))
        sealed = {"payload": {"type": "m.room.message", "content": whole}}
        return self.add(room, self.event(sender, "m.room.encrypted", sealed))

    # What members see.

    def find(self, room: str, event_id: str) -> dict[str, Any]:
        """Return an event of a room."""
        [found] = [event for event in self.rooms[room].events if event["event_id"] == event_id]
        return found

    def alone_with(self, user: str) -> str:
        """Return the room in which somebody is alone with the bot."""
        return [room for room, invited in self.direct.invited if invited == user][-1]

    def messages(self, room: str = ROOM) -> list[tuple[str, dict[str, Any]]]:
        """Return what the bot's messages say that are still there, edits as messages of theirs."""
        said = [event for event in self.said(room) if event["type"] in _VISIBLE]
        return [(event["event_id"], _opened(event["content"])) for event in said]

    def answers(self, event_id: str, room: str = ROOM) -> list[tuple[str, str]]:
        """Return the messages of the bot that reply to an event: their ids and bodies."""
        return [
            (answer_id, str(content.get("body")))
            for answer_id, content in self.messages(room)
            if content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") == event_id
        ]

    def replies(self, event_id: str, room: str = ROOM) -> int:
        """Return how often the bot replied to an event, also by what it took back since."""
        mine = [event for event in self.rooms[room].events if event["sender"] == BOT]
        contents = [_opened(event["content"]) for event in mine]
        return sum(
            content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") == event_id
            for content in contents
        )

    # The client-server API, where the model knows less than people need.

    def _route(self, request: Request) -> Answer:
        match request.method, request.parts:
            case "GET", ["rooms", room, "state", "m.room.member", user] if self._is_here(
                room, user
            ):
                name = user[1:].partition(":")[0].title()
                return answer(200, {"membership": "join", "displayname": name})
            case "GET", ["rooms", room, "state", "m.room.power_levels", *_] if room in (
                ROOM,
                TRUST,
            ):
                return answer(200, {"users": {ANNE: 50}})
            case "GET", ["rooms", room, "event", event_id] if room in self.rooms:
                return answer(200, self._whole(room, event_id))
        return super()._route(request)

    def _is_here(self, room: str, user: str) -> bool:
        return room in self.rooms and user in self.rooms[room].members

    def _whole(self, room: str, event_id: str) -> dict[str, Any]:
        """Return an event with its latest edit."""
        edits = [
            event
            for event in self.rooms[room].events
            if event["content"].get("m.relates_to", {}).get("rel_type") == "m.replace"
            and event["content"]["m.relates_to"]["event_id"] == event_id
        ]
        unsigned = {"m.relations": {"m.replace": edits[-1]}} if edits else {}
        return {**self.find(room, event_id), "unsigned": unsigned}


def _opened(content: dict[str, Any]) -> dict[str, Any]:
    payload = content.get("payload")
    return payload["content"] if payload else content
