"""Lock: one process per data directory, proved by the operating system."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import OperatorError

FILE_NAME = "lock"


@contextmanager
def only_process(data_dir: Path) -> Iterator[None]:
    """Hold the lock of ``data_dir`` while the block runs; the kernel frees it however we end.

    Raises OperatorError if another process holds it: two on one device would lose keys and double
    messages; and where the directory cannot be used.
    """
    descriptor = _open(data_dir)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode(errors="replace").strip() or "?"
            raise OperatorError(
                f"Another Compagnon (process {holder}) already works with {data_dir}. "
                "Stop it first, or use another storage.data_dir with another account."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(data_dir: Path) -> int:
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(data_dir / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise OperatorError(
            f"storage.data_dir ({data_dir}) cannot be used ({error.strerror}): make it a directory "
            "that the bot's account may write to.",
            exit_code=2,
        ) from error
