"""What nobody waits for is run to its end, heard when it fails, and ended in order."""

import asyncio

import pytest

from bot.owner import Owner


async def test_work_is_done_and_failures_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    owner, done = Owner(), asyncio.Event()

    async def work() -> None:
        done.set()

    async def fail() -> None:
        raise ZeroDivisionError("why")

    owner.own(work())
    owner.own(fail())
    await done.wait()
    while owner._tasks:  # noqa: ASYNC110  nobody waits for these tasks, that is the point
        await asyncio.sleep(0)
    assert "event=task_failed" in caplog.text
    assert "why" in caplog.text


async def test_close_ends_what_still_runs() -> None:
    owner, ended = Owner(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    owner.own(work())
    await asyncio.sleep(0)
    await owner.close()
    assert ended.is_set()
