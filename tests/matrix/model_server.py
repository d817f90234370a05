"""A small homeserver in memory: one account, its rooms, and a script of what goes wrong.

It behaves as Synapse does where the protocol depends on it: a transaction id is recognised whatever
the event type, a limited timeline tells where its gap begins, an echo carries the content sent.
"""

import asyncio
import itertools
import json
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.matrix.exchange import Answer, Fault, Request, answer, refused
from tests.matrix.media_shelf import MediaShelf
from tests.matrix.model_direct import ModelDirect

BOT = "@compagnon:example.org"
JO = "@jo:example.org"
MAX = "@max:example.org"
ROOM = "!accueil:example.org"
OTHER_ROOM = "!ailleurs:example.org"
DEVICE = "DEVICE"
TOKEN = "token-1"
SENT_AT_MS = 1_774_357_200_000
"""2026-03-24 13:00 UTC, the present of the tests."""

Event = dict[str, Any]


@dataclass(slots=True)
class Room:
    """A room as the server has it; ``events`` are its history, oldest first."""

    members: list[str] = field(default_factory=lambda: [BOT, JO, MAX])
    is_encrypted: bool = False
    events: list[Event] = field(default_factory=list)
    state: dict[tuple[str, str], Event] = field(default_factory=dict)
    """Contents by type and key, of rooms that the bot made."""


class ModelServer:
    """Answers requests; ``requests`` has all that came, ``faults`` what is still to go wrong."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {ROOM: Room()}
        self.stream: list[tuple[str, Event]] = []
        self.requests: list[Request] = []
        self.faults: deque[Fault] = deque()
        self.logins: deque[Answer] = deque()
        self.token = TOKEN
        self.refusal = refused(401, "M_UNKNOWN_TOKEN")
        self.timeline_limit = 100
        self.is_echoing = True
        """Whether the stream tells the bot of what it sent itself."""
        self.transactions: dict[str, str] = {}
        self.extra: dict[str, Any] = {}
        """Sections added to every sync answer with news in it, then forgotten."""
        self.state: dict[tuple[str, ...], Answer] = {}
        """Fixed answers by the parts of the path after the version."""
        self.media = MediaShelf()
        self.grown = asyncio.Event()
        self.now_ms: Callable[[], int] = lambda: SENT_AT_MS
        self._numbers = itertools.count(1)
        self.direct = ModelDirect(self)

    # What members do.

    def event(self, sender: str, type_: str, content: object, **more: object) -> Event:
        """Return an event of now."""
        event_id = f"$e{next(self._numbers)}"
        base = {"event_id": event_id, "sender": sender, "type": type_, "content": content}
        return {**base, "origin_server_ts": self.now_ms(), **more}

    def add(self, room: str, event: Event) -> str:
        """Put an event into a room and the stream; return its id."""
        self.rooms[room].events.append(event)
        self.stream.append((room, event))
        self.grow()
        return str(event.get("event_id"))

    def say(self, body: str, *, room: str = ROOM, sender: str = JO, **content: object) -> str:
        """Let somebody say something; return the id of the event."""
        content = {"msgtype": "m.text", "body": body, **content}
        return self.add(room, self.event(sender, "m.room.message", content))

    def join(self, room: str, user: str = BOT) -> None:
        """Let somebody come into a room, which is made if it is new."""
        self.rooms.setdefault(room, Room())
        member = self.event(user, "m.room.member", {"membership": "join"}, state_key=user)
        self.add(room, member)

    def found(self, room: str, content: Event) -> Room:
        """Let the bot make a room, with this creation content; return it."""
        made = self.rooms[room] = Room(members=[BOT])
        self.add(room, self.event(BOT, "m.room.create", content, state_key=""))
        return made

    def grow(self) -> None:
        """Wake up who waits for news."""
        self.grown.set()
        self.grown = asyncio.Event()

    # What a reader of the rooms sees.

    def said(self, room: str = ROOM) -> list[Event]:
        """Return the bot's visible messages in a room."""
        redacted = {event["content"].get("redacts") for event in self.rooms[room].events
                    if event.get("type") == "m.room.redaction"}  # fmt: skip
        return [
            event
            for event in self.rooms[room].events
            if event.get("sender") == BOT
            and event.get("type") != "m.room.redaction"
            and "state_key" not in event
            and event["event_id"] not in redacted
        ]

    def bodies(self, room: str = ROOM) -> list[str]:
        """Return what the bot said in a room, in order."""
        return [str(event["content"].get("body")) for event in self.said(room)]

    @property
    def sends(self) -> list[Request]:
        """Return the requests that would add an event."""
        return [request for request in self.requests if request.is_send]

    def count(self, last_part: str) -> int:
        """Return how many requests were for a path that ends so."""
        return Counter(request.parts[-1] for request in self.requests if request.parts)[last_part]

    # The client-server API.

    def handle(self, request: Request) -> Answer | None:
        """Return the answer to a request, or None where none arrives."""
        self.requests.append(request)
        for fault in self.faults:
            if fault.applies(request):
                self.faults.remove(fault)
                if fault.is_done:
                    self._answer(request)
                return fault.answer
        return self._answer(request)

    def _answer(self, request: Request) -> Answer:
        fixed = self.state.get(tuple(request.parts))
        if request.parts == ["login"]:
            return self.logins.popleft() if self.logins else refused(403, "M_FORBIDDEN")
        if request.token != self.token:
            return self.refusal
        return fixed if fixed is not None else self._route(request)

    def _route(self, request: Request) -> Answer:
        found: object = None
        if self.media.is_for(request):
            return self.media.answer(request)
        match request.method, request.parts:
            case "GET", ["sync"]:
                found = self._sync(request.query)
            case "GET", ["rooms", room, "messages"]:
                found = self._messages(room, request.query)
            case "GET", ["rooms", room, "joined_members"]:
                if not self._is_in(room):
                    return refused(403, "M_FORBIDDEN")
                found = {"joined": {user: {} for user in self.rooms[room].members}}
            case "PUT", ["rooms", room, "send", type_, txn_id]:
                return self._send(room, self.event(BOT, type_, request.body), txn_id)
            case "PUT", ["rooms", room, "redact", target, txn_id]:
                content = {"redacts": target}
                return self._send(room, self.event(BOT, "m.room.redaction", content), txn_id)
            case "POST", ["join", room]:
                self.join(room)
                found = {"room_id": room}
            case "GET", ["account", "whoami"]:
                found = {"user_id": BOT, "device_id": DEVICE}
        return answer(200, found) if found is not None else self._route_more(request)

    def _route_more(self, request: Request) -> Answer:
        return self.direct.route(request) or refused(404, "M_NOT_FOUND")

    def _is_in(self, room: str) -> bool:
        return room in self.rooms and BOT in self.rooms[room].members

    def _send(self, room: str, event: Event, txn_id: str) -> Answer:
        if txn_id in self.transactions:
            return answer(200, {"event_id": self.transactions[txn_id]})
        if not self._is_in(room):
            return refused(403, "M_FORBIDDEN", "not in the room")
        self.transactions[txn_id] = event["event_id"]
        self.add(room, {**event, "unsigned": {"transaction_id": txn_id}})
        if not self.is_echoing:
            self.stream.pop()
        return answer(200, {"event_id": event["event_id"]})

    def _sync(self, query: Mapping[str, str]) -> Event:
        since = query.get("since")
        start = int(since[1:]) if since else len(self.stream)
        joined: dict[str, Event] = {}
        for room, event in self.stream[start:]:
            section = joined.setdefault(room, {"timeline": {"events": []}})
            section["timeline"]["events"].append(event)
        for room, section in joined.items():
            timeline = section["timeline"]
            cut = len(timeline["events"]) - self.timeline_limit
            if cut > 0:
                del timeline["events"][:cut]
                first = self.rooms[room].events.index(timeline["events"][0])
                timeline |= {"limited": True, "prev_batch": f"p{first}"}
        if not since:
            joined = {room: self._latest(room, query) for room in self.rooms}
        for name, section in joined.items():
            room = self.rooms[name]
            section["summary"] = {"m.joined_member_count": len(room.members)}
            if room.is_encrypted:
                content = {"algorithm": "m.megolm.v1.aes-sha2"}
                sealed = self.event(JO, "m.room.encryption", content, state_key="")
                section["state"] = {"events": [sealed]}
        extra, self.extra = self.extra, {}
        sections = {"join": {**joined, **extra.pop("join", {})}, **extra}
        return {"next_batch": f"s{len(self.stream)}", "rooms": sections}

    def _latest(self, room: str, query: Mapping[str, str]) -> Event:
        """Return the end of a room's history, if it is asked for more than the last event."""
        wanted = json.loads(query.get("filter", "{}")).get("room", {}).get("timeline", {})
        limit = min(wanted.get("limit", 1), self.timeline_limit)
        if limit == 1:
            return {}
        events = self.rooms[room].events
        first = max(0, len(events) - limit)
        cut = {"limited": True, "prev_batch": f"p{first}"} if first else {}
        return {"timeline": {"events": events[first:], **cut}}

    def _messages(self, room: str, query: Mapping[str, str]) -> Event:
        """Return a page backwards; positions are ``p<index in the room>``, or a sync token."""
        wanted = json.loads(query.get("filter", "{}"))
        events = self.rooms[room].events
        end = int(query["from"][1:]) if "from" in query else len(events)
        limit = int(query["limit"])
        first = 0
        if query.get("to", "").startswith("s"):
            first = sum(1 for name, _ in self.stream[: int(query["to"][1:])] if name == room)
        begin = max(end - limit, first)
        senders = wanted.get("senders")
        chunk = [e for e in events[begin:end][::-1] if not senders or e.get("sender") in senders]
        return {"chunk": chunk, **({"end": f"p{begin}"} if begin > first else {})}
