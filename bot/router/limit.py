"""Limit: how much one member may ask in a while, so that nobody can keep the bot from others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.ids import UserId

EPISODE = timedelta(minutes=1)
"""Somebody who was told is told again only after having been within the limit for this long."""

_MOST_MEMBERS = 10_000
"""Members remembered at once; beyond that the quietest are forgotten, about 2 MB."""


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
    """A bucket of tokens for each member: ``per_minute`` at once, refilled over a minute.

    Kept in memory: a restart forgives. 0 means no limit.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: dict[UserId, _Bucket] = {}

    def judge(self, user: UserId, at: datetime) -> Verdict:
        """Count one command of ``user`` that was given ``at`` and return what becomes of it.

        ``at`` is when it was sent where it had to wait for the bot, so that a backlog written in
        peace is not taken for a flood; time never runs backwards in a bucket.
        """
        if not self._per_minute:
            return Verdict.ALLOWED
        bucket = self._bucket(user, at)
        self._refill(bucket, at)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.ALLOWED
        last, bucket.refused_at = bucket.refused_at, bucket.filled_at
        is_new = last is None or bucket.filled_at - last > EPISODE
        return Verdict.TOLD if is_new else Verdict.SILENT

    def _bucket(self, user: UserId, at: datetime) -> _Bucket:
        # Taken out and put in again: the dictionary's order is that of the last use.
        bucket = self._buckets.pop(user, None) or _Bucket(float(self._per_minute), at)
        self._buckets[user] = bucket
        if len(self._buckets) > _MOST_MEMBERS:
            del self._buckets[next(iter(self._buckets))]
        return bucket

    def _refill(self, bucket: _Bucket, at: datetime) -> None:
        passed = (at - bucket.filled_at).total_seconds()
        if passed > 0:
            refilled = bucket.tokens + passed * self._per_minute / 60
            bucket.tokens = min(float(self._per_minute), refilled)
            bucket.filled_at = at
