"""Acts with the bot's account on the homeserver, outside of the running bot."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.app import account_of
from bot.config import Settings
from bot.errors import OperatorError
from bot.identity import open_cross_signing
from bot.lock import only_process
from bot.matrix import session
from bot.matrix.encryption.cross_signing import CrossSigning
from bot.matrix.http import Homeserver, MatrixError, NetworkError

T = TypeVar("T")


def alone(settings: Settings, act: Callable[[CrossSigning], Awaitable[T]]) -> T:
    """Return what ``act`` returns, while no bot runs with the same data."""
    with only_process(settings.storage.data_dir):
        return asyncio.run(with_account(settings, act))


async def with_account(settings: Settings, act: Callable[[CrossSigning], Awaitable[T]]) -> T:
    """Return what ``act`` returns for the account, logged in; raises OperatorError."""

    async def with_identity(server: Homeserver, _: session.Session) -> T:
        return await act(open_cross_signing(settings, server, account_of(settings).password))

    return await logged_in(settings, with_identity)


async def logged_in(
    settings: Settings, act: Callable[[Homeserver, session.Session], Awaitable[T]]
) -> T:
    """Return what ``act`` returns with the bot's login; raises OperatorError for what fails."""
    try:
        async with Homeserver(settings.matrix.homeserver) as server:
            data_dir = settings.storage.data_dir
            return await act(
                server, await session.open_session(server, account_of(settings), data_dir)
            )
    except NetworkError as error:
        raise OperatorError(f"The homeserver does not answer ({error}): try again.") from None
    except MatrixError as error:
        raise OperatorError(
            f"The homeserver refuses ({error}). See what is wrong with: compagnon check"
        ) from None
