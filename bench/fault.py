"""Says what can go wrong with one HTTP request, and draws it from a seed."""

import enum
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field


class Fault(enum.Enum):
    """One way in which the network or a reverse proxy breaks a request."""

    DROP_REQUEST = "drop request"
    """The connection closes before the server sees anything."""
    DROP_REPLY = "drop reply"
    """The server acts; its reply never arrives."""
    DELAY = "delay"
    """The request is forwarded late."""
    DUPLICATE = "duplicate"
    """The server gets the request twice; the second reply arrives."""
    BAD_GATEWAY = "502"
    """An HTML page from the proxy; in half of the cases the server has acted all the same."""
    LIMIT_BARE = "429"
    """Too many requests, without a word about when to come back."""
    LIMIT_HEADER = "429 Retry-After"
    """Too many requests, the wait in the header (RFC 9110, 10.2.3)."""
    LIMIT_BODY = "429 retry_after_ms"
    """Too many requests, the wait in the body (Matrix 1.16, 2.2)."""
    TRUNCATE = "truncate"
    """The server acts; its reply breaks off in the middle."""
    SERVER_ERROR = "500"
    """The server itself says that it broke; in half of the cases it has acted all the same."""
    NONSENSE = "nonsense"
    """The server acts; what it answers with status 200 is no answer to anything."""
    LOGGED_OUT = "soft logout"
    """The token is refused from now on, until the bot has logged in again."""
    LIMITED = "limited sync"
    """The server leaves all but the last event of each room out of the answer."""
    AGAIN = "sync again"
    """The server gives its last answer once more, as if nobody had heard it."""
    JUNK = "junk in sync"
    """Among the events of the answer are some that are none."""
    REFUSED_POSITION = "position refused"
    """The server does not know where the bot stands; the next time it does."""


SYNC_FAULTS = frozenset({Fault.LIMITED, Fault.AGAIN, Fault.JUNK, Fault.REFUSED_POSITION})
"""Those that only ``/sync`` can have."""

SERVER_FAULTS = SYNC_FAULTS | {Fault.SERVER_ERROR, Fault.NONSENSE, Fault.LOGGED_OUT}
"""What only a server does that is ill, or lies."""

NETWORK_FAULTS: Mapping[Fault, float] = {
    fault: 1.0 for fault in Fault if fault not in SERVER_FAULTS
}
"""What networks and proxies do."""

EVERY_FAULT: Mapping[Fault, float] = {
    **dict.fromkeys(Fault, 1.0),
    # A login is worth a hundred other requests to the server: some ten in half an hour.
    Fault.LOGGED_OUT: 0.02,
}
"""With what servers do that lie."""

_SYNC = re.compile(r"^GET .*/sync$")


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Which requests break, how often, and how.

    ``rate`` is the share of requests that break, 0 to 1; ``weights`` says how the broken ones
    divide among the faults; only requests whose ``METHOD /path`` matches ``only`` can break. Equal
    seeds give equal faults to equal sequences of requests.
    """

    rate: float = 0.25
    seed: int = 0
    weights: Mapping[Fault, float] = field(default_factory=lambda: dict(NETWORK_FAULTS))
    only: str = ""
    longest_delay: float = 3.0
    """Seconds; a delay is uniform between nothing and this."""
    retry_after_ms: int = 500
    """What the limiting answers ask for; the header says it in whole seconds, rounded up."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What happens to one request; ``luck`` (0 to 1) settles what the fault leaves open."""

    fault: Fault | None
    luck: float


class Dice:
    """Draws one fault, or none, for each request in the order in which they come."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self.rate = plan.rate
        self._random = random.Random(plan.seed)
        self._only = re.compile(plan.only)
        self._weights = {fault: weight for fault, weight in plan.weights.items() if weight > 0}
        self._elsewhere = {f: w for f, w in self._weights.items() if f not in SYNC_FAULTS}

    def draw(self, method: str, path: str) -> Draw:
        """Return what happens to ``method path``; a request that cannot break uses no luck."""
        if not self._only.search(f"{method} {path}"):
            return Draw(None, 0.0)
        breaks = self._random.random() < self.rate
        luck = self._random.random()
        weights = self._weights if _SYNC.search(f"{method} {path}") else self._elsewhere
        if not breaks or not weights:
            return Draw(None, luck)
        return Draw(self._random.choices(list(weights), list(weights.values()))[0], luck)
