"""Log: one line per happening, as ``key=value`` or JSON; never what people say or who they are."""

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

import orjson

_PAIR = re.compile(r"(\w+)=('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\S*)")
_LOUD = (
    "apscheduler",
    "aiohttp.access",
    "aiosqlite",
    "nio",
    "alembic",
    "peewee",
    "markdown_it",
    "tzlocal",
)
"""Libraries that say at INFO or DEBUG what is of no use to an operator, or too much."""


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class TextFormatter(logging.Formatter):
    """``2026-03-18T09:00:00.000+00:00 info event=ready …``, then a traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        line = f"{_time(record)} {record.levelname.lower()} {record.getMessage()}"
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line; the pairs of the message become its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        message = record.getMessage()
        fields: dict[str, object] = {"time": _time(record), "level": record.levelname.lower()}
        pairs = _PAIR.findall(message)
        fields |= {key: value.strip("'\"") for key, value in pairs} or {"message": message}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(fields).decode()


def start(form: Literal["text", "json"], level: str) -> None:
    """Write the log of the whole program to standard error, from ``level`` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
