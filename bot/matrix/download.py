"""Download: fetches a file that somebody sent, so far as it is what they sent."""

import asyncio

from bot.errors import UserError
from bot.matrix import content_uri
from bot.matrix.encryption import attachment as sealing
from bot.matrix.http import Homeserver, MatrixError, TooLargeError, path
from bot.model import Media

PATIENCE = 45.0
"""Seconds: somebody waits for it, and others in the room. Less than a request may take by itself,
which would count as a homeserver that is away, and be tried again for ever."""

_MEGABYTE = 1_000_000


class Downloads:
    """Fulfils ``MediaStore`` over authenticated media (Matrix 1.11)."""

    def __init__(self, server: Homeserver, patience: float = PATIENCE) -> None:
        self._server = server
        self._patience = patience

    async def download(self, media: Media, *, limit_bytes: int) -> bytes:
        """Return a file as its sender had it, decrypted and held against its hash.

        Raises UserError for one that is larger than ``limit_bytes``, gone or out of reach, or not
        what was sent; NetworkError while the bot's own homeserver is away.
        """
        if media.size_bytes is not None and media.size_bytes > limit_bytes:
            raise _too_large(media, limit_bytes)
        url = "/_matrix/client/v1/media/download" + path(*content_uri.parts(media.content_uri))
        try:
            async with asyncio.timeout(self._patience):
                data = await self._server.file(url, limit_bytes=limit_bytes)
            if media.seal is not None:
                data = await asyncio.to_thread(sealing.unseal, data, media.seal)
        except TooLargeError as error:
            raise _too_large(media, limit_bytes) from error
        except sealing.SealError as error:
            raise UserError("media.broken", name=media.name) from error
        except TimeoutError as error:
            raise UserError("media.out_of_reach", name=media.name) from error
        except MatrixError as error:
            if error.status in (401, 429):
                raise
            # Also 502 and 504: another server has the file, and that one is away.
            raise UserError("media.out_of_reach", name=media.name) from error
        return data


def _too_large(media: Media, limit_bytes: int) -> UserError:
    return UserError("media.too_large", name=media.name, limit=limit_bytes // _MEGABYTE)
