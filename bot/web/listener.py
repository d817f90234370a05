"""Listener: the bot's own HTTP listener, and the pages on it."""

from collections.abc import Iterable
from typing import Protocol

from aiohttp import web

from bot.errors import OperatorError

SHUTDOWN = 5.0
"""Seconds that who is being answered is given when the bot ends."""


class Page(Protocol):
    """Something that is served."""

    def add_to(self, app: web.Application) -> None:
        """Serve it with ``app``."""
        ...


class Listener:
    """Serves ``pages`` on the configured address.

    Nothing of a request is logged: the path of a calendar is a secret.
    """

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages = tuple(pages)
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port that is listened on, once it is; 0 before."""
        addresses = self._runner.addresses if self._runner is not None else []
        return int(addresses[0][1]) if addresses else 0

    async def start(self, host: str, port: int) -> None:
        """Listen on ``host:port``; raises OperatorError if that is not possible."""
        app = web.Application()
        for page in self._pages:
            page.add_to(app)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            raise OperatorError(
                f'web.listen = "{host}:{port}" is not possible ({error.strerror}): choose another '
                'port, or "" to listen nowhere.',
                exit_code=2,
            ) from error

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
