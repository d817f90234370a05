"""Session: the bot's login on the homeserver, kept across restarts in a file of mode 0600."""

import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.errors import OperatorError
from bot.ids import DeviceId, UserId
from bot.matrix import decode
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.parse import MalformedEventError, text_of

FILE_NAME = "session.json"

_TEXTS = ("homeserver", "user_id", "device_id", "access_token", "epoch")


@dataclass(frozen=True, slots=True)
class Session:
    """A login of the bot.

    ``epoch`` is new with every device and part of every transaction id, so that an id is never
    repeated on a device that already used it for something else. A device that the operator named
    is its own epoch: logged in again, it repeats what the server may know already.

    ``is_fresh`` tells that no login was kept when this one was made: the device may have sent what
    is pending, under an epoch or a memory of the server that is gone. ``settle`` ends that.
    """

    homeserver: str
    user_id: UserId
    device_id: DeviceId
    access_token: str
    epoch: str
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What the operator gave to log in with: a password, or a token made elsewhere.

    ``device_id`` is the device to be; with a token it says which device the token belongs to.
    """

    user_id: UserId
    device_name: str
    password: str | None = None
    access_token: str | None = None
    device_id: DeviceId | None = None


def load(data_dir: Path) -> Session | None:
    """Return the session kept in ``data_dir``; None if there is none.

    Raises OperatorError for a file that is damaged or that others can read.
    """
    file = data_dir / FILE_NAME
    if not file.exists():
        return None
    if file.stat().st_mode & 0o077:
        raise OperatorError(f"{file} can be read by others. Run: chmod 600 {file}", exit_code=2)
    try:
        kept = decode.loads(file.read_bytes())
        texts = {name: text_of(kept[name], limit=4096) for name in _TEXTS}
        return Session(**texts, is_fresh=kept.get("is_fresh") is True)  # type: ignore[arg-type]  # NewTypes of str
    except (ValueError, KeyError, TypeError, MalformedEventError) as error:
        raise OperatorError(
            f"{file} is damaged. Move it away and start again: the bot then logs in as a new "
            "device.",
            exit_code=2,
        ) from error


def save(data_dir: Path, session: Session) -> None:
    """Write ``session`` so that it is there whole or not at all, readable by the owner only."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(data_dir / FILE_NAME, decode.dumps(asdict(session)))


def settle(data_dir: Path, session: Session) -> None:
    """Note that what is pending is now doubted, so that the next start need not do so again."""
    if session.is_fresh:
        save(data_dir, replace(session, is_fresh=False))


def write_private(file: Path, data: bytes) -> None:
    """Replace ``file`` by ``data`` with mode 0600: written beside it, flushed, then renamed."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


async def open_session(server: Homeserver, account: Account, data_dir: Path) -> Session:
    """Return a working session: the kept one if it is of this account, else a new login.

    Sets ``server.access_token``. Raises OperatorError when the account is refused, and NetworkError
    or a temporary MatrixError when the homeserver is not there: the caller tries again.
    """
    kept = load(data_dir)
    if kept is not None and (kept.user_id, kept.homeserver) == (account.user_id, server.base_url):
        server.access_token = kept.access_token
        return kept
    if account.access_token is not None:
        session = await _adopt_token(server, account, account.access_token)
    else:
        session = await _log_in(server, account, account.device_id)
    session = replace(session, is_fresh=True)
    save(data_dir, session)
    return session


async def renew(
    server: Homeserver, account: Account, session: Session, data_dir: Path, *, is_soft: bool
) -> Session:
    """Log in again after the token was refused; a soft logout keeps the device and its keys.

    Raises OperatorError if there is no password to do so, or it is refused.
    """
    if account.password is None:
        raise OperatorError(
            "The access token is no longer valid. Put a new one in matrix.access_token_file, "
            f"remove {data_dir / FILE_NAME}, and start again.",
            exit_code=2,
        )
    if is_soft:
        renewed = await _log_in(server, account, session.device_id)
        renewed = replace(renewed, epoch=session.epoch, is_fresh=session.is_fresh)
    else:
        renewed = await _log_in(server, account, None)
    save(data_dir, renewed)
    return renewed


async def _log_in(server: Homeserver, account: Account, device: DeviceId | None) -> Session:
    if account.password is None:
        raise OperatorError("There is neither a password nor an access token.", exit_code=2)
    request = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.user_id},
        "password": account.password,
        "initial_device_display_name": account.device_name,
        **({"device_id": device} if device else {}),
    }
    # The old token comes back if this fails: only its refusal tells a soft logout from a hard one.
    old_token, server.access_token = server.access_token, None
    try:
        answer = await server.request("POST", client_path("login"), json=request)
    except MatrixError as error:
        if error.is_temporary:
            raise
        raise OperatorError(_refusal(account, error), exit_code=2) from error
    finally:
        server.access_token = old_token
    token, device_id = answer.get("access_token"), answer.get("device_id")
    if not isinstance(token, str) or not isinstance(device_id, str):
        raise NetworkError("the login answer has no token")
    server.access_token = token
    return Session(
        homeserver=server.base_url,
        user_id=account.user_id,
        device_id=DeviceId(device_id),
        access_token=token,
        epoch=device or secrets.token_hex(8),
    )


def _refusal(account: Account, error: MatrixError) -> str:
    if error.errcode == "M_FORBIDDEN":
        return (
            f"The homeserver refuses the password of {account.user_id}: put the right one in the "
            "file that matrix.password_file names."
        )
    if error.errcode == "M_USER_DEACTIVATED":
        return f"The account {account.user_id} is deactivated: choose another account."
    if error.errcode == "M_UNKNOWN":
        return (
            f"The homeserver offers no login by password for {account.user_id} "
            f"({error.message}): use matrix.access_token_file with matrix.device_id instead."
        )
    return f"The homeserver refuses the login of {account.user_id}: {error}."


async def _adopt_token(server: Homeserver, account: Account, token: str) -> Session:
    server.access_token = token
    try:
        answer = await server.request("GET", client_path("account", "whoami"))
    except MatrixError as error:
        if error.is_temporary:
            raise
        raise OperatorError(
            f"The homeserver refuses the access token ({error}): put a new one in the file that "
            "matrix.access_token_file names.",
            exit_code=2,
        ) from error
    if answer.get("user_id") != account.user_id:
        raise OperatorError(
            f"The access token belongs to {answer.get('user_id')}, not to {account.user_id}.",
            exit_code=2,
        )
    device = answer.get("device_id")
    if not isinstance(device, str):
        # Without a device the server does not recognise a repeated send.
        raise OperatorError(
            "The access token belongs to no device, so nothing could be sent exactly once. "
            "Log in with a password instead (matrix.password_file).",
            exit_code=2,
        )
    if account.device_id is not None and account.device_id != device:
        raise OperatorError(
            f"The access token belongs to the device {device}, not to {account.device_id}.",
            exit_code=2,
        )
    return Session(
        homeserver=server.base_url,
        user_id=account.user_id,
        device_id=DeviceId(device),
        access_token=token,
        epoch=device,
    )
