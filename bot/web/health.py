"""Health: what the machines that watch the bot may ask: is it alive, is it well, how much."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiohttp import web

from bot import __version__
from bot.errors import OperatorError

LOOP_LIMIT = 10.0
"""Seconds since the event loop last turned, beyond which the bot is not alive."""

SYNC_LIMIT = 90.0
"""Seconds since the homeserver last answered a sync, beyond which the bot is not ready."""

OUTBOX_LIMIT = 300.0
"""Seconds the oldest waiting message may be old."""

DISK_LIMIT_BYTES = 200 * 1024 * 1024
"""Free space below which something will soon be lost elsewhere."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Where the health page takes its values from; ages are in seconds, None before the first.

    ``writes`` proves that the database takes a write, or raises: OperatorError, whose sentence is
    shown, or anything else.
    """

    loop_age: Callable[[], float]
    sync_age: Callable[[], float | None]
    outbox_age: Callable[[], Awaitable[float]]
    writes: Callable[[], Awaitable[None]]
    counts: Callable[[], dict[str, float]]
    data_dir: Path


class Health:
    """Serves ``/live``, ``/ready`` and ``/metrics``."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs

    def add_to(self, app: web.Application) -> None:
        """Serve these pages with ``app``."""
        app.router.add_get("/live", self._live)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._metrics)

    async def problems(self) -> list[str]:
        """Return why the bot is not ready, in a few words each; an empty list if it is."""
        found: list[str] = []
        sync_age = self._signs.sync_age()
        if sync_age is None or sync_age > SYNC_LIMIT:
            found.append("the homeserver does not answer")
        try:
            await self._signs.writes()
            if await self._signs.outbox_age() > OUTBOX_LIMIT:
                found.append("messages wait for more than five minutes")
        except OperatorError as error:
            found.append(str(error))
        except Exception as error:  # noqa: BLE001  whatever it is, the bot is not ready
            found.append(f"the database takes no write: {type(error).__name__}")
        if shutil.disk_usage(self._signs.data_dir).free < DISK_LIMIT_BYTES:
            found.append("less than 200 MB of disk are free: make room")
        return found

    async def _live(self, request: web.Request) -> web.Response:
        del request
        is_live = self._signs.loop_age() < LOOP_LIMIT
        return _json({"live": is_live, "version": __version__}, is_good=is_live)

    async def _ready(self, request: web.Request) -> web.Response:
        del request
        problems = await self.problems()
        return _json({"ready": not problems, "problems": problems}, is_good=not problems)

    async def _metrics(self, request: web.Request) -> web.Response:
        del request
        # Four megabytes that only an operator with a Prometheus needs.
        from bot.web.metric import exposition  # noqa: PLC0415  see above

        ages = {"sync_age_seconds": self._signs.sync_age() or 0.0}
        body = exposition({**ages, **self._signs.counts()})
        return web.Response(body=body, content_type="text/plain")


def _json(value: dict[str, object], *, is_good: bool) -> web.Response:
    return web.Response(
        status=200 if is_good else 503, body=orjson.dumps(value), content_type="application/json"
    )
