"""Intake: reads a sync answer room by room, and fetches what it left out."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.ids import EventId, RoomId, UserId
from bot.matrix import gap, invite
from bot.matrix.batch import Batch, Picked, Sealed
from bot.matrix.http import Homeserver, MatrixError, client_path
from bot.matrix.journal import Journal
from bot.matrix.parse import MalformedEventError, id_of, mapping_of

log = logging.getLogger(__name__)


OLD_IN_A_ROW = 20
"""So many events from before, one after the other, and history is read far enough back: the clock
of one server alone, or one member who invents a time, ends nothing."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a sync answer is read: to the token ``since``, or where there is none to a time.

    False where no history is wanted at all.
    """

    since: str | None
    missed_from: datetime | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.missed_from is not None

    def is_before(self, event: object) -> bool:
        """Return whether an event is older than what is wanted, as far as its server tells."""
        if self.since is not None or self.missed_from is None or not isinstance(event, dict):
            return False
        sent_ms = event.get("origin_server_ts")
        return isinstance(sent_ms, int) and sent_ms < self.missed_from.timestamp() * 1000

    def end(self) -> Callable[[object], bool] | None:
        """Return what tells, going back event by event, that the rest is old; None for a token."""
        if self.since is not None:
            return None
        old = 0

        def is_end(event: object) -> bool:
            nonlocal old
            old = old + 1 if self.is_before(event) else 0
            return old >= OLD_IN_A_ROW

        return is_end


class Intake:
    """Turns sync answers for ``user_id`` into batches for the journal."""

    def __init__(self, server: Homeserver, journal: Journal, clock: Clock, user_id: UserId) -> None:
        self._server = server
        self._journal = journal
        self._rooms = journal.rooms
        self._clock = clock
        self._user_id = user_id

    async def read(
        self,
        answer: Mapping[str, Any],
        since: str | None,
        batch: Batch,
        missed_from: datetime | None = None,
    ) -> None:
        """Add to ``batch`` what ``answer`` and the gaps before its timelines hold for the bot.

        ``since`` is where the answer begins; without it only history after ``missed_from`` is
        wanted, or none. Raises what the requests for the gaps raise, unless the server refuses them
        for good.
        """
        reach = Reach(since, missed_from)
        sections = answer.get("rooms")
        sections = sections if isinstance(sections, dict) else {}
        for room_id, raw in _objects(sections.get("join")):
            await self._read_room(room_id, raw, reach, batch)
        for room_id, raw in _objects(sections.get("leave")):
            # A kick arrives together with the last commands: what they ask for still counts.
            if room_id in self._rooms:
                batch.picked += await self._pick_all(room_id, raw, reach)
                batch.left.append(room_id)
                log.info("event=room_left room=%s", room_id)
        for room_id, raw in _objects(sections.get("invite")):
            token = str(answer.get("next_batch"))
            invited = invite.read(room_id, raw, self._user_id, token, self._clock.now())
            if invited is not None:
                batch.picked.append(invited)

    async def _read_room(
        self, room_id: RoomId, raw: Mapping[str, Any], reach: Reach, batch: Batch
    ) -> None:
        is_new = room_id not in self._rooms
        picked = await self._pick_all(room_id, raw, reach) if reach else []
        is_sealed = any(isinstance(item, Sealed) for item in picked)
        room = self._rooms.learn(room_id, raw, self._clock.now(), is_sealed=is_sealed)
        if room is not None:
            if is_new and room.joined_count == 0:
                room = replace(room, joined_count=await self._count(room_id))
            batch.rooms.append(room)
        if is_new and room is not None:
            batch.has_new_room = True
            if room.is_encrypted and not is_sealed:
                # Encrypted before the bot came: nothing that is readable here is a member's word.
                batch.picked.append(Sealed(EventId(""), room_id))
        batch.picked += picked

    async def _pick_all(
        self, room_id: RoomId, raw: Mapping[str, Any], reach: Reach
    ) -> list[Picked]:
        """Return what is for the bot in a room's timeline and in the gap before it, in order."""
        now = self._clock.now()
        timeline = raw.get("timeline")
        timeline = timeline if isinstance(timeline, dict) else {}
        events = timeline.get("events")
        events = events if isinstance(events, list) else []
        is_ours = partial(_is_join_of, user_id=self._user_id)
        is_new = room_id not in self._rooms
        is_cut = timeline.get("limited") is True
        if is_new:
            joins = [index for index, event in enumerate(events) if is_ours(event)]
            is_cut = is_cut and not joins
            events = events[joins[-1] + 1 :] if joins else events

        def pick(event: object) -> Picked | None:
            return None if reach.is_before(event) else self._journal.pick(event, room_id, now)

        picked: list[Picked] = []
        if is_cut:
            stop = None if is_new else reach.since
            start = timeline.get("prev_batch")
            until = is_ours if is_new else reach.end()
            try:
                picked = await gap.fill(self._server, room_id, (start, stop), pick, until)
            except MatrixError as error:
                _raise_unless_final(error)
                log.warning("event=gap_refused room=%s reason=%r", room_id, str(error))
        return picked + [item for event in events if (item := pick(event)) is not None]

    async def _count(self, room_id: RoomId) -> int:
        """Ask how many are joined, for servers that leave the summary out."""
        url = client_path("rooms", room_id, "joined_members")
        try:
            answer = await self._server.request("GET", url)
        except MatrixError as error:
            _raise_unless_final(error)
            return 0
        joined = answer.get("joined")
        return len(joined) if isinstance(joined, dict) else 0


def _objects(section: object) -> Iterable[tuple[RoomId, Mapping[str, Any]]]:
    if not isinstance(section, dict):
        return []
    found: list[tuple[RoomId, Mapping[str, Any]]] = []
    for name, raw in section.items():
        try:
            found.append((RoomId(id_of(name, "!")), mapping_of(raw)))
        except MalformedEventError:
            log.warning("event=room_malformed room=%.60r", name)
    return found


def _is_join_of(event: object, user_id: UserId) -> bool:
    """Return whether ``user_id`` came in with ``event``; a new name or avatar is no coming in."""
    if not isinstance(event, dict) or event.get("type") != "m.room.member":
        return False
    content, unsigned = event.get("content"), event.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    was_in = isinstance(before, dict) and before.get("membership") == "join"
    is_in = isinstance(content, dict) and content.get("membership") == "join"
    return event.get("state_key") == user_id and is_in and not was_in


def _raise_unless_final(error: MatrixError) -> None:
    """Raise ``error`` again if it may pass; what is refused for good must not stop the stream."""
    if error.is_temporary or error.status == 401:
        raise error
