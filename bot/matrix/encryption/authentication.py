"""Authentication: what a homeserver asks for once more before it changes an account's keys.

Matrix 1.16, client-server API 5.5, user-interactive authentication.
"""

from typing import Any

from bot.errors import OperatorError
from bot.ids import UserId
from bot.matrix.http import MatrixError


def is_asked_for(error: MatrixError) -> bool:
    """Return whether the answer is no refusal but a question."""
    return error.status == 401 and isinstance(error.body.get("flows"), list)


def proof(error: MatrixError, user_id: UserId, password: str | None) -> dict[str, Any]:
    """Return the ``auth`` with which to repeat the request.

    Raises OperatorError, with what to do, where a password alone does not suffice or there is none.
    """
    flows: Any = error.body.get("flows")
    stages = [flow.get("stages") for flow in flows if isinstance(flow, dict)]
    if password is not None and ["m.login.password"] in stages:
        return {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
            "session": error.body.get("session"),
        }
    raise OperatorError(
        "The homeserver does not let the bot change the account's keys by itself. Open the "
        f"account's page in a browser{_page(error)}, allow its identity to be reset there, and "
        "give this command again within ten minutes."
    )


def _page(error: MatrixError) -> str:
    """Return the page that the homeserver names, in brackets, or nothing (MSC4312)."""
    params = error.body.get("params")
    for stage in ("m.oauth", "org.matrix.cross_signing_reset"):
        named = params.get(stage) if isinstance(params, dict) else None
        url = named.get("url") if isinstance(named, dict) else None
        if isinstance(url, str) and url.startswith("https://"):
            return f" ({url})"
    return ""
