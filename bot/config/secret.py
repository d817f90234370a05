"""Reads passwords, tokens and keys from files that nobody else can read."""

import os
import stat
from pathlib import Path

from bot.errors import OperatorError

SECRET_MAX_BYTES = 65_536
"""More than any token or key; a larger file is not a secret but a mistake."""

_PRIVATE_MODE = 0o600


def read_secret(path: Path) -> str:
    """Return the text of a secret file without its last line break.

    Raises ``OperatorError`` (exit code 2) where the file is missing, is empty, or has a mode other
    than 0600: what others could read is no secret any more.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            problem = _problem(path, status)
            raw = b"" if problem else file.read(SECRET_MAX_BYTES + 1)
    except OSError as error:
        raise OperatorError(_unreadable(path, error), exit_code=2) from None
    if problem is None and not SECRET_MAX_BYTES >= len(raw.strip()) > 0:
        problem = f"{path} is empty or too long for a secret"
    if problem is not None:
        raise OperatorError(problem, exit_code=2)
    try:
        return raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise OperatorError(f"{path} is not text in UTF-8", exit_code=2) from None


def secret_problem(path: Path) -> str | None:
    """Say why ``read_secret`` would refuse the file, or None; its content is never told."""
    try:
        read_secret(path)
    except OperatorError as error:
        return str(error)
    return None


def write_secret(path: Path, secret: str) -> None:
    """Write a secret into a file of mode 0600, whole or not at all, replacing one that is there."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), _PRIVATE_MODE)
        file.write(f"{secret}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _problem(path: Path, status: os.stat_result) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return f"{path} is not a file"
    mode = stat.S_IMODE(status.st_mode)
    if mode == _PRIVATE_MODE or _is_credential(path, mode):
        return None
    return f"{path} has mode {mode:04o}, others may read it: run chmod 600 {path}"


def _is_credential(path: Path, mode: int) -> bool:
    """Tell whether the service manager handed the file over and guards it (systemd.exec(5))."""
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(directory) and path.parent == Path(str(directory)) and mode in {0o400, 0o440}


def _unreadable(path: Path, error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return f"{path} does not exist"
        case IsADirectoryError():
            return f"{path} is not a file"
        case _:
            return f"{path} cannot be read: {error.strerror}"
