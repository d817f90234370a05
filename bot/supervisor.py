"""Supervisor: tells the service manager that the bot is up, and that its database still writes."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger(__name__)

_MICROSECONDS = 1_000_000


class Supervisor:
    """Speaks to systemd as ``sd_notify(3)`` does; says nothing where no service manager listens.

    ``watchdog`` is after how many seconds without a sign of life systemd ends the process; None
    where it does not watch.
    """

    def __init__(self, address: str | None, watchdog: float | None) -> None:
        self._address = address
        self.watchdog = watchdog

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Supervisor":
        """Return the one that the service manager named in the environment."""
        given = environ.get("WATCHDOG_USEC", "")
        watchdog = int(given) / _MICROSECONDS if given.isdigit() and int(given) > 0 else None
        return cls(environ.get("NOTIFY_SOCKET") or None, watchdog)

    def tell(self, **state: str) -> None:
        """Send ``KEY=value`` lines, for example ``ready="1"``; never raises."""
        if self._address is None:
            return
        lines = "\n".join(f"{name.upper()}={value}" for name, value in state.items())
        # A name that begins with "@" is in the abstract namespace.
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
                out.connect(address)
                out.send(lines.encode())
        except OSError as error:
            log.warning("event=supervisor_deaf reason=%r", str(error))

    async def feed(self, write: Callable[[], Awaitable[object]]) -> None:
        """Give a sign of life after each committed ``write``, three in each span, until cancelled.

        A write that fails gives none: if that lasts, the process is started anew.
        """
        if self.watchdog is None:
            return
        while True:
            try:
                await write()
            except Exception as error:  # noqa: BLE001  whatever it is, it is no sign of life
                log.warning("event=watchdog_unfed reason=%r", str(error))
            else:
                self.tell(watchdog="1")
            await asyncio.sleep(self.watchdog / 3)
