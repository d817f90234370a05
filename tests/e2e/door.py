"""A door before the homeserver: shut, nobody who comes this way reaches it."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self


class Door:
    """Passes connections on to ``port`` of this machine, while it is open."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._port = 0
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The address of the homeserver as seen from before the door."""
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        """Let everybody pass; the address stays the same."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse new connections and break those that are under way."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._passing):
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.shut()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, beyond = await asyncio.open_connection("127.0.0.1", self._behind)
        self._passing |= {writer, beyond}
        try:
            await asyncio.gather(_pour(reader, beyond), _pour(behind, writer))
        finally:
            self._passing -= {writer, beyond}
            writer.close()
            beyond.close()


async def _pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(65_536):
            into.write(piece)
            await into.drain()
    into.close()
