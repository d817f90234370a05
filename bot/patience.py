"""Patience: waits at a start for what is not there yet, the homeserver or the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import OperatorError
from bot.matrix import backoff
from bot.matrix.http import MatrixError, NetworkError
from bot.storage.trouble import AwayError, trouble

log = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST_WAIT = 5.0
"""Seconds between two attempts to start while the homeserver is away."""

DATABASE_ATTEMPTS = 15
"""Of a start to find its database server, in about a minute: one that starts with the machine, or
is restarted, is there by then; where its address is wrong, somebody waits for the sentence."""


async def either(stop: asyncio.Event, seconds: float) -> None:
    """Return after so many seconds, or when the bot is told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


Rest = Callable[[asyncio.Event, float], Awaitable[None]]


async def database_there(
    act: Callable[[], Awaitable[T]], stop: asyncio.Event, *, rest: Rest = either
) -> T | None:
    """Return what ``act`` returns, waiting about a minute for a server; None if stopped.

    Raises OperatorError after that, and at once where waiting does not help.
    """
    attempt = 0
    while not stop.is_set():
        try:
            return await act()
        except AwayError as error:
            attempt += 1
            if attempt == DATABASE_ATTEMPTS:
                raise
            seconds = backoff.delay(attempt, longest=LONGEST_WAIT)
            log.warning("event=database_trouble attempt=%d message=%r", attempt, str(error))
        await rest(stop, seconds)
    return None


async def patiently(act: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T | None:
    """Return what ``act`` returns, however long homeserver or database are away; None if stopped.

    Raises OperatorError where waiting does not help.
    """
    attempt = 0
    while not stop.is_set():
        try:
            return await act()
        except (NetworkError, MatrixError) as error:
            if isinstance(error, MatrixError) and error.errcode and not error.is_temporary:
                raise OperatorError(
                    f"The homeserver refuses what the bot needs to start: {error}. "
                    "Run compagnon check; it says what to do."
                ) from error
            attempt += 1
            retry_after = error.retry_after if isinstance(error, MatrixError) else None
            # A start is a dozen requests: on a bad line none may cost minutes.
            seconds = backoff.delay(attempt, retry_after, longest=LONGEST_WAIT)
            log.warning("event=homeserver_away wait=%.1f reason=%r", seconds, str(error))
        except Exception as error:
            found = trouble(error)
            if found is None:
                raise
            if found.is_lasting:
                raise found from None
            attempt += 1
            seconds = backoff.delay(attempt, longest=30.0)
            log.warning("event=database_trouble attempt=%d message=%r", attempt, str(found))
        await either(stop, seconds)
    return None
