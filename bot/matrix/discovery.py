"""Finds the homeserver of a server name (Matrix 1.16, client-server API, 4.1 server discovery)."""

from bot.matrix import decode
from bot.matrix.http import Homeserver, NetworkError

TIMEOUT = 10.0
"""Seconds; somebody waits for the answer."""


async def discover(server_name: str) -> str | None:
    """Return the base URL that ``server_name`` publishes for clients, or None if it does not."""
    async with Homeserver(f"https://{server_name}") as site:
        try:
            status, _, body = await site.raw("GET", "/.well-known/matrix/client", timeout=TIMEOUT)
            answer = decode.loads(body) if status == 200 else None
        except (NetworkError, ValueError):
            return None
    published = answer.get("m.homeserver") if isinstance(answer, dict) else None
    base_url = published.get("base_url") if isinstance(published, dict) else None
    return base_url if isinstance(base_url, str) else None
