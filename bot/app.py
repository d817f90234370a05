"""App: builds every object once, runs them together, and ends them in order."""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from functools import partial

from bot import crash
from bot import log as logs
from bot.assembly import build
from bot.clock import Clock, SystemClock
from bot.config import Settings, read_secret
from bot.errors import OperatorError
from bot.house import House, NewDeviceError
from bot.ids import DeviceId, UserId
from bot.lock import only_process
from bot.login import logged_in
from bot.matrix.cipher import DeviceLostError
from bot.matrix.http import Homeserver
from bot.matrix.session import Account
from bot.patience import database_there, patiently
from bot.standby import stand_by
from bot.storage import sync_position
from bot.storage.database import Database
from bot.storage.migration import upgrade
from bot.storage.trouble import trouble
from bot.supervisor import Supervisor
from bot.tenure import Tenure
from bot.web.health import Health
from bot.web.listener import Listener

log = logging.getLogger(__name__)

DRAIN = 5.0
"""Seconds given to what is under way when the bot is told to stop; the rest waits in the outbox."""

TICK = 1.0
"""Seconds between two proofs that the event loop turns."""


def account_of(settings: Settings) -> Account:
    """Return the account to log in with, reading the secret files."""
    matrix = settings.matrix
    token = read_secret(matrix.access_token_file) if matrix.access_token_file else None
    return Account(
        user_id=UserId(matrix.user_id),
        device_name=matrix.device_name,
        password=read_secret(matrix.password_file) if matrix.password_file else None,
        access_token=token,
        device_id=DeviceId(matrix.device_id) if matrix.device_id else None,
    )


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT.

    Raises OperatorError, with what to do, when it cannot start or go on.
    """
    logs.start(settings.log.format, settings.log.level)
    for specification in filter(None, os.environ.get("COMPAGNON_CRASH_AT", "").split(",")):
        crash.arm(specification)
    stop = asyncio.Event()
    supervisor = Supervisor.of(os.environ)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = SystemClock()
    data_dir = settings.storage.data_dir
    url = settings.storage.url.get_secret_value()
    with only_process(data_dir):
        migrate = partial(upgrade, url, backup_dir=data_dir / "backups", now=clock.now())
        if await database_there(migrate, stop) is None:
            return
        async with AsyncExitStack() as stack:
            database = Database(url)
            stack.push_async_callback(database.close)
            feeding = asyncio.create_task(
                supervisor.feed(lambda: database.write(sync_position.touch)), name="watchdog"
            )
            stack.callback(feeding.cancel)
            # Up means that it works by itself from here on, however long the homeserver is away.
            supervisor.tell(ready="1")
            tenure = Tenure(database, clock, f"{socket.gethostname()}:{data_dir.resolve()}")
            await _work(settings, database, clock, tenure, stop)
            supervisor.tell(stopping="1")
    log.info("event=stopped")


async def _work(
    settings: Settings, database: Database, clock: Clock, tenure: Tenure, stop: asyncio.Event
) -> None:
    """Serve with the lease in hand; where that is asked for, wait for it first."""
    account = account_of(settings)
    if settings.storage.standby:
        await stand_by(settings, account, database, clock, tenure, stop)
    else:
        await tenure.begin()
    try:
        await _hold(tenure, _serve(settings, account, database, clock, tenure, stop))
    except ExceptionGroup as group:
        raise (_told(group) or group) from None
    finally:
        await tenure.end()


async def _hold(tenure: Tenure, work: Coroutine[object, object, None]) -> None:
    """Do ``work`` while the lease is kept; raises OperatorError if another takes it."""
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(tenure.keep(), name="tenure")
        await group.create_task(work, name="work")
        keeping.cancel()


async def _serve(
    settings: Settings,
    account: Account,
    database: Database,
    clock: Clock,
    tenure: Tenure,
    stop: asyncio.Event,
) -> None:
    """Serve until told to stop; begin anew when the server forces a new device upon us."""
    while not stop.is_set():
        async with Homeserver(settings.matrix.homeserver) as server:
            act = partial(build, settings, database, clock, server, account)
            data_dir = settings.storage.data_dir
            house = await patiently(partial(logged_in, server, account, data_dir, act), stop)
            if house is None:
                return
            if not database.is_sqlite:
                house.delivery.may_send = tenure.is_current
            try:
                await _live(house, settings, stop)
            except ExceptionGroup as group:
                if group.split((NewDeviceError, DeviceLostError))[1] is not None:
                    raise (_told(group) or group) from None
                log.warning("event=new_device")


async def _live(house: House, settings: Settings, stop: asyncio.Event) -> None:
    listener = Listener([Health(house.signs(settings.storage.data_dir)), house.feeds])
    try:
        if settings.web.address is not None:
            await listener.start(*settings.web.address)
        async with asyncio.TaskGroup() as group:
            is_ready = [asyncio.Event(), asyncio.Event()]
            tasks = [
                group.create_task(house.inbox.run(on_ready=is_ready[0]), name="inbox"),
                group.create_task(house.sender.run(on_ready=is_ready[1]), name="sender"),
                group.create_task(house.scheduler.run(), name="scheduler"),
                group.create_task(_tick(house), name="tick"),
            ]
            if house.copying is not None:
                tasks.append(group.create_task(house.copying(), name="copying"))
            for event in is_ready:
                await event.wait()
            # All that was imported and built stays. Looked through for garbage with the rest, it
            # held the loop for 100 to 400 ms at a time (measured with 10,000 reminders at once).
            gc.freeze()
            sync = group.create_task(house.sync.run(on_ready=house.on_ready), name="sync")
            await stop.wait()
            await _end(house, sync, tasks)
    finally:
        await house.owner.close()
        await house.cipher.close()
        await listener.stop()


async def _end(house: House, sync: asyncio.Task[None], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Take nothing more in, let what is under way finish for a moment, then stop."""
    log.info("event=stopping inbox=%d outbox=%d", house.inbox.backlog, house.sender.backlog)
    sync.cancel()
    try:
        async with asyncio.timeout(DRAIN):
            await house.inbox.idle()
            await house.sender.idle()
    except TimeoutError:
        log.info("event=left_for_later inbox=%d outbox=%d", house.inbox.backlog,
                 house.sender.backlog)  # fmt: skip
    for task in tasks:
        task.cancel()


async def _tick(house: House) -> None:
    while True:
        house.ticked_at = house.clock.monotonic()
        await asyncio.sleep(TICK)


def _told(error: BaseException) -> OperatorError | None:
    """Return the first that has a sentence for the operator; None for mistakes of ours alone."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_told, error.exceptions)), None)
    return error if isinstance(error, OperatorError) else trouble(error)
