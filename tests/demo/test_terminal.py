"""Lines come one by one, whole, and end when the input ends."""

import os

from bot.demo.terminal import Lines


async def test_lines_come_whole_however_they_are_cut() -> None:
    reading, writing = os.pipe()
    async with Lines(reading) as lines:
        os.write(writing, b"!ai")
        os.write(writing, "de\n!partage été".encode()[:-1])
        assert await lines.next() == "!aide"
        os.write(writing, "été".encode()[-1:] + b"\r\nfin")
        assert await lines.next() == "!partage été"
        os.close(writing)
        assert await lines.next() == "fin"
        assert await lines.next() is None
    os.close(reading)
