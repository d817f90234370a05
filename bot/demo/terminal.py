"""Lines a person types, as the event loop sees them: no thread waits for the keyboard."""

import asyncio
import os
from typing import Self


class Lines:
    """The lines of a terminal or pipe, one by one, while everything else goes on.

    Use it as an async context manager. The file descriptor stays in its blocking mode, which a
    terminal shares with what is printed to it: a read happens only when there is something.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._typed = b""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)

    async def next(self) -> str | None:
        """Return the next line without its end, or None when there will be no more."""
        return await self._lines.get()

    def _read(self) -> None:
        typed = os.read(self._descriptor, 4096)
        *lines, self._typed = (self._typed + typed).split(b"\n")
        for line in lines:
            self._lines.put_nowait(line.decode(errors="replace").rstrip("\r"))
        if not typed:
            if self._typed:
                self._lines.put_nowait(self._typed.decode(errors="replace"))
            self._lines.put_nowait(None)
            asyncio.get_running_loop().remove_reader(self._descriptor)
