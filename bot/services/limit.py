"""Limit: how much may be asked in a while, so that nobody can keep the bot from the others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

EPISODE = timedelta(minutes=1)
"""Somebody who was told is told again only after having been within the limit for this long."""

_MOST_BUCKETS = 10_000
"""Buckets remembered at once; beyond that the quietest are forgotten, about 2 MB."""


class Verdict(Enum):
    """What becomes of one more command: it runs, or its sender is told, or hears nothing."""

    ALLOWED = "allowed"
    TOLD = "told"
    SILENT = "silent"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime
    refused_at: datetime | None = None


class Limit:
    """A bucket of tokens for each member, room or visitor.

    ``per_minute`` at once, refilled over a minute. Kept in memory: a restart forgives. 0 means no
    limit.
    """

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._buckets: dict[str, _Bucket] = {}

    def judge(self, who: str, at: datetime) -> Verdict:
        """Count one command of ``who`` that was given ``at`` and return what becomes of it.

        ``at`` is when it was sent where it had to wait for the bot, so that a backlog written in
        peace is not taken for a flood; time never runs backwards in a bucket.
        """
        if not self.per_minute:
            return Verdict.ALLOWED
        bucket = self._bucket(who, at)
        self._refill(bucket, at)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.ALLOWED
        last, bucket.refused_at = bucket.refused_at, bucket.filled_at
        is_new = last is None or bucket.filled_at - last > EPISODE
        return Verdict.TOLD if is_new else Verdict.SILENT

    def _bucket(self, who: str, at: datetime) -> _Bucket:
        # Taken out and put in again: the dictionary's order is that of the last use.
        bucket = self._buckets.pop(who, None) or _Bucket(float(self.per_minute), at)
        self._buckets[who] = bucket
        if len(self._buckets) > _MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        return bucket

    def _refill(self, bucket: _Bucket, at: datetime) -> None:
        passed = (at - bucket.filled_at).total_seconds()
        if passed > 0:
            refilled = bucket.tokens + passed * self.per_minute / 60
            bucket.tokens = min(float(self.per_minute), refilled)
            bucket.filled_at = at
