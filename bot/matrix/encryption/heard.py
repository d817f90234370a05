"""Heard: sees to it that no ciphertext counts as two messages, whoever sends it again."""

from collections import OrderedDict
from collections.abc import Collection
from itertools import islice

from bot.matrix.encryption.store import Store
from bot.matrix.encryption.table import Place
from bot.matrix.parse import MalformedEventError

REMEMBERED = 100_000
"""Messages remembered in a run, whatever they were; nio keeps as many, in about 14 MB."""

LOOKED_BACK = 10_000
"""Messages among which those that the bot acts on are looked for: more than one answer brings."""

SESSIONS = 1000
"""Room keys whose kept places are in memory: as many as are kept unpickled."""


class Heard:
    """Which event each message was: by room key and place in its ratchet.

    What the bot acts on is kept as long as the room key, across restarts; everything else, so that
    chatter leaves no trace, only while this process lives.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: OrderedDict[Place, str] = OrderedDict()
        self._kept: OrderedDict[str, dict[int, str]] = OrderedDict()

    def check(self, session_id: str, index: int, event_id: str) -> None:
        """Raise MalformedEventError if this message was another event before."""
        place = (session_id, index)
        first = self._seen.get(place) or self._of(session_id).get(index)
        if first is not None and first != event_id:
            raise MalformedEventError("a ciphertext that was sent before")
        self._seen[place] = event_id
        self._seen.move_to_end(place)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def keep(self, event_ids: Collection[str]) -> None:
        """Keep, with the store's next commit, which messages those of ``event_ids`` were."""
        wanted = set(event_ids)
        for place in islice(reversed(self._seen), LOOKED_BACK):
            if not wanted:
                break
            event_id = self._seen[place]
            kept = self._of(place[0])
            if event_id in wanted and place[1] not in kept:
                kept[place[1]] = event_id
                self._store.save_heard(place, event_id)
            wanted.discard(event_id)

    def _of(self, session_id: str) -> dict[int, str]:
        kept = self._kept.get(session_id)
        if kept is None:
            kept = self._kept[session_id] = self._store.heard_in(session_id)
        self._kept.move_to_end(session_id)
        if len(self._kept) > SESSIONS:
            self._kept.popitem(last=False)
        return kept
