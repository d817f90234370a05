"""Checks of the homeserver: it answers, its clock and ours agree, and it lets the bot in."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from bot.check.finding import Finding, phrase
from bot.clock import Clock
from bot.config import Settings, read_secret
from bot.errors import OperatorError
from bot.matrix import decode
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.session import Account, open_session

SKEW_LIMIT = timedelta(seconds=30)
"""Beyond it, reminders are late or early for people to see; the Date header counts seconds."""

PROBE_TIMEOUT = 15.0
"""Seconds in which a homeserver that works says which versions it speaks."""


async def check_homeserver(server: Homeserver, clock: Clock) -> list[Finding]:
    """Find out whether a Matrix homeserver answers, and whether its clock agrees with ours."""
    name = phrase("cli.check.homeserver")
    try:
        status, headers, body = await server.raw(
            "GET", "/_matrix/client/versions", timeout=PROBE_TIMEOUT
        )
    except NetworkError as error:
        detail = phrase("cli.check.homeserver.silent", url=server.base_url, error=error)
        return [Finding(name, detail, phrase("cli.check.homeserver.silent.remedy"))]
    versions = _versions(body) if status == 200 else []
    if not versions:
        detail = phrase("cli.check.homeserver.other", url=server.base_url, status=status)
        return [Finding(name, detail, phrase("cli.check.homeserver.other.remedy"))]
    newest = phrase("cli.check.homeserver.good", url=server.base_url, version=versions[-1])
    return [Finding(name, newest), _check_clock(headers.get("Date", ""), clock)]


async def check_login(server: Homeserver, settings: Settings) -> Finding:
    """Find out whether the homeserver takes the bot's account, with the login that ``run`` uses.

    The first check logs in and keeps the session, exactly as the first start would. Leaves
    ``server`` with the access token.
    """
    name = phrase("cli.check.login")
    user_id = settings.matrix.user_id
    try:
        session = await open_session(server, account_of(settings), settings.storage.data_dir)
        answer = await server.request("GET", client_path("account", "whoami"))
    except MatrixError as error:
        if error.errcode == "M_UNKNOWN_TOKEN" and settings.matrix.password_file is not None:
            return Finding(name, phrase("cli.check.login.expired", user_id=user_id))
        detail = phrase("cli.check.login.refused", user_id=user_id, error=error)
        return Finding(name, detail, phrase("cli.check.login.refused.remedy"))
    except (OperatorError, NetworkError) as error:
        detail = phrase("cli.check.login.refused", user_id=user_id, error=error)
        return Finding(name, detail, phrase("cli.check.login.refused.remedy"))
    if answer.get("user_id") != user_id:
        detail = phrase("cli.check.login.other", user_id=answer.get("user_id"))
        return Finding(name, detail, phrase("cli.check.login.other.remedy", user_id=user_id))
    return Finding(
        name, phrase("cli.check.login.good", user_id=user_id, device_id=session.device_id)
    )


def account_of(settings: Settings) -> Account:
    """Return what to log in with. Raises ``OperatorError`` for a secret that cannot be read."""
    matrix = settings.matrix
    token, password = matrix.access_token_file, matrix.password_file
    return Account(
        user_id=matrix.user_id,
        device_name=matrix.device_name,
        password=read_secret(password) if password else None,
        access_token=read_secret(token) if token else None,
        device_id=matrix.device_id,
    )


def _check_clock(date: str, clock: Clock) -> Finding:
    name = phrase("cli.check.clock")
    try:
        skew = clock.now() - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return Finding(name, phrase("cli.check.clock.unknown"))
    seconds = round(abs(skew.total_seconds()))
    if abs(skew) <= SKEW_LIMIT:
        return Finding(name, phrase("cli.check.clock.good", seconds=seconds))
    return Finding(
        name,
        phrase("cli.check.clock.wrong", seconds=seconds),
        phrase("cli.check.clock.wrong.remedy"),
    )


def _versions(body: bytes) -> list[str]:
    try:
        answer = decode.loads(body)
    except ValueError:
        return []
    versions = answer.get("versions") if isinstance(answer, dict) else None
    return [str(version) for version in versions] if isinstance(versions, list) else []
