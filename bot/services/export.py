"""Export: everything that is kept of somebody, as a file for machines and one for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import orjson

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.storage.personal import of_table
from bot.storage.subject import Value
from bot.storage.tables import metadata

Rows = Mapping[str, Sequence[Mapping[str, Value]]]
"""Rows by the name of their table, as `bot.storage.subject.rows` finds them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data it is, and how the readable file is written."""

    user: UserId
    now: datetime
    language: str


def as_json(rows: Rows, subject: Subject) -> bytes:
    """Return all rows as JSON: ``user_id``, ``exported_at``, and ``data`` by table."""
    whole = {"user_id": subject.user, "exported_at": subject.now, "data": rows}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


def as_text(rows: Rows, subject: Subject, words: Catalogue) -> str:
    """Return all rows as plain text, grouped by what they are kept for."""

    def say(message_id: str) -> str:
        return words.text(message_id, subject.language)

    lines = [f"{subject.user} · {subject.now.date().isoformat()}", ""]
    purposes = sorted({of_table(metadata.tables[name]).purpose for name in rows})
    for purpose in purposes:
        lines += [say(f"privacy.purpose.{purpose}").upper(), ""]
        names = [name for name in rows if of_table(metadata.tables[name]).purpose is purpose]
        lines += chain.from_iterable(_table(name, rows[name]) for name in names)
    return "\n".join(lines)


def _table(name: str, rows: Sequence[Mapping[str, Value]]) -> list[str]:
    lines: list[str] = []
    for number, row in enumerate(rows, 1):
        lines.append(f"{name} {number}")
        lines += [f"  {column}: {value}" for column, value in row.items()]
        lines.append("")
    return lines
