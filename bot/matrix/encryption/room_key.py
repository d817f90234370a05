"""Room key: reads what one sender says in a room; kept in the store, found by its session id."""

from collections import OrderedDict
from collections.abc import Callable

from nio.crypto import InboundGroupSession

RECENT = 1000
"""Room keys kept unpickled in memory: one for each sender who spoke lately."""


class RoomKeys:
    """All room keys (inbound Megolm sessions) that ``load`` finds; in the place of nio's own.

    The first key of a session id stays, whoever sends another: a member who was given a key could
    otherwise pass it off as his own. Only its sender may replace it, by one that reads more.
    """

    def __init__(self, load: Callable[[str], InboundGroupSession | None]) -> None:
        self._load = load
        self._recent: OrderedDict[str, InboundGroupSession] = OrderedDict()

    def add(self, session: InboundGroupSession) -> bool:
        """Keep ``session`` if it reads more than what is known; return whether it does."""
        known = self.find(session.id)
        if known is not None:
            is_same = (known.room_id, known.sender_key) == (session.room_id, session.sender_key)
            if not is_same or known.first_known_index <= session.first_known_index:
                return False
        self._remember(session)
        return True

    def find(self, session_id: str) -> InboundGroupSession | None:
        """Return the key of a session, whichever room it is for."""
        found = self._recent.get(session_id) or self._load(session_id)
        if found is not None:
            self._remember(found)
        return found

    def get(self, room_id: str, sender_key: str, session_id: str) -> InboundGroupSession | None:
        """Return the key of a session if it is for this room and of this sender, as nio asks."""
        found = self.find(session_id)
        is_it = found is not None and (found.room_id, found.sender_key) == (room_id, sender_key)
        return found if is_it else None

    def _remember(self, session: InboundGroupSession) -> None:
        self._recent[session.id] = session
        self._recent.move_to_end(session.id)
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
